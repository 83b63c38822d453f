"""An attestation: a person vouches for the date of a computer and says what its clock did."""

from collections.abc import Sequence
from datetime import datetime

from study_design.errors import ProtocolError
from study_design.record.acts import Signature, signed_act, staff_act
from study_design.record.clocks.history import ClockHistory
from study_design.record.clocks.lines import SET_RIGHT_S
from study_design.record.clocks.observed import observations
from study_design.record.clocks.signs import signs_of
from study_design.record.clocks.time_source import TrueTime, witness
from study_design.record.clocks.words import length, moment
from study_design.record.events import Event, StoredEvent
from study_design.record.locked import locked_protocol
from study_design.record.payloads.staff import DateAttested
from study_design.record.payloads.station import Station
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

RIGHT = "right"


def unexplained(events: Sequence[StoredEvent], station: Station, now: datetime) -> tuple[str, ...]:
    """Return what clocks did, as far as the record and this computer show, since the last word.

    Parameters
    ----------
    now
        What the clock of this computer says.
    """
    history = ClockHistory(observations(events))
    signs = [
        sign.what for sign in signs_of(history) if sign.is_large and sign.number > history.last_word
    ]
    newest_s = max((seen.wall_s for seen in history.seen), default=0.0)
    files_s = datetime.fromisoformat(station.files_utc).timestamp() if station.files_utc else 0.0
    for known_s, what in ((newest_s, "the record"), (files_s, "this computer's files")):
        behind_s = known_s - now.timestamp()
        if behind_s > SET_RIGHT_S:
            signs.append(f"the clock is {length(behind_s)} behind {what}")
    return tuple(signs)


def attestation(
    events: Sequence[StoredEvent],
    signature: Signature,
    *,
    clock: str,
    station: Station,
    stood_still: bool = False,
) -> Event:
    """Return the event by which a person vouches for the date.

    Parameters
    ----------
    events
        The record so far.
    clock
        `right`, or what the clock did, where the record shows that it was not always right.
    stood_still
        The computer itself stood still while time went on, so its clock is to be believed.

    Raises
    ------
    ProtocolError
        Where nothing is said of the clock, or too little of one that was wrong.
    """
    shown = unexplained(events, station, signature.now)
    said = " ".join(clock.split())
    if not said or (shown and said.lower() == RIGHT):
        wanted = "what the clock did" if shown else "right, or what the clock did"
        seen = f" The record shows: {'; '.join(shown)}." if shown else ""
        raise ProtocolError(
            f"Expected {wanted}, got {said or 'nothing'}.{seen} Look at the clock, set it right, "
            "then say it: --clock TEXT"
        )
    return signed_act(DateAttested(said, shown, stood_still, station), signature)


def attest_date(
    folder: StudyFolder,
    signature: Signature,
    *,
    clock: str,
    station: Station,
    stood_still: bool = False,
    true: TrueTime | None = None,
) -> None:
    """Vouch that this computer's clock shows the right date, and for the dates before it.

    Parameters
    ----------
    clock, stood_still
        As `attestation`.
    true
        What a time server says, where one answered: it is written down beside the word.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked, the clock is not what the time server says, or as
        `attestation`.
    RecordError
        Where the record was altered.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
        locked_protocol(folder, events)
        word = attestation(events, signature, clock=clock, station=station, stood_still=stood_still)
        acts = [word]
        if true is not None:
            refuse_other_date(true, station, signature.now)
            said = witness(true, station, signature.now)
            acts.insert(0, staff_act(said, by=signature.by, now=signature.now))
        store.append_all(acts)


def refuse_other_date(true: TrueTime, station: Station, now: datetime) -> None:
    """Refuse to vouch for a date that is not the one of the time server."""
    true_utc = true.now(station.since_boot_s or 0.0)
    off_s = (now - true_utc).total_seconds()
    if abs(off_s) > SET_RIGHT_S:
        raise ProtocolError(
            f"Expected the date that {true.source} says, {moment(true_utc.timestamp())}, got "
            f"{moment(now.timestamp())}. Set the clock right, then attest again."
        )
