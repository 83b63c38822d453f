"""The chosen view beside the table: large, with its text framed, and what can be done with it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from reader_app.coordinator.case_commands import CaseCommand, with_key
from reader_app.coordinator.exam_changes import Change, Place
from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from reader_app.coordinator.view_picture import ViewPicture
from reader_app.coordinator.view_words import named, title_of, words_of
from reader_app.qt.coordinator.exam_painter import paint_picture
from reader_app.qt.coordinator.question_box import QuestionBox
from reader_app.qt.parts.flow_layout import FlowLayout
from reader_app.qt.parts.style import BETWEEN_PX, BLACK, GRID_PX, INSIDE_PX
from study_design.vocabulary import View

PANEL_PX, NARROW_PX = 460, 320
REASONS = (
    "a view is missing",
    "not a screening or diagnostic mammogram of both breasts",
    "implant",
    "earlier breast surgery",
    "poor image quality",
    "text in the picture that identifies the patient",
    "views cannot be told apart",
)


class PictureBox(QWidget):
    """One picture, as large as fits, on black."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture: ViewPicture | None = None
        self.setMinimumHeight(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, picture: ViewPicture | None) -> None:
        """Show a picture, or none."""
        self._picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        """Return the least that it needs; it takes all that the panel has left."""
        return QSize(NARROW_PX, self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture with its frames."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(BLACK))
        if self._picture is not None:
            greys = self._picture.greys
            rows, columns = greys.shape
            kind = QImage.Format.Format_Grayscale8
            image = QImage(greys.data, columns, rows, columns, kind)
            paint_picture(painter, self.rect(), image, self._picture.frames)


class ReasonField(QWidget):
    """Asks why an exam is left out, in the panel itself; Enter answers, Escape drops the question.

    Signals
    -------
    answered : str
        The reason.
    opened
        The question stands in the panel.
    """

    answered = Signal(str)
    opened = Signal()
    dropped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._reason = QComboBox()
        words = QLineEdit()
        words.setPlaceholderText("choose or type a reason, then Enter")
        self._reason.setLineEdit(words)
        self._reason.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._reason.addItems(REASONS)
        self._reason.setAccessibleName("Why is this exam left out?")
        self._answer = QPushButton("Exclude")
        self._answer.clicked.connect(self._tell)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(INSIDE_PX)
        question = QLabel("Why is this exam left out? The reason stands in the flow of cases.")
        question.setWordWrap(True)
        lines.addWidget(question)
        line = QHBoxLayout()
        line.addWidget(self._reason, stretch=1)
        line.addWidget(self._answer)
        lines.addLayout(line)
        self.hide()

    def ask(self) -> None:
        """Show the question with an empty field."""
        self.show()
        self._reason.setCurrentIndex(-1)
        self._reason.setEditText("")
        self._reason.setFocus()
        self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer on Enter, drop the question on Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.dropped.emit()
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        """Give the answer, unless there is none yet."""
        words = " ".join(self._reason.currentText().split())
        if words:
            self.hide()
            self.answered.emit(words)


class ViewPanel(QFrame):
    """Shows one view and offers its acts.

    Signals
    -------
    placed : Place
        The image is wanted elsewhere.
    asked : CaseCommand
        The button of an act was pressed.
    compared : str
        The original of an image is wanted.
    """

    placed = Signal(object)
    asked = Signal(object)
    compared = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._image = ""
        self._title = QLabel("")
        self._title.setProperty("tone", "strong")
        self.picture = PictureBox(self)
        self._words = QLabel("")
        self._words.setWordWrap(True)
        self.question = QuestionBox(self)
        self._slots = self._slot_buttons()
        self._text = self._act_buttons(
            ("Nothing identifying", CaseCommand.TEXT_IS_HARMLESS),
            ("Blank it", CaseCommand.BLANK_TEXT),
        )
        self._display = self._act_buttons(("Right as it is", CaseCommand.ACCEPT_DISPLAY))
        self._exam = self._act_buttons(("Exclude this exam", CaseCommand.EXCLUDE))
        self._compare = QPushButton("Before and after de-identification")
        self._compare.clicked.connect(lambda: self.compared.emit(self._image))
        self.reason = ReasonField(self)
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(BETWEEN_PX, BETWEEN_PX, BETWEEN_PX, BETWEEN_PX)
        lines.setSpacing(INSIDE_PX)
        acts = (self.question, self._text, self._display, self._slots, self._exam, self._compare)
        for part in (self._title, self.picture, self._words, *acts):
            lines.addWidget(part, stretch=part is self.picture)
        lines.addWidget(self.reason)
        area = QScrollArea(self)  # on a low screen the buttons are reached by scrolling
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self._area = area
        # Once it has its place; before, there is nothing to scroll to.
        self.reason.opened.connect(self._show_reason, Qt.ConnectionType.QueuedConnection)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.addWidget(area)

    def fit(self, window_px: int) -> None:
        """Take a good third of the window's width, within limits."""
        self.setFixedWidth(min(PANEL_PX, max(NARROW_PX, window_px * 35 // 100)))

    def show_view(
        self, row: ExamRow | None, image: ExamImage | None, refusal: Callable[[Change], str]
    ) -> None:
        """Show what there is to say of a view, and the acts that make sense.

        Parameters
        ----------
        refusal
            Why a change cannot be saved; empty for one that can.
        """
        self._image = image.image if image else ""
        self.reason.hide()
        self._title.setText(title_of(row, image))
        self._words.setText(words_of(row, image))
        is_open = bool(row and row.stored and not row.excluded)
        self.question.show_exam(row if is_open else None, refusal)
        self._text.setVisible(bool(is_open and image and image.has_open_text))
        self._display.setVisible(bool(is_open and image and image.view and image.doubts))
        self._slots.setVisible(bool(is_open and image))
        self._exam.setVisible(is_open)
        self._compare.setVisible(bool(is_open and image))

    def _show_reason(self) -> None:
        """Bring the question why an exam is left out into view."""
        self._area.ensureWidgetVisible(self.reason, 0, BETWEEN_PX)

    def _slot_buttons(self) -> QWidget:
        """Return the buttons that put the view into a slot."""
        whole = QWidget(self)
        lines, line = QVBoxLayout(whole), FlowLayout()
        line.setSpacing(GRID_PX)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(QLabel("This view is (keys 1 2 3 4, 0):"))
        lines.addLayout(line)
        for view in (*View, None):
            name = named(view) if view else "Not used"
            button = QPushButton(name)
            button.clicked.connect(partial(self._place, view))
            line.addWidget(button)
        return whole

    def _act_buttons(self, *acts: tuple[str, CaseCommand]) -> QWidget:
        """Return buttons that ask for acts; each names its key."""
        whole = QWidget(self)
        line = FlowLayout(whole)
        for words, command in acts:
            button = QPushButton(with_key(words, command))
            button.clicked.connect(partial(self.asked.emit, command))
            line.addWidget(button)
        return whole

    def _place(self, view: View | None) -> None:
        """Tell where the view is wanted."""
        self.placed.emit(Place(self._image, view))
