"""Fields that get a bar to scroll them where there is no room for all of them."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

LEAST_HEIGHT = 160


class Overflow(QScrollArea):
    """
    Shows a layout as high as it is, or, in a low window, a part of it with a bar at its right.

    The bar has its place whether it is there or not (:attr:`bar_width`), so that nothing moves with it.

    Parameters
    ----------
    layout
        What it shows.
    """

    def __init__(self, layout: QLayout) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self._content = QWidget()
        self._content.setProperty("kind", "canvas")
        self._content.setLayout(layout)
        layout.setContentsMargins(0, 0, self.bar_width, 0)
        self.setWidget(self._content)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    @property
    def bar_width(self) -> int:
        """Pixels at the right that are left to the bar."""
        return self.verticalScrollBar().sizeHint().width()

    def sizeHint(self) -> QSize:
        """All that is shown."""
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """All of its width, some of its height."""
        whole = self._content.minimumSizeHint()
        return QSize(whole.width(), min(whole.height(), LEAST_HEIGHT))

    def _on_range_changed(self, _least: int, most: int) -> None:
        layout = self._content.layout()
        assert layout is not None
        layout.setContentsMargins(0, 0, 0 if most else self.bar_width, 0)
