"""What a sitting checks before it shows a case: the record, protocol, plan, cases and readers.

No file of the truth or of AI results is opened, not even to hash it. What this account found sound
before is checked again while the reader begins.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from study_design.errors import ProtocolError, RecordError
from study_design.record.checked import checked_until, remember_checked
from study_design.record.events import StoredEvent
from study_design.record.locked import LockedProtocol, locked_protocol
from study_design.record.newest import is_frozen
from study_design.record.record import Record
from study_design.record.signing.signature_check import signature_problems
from study_design.record.soundness import known_events, trust_here
from study_design.record.store.chain import broken_links
from study_design.study_folder import StudyFolder

# So many events are looked at before others get a turn, and for so long: a reader is at the desk.
SLICE = 256
PAUSE_S = 0.002


@dataclass(frozen=True, slots=True)
class SittingCheck:
    """A study that may be read, as far as was checked; `check_rest` looks at the rest.

    Attributes
    ----------
    events
        All events of the record.
    protocol
        The locked protocol.
    """

    store: Record
    events: tuple[StoredEvent, ...]
    protocol: LockedProtocol

    def check_rest(self, given_up: Callable[[], bool] = lambda: False) -> None:
        """Check the whole record as it was when the sitting opened, and remember that it is sound.

        Parameters
        ----------
        given_up
            Asked now and then; where nobody waits for the end any more, nothing is remembered.

        Raises
        ------
        RecordError
            Where the record was altered.
        """
        for problem in self._rest():
            if given_up():
                return
            if problem:
                raise altered(problem)
        remember_checked(self.store.identity, self.events)

    def _rest(self) -> Iterator[str]:
        """Yield what is wrong with the record; empty text now and then while it is looked at."""
        for start in range(0, len(self.events), SLICE):
            yield from broken_links(self.events[: start + SLICE], after=start)
            time.sleep(PAUSE_S)
            yield ""
        yield from self.store.damage()
        yield from _unsigned(self.events, after=0)


def check_sitting(folder: StudyFolder, store: Record) -> SittingCheck:
    """Check what a sitting rests on, from the event on up to which this account checked it last.

    Raises
    ------
    RecordError
        Where the record was altered, cut off or rolled back, as far as that can be known here.
    ProtocolError
        Where the protocol is not locked, one of its files was changed, or the record is frozen.
    """
    events = _sound_events(store)
    if is_frozen(events):
        raise ProtocolError(
            f"The record of {folder.path.name} is frozen; nothing more can be read."
        )
    return SittingCheck(store, events, locked_protocol(folder, events))


def _sound_events(store: Record) -> tuple[StoredEvent, ...]:
    """Return all events, of which those that this account has not checked yet are sound."""
    known = known_events(store)
    events = known.events
    after = checked_until(store.identity, events)
    ends = (problem.what for problem in known.of_end if problem.grave)
    for problem in chain(broken_links(events, after=after), ends, _unsigned(events, after=after)):
        raise altered(problem)
    return events


def altered(problem: str) -> RecordError:
    """Return the refusal to read on in a record that is not what was written."""
    return RecordError(
        f"The record was altered: {problem} No case is opened until it has been checked: "
        "crossread verify STUDY. Please call the coordinator."
    )


def _unsigned(events: Sequence[StoredEvent], *, after: int) -> Iterator[str]:
    """Yield what is wrong with who signed the events behind a number."""
    for problem in signature_problems(events, trust_here(), after=after):
        if problem.grave:
            yield problem.what
