"""Marks: what clicks, drags and the keys of findings do while a case is open; Qt-free."""

from collections.abc import Callable
from dataclasses import replace

from reader_app.reading.half_done import HalfDone
from reader_app.reading.key_bindings import KeyBindings
from reader_app.reading.keys import TYPE_OF_KEY
from reader_app.reading.sitting import Sitting
from reader_app.reading.value_words import TYPE_WORDS, view_text
from study_design.geometry import Point
from study_design.reads import Finding
from study_design.vocabulary import AbnormalityType, View


class Marking:
    """Places, links, describes and removes the marks of a read.

    Parameters
    ----------
    half
        What is half done; shared with whatever answers.
    open_card
        Opens the card of a finding.
    """

    def __init__(
        self,
        sitting: Sitting,
        half: HalfDone,
        keys: KeyBindings,
        open_card: Callable[[Finding], None],
    ) -> None:
        self._sitting = sitting
        self._half = half
        self._keys = keys
        self._open_card = open_card

    def draws_on(self, view: View) -> bool:
        """Tell whether a click or drag on a view makes a mark."""
        return self._half.armed is not None or view is self.linking_view

    @property
    def linking_view(self) -> View | None:
        """The view on which the second mark is waited for."""
        if self._half.linking is None:
            return None
        marks = self._sitting.state.draft.finding(self._half.linking).marks
        return marks[0].view.same_breast_other_projection

    @property
    def prompt(self) -> str:
        """What the reader is expected to do next, where something is half done."""
        if self._half.notice:
            return self._half.notice
        if self._half.armed:
            return f"{TYPE_WORDS[self._half.armed]}: click or drag on a view (Esc: cancel)"
        if self.linking_view:
            view = self.linking_view
            return (
                f"Finding {self._half.linking}: mark it on {view_text(view)}, "
                f"or {self._keys.cap('X')}: seen on one view only"
            )
        return ""

    def place(self, view: View, image: str, points: tuple[Point, ...]) -> None:
        """Place a mark where the reader clicked or dragged."""
        if self._half.armed:
            types = (self._half.armed,)
            finding = self._sitting.case.place_mark(view, image, points=points, types=types)
            self._half.armed, self._half.linking = None, finding.finding
            self._open_card(finding)
        elif self._half.linking is not None and view is self.linking_view:
            finding = self._sitting.state.draft.finding(self._half.linking)
            finding = self._sitting.case.place_mark(
                view, image, points=points, types=finding.types, finding=self._half.linking
            )
            self._half.linking = None
        else:
            return
        self._half.selected = finding.marks[-1].mark

    def pick(self, mark: int | None) -> None:
        """Select the mark that was clicked and open its card; a click beside all marks is None."""
        if self._half.linking is not None and mark is None:
            self._half.notice = f"{self.prompt}."
            return
        self._half.selected = mark
        if mark is not None:
            self._open_card(self._finding_of(mark))

    def type(self, key: str) -> None:
        """Arm a type, or with an open card add it to the finding or take it away."""
        chosen = TYPE_OF_KEY[key]
        if chosen not in self._sitting.study.scales.types:
            self._half.notice = f"This study does not ask for {TYPE_WORDS[chosen]}."
        elif self._half.card:
            finding = self._sitting.state.draft.finding(self._half.card.finding)
            types = set(finding.types) ^ {chosen}
            if types:
                ordered = tuple(kind for kind in AbnormalityType if kind in types)
                self._sitting.case.describe_finding(replace(finding, types=ordered))
            else:
                self._half.notice = "A finding has at least one type. Del removes the mark."
        else:
            self._half.armed, self._half.linking = chosen, None

    def one_view(self, _key: str) -> None:
        """Note that a finding is seen on one view only."""
        finding = self._finding_at_hand()
        if finding is None:
            self._half.notice = "Click a mark first."
        elif len(finding.marks) > 1:
            self._half.notice = f"Finding {finding.finding} is marked on two views."
        else:
            self._half.linking = None
            self._sitting.case.describe_finding(replace(finding, one_view_only=True))

    def link(self, _key: str) -> None:
        """Wait for the second mark of the finding at hand."""
        finding = self._finding_at_hand()
        if finding is None or len(finding.marks) > 1:
            self._half.notice = "Click a finding with one mark first."
            return
        if finding.one_view_only:
            self._sitting.case.describe_finding(replace(finding, one_view_only=False))
        self._half.armed, self._half.linking = None, finding.finding

    def delete(self, _key: str) -> None:
        """Remove the selected mark; the newest one where none is selected."""
        marks = [m.mark for f in self._sitting.state.draft.findings for m in f.marks]
        if not marks:
            self._half.notice = "There is no mark."
            return
        mark = self._half.selected if self._half.selected is not None else max(marks)
        number = self._finding_of(mark).finding
        self._sitting.case.remove_mark(mark)
        self._half.selected, self._half.linking = None, None
        if all(finding.finding != number for finding in self._sitting.state.draft.findings):
            self._half.card = None

    def close_card(self) -> None:
        """Close the card; a second mark is still waited for."""
        self._half.card = None

    def _finding_of(self, mark: int) -> Finding:
        """Return the finding that a mark belongs to."""
        findings = self._sitting.state.draft.findings
        return next(f for f in findings if any(m.mark == mark for m in f.marks))

    def _finding_at_hand(self) -> Finding | None:
        """Return the finding of the open card or of the selected mark."""
        if self._half.card:
            return self._sitting.state.draft.finding(self._half.card.finding)
        return self._finding_of(self._half.selected) if self._half.selected is not None else None
