"""Typed access to what an event carries; a payload that lacks something is named, not guessed."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from study_design.errors import RecordError
from study_design.record.events import JsonValue, StoredEvent

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Payload:
    """The payload of one stored event."""

    stored: StoredEvent

    def value(self, key: str) -> JsonValue:
        """Return a value as it is."""
        if key not in self.stored.event.payload:
            raise self._wrong(key, "a value")
        return self.stored.event.payload[key]

    def text(self, key: str) -> str:
        """Return a text."""
        value = self.value(key)
        if not isinstance(value, str):
            raise self._wrong(key, "text")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text or None."""
        return None if self.value(key) is None else self.text(key)

    def number(self, key: str) -> float:
        """Return a number as a float."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(key, "a number")
        return float(value)

    def optional_number(self, key: str) -> float | None:
        """Return a number or None."""
        return None if self.value(key) is None else self.number(key)

    def whole(self, key: str) -> int:
        """Return a whole number."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(key, "a whole number")
        return value

    def flag(self, key: str) -> bool:
        """Return a truth value."""
        value = self.value(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def word(self, key: str, words: type[Word]) -> Word:
        """Return a word of a closed list."""
        value = self.value(key)
        if value not in list(words):
            raise self._wrong(key, f"one of {', '.join(words)}")
        return words(str(value))

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Return a list of words of a closed list."""
        names = self.items(key)
        if any(name not in list(words) for name in names):
            raise self._wrong(key, f"some of {', '.join(words)}")
        return tuple(words(name) for name in names)

    def items(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.value(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, "a list of texts")
        return tuple(str(item) for item in value)

    def pairs(self, key: str) -> tuple[tuple[float, float], ...]:
        """Return a list of pairs of numbers."""
        value = self.value(key)
        pairs = []
        for pair in value if isinstance(value, list) else [value]:
            match pair:
                case [int() | float() as first, int() | float() as second]:
                    pairs.append((float(first), float(second)))
                case _:
                    raise self._wrong(key, "a list of [x_px, y_px]")
        return tuple(pairs)

    def texts(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a table of texts by name as pairs."""
        value = self.value(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "a table")
        return tuple((name, str(text)) for name, text in value.items())

    def _wrong(self, key: str, expected: str) -> RecordError:
        """Return the refusal."""
        got = json.dumps(self.stored.event.payload.get(key))
        return RecordError(
            f"Event {self.stored.number} ({self.stored.event.type}) of the record: expected "
            f"{expected} as {key}, got {got}. Run: crossread verify STUDY"
        )
