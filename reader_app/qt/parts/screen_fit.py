"""Shows a window in the size it wants, or in what its screen has room for."""

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

# What a window manager draws around a window; how much is known only when it is on the screen.
FRAME = QMargins(8, 40, 8, 8)


def show_fitting(window: QWidget, wanted: QSize) -> None:
    """Show a window in the middle of its screen, all of it inside, its frame too."""
    window.setGeometry(fitting(wanted, _room(window)))
    window.show()


def fitting(wanted: QSize, room: QRect) -> QRect:
    """Return the place of a window in the room that a screen has for windows."""
    inside = room.marginsRemoved(FRAME)
    place = QRect(inside.topLeft(), wanted.boundedTo(inside.size()))
    place.moveCenter(inside.center())
    return place


def _room(window: QWidget) -> QRect:
    """Return what panels and docks leave of the screen on which the window opens."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    return screen.availableGeometry()
