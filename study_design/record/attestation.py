"""What the dates of a read rest on: the clock of the station, or a person who vouched for it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from study_design.record.acts import moment_of
from study_design.record.events import EventType, StoredEvent
from study_design.vocabulary import GapBasis

# For so long after it was signed an attestation says something about the clock.
ATTESTED_FOR = timedelta(hours=24)


def gap_basis(events: Iterable[StoredEvent], now: datetime, *, simulated: bool) -> GapBasis:
    """Return what the gap of a read that is opened now rests on.

    An attestation holds from its signing on for a day: a clock that is set forward after it by more
    leaves it behind.

    Parameters
    ----------
    events
        At least all attestations of the record.
    simulated
        The clock is that of a simulated reader.
    """
    if simulated:
        return GapBasis.SIMULATED
    attested = any(
        timedelta() <= now - moment_of(stored.event.at_utc) <= ATTESTED_FOR
        for stored in events
        if stored.event.type is EventType.DATE_ATTESTED
    )
    return GapBasis.ATTESTED if attested else GapBasis.LOCAL
