"""The answers of a read while they are being given: findings, answers, what is still missing.

A breast with findings takes the highest category and rating of its findings unless the reader says
otherwise; the exam takes the higher of its breasts. A breast without findings is never answered
silently.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from study_design.protocol.study_file import Form
from study_design.reads import BIRADS_OF, RATING_OF, Answers, Finding, Mark
from study_design.suspicion import SuspicionOrder
from study_design.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Draft:
    """Findings and explicit answers so far."""

    findings: tuple[Finding, ...] = ()
    given: Answers = field(default_factory=Answers)

    def finding(self, number: int) -> Finding:
        """Return a finding by its number."""
        return next(finding for finding in self.findings if finding.finding == number)

    @property
    def next_finding(self) -> int:
        """The number of the next new finding."""
        return max((finding.finding for finding in self.findings), default=0) + 1

    @property
    def next_mark(self) -> int:
        """The number of the next new mark."""
        return max((m.mark for f in self.findings for m in f.marks), default=0) + 1

    def with_finding(self, finding: Finding) -> "Draft":
        """Return the draft with a finding added, or put in the place of the one it replaces."""
        if any(old.finding == finding.finding for old in self.findings):
            findings = tuple(
                finding if old.finding == finding.finding else old for old in self.findings
            )
        else:
            findings = (*self.findings, finding)
        return replace(self, findings=findings)

    def with_mark(self, number: int, mark: Mark) -> "Draft":
        """Return the draft with one more mark on a finding."""
        finding = self.finding(number)
        return self.with_finding(replace(finding, marks=(*finding.marks, mark)))

    def without_mark(self, mark: int) -> "Draft":
        """Return the draft without a mark; a finding that loses its last mark goes with it."""
        kept = (
            replace(f, marks=tuple(m for m in f.marks if m.mark != mark)) for f in self.findings
        )
        return replace(self, findings=tuple(f for f in kept if f.marks))

    def with_answer(self, item: str, value: str | float | None) -> "Draft":
        """Return the draft with an item of `Answers` answered, or taken back by None."""
        change: dict[str, Any] = {item: value}
        return replace(self, given=replace(self.given, **change))

    def answered_without_findings(self, side: Side) -> tuple[str, ...]:
        """Return the answers that a first finding in a breast overtakes: its own and the exam's.

        They were given of a breast without findings, so they must not stand beside one.
        """
        if self.of_side(side):
            return ()
        items = (BIRADS_OF[side], RATING_OF[side], "birads_exam", "rating")
        return tuple(item for item in items if getattr(self.given, item) is not None)

    def of_side(self, side: Side) -> tuple[Finding, ...]:
        """Return the findings in one breast."""
        return tuple(finding for finding in self.findings if finding.side is side)

    def rolled_up(self, form: Form, order: SuspicionOrder) -> Answers:
        """Return all answers: those given, and where none was, what follows from the findings.

        Parameters
        ----------
        order
            The protocol's order of categories. Where it says of two neither is the higher, nothing
            follows, and the reader is asked.
        """
        birads = {side: order.highest(self._categories(side)) for side in Side}
        ratings = {side: self._rating(side) for side in Side}
        known = [rating for rating in ratings.values() if rating is not None]
        complete = form.rating == "exam" or len(known) == len(ratings)
        birads_exam = self.given.birads_exam
        if birads_exam is None and (form.birads == "exam" or None not in birads.values()):
            birads_exam = order.highest(c for side in Side for c in self._categories(side))
        rating = self.given.rating
        if rating is None and complete:
            rating = max(known, default=None)
        return replace(
            self.given,
            birads_right=birads[Side.RIGHT],
            birads_left=birads[Side.LEFT],
            birads_exam=birads_exam,
            rating_right=ratings[Side.RIGHT],
            rating_left=ratings[Side.LEFT],
            rating=rating,
        )

    def missing(self, form: Form, order: SuspicionOrder) -> tuple[str, ...]:
        """Return the items that must be answered before the read can be validated, in order."""
        answers = self.rolled_up(form, order)
        items = ["birads_right", "birads_left"] if form.birads == "breast" else []
        if all(getattr(answers, item) is not None for item in items):
            items.append("birads_exam")
        items += ["rating_right", "rating_left"] if form.rating == "breast" else ["rating"]
        items += ["density"] if form.density == "required" else []
        return tuple(item for item in items if getattr(answers, item) is None)

    def incomplete_findings(self, form: Form) -> tuple[int, ...]:
        """Return the findings that lack a category or a rating that the form asks for."""
        return tuple(
            finding.finding
            for finding in self.findings
            if (form.finding_birads and finding.birads is None)
            or (form.finding_rating and finding.rating is None)
        )

    def _categories(self, side: Side) -> tuple[str | None, ...]:
        """Return what a breast's category is the highest of: the one given, or its findings'."""
        given = self.given.birads_of(side)
        if given is not None:
            return (given,)
        return tuple(finding.birads for finding in self.of_side(side))

    def _rating(self, side: Side) -> float | None:
        """Return a breast's rating: the one given, or the highest of its findings."""
        given = self.given.rating_of(side)
        if given is not None:
            return given
        ratings = [f.rating for f in self.of_side(side) if f.rating is not None]
        return max(ratings, default=None)
