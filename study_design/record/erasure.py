"""Which images were erased because consent was withdrawn; pure.

The record keeps what was done: reads, AI results and truth of the case stay under its pseudonym,
and the checksums of what is gone stay in cases.csv and in the event.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from study_design.counted import counted
from study_design.record.events import StoredEvent
from study_design.record.payloads.staff import CaseErased


@dataclass(frozen=True, slots=True)
class ErasedCase:
    """A case without pictures: the event that says so, the day, and the images that are gone."""

    case: str
    number: int
    day: str
    images: tuple[str, ...]

    @property
    def words(self) -> str:
        """What became of it, in one sentence."""
        erased = counted(len(self.images), "image was erased", "images were erased")
        return f"Case {self.case}: its {erased} on {self.day}, for consent was withdrawn"


def erased_cases(events: Iterable[StoredEvent]) -> tuple[ErasedCase, ...]:
    """Return the cases that were erased, in the order in which they were."""
    return tuple(
        ErasedCase(
            stored.event.payload.case,
            stored.number,
            stored.event.at_utc[:10],
            tuple(sorted(stored.event.payload.images)),
        )
        for stored in events
        if isinstance(stored.event.payload, CaseErased)
    )
