"""The desk at which a sitting begins: which computer it is, and what a time server says there."""

from dataclasses import dataclass, replace

from reader_app.reading.clocks.clock import Clock
from reader_app.reading.journal import Act
from study_design.record.acts import utc_text
from study_design.record.clocks.time_source import TrueTime, witness
from study_design.record.payloads.reading import SittingOpened
from study_design.record.payloads.station import UNKNOWN_STATION, Station
from study_design.software import SOFTWARE_VERSION


@dataclass(frozen=True, slots=True)
class Desk:
    """The computer of a sitting; `true_time` is None where no time server answered."""

    station: Station = UNKNOWN_STATION
    true_time: TrueTime | None = None

    def opening(self, clock: Clock, screen: str) -> tuple[Act, ...]:
        """Return what is written down as a reader sits down."""
        counted_s, now = clock.monotonic_s(), clock.now()
        station = replace(self.station, since_boot_s=counted_s)
        booted_utc = utc_text(clock.booted())
        opened = SittingOpened(SOFTWARE_VERSION, clock.kind, screen, booted_utc, station)
        if self.true_time is None:
            return (Act(opened),)
        return Act(opened), Act(witness(self.true_time, station, now))


UNKNOWN_DESK = Desk()
