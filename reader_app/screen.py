"""Whether a window could be seen on this computer."""

import os
import sys

from study_design.errors import CrossreadError


def has_screen() -> bool:
    """Tell whether a window could be seen."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def require_screen() -> None:
    """Refuse to open a window that nobody could see.

    Raises
    ------
    CrossreadError
        Where there is neither a screen nor an explicit wish for an invisible window.
    """
    if not has_screen() and "QT_QPA_PLATFORM" not in os.environ:
        raise CrossreadError(
            "Expected a screen for the window, got none (neither DISPLAY nor WAYLAND_DISPLAY is "
            "set). Run this on the computer's desktop."
        )
