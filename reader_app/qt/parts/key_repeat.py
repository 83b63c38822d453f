"""Tells a key that is pressed from one that is held down: whatever a key does, it does once.

X11 repeats a held key as a release and a press of one and the same moment. Qt flags the two where
both have arrived when it looks, and else lets them through as if a finger had done it. So the press
that follows a release of its own key at once is a repeat, and so is a press without a release
before it, as remote desktops send.
"""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

AT_ONCE_MS = 2  # no finger is that quick: two presses of one key are 30 ms apart and more
# A release may have gone to another window; after a silence longer than any delay before the first
# repeat a key counts as released.
SILENT_MS = 2000
_MOVING = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
    }
)
_ACTING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})
_WRITTEN_IN = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a key did last, when by the clock of the screen, and whether a held key did it."""

    at_ms: int
    down: bool
    repeated: bool = False


class HeldKeys:
    """Follows the keys of a window from press to release."""

    def __init__(self) -> None:
        self._seen: dict[int, _Seen] = {}

    def is_repeat(self, event: QKeyEvent) -> bool:
        """Take note of a press, and tell whether a key that is held made it.

        The same press may be asked for twice: as a shortcut first, as a key then.
        """
        key, at_ms = _identity(event), event.timestamp()
        if not at_ms:  # made by a program, which knows no moment
            return event.isAutoRepeat()
        before = self._seen.get(key)
        if before is not None and before.down and before.at_ms == at_ms:
            return before.repeated
        repeated = event.isAutoRepeat() or (before is not None and _continues(before, at_ms))
        self._seen[key] = _Seen(at_ms, down=True, repeated=repeated)
        return repeated

    def note_release(self, event: QKeyEvent) -> None:
        """Take note of a release."""
        if event.timestamp() and not event.isAutoRepeat():
            self._seen[_identity(event)] = _Seen(event.timestamp(), down=False)

    def forget(self) -> None:
        """Let go of all keys: their releases go to another window."""
        self._seen.clear()


class RepeatStop(QObject):
    """Keeps repeats from all windows of a program but for moving about and writing in fields."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._held = HeldKeys()
        application.installEventFilter(self)
        application.applicationStateChanged.connect(self._held.forget)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Swallow what a held key would do again."""
        if event.type() not in (
            QEvent.Type.KeyPress,
            QEvent.Type.KeyRelease,
            QEvent.Type.ShortcutOverride,
        ) or not isinstance(event, QKeyEvent):
            return False
        if event.type() is QEvent.Type.KeyRelease:
            self._held.note_release(event)
            return False
        if not self._held.is_repeat(event) or _may_repeat(event, QApplication.focusWidget()):
            return False
        event.accept()  # a shortcut that is overridden does not act
        return True


def stop_repeats() -> None:
    """Let a held key act once in every window of this program; once is enough."""
    application = QApplication.instance()
    if isinstance(application, QApplication) and application.findChild(RepeatStop) is None:
        RepeatStop(application)


def _continues(before: _Seen, at_ms: int) -> bool:
    """Tell whether a press goes on with what its key did before."""
    since_ms = at_ms - before.at_ms
    return 0 <= since_ms <= (SILENT_MS if before.down else AT_ONCE_MS)


def _may_repeat(event: QKeyEvent, focused: QWidget | None) -> bool:
    """Tell whether a key may be held: it moves about, or writes in a field."""
    key, held = Qt.Key(event.key()), event.modifiers()
    if held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return False
    return key in _MOVING or (isinstance(focused, _WRITTEN_IN) and key not in _ACTING)


def _identity(event: QKeyEvent) -> int:
    """Return which key of the keyboard it is, whatever is held with it."""
    return event.nativeScanCode() or event.nativeVirtualKey() or event.key()
