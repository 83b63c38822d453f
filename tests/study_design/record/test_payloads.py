"""What events carry: one dataclass a type, stored as text, read back in today's form."""

import json
from dataclasses import fields

import pytest

from study_design.record.events import EventType, JsonValue
from study_design.record.payloads.form import PAYLOADS, payload_of, payload_text
from study_design.record.payloads.reading import AnswerGiven, MarkPlaced, ReadPainted
from study_design.record.upcast import FORM, STEPS, upcast
from study_design.vocabulary import AbnormalityType, View


def test_every_type_of_event_has_a_payload_of_its_own() -> None:
    assert set(PAYLOADS) == set(EventType)
    assert len(set(PAYLOADS.values())) == len(EventType)


def test_a_payload_comes_back_as_it_was_written() -> None:
    points = ((10.25, 20.0), (30.75, 40.5))
    mark = MarkPlaced(1, 2, View.R_CC, "C001_R-CC", "box", points, (AbnormalityType.MASS,))
    assert payload_of(EventType.MARK_PLACED, FORM, payload_text(mark)) == mark


@pytest.mark.parametrize("value", [None, "4A", 12.5, 3, True, "乳腺"])
def test_an_answer_keeps_the_type_of_its_value(value: object) -> None:
    text = payload_text(AnswerGiven("item", value))  # type: ignore[arg-type]
    back = payload_of(EventType.ANSWER_GIVEN, FORM, text)
    assert isinstance(back, AnswerGiven)
    assert (back.value, type(back.value)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "1",
        "{",
        '{"latency_s": "1"}',
        '{"latency_s": 1, "more": 1}',
        '{"latency_s": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"latency_s": ' + "1" * 5000 + "e999}",
    ],
)
@pytest.mark.parametrize("form", [1, FORM])
def test_what_is_no_payload_of_the_type_is_refused(text: str, form: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the store names the event
        payload_of(EventType.READ_PAINTED, form, text)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        (EventType.READ_PAINTED, {"latency_s": "soon"}, "latency_s: .*number"),
        (EventType.READ_PAINTED, {"latency_s": True}, "latency_s: .*number"),
        (EventType.READ_REOPENED, {"reader": 3, "case": "", "cell": "", "reason": ""}, "reader: "),
        (EventType.MARK_REMOVED, {"mark": "one"}, "mark: .*integer"),
        (EventType.MARK_REMOVED, {"mark": 1.5}, "mark: .*integer"),
        (EventType.MARK_REMOVED, {}, "mark: .*required"),
        (EventType.STUDY_FROZEN, {"hashes": []}, "hashes: "),
        (EventType.CASE_WITHDRAWN, {"case": "C001", "why": None}, "why: "),
    ],
)
def test_the_key_that_is_wrong_is_named(
    kind: EventType, change: dict[str, JsonValue], said: str
) -> None:
    for form in (1, FORM):
        with pytest.raises(ValueError, match=said):
            payload_of(kind, form, json.dumps(change))


@pytest.mark.parametrize("form", [0, FORM + 1, -1])
def test_a_form_that_was_never_written_is_refused(form: int) -> None:
    with pytest.raises(ValueError, match="expected a form from 1"):
        upcast(EventType.READ_PAINTED, form, {"latency_s": 1.0})


def test_a_value_of_another_type_is_not_written() -> None:
    with pytest.raises(ValueError, match="valid number"):
        payload_text(ReadPainted("soon"))  # type: ignore[arg-type]


def test_a_read_of_an_older_form_was_asked_about_nothing() -> None:
    times = {"raw_s": 1.0, "paused_s": 0.0, "idle_s": 0.0, "system_s": 0.0}
    content = {**times, "ai_first_shown_s": None, "ai_shown_s": 0.0}
    assert upcast(EventType.READ_VALIDATED, 1, content)["contradiction"] == ""


def test_every_older_form_has_a_step_that_keeps_what_is_there() -> None:
    assert list(STEPS) == list(range(1, FORM))
    for kind, payload in PAYLOADS.items():
        content = {field.name: "as it was" for field in fields(payload)}  # type: ignore[arg-type]
        assert upcast(kind, 1, content) == content
        assert json.dumps(upcast(kind, 1, content))
