"""The left side of the preview of AI results: which column holds what, and what words mean."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from reader_app.qt.parts.style import BETWEEN_PX, INSIDE_PX
from study_design.exchange.detection_import import ForeseenDetections
from study_design.tables.foreign.column_map import (
    CENTRED,
    CORNERS,
    ROUND,
    SIZED,
    ColumnMap,
    Columns,
)
from study_design.tables.foreign.type_words import Meaning, meaning_of
from study_design.tables.foreign.units import ScoreScale, Unit
from study_design.tables.foreign.unread_columns import not_read

NOT_THERE = "(not in the file)"
GUESS = "(guess)"
UNDECIDED = "(choose what it means)"
NAMES = (
    ("image", "Image"),
    ("case", "Case"),
    ("view", "View"),
    ("laterality", "Laterality"),
    ("score", "Score"),
    ("types", "Type of abnormality"),
)
OTHERS = (
    ("status", "Status"),
    ("detection", "Boxes that belong together"),
    ("birads", "BI-RADS"),
    ("malignancy", "Malignancy"),
    ("morphology", "Morphology"),
    ("quadrant", "Quadrant"),
    ("depth", "Depth"),
    ("picture_width", "Width of the picture"),
    ("picture_height", "Height of the picture"),
)
EDGES = (
    ("x0", "Left edge"),
    ("y0", "Top edge"),
    ("x1", "Right edge"),
    ("y1", "Bottom edge"),
    ("x_centre", "Centre, across"),
    ("y_centre", "Centre, down"),
    ("width", "Width of the box"),
    ("height", "Height of the box"),
    ("radius", "Radius"),
    ("box", "All four in one column"),
)
FORMS = (
    ("left, top, right, bottom", CORNERS),
    ("left, top, width, height", SIZED),
    ("centre, width, height", CENTRED),
    ("centre, radius", ROUND),
    ("one column", ("box",)),
)
ORDERS = (
    CORNERS,
    ("x0", "x1", "y0", "y1"),
    ("y0", "x0", "y1", "x1"),
    SIZED,
    CENTRED,
)
IN_WORDS = {
    "x0": "left",
    "y0": "top",
    "x1": "right",
    "y1": "bottom",
    "x_centre": "centre across",
    "y_centre": "centre down",
}
UNITS = (("pixels", Unit.PIXELS), ("fractions of the picture, 0 to 1", Unit.FRACTIONS))
ORIGINS = {"the top": "top", "the bottom": "bottom"}
SCALES = (GUESS, "0-1", "0-10", "0-100")


class Choice(QComboBox):
    """A field with choices that the wheel passes over: it scrolls the form, and changes nothing."""

    def __init__(self, name: str, choices: Sequence[str], now: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.addItems([str(choice) for choice in choices])
        if now not in choices:
            self.addItem(now)
        self.setCurrentText(str(now))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form."""
        event.ignore()


class MapEditor(QScrollArea):
    """Shows a map and tells every change of it.

    Signals
    -------
    changed : ColumnMap
        The map as it is now.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._map = ColumnMap()
        self._form: tuple[str, ...] = ()
        # Words stay where they are while they are answered.
        self._order: tuple[str, ...] = ()
        self._words_first = False

    def show_map(self, foreseen: ForeseenDetections) -> None:
        """Show the map by which files were read, with what they hold; the focus stays."""
        self._map = foreseen.column_map
        focused = self.focusWidget()
        name = focused.accessibleName() if focused is not None else ""
        scrolled = self.verticalScrollBar().value()
        self._form = self._form_of(self._map.columns)
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, BETWEEN_PX, 0)
        lines.setSpacing(INSIDE_PX)
        for title, fields in self._sections(foreseen):
            lines.addWidget(_heading(title))
            lines.addLayout(fields)
        lines.addStretch(1)
        self.setWidget(inside)
        inside.adjustSize()
        for field in inside.findChildren(QWidget):
            if name and field.accessibleName() == name:
                field.setFocus()
        self.verticalScrollBar().setValue(scrolled)

    def _form_of(self, columns: Columns) -> tuple[str, ...]:
        """Return in which form boxes are given; the form that was chosen last where none is."""
        return ("box",) if columns.box else columns.form or self._form or CORNERS

    def _sections(self, foreseen: ForeseenDetections) -> list[tuple[str, QFormLayout]]:
        """Return what can be said of files of their kind."""
        if not foreseen.foreign:
            return []
        words = [("What its words mean", self._words(foreseen.words))] if foreseen.words else []
        rest = ("Scores and images", self._rest())
        if foreseen.table is None:
            return [*words, rest]
        header = foreseen.table.columns
        # What is asked stands first: further down nobody would see why nothing comes in.
        return [
            *(words if self._words_first else ()),
            ("Columns of the file", self._columns(header, NAMES)),
            ("Where a box is", self._places(header)),
            *(() if self._words_first else words),
            rest,
            ("Other columns", self._columns(header, OTHERS)),
            *self._unread(header),
        ]

    def _unread(self, header: Sequence[str]) -> list[tuple[str, QFormLayout]]:
        """Return a box to tick for each column that is not read: it may change nothing."""
        columns = not_read(header, self._map)
        form = _form_layout()
        for column in columns:
            box = QCheckBox(f"{column} changes nothing")
            box.setAccessibleName(f"{column} changes nothing")
            box.setChecked(column in self._map.unused)
            box.toggled.connect(lambda chosen, column=column: self._leave(column, chosen=chosen))
            form.addRow(box)
        return [("Columns that are not read", form)] if columns else []

    def _columns(self, header: Sequence[str], names: Sequence[tuple[str, str]]) -> QFormLayout:
        """Return a field for each thing that a column may hold."""
        form = _form_layout()
        for meaning, words in names:
            column = getattr(self._map.columns, meaning)
            field = Choice(words, (NOT_THERE, *header), column or NOT_THERE)
            field.textActivated.connect(
                lambda chosen, meaning=meaning: self._choose_column(meaning, chosen)
            )
            form.addRow(words, field)
        return form

    def _places(self, header: Sequence[str]) -> QFormLayout:
        """Return the fields that say where a box is."""
        shown = [(edge, words) for edge, words in EDGES if edge in self._form]
        form = self._columns(header, shown)
        kinds = [words for words, _ in FORMS]
        now = next(words for words, edges in FORMS if edges == self._form)
        kind = Choice("A box is given by", kinds, now)
        kind.textActivated.connect(self._choose_form)
        form.insertRow(0, "A box is given by", kind)
        if self._form == ("box",):
            now = _in_words(self._map.coordinates.order) or UNDECIDED
            order = Choice("Order", (UNDECIDED, *map(_in_words, ORDERS)), now)
            order.textActivated.connect(self._choose_order)
            form.addRow("Order of the four", order)
        units = [words for words, _ in UNITS]
        unit = Choice("Unit", units, next(w for w, u in UNITS if u is self._map.coordinates.unit))
        unit.textActivated.connect(lambda chosen: self._set_coordinates(unit=dict(UNITS)[chosen]))
        form.addRow("Counted in", unit)
        origins = {value: words for words, value in ORIGINS.items()}
        said = self._map.coordinates.y_from or ("" if self._form == ROUND else "top")
        origin = Choice("Rows are counted from", tuple(ORIGINS), origins.get(said, UNDECIDED))
        origin.textActivated.connect(self._choose_origin)
        form.addRow("Rows are counted from", origin)
        reduced = _line("Stored pixels per pixel", f"{self._map.coordinates.stored_per_pixel:g}")
        reduced.editingFinished.connect(lambda: self._set_reduction(reduced.text()))
        form.addRow("Stored pixels per pixel", reduced)
        return form

    def _words(self, words: Sequence[str]) -> QFormLayout:
        """Return a field for each word, those that had no meaning first."""
        form = _form_layout()
        meanings = {word: meaning_of(word, self._map.types) for word in words}
        if set(words) != set(self._order):
            self._order = tuple(sorted(words, key=lambda one: meanings[one] is not None))
            self._words_first = None in meanings.values()
        for word in self._order:
            choices = (UNDECIDED, *Meaning)
            field = Choice(f"Meaning of {word}", choices, meanings[word] or UNDECIDED)
            field.textActivated.connect(
                lambda chosen, word=word: self._choose_meaning(word, chosen)
            )
            form.addRow(word, field)
        return form

    def _rest(self) -> QFormLayout:
        """Return the fields for the scale of scores and for twins."""
        form = _form_layout()
        scale = Choice("Scale of scores", SCALES, self._map.scale or GUESS)
        scale.setEditable(True)
        scale.setEditText(self._map.scale or GUESS)
        scale.textActivated.connect(self._choose_scale)
        editor = scale.lineEdit()
        if editor is not None:
            editor.editingFinished.connect(lambda: self._choose_scale(scale.currentText()))
        form.addRow("Scale of scores", scale)
        twins = QCheckBox("Take boxes of an image's FOR PROCESSING twin")
        twins.setAccessibleName("Twins")
        twins.setChecked(self._map.twins)
        twins.toggled.connect(lambda chosen: self._tell(replace(self._map, twins=chosen)))
        form.addRow(twins)
        return form

    def _choose_column(self, meaning: str, chosen: str) -> None:
        """Take another column for a meaning."""
        self._tell(self._map.with_column(meaning, "" if chosen == NOT_THERE else chosen))

    def _choose_form(self, chosen: str) -> None:
        """Take another form of boxes; the columns of the old one are let go."""
        self._form = dict(FORMS)[chosen]
        dropped = {edge: "" for edge, _ in EDGES if edge not in self._form}
        self._tell(replace(self._map, columns=replace(self._map.columns, **dropped)))

    def _choose_order(self, chosen: str) -> None:
        """Take another order of the four numbers in a cell."""
        order = next((one for one in ORDERS if _in_words(one) == chosen), None)
        if order is not None or chosen == UNDECIDED:
            self._set_coordinates(order=order or ())

    def _choose_origin(self, chosen: str) -> None:
        """Take another edge from which rows are counted."""
        if chosen in ORIGINS:
            self._set_coordinates(y_from=ORIGINS[chosen])

    def _leave(self, column: str, *, chosen: bool) -> None:
        """Take a column that is not read for one that changes nothing, or ask of it again."""
        others = tuple(one for one in self._map.unused if one != column)
        unused = (*others, column) if chosen else others
        self._tell(replace(self._map, unused=unused))

    def _choose_meaning(self, word: str, chosen: str) -> None:
        """Take another meaning for a word."""
        if chosen in tuple(Meaning):
            self._tell(self._map.with_type(word, Meaning(chosen)))

    def _choose_scale(self, chosen: str) -> None:
        """Take another scale; text that names none is dropped."""
        scale = "" if ScoreScale.of(chosen) is None else chosen.strip()
        if scale != self._map.scale:
            self._tell(replace(self._map, scale=scale))

    def _set_coordinates(self, **changes: object) -> None:
        """Take another order or unit."""
        changed = replace(self._map.coordinates, **changes)  # type: ignore[arg-type]
        self._tell(replace(self._map, coordinates=changed))

    def _set_reduction(self, text: str) -> None:
        """Take how far the picture was reduced; what is no number above 0 is dropped."""
        try:
            reduction = float(text.replace(",", "."))
        except ValueError:
            return
        if reduction > 0 and reduction != self._map.coordinates.stored_per_pixel:
            coordinates = replace(self._map.coordinates, stored_per_pixel=reduction)
            self._tell(replace(self._map, coordinates=coordinates))

    def _tell(self, column_map: ColumnMap) -> None:
        """Tell the map as it is now."""
        self._map = column_map
        self.changed.emit(column_map)


def _in_words(order: Sequence[str]) -> str:
    """Return an order of four numbers as it is read."""
    return ", ".join(IN_WORDS.get(edge, edge) for edge in order)


def _heading(text: str) -> QLabel:
    """Return the title of a section."""
    heading = QLabel(text)
    heading.setProperty("tone", "strong")
    return heading


def _form_layout() -> QFormLayout:
    """Return a form with the field beside its words."""
    form = QFormLayout()
    form.setSpacing(INSIDE_PX)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _line(name: str, text: str) -> QLineEdit:
    """Return a field for a number."""
    field = QLineEdit(text)
    field.setAccessibleName(name)
    return field
