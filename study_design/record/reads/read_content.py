"""Folds the acts of one step of a read into what it reports: findings, answers, other items.

The last word on anything counts. Nothing is rolled up or filled in.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from study_design.errors import RecordError
from study_design.geometry import Point
from study_design.reads import Answers, Finding, Mark
from study_design.record.events import StoredEvent
from study_design.record.payloads.reading import (
    AnswerGiven,
    AnswerValue,
    FindingDescribed,
    MarkPlaced,
    MarkRemoved,
)

_CATEGORIES = ("birads_right", "birads_left", "birads_exam", "density")
_RATINGS = ("rating_right", "rating_left", "rating")


@dataclass(frozen=True, slots=True)
class ReadContent:
    """What a read says so far: findings in the order of their first mark, answers, other items."""

    findings: tuple[Finding, ...] = ()
    answers: Answers = field(default_factory=Answers)
    responses: tuple[tuple[str, str], ...] = ()


def content_of(events: Sequence[StoredEvent]) -> ReadContent:
    """Return what the events of one step report.

    A mark of a known number moves; the types of a finding are those of its first mark until it is
    described. A finding whose last mark is removed is no finding any more, and
    its description goes with it; a description of a finding without marks is not kept.

    Raises
    ------
    RecordError
        Where an event does not carry what its type demands.
    """
    findings: dict[int, Finding] = {}
    answers: dict[str, tuple[StoredEvent, AnswerValue]] = {}
    for stored in events:
        match stored.event.payload:
            case MarkPlaced() as placed:
                _place(findings, placed)
            case MarkRemoved(mark):
                _remove(findings, mark)
            case FindingDescribed() as described:
                _describe(findings, described)
            case AnswerGiven(item, value):
                answers[item] = (stored, value)
    return ReadContent(tuple(findings.values()), _answers(answers), _responses(answers))


def _place(findings: dict[int, Finding], placed: MarkPlaced) -> None:
    """Add a mark to its finding, or move it."""
    points = tuple(Point(x_px, y_px) for x_px, y_px in placed.points)
    mark = Mark(placed.mark, placed.view, placed.image, placed.shape, points)
    number = placed.finding
    known = findings.get(number) or Finding(number, placed.types, ())
    marks = {other.mark: other for other in known.marks} | {mark.mark: mark}
    findings[number] = replace(known, marks=tuple(marks.values()))


def _remove(findings: dict[int, Finding], mark: int) -> None:
    """Take a mark away, and the finding that has no other."""
    for number, finding in list(findings.items()):
        marks = tuple(placed for placed in finding.marks if placed.mark != mark)
        if marks:
            findings[number] = replace(finding, marks=marks)
        else:
            del findings[number]


def _describe(findings: dict[int, Finding], described: FindingDescribed) -> None:
    """Set what a reader says of a finding."""
    if described.finding in findings:
        findings[described.finding] = replace(
            findings[described.finding],
            types=described.types,
            birads=described.birads,
            rating=described.rating,
            one_view_only=described.one_view_only,
        )


def _answers(given: Mapping[str, tuple[StoredEvent, AnswerValue]]) -> Answers:
    """Return the answers about breasts and exam."""
    return Answers(
        birads_right=_category(given, "birads_right"),
        birads_left=_category(given, "birads_left"),
        birads_exam=_category(given, "birads_exam"),
        rating_right=_rating(given, "rating_right"),
        rating_left=_rating(given, "rating_left"),
        rating=_rating(given, "rating"),
        density=_category(given, "density"),
    )


def _category(given: Mapping[str, tuple[StoredEvent, AnswerValue]], item: str) -> str | None:
    """Return the category that was answered last; None where none was."""
    match given.get(item):
        case None | (_, None):
            return None
        case (_, str() as value):
            return value
        case (stored, value):
            raise _wrong(stored, item, "text", value)


def _rating(given: Mapping[str, tuple[StoredEvent, AnswerValue]], item: str) -> float | None:
    """Return the rating that was answered last; None where none was."""
    match given.get(item):
        case None | (_, None):
            return None
        case (_, int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case (stored, value):
            raise _wrong(stored, item, "a number", value)


def _responses(
    given: Mapping[str, tuple[StoredEvent, AnswerValue]],
) -> tuple[tuple[str, str], ...]:
    """Return the answers to whatever else was asked; an answer taken back is none."""
    return tuple(
        (item, _text(value))
        for item, (_, value) in given.items()
        if item not in (*_CATEGORIES, *_RATINGS) and value is not None
    )


def _wrong(stored: StoredEvent, item: str, expected: str, got: AnswerValue) -> RecordError:
    """Return the refusal of an answer that is none of its item."""
    return RecordError(
        f"Event {stored.number} ({stored.event.type}) of the record: expected {expected} as "
        f"{item}, got {json.dumps(got)}. Run: crossread verify STUDY"
    )


def _text(value: AnswerValue) -> str:
    """Return an answer as the tables spell it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
