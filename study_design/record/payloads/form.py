"""Payloads to text and back: what is stored is the text, what the program sees is the dataclass."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields

from pydantic import TypeAdapter, ValidationError

from study_design.foreign_text import parsed_json
from study_design.record.events import EventPayload, EventType, JsonValue
from study_design.record.payloads import reading, staff
from study_design.record.payloads.station import Station
from study_design.record.upcast import FORM, upcast

PAYLOADS: Mapping[EventType, type[EventPayload]] = {
    kind.type: kind
    for module in (staff, reading)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, EventPayload) and kind is not EventPayload
}
# What may be an integer of many digits or an infinite number.
_MONSTROUS = re.compile(r"\d{19}|[eE]\+?\d{3}")
_FORMS = {kind: TypeAdapter(payload) for kind, payload in PAYLOADS.items()}


def canonical(value: Mapping[str, JsonValue]) -> str:
    """Return JSON that is the same for the same content: sorted keys, no spaces, plain ASCII."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def payload_text(payload: EventPayload) -> str:
    """Return the canonical JSON of a payload.

    Raises
    ------
    ValueError, TypeError
        Where a value is not of its field's type, or no number of JSON.
    """
    content = {field.name: _plain(getattr(payload, field.name)) for field in fields(payload)}  # type: ignore[arg-type]
    text = canonical(content)
    _FORMS[payload.type].validate_json(text, strict=True)
    return text


def _plain(value: JsonValue | Station) -> JsonValue:
    """Return a value as JSON knows it."""
    return asdict(value) if isinstance(value, Station) else value


def payload_of(kind: EventType, form: int, text: str) -> EventPayload:
    """Return the payload that a text holds, brought up to today's form.

    Raises
    ------
    ValueError
        Where the text is not a payload of the type in that form.
    """
    if _MONSTROUS.search(text):
        parsed_json(text)  # refuses numbers that nothing is counted in
    if form < FORM:
        text = _brought_up(kind, form, text)
    try:
        return _FORMS[kind].validate_json(text, strict=True)
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_context=False)
        key = ".".join(str(part) for part in first["loc"]) or "payload"
        raise ValueError(f"{key}: {first['msg']}") from error


def _brought_up(kind: EventType, form: int, text: str) -> str:
    """Return the text of an older form as one of today's."""
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(content, dict):
        raise ValueError("no table of values")
    return canonical(upcast(kind, form, content))
