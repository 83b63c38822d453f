"""Folds the acts of one step of a read into what it reports: findings, answers, other items.

The last word on anything counts. Nothing is rolled up or filled in.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from study_design.geometry import Point
from study_design.reads import Answers, Finding, Mark
from study_design.record.events import EventType, JsonValue, StoredEvent
from study_design.record.payload import Payload
from study_design.vocabulary import AbnormalityType, View

_CATEGORIES = ("birads_right", "birads_left", "birads_exam", "density")
_RATINGS = ("rating_right", "rating_left", "rating")


@dataclass(frozen=True, slots=True)
class Report:
    """What a read says so far: findings in the order of their first mark, answers, other items."""

    findings: tuple[Finding, ...] = ()
    answers: Answers = field(default_factory=Answers)
    responses: tuple[tuple[str, str], ...] = ()


def report_of(events: Sequence[StoredEvent]) -> Report:
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
    answers: dict[str, Payload] = {}
    for stored in events:
        payload = Payload(stored)
        match stored.event.type:
            case EventType.MARK_PLACED:
                _place(findings, payload)
            case EventType.MARK_REMOVED:
                _remove(findings, payload.whole("mark"))
            case EventType.FINDING_DESCRIBED:
                _describe(findings, payload)
            case EventType.ANSWER_GIVEN:
                answers[payload.text("item")] = payload
    return Report(tuple(findings.values()), _answers(answers), _responses(answers))


def _place(findings: dict[int, Finding], payload: Payload) -> None:
    """Add a mark to its finding, or move it."""
    mark = Mark(
        payload.whole("mark"),
        payload.word("view", View),
        payload.text("image"),
        payload.text("shape"),
        tuple(Point(x_px, y_px) for x_px, y_px in payload.pairs("points")),
    )
    number = payload.whole("finding")
    known = findings.get(number) or Finding(number, payload.words("types", AbnormalityType), ())
    marks = {placed.mark: placed for placed in known.marks} | {mark.mark: mark}
    findings[number] = replace(known, marks=tuple(marks.values()))


def _remove(findings: dict[int, Finding], mark: int) -> None:
    """Take a mark away, and the finding that has no other."""
    for number, finding in list(findings.items()):
        marks = tuple(placed for placed in finding.marks if placed.mark != mark)
        if marks:
            findings[number] = replace(finding, marks=marks)
        else:
            del findings[number]


def _describe(findings: dict[int, Finding], payload: Payload) -> None:
    """Set what a reader says of a finding."""
    number = payload.whole("finding")
    if number in findings:
        findings[number] = replace(
            findings[number],
            types=payload.words("types", AbnormalityType),
            birads=payload.optional_text("birads"),
            rating=payload.optional_number("rating"),
            one_view_only=payload.flag("one_view_only"),
        )


def _answers(given: Mapping[str, Payload]) -> Answers:
    """Return the answers about breasts and exam."""

    def category(item: str) -> str | None:
        return given[item].optional_text("value") if item in given else None

    def rating(item: str) -> float | None:
        return given[item].optional_number("value") if item in given else None

    return Answers(
        birads_right=category("birads_right"),
        birads_left=category("birads_left"),
        birads_exam=category("birads_exam"),
        rating_right=rating("rating_right"),
        rating_left=rating("rating_left"),
        rating=rating("rating"),
        density=category("density"),
    )


def _responses(given: Mapping[str, Payload]) -> tuple[tuple[str, str], ...]:
    """Return the answers to whatever else was asked; an answer taken back is none."""
    values = {item: payload.value("value") for item, payload in given.items()}
    return tuple(
        (item, _text(value))
        for item, value in values.items()
        if item not in (*_CATEGORIES, *_RATINGS) and value is not None
    )


def _text(value: JsonValue) -> str:
    """Return an answer as the tables spell it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
