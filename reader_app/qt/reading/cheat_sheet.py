"""The keys on one sheet over the window (F1), made from the table that the keyboard goes by."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from reader_app.qt.parts.labels import Words
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, GRID_PX, INSIDE_PX
from reader_app.reading.key_bindings import STANDARD_KEYS, KeyBindings
from reader_app.reading.keys import KEYS, TYPE_OF_KEY, Command, Mode


@dataclass(frozen=True, slots=True)
class Group:
    """Keys that mean something at the same time.

    Attributes
    ----------
    modes
        Where they do: a key such as Space or Enter asks for something else elsewhere.
    """

    title: str
    modes: tuple[Mode, ...]
    commands: tuple[Command, ...]


MOUSE = (
    ("wheel", "zoom at the cursor"),
    ("left drag", "move the image"),
    ("right drag", "window and level"),
    ("click a mark", "open its card"),
)
COLUMNS = (
    (
        Group("Looking", (Mode.READING,), (
            Command.NEXT_HANGING_STEP, Command.PREVIOUS_HANGING_STEP, Command.VENDOR_WINDOW,
            Command.INVERT,
            Command.ONE_TO_ONE, Command.TRUE_SIZE, Command.TOGETHER, Command.LENS, Command.RULER,
            Command.RESET, Command.TOGGLE_AI, Command.PAUSE,
        )),
    ),
    (
        Group("Marking", (Mode.READING,), (
            Command.TYPE, Command.ONE_VIEW, Command.LINK, Command.DELETE, Command.CANCEL,
            Command.UNDO, Command.REDO,
        )),
        Group("On the card of a finding", (Mode.CARD,), (
            Command.DIGIT, Command.NEXT_FIELD, Command.CLOSE_CARD,
        )),
    ),
    (
        Group("Answering", (Mode.READING,), (
            Command.NEGATIVE, Command.BENIGN, Command.DIGIT, Command.RUB_OUT, Command.DENSITY,
            Command.SUMMARY,
        )),
        Group("When all answers are shown", (Mode.SUMMARY,), (
            Command.NEGATIVE, Command.BENIGN, Command.NEXT_FIELD, Command.VALIDATE, Command.BACK,
        )),
    ),
    (
        Group("Between two cases", (Mode.GATE,), (
            Command.OPEN_CASE, Command.REOPEN, Command.LEAVE,
        )),
        Group("In a pause", (Mode.PAUSED,), (Command.RESUME, Command.LEAVE)),
    ),
)  # fmt: skip


def keys_of(
    command: Command, modes: tuple[Mode, ...], bindings: KeyBindings = STANDARD_KEYS
) -> str:
    """Return the keys that ask for a command, as they are named on their caps."""
    keys = [key for mode in modes for key, asked in KEYS[mode].items() if asked is command]
    names = list(dict.fromkeys(keys))
    if command is Command.DIGIT:
        return "0-9"
    if command is Command.DENSITY:
        return "Shift+1 to 4"
    return "  ".join(map(bindings.cap, names[:4]))


def rows_of(
    command: Command, modes: tuple[Mode, ...], bindings: KeyBindings
) -> list[tuple[str, str]]:
    """Return the lines of a command: its keys and what it does, for each type of finding one."""
    if command is Command.TYPE:
        return [(bindings.cap(key), kind.value) for key, kind in TYPE_OF_KEY.items()]
    return [(keys_of(command, modes, bindings), command.value)]


class CheatSheet(QWidget):
    """Keys by when they hold, and the mouse; centred over the window until the next key."""

    def __init__(self, parent: QWidget, bindings: KeyBindings) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        grid = self._grid = QGridLayout(self)
        self._filled: dict[int, int] = {}  # rows taken, by column
        grid.setContentsMargins(AROUND_PX, AROUND_PX, AROUND_PX, AROUND_PX)
        grid.setHorizontalSpacing(BETWEEN_PX)
        grid.setVerticalSpacing(2 * GRID_PX)
        for number, groups in enumerate(COLUMNS):
            for group in groups:
                rows = [row for c in group.commands for row in rows_of(c, group.modes, bindings)]
                self._fill(3 * number, group.title, rows)
            grid.setColumnMinimumWidth(3 * number + 2, INSIDE_PX)
        self._fill(3 * (len(COLUMNS) - 1), "Mouse", list(MOUSE))
        if bindings.file is not None:
            own = f'Letters of your own: lines like mass = "K" in {bindings.file}'
            grid.addWidget(self._words(own, "quiet"), grid.rowCount(), 0, 1, grid.columnCount())
        self.hide()

    @property
    def text(self) -> str:
        """All words on the sheet."""
        return "\n".join(words.text() for words in self.findChildren(Words))

    def toggle(self, window: QWidget) -> None:
        """Show the keys over a window, or hide them."""
        if self.isVisible():
            self.hide()
        else:
            self.show_over(window)

    def show_over(self, parent: QWidget) -> None:
        """Show the sheet in the middle of the window."""
        self.adjustSize()
        self.move(parent.rect().center() - self.rect().center())
        self.show()
        self.raise_()

    def _fill(self, column: int, title: str, rows: list[tuple[str, str]]) -> None:
        """Write a group below what stands in its column: keys in front, what they do behind."""
        top = self._filled.get(column, 0)
        self._grid.addWidget(self._words(title, "quiet"), top, column, 1, 2)
        for row, (keys, does) in enumerate(rows, start=top + 1):
            self._grid.addWidget(self._words(keys, "strong"), row, column)
            self._grid.addWidget(self._words(does, "normal"), row, column + 1)
        gap = top + len(rows) + 1
        self._grid.setRowMinimumHeight(gap, BETWEEN_PX)
        self._filled[column] = gap + 1

    def _words(self, text: str, tone: str) -> Words:
        """Return a label."""
        words = Words(self, tone=tone)
        words.setText(text)
        return words
