"""Which cap stands at which place of the keyboard, by the codes that the hardware sends.

The letters are those of the American layout, which Chinese and Japanese keyboards share. Linux
sends evdev codes plus 8 (X11 and Wayland alike), Windows the codes of scan code set 1, with which
evdev agrees in the main block; macOS virtual codes of its own (HIToolbox, Events.h: kVK_ANSI_A).
"""

import sys

from PySide6.QtGui import QKeyEvent

_ROWS = ((2, "1234567890"), (16, "QWERTYUIOP"), (30, "ASDFGHJKL"), (44, "ZXCVBNM"))
_MAIN_BLOCK = {first + n: cap for first, caps in _ROWS for n, cap in enumerate(caps)}
_MAC = dict(
    enumerate("ASDFHGZXCV")
) | {11: "B", 12: "Q", 13: "W", 14: "E", 15: "R", 16: "Y", 17: "T"} | {
    18: "1", 19: "2", 20: "3", 21: "4", 22: "6", 23: "5", 25: "9", 26: "7", 28: "8", 29: "0",
    31: "O", 32: "U", 34: "I", 35: "P", 37: "L", 38: "J", 40: "K", 45: "N", 46: "M",
}  # fmt: skip
_LINUX_OFFSET = 8


def cap_at(event: QKeyEvent, platform: str = sys.platform) -> str:
    """Return the letter or digit at the place of a key; empty for any other place, or if unknown.

    Parameters
    ----------
    platform
        As `sys.platform` names it. The code of A is 0 on macOS, as is that of an event without one:
        there A is known by what it types.
    """
    if platform == "darwin":
        code = event.nativeVirtualKey()
        return _MAC.get(code, "") if code else ""
    offset = 0 if platform == "win32" else _LINUX_OFFSET
    return _MAIN_BLOCK.get(event.nativeScanCode() - offset, "")
