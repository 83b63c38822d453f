"""After a restore that lost reads, or may have, nobody reads before somebody has spoken."""

from collections.abc import Callable

import pytest

from study_design.errors import WashoutError
from study_design.record.events import Event, EventType, StoredEvent
from study_design.record.lost_reads import refuse_unvouched

MakeEvent = Callable[..., Event]


@pytest.fixture
def record(make_event: MakeEvent) -> Callable[..., list[StoredEvent]]:
    """A restore, and an attestation before or after it."""

    def make(*what: str, lost_until: int = 0, loss_known: bool = True) -> list[StoredEvent]:
        restored = make_event(
            EventType.STUDY_RESTORED,
            record_number=20,
            record_hash="a",
            lost_until=lost_until,
            loss_known=loss_known,
            verified=True,
            fingerprint="",
        )
        word = make_event(EventType.DATE_ATTESTED, clock="right", why="so")
        events = [{"restored": restored, "attested": word}[name] for name in what]
        return [StoredEvent(n, event, "", "", "", 2, None) for n, event in enumerate(events, 1)]

    return make


def test_what_is_known_to_be_lost_closes_the_study_until_somebody_speaks(
    record: Callable[..., list[StoredEvent]],
) -> None:
    with pytest.raises(WashoutError, match="events 21 to 33 are lost"):
        refuse_unvouched(record("attested", "restored", lost_until=33))
    refuse_unvouched(record("restored", "attested", lost_until=33))


def test_what_may_be_lost_closes_it_too(record: Callable[..., list[StoredEvent]]) -> None:
    with pytest.raises(WashoutError, match="what was read after event 20 is not known here"):
        refuse_unvouched(record("restored", loss_known=False))
    refuse_unvouched(record("restored", "attested", loss_known=False))


def test_where_nothing_was_lost_reading_goes_on(
    record: Callable[..., list[StoredEvent]],
) -> None:
    refuse_unvouched(record("restored"))
    refuse_unvouched([])
