"""What the record is told of a draft: payloads of its parts, acts from one draft to another.

Undo and redo are acts like any other: nothing is taken out of the record, something is added.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reader_app.draft import Draft
from study_design.reads import Answers, Finding, Mark
from study_design.record.events import EventType, JsonValue

Payload = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Change:
    """One act that the record is told."""

    kind: EventType
    payload: Payload


def mark_payload(finding: Finding, mark: Mark) -> Payload:
    """Return what `mark_placed` holds."""
    return {
        "finding": finding.finding,
        "mark": mark.mark,
        "view": mark.view,
        "image": mark.image,
        "shape": mark.shape,
        "points": [[point.x_px, point.y_px] for point in mark.points],
        "types": [*finding.types],
    }


def description_payload(finding: Finding) -> Payload:
    """Return what `finding_described` holds."""
    return {
        "finding": finding.finding,
        "types": [*finding.types],
        "birads": finding.birads,
        "rating": finding.rating,
        "one_view_only": finding.one_view_only,
    }


def changes(before: Draft, after: Draft) -> Iterator[Change]:
    """Yield the acts that lead from one draft to another: marks, descriptions, answers."""
    old, new = _marks(before), _marks(after)
    for mark in old.keys() - new.keys():
        yield Change(EventType.MARK_REMOVED, {"mark": mark})
    for mark in sorted(new.keys() - old.keys()):
        yield Change(EventType.MARK_PLACED, mark_payload(*new[mark]))
    known = {finding.finding: description_payload(finding) for finding in before.findings}
    for finding in after.findings:
        description = description_payload(finding)
        if known.get(finding.finding) != description:
            yield Change(EventType.FINDING_DESCRIBED, description)
    for item in Answers.__dataclass_fields__:
        value = getattr(after.given, item)
        if value != getattr(before.given, item):
            yield Change(EventType.ANSWER_GIVEN, {"item": item, "value": value})


def _marks(draft: Draft) -> dict[int, tuple[Finding, Mark]]:
    """Return each mark with its finding, by the mark's number."""
    return {mark.mark: (finding, mark) for finding in draft.findings for mark in finding.marks}
