"""What the record is told of a draft: its parts as acts, and the acts from one to another.

Undo and redo are acts like any other: nothing is taken out of the record, something is added.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reader_app.reading.draft import Draft
from study_design.reads import Answers, Finding, Mark
from study_design.record.events import EventPayload
from study_design.record.payloads.reading import (
    AnswerGiven,
    FindingDescribed,
    MarkPlaced,
    MarkRemoved,
)
from study_design.vocabulary import AbnormalityType


@dataclass(frozen=True, slots=True)
class Placed:
    """What a mark leads to: the acts, the draft after them, and its finding there."""

    changes: tuple[EventPayload, ...]
    draft: Draft
    finding: Finding


def mark_placed(finding: Finding, mark: Mark) -> MarkPlaced:
    """Return the act that places a mark of a finding."""
    points = tuple((point.x_px, point.y_px) for point in mark.points)
    return MarkPlaced(
        finding.finding, mark.mark, mark.view, mark.image, mark.shape, points, finding.types
    )


def with_mark_placed(
    draft: Draft, mark: Mark, types: tuple[AbnormalityType, ...], number: int | None
) -> Placed:
    """Return what a new mark leads to: of a new finding, or of one on the breast's other view.

    Parameters
    ----------
    types
        Of a new finding.
    number
        The finding that the mark belongs to; None for a new one.
    """
    acts: list[EventPayload] = []
    if number is None:
        for item in draft.answered_without_findings(mark.view.side):
            acts.append(AnswerGiven(item, None))
            draft = draft.with_answer(item, None)
        number = draft.next_finding
        draft = draft.with_finding(Finding(number, types, (mark,)))
    else:
        draft = draft.with_mark(number, mark)
    finding = draft.finding(number)
    return Placed((*acts, mark_placed(finding, mark)), draft, finding)


def finding_described(finding: Finding) -> FindingDescribed:
    """Return the act that describes a finding."""
    return FindingDescribed(
        finding.finding, finding.types, finding.birads, finding.rating, finding.one_view_only
    )


def changes(before: Draft, after: Draft) -> Iterator[EventPayload]:
    """Yield the acts that lead from one draft to another: marks, descriptions, answers."""
    old, new = _marks(before), _marks(after)
    for mark in old.keys() - new.keys():
        yield MarkRemoved(mark)
    for mark in sorted(new.keys() - old.keys()):
        yield mark_placed(*new[mark])
    known = {finding.finding: finding_described(finding) for finding in before.findings}
    for finding in after.findings:
        description = finding_described(finding)
        if known.get(finding.finding) != description:
            yield description
    for item in Answers.__dataclass_fields__:
        value = getattr(after.given, item)
        if value != getattr(before.given, item):
            yield AnswerGiven(item, value)


def _marks(draft: Draft) -> dict[int, tuple[Finding, Mark]]:
    """Return each mark with its finding, by the mark's number."""
    return {mark.mark: (finding, mark) for finding in draft.findings for mark in finding.marks}
