"""The keys on one sheet over the window (F1), made from the table that the keyboard goes by."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from reader_app.key_bindings import STANDARD_KEYS, KeyBindings
from reader_app.keys import KEYS, TYPE_OF_KEY, Command, Mode
from reader_app.qt.labels import Words
from reader_app.qt.style import AROUND_PX, BETWEEN_PX, GRID_PX

MOUSE = (
    ("wheel", "zoom at the cursor"),
    ("left drag", "move the image"),
    ("right drag", "window and level"),
    ("click a mark", "open its card"),
)
COLUMNS = (
    ("Looking", (Mode.GATE, Mode.READING), (
        Command.OPEN_CASE, Command.REOPEN, Command.NEXT_STEP, Command.PREVIOUS_STEP,
        Command.VENDOR_WINDOW, Command.INVERT, Command.ONE_TO_ONE, Command.TRUE_SIZE,
        Command.TOGETHER, Command.LENS, Command.RULER, Command.RESET, Command.TOGGLE_AI,
        Command.PAUSE,
    )),
    ("Marking", (Mode.READING,), (
        Command.TYPE, Command.ONE_VIEW, Command.LINK, Command.DELETE, Command.UNDO, Command.REDO,
    )),
    ("Answering", (Mode.READING, Mode.CARD, Mode.SUMMARY), (
        Command.NEGATIVE, Command.BENIGN, Command.DIGIT, Command.RUB_OUT, Command.DENSITY,
        Command.NEXT_FIELD, Command.CLOSE_CARD, Command.SUMMARY, Command.VALIDATE, Command.BACK,
    )),
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
    """Three columns of keys and the mouse, centred over the window until the next key."""

    def __init__(self, parent: QWidget, bindings: KeyBindings) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        grid = QGridLayout(self)
        grid.setContentsMargins(AROUND_PX, AROUND_PX, AROUND_PX, AROUND_PX)
        grid.setHorizontalSpacing(BETWEEN_PX)
        grid.setVerticalSpacing(2 * GRID_PX)
        for number, (title, modes, commands) in enumerate(COLUMNS):
            rows = [row for command in commands for row in rows_of(command, modes, bindings)]
            self._fill(grid, 3 * number, title, rows)
        self._fill(grid, 3 * len(COLUMNS), "Mouse", list(MOUSE))
        for number in range(len(COLUMNS)):
            grid.setColumnMinimumWidth(3 * number + 2, AROUND_PX)
        if bindings.file is not None:
            own = f'Letters of your own: lines like mass = "K" in {bindings.file}'
            grid.addWidget(self._words(own, "quiet"), grid.rowCount(), 0, 1, grid.columnCount())
        self.hide()

    @property
    def text(self) -> str:
        """All words on the sheet."""
        return "\n".join(words.text() for words in self.findChildren(Words))

    def show_over(self, parent: QWidget) -> None:
        """Show the sheet in the middle of the window."""
        self.adjustSize()
        self.move(parent.rect().center() - self.rect().center())
        self.show()
        self.raise_()

    def _fill(
        self, grid: QGridLayout, column: int, title: str, rows: list[tuple[str, str]]
    ) -> None:
        """Write one column: its title, keys in front, what they do behind."""
        grid.addWidget(self._words(title, "quiet"), 0, column, 1, 2)
        for row, (keys, does) in enumerate(rows, start=1):
            grid.addWidget(self._words(keys, "strong"), row, column)
            grid.addWidget(self._words(does, "normal"), row, column + 1)

    def _words(self, text: str, tone: str) -> Words:
        """Return a label."""
        words = Words(self, tone=tone)
        words.setText(text)
        return words
