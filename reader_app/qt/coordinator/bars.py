"""The line of filters above the exams, and the line of unsaved changes below them."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from reader_app.coordinator.exam_answers import Settle
from reader_app.coordinator.exam_changes import AcceptDisplay, Change, Exclude, Place, TakeBack
from reader_app.coordinator.exam_problems import Filter
from reader_app.coordinator.exam_rows import ExamRow
from reader_app.coordinator.exam_saving import Refusal
from reader_app.coordinator.import_table import count
from reader_app.qt.parts.flow_layout import FlowLayout
from reader_app.qt.parts.style import INSIDE_PX
from study_design.images.found_text import TextVerdict
from study_design.record.actor import Actor, acting

KEYS = (
    "Keys: arrows choose a view; 1 2 3 4 put it into a slot, 0 not used; H nothing identifying, "
    "B blank; R right as it is; X exclude the exam; U undo. Or drag a view to another slot of its "
    "exam."
)


class FilterBar(QWidget):
    """A button for each filter with the number of exams behind it.

    Signals
    -------
    chosen : Filter
        A filter was chosen by hand.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        line = FlowLayout(self)
        group = QButtonGroup(self)
        self._buttons = {}
        for one in Filter:
            button = QPushButton(one.value)
            button.setCheckable(True)
            button.setChecked(one is Filter.ALL)
            button.clicked.connect(partial(self.chosen.emit, one))
            group.addButton(button)
            line.addWidget(button)
            self._buttons[one] = button

    def show_counts(self, rows: Sequence[ExamRow]) -> None:
        """Show how many exams each filter lets through; those without any cannot be chosen."""
        for one, button in self._buttons.items():
            number = count(rows, one)
            button.setText(f"{one.value} ({number})")
            button.setEnabled(number > 0 or one is Filter.ALL or button.isChecked())

    def choose(self, wanted: Filter) -> None:
        """Show a filter as the chosen one."""
        self._buttons[wanted].setChecked(True)


class ChangeBar(QWidget):
    """What is not saved yet, who saves it, Undo and Save.

    Signals
    -------
    undone, saved
        A button is pressed.
    """

    undone = Signal()
    saved = Signal()

    def __init__(self, parent: QWidget, by: Actor) -> None:
        super().__init__(parent)
        self._said = QLabel(KEYS)
        self._said.setWordWrap(True)
        self._by = QLineEdit(by.name)
        self._by.setMaximumWidth(200)
        self._by.setAccessibleName("Your name, for the record")
        self._undo = QPushButton("Undo (U)")
        self._undo.clicked.connect(self.undone)
        self._save = QPushButton("Save changes")
        self._save.setDefault(True)
        self._save.clicked.connect(self.saved)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(INSIDE_PX)
        line.addWidget(self._said, stretch=1)
        line.addWidget(QLabel("Your name, for the record"))
        for part in (self._by, self._undo, self._save):
            line.addWidget(part)
        self.show_changes(())

    @property
    def is_typed_in(self) -> bool:
        """Whether somebody is typing a name: letters must not become commands meanwhile."""
        return self._by.hasFocus()

    @property
    def by(self) -> Actor:
        """Who acts."""
        return acting(self._by.text())

    @property
    def status(self) -> str:
        """What it says of the changes."""
        return self._said.text()

    def show_changes(self, changes: Sequence[Change], *, busy: bool = False) -> None:
        """Show what is not saved; without changes, what the keys do."""
        number = len(changes)
        for button in (self._undo, self._save):
            button.setEnabled(bool(number) and not busy)
        if not number:
            self._said.setText(KEYS)
            return
        self._said.setText(
            f"{counted(changes)} not saved yet. The newest: {words_of_change(changes[-1])}."
        )


def counted(changes: Sequence[Change]) -> str:
    """Return how many changes there are."""
    return "1 change" if len(changes) == 1 else f"{len(changes)} changes"


def words_of_saving(refused: Sequence[Refusal]) -> str:
    """Return that changes are saved, or which of them are not and why."""
    changes = tuple(change for refusal in refused for change in refusal.changes)
    if not changes:
        return "The changes are saved."
    named = "; ".join(map(words_of_change, changes))
    why = " ".join(dict.fromkeys(refusal.why for refusal in refused))
    return f"{counted(changes)} could not be saved ({named}); all others are. {why}"


def words_of_change(change: Change) -> str:
    """Return a change in a coordinator's words."""
    if isinstance(change, Exclude):
        return f"{change.case} excluded ({change.reason})"
    if isinstance(change, Place):
        return f"{change.image} becomes {change.view or 'not used'}"
    if isinstance(change, AcceptDisplay):
        return f"{change.image} is right as it is"
    if isinstance(change, Settle):
        return f"{', '.join(change.question.cases)}: {change.words}"
    if isinstance(change, TakeBack):
        return f"{change.exam} becomes a case of its own"
    did = "blanked" if change.verdict is TextVerdict.BLANKED else "nothing identifying"
    return f"text on {change.image}: {did}"
