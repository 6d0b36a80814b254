"""Icons: bundled line drawings, coloured by the tokens of the present appearance."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIZES = (16, 20, 24, 32)
SCALES = (1.0, 2.0, 3.0)


@lru_cache(maxsize=512)
def icon(name: str, color: str, faint: str = "", size: int = 0, gap: int = 0) -> QIcon:
    """
    An icon in a colour.

    Parameters
    ----------
    name
        File name in ``resources/icons`` without its ending.
    color, faint
        Colours when enabled and when disabled (the same when not given).
    size
        A further size to draw it at, in device-independent pixels.
    gap
        Pixels left empty at its right, which is then drawn at ``size`` alone.

    Raises
    ------
    FileNotFoundError
        If there is no such icon.
    """
    made = QIcon()
    for mode, paint in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, faint or color)):
        renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", paint).encode()))
        for side in [size] if gap else sorted({*SIZES, *([size] if size else [])}):
            for scale in SCALES:
                made.addPixmap(_draw(renderer, side, scale, gap), mode)
    return made


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def _draw(renderer: QSvgRenderer, side: int, scale: float, gap: int) -> QPixmap:
    pixels = round(side * scale)
    pixmap = QPixmap(round((side + gap) * scale), pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
