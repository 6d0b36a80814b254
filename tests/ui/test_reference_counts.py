"""The pinned Qt binding does not lose references; see docs/decisions/0002-pyside-pin.md."""

import sys

import pytest
from PySide6.QtGui import QImage, QPainter

CALLS = 1_000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True cannot die since Python 3.12")
@pytest.mark.parametrize("lasting", [None, True])
def test_calls_into_qt_keep_references(lasting: bool | None) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(lasting)
    for _ in range(CALLS):
        painter.drawPoint(1, 1)  # gives None
        painter.isActive()  # gives True
    after = sys.getrefcount(lasting)
    painter.end()
    assert after > before - CALLS // 2
