"""What the acts of the study's staff carry.

`hashes` are SHA-256 by file name; `boxes` are x_px, y_px, width_px, height_px; `why` is the reason
that was given, as one line. A field is only ever added, with a step in `record.upcast` that says
what its absence meant before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from study_design.record.events import EventPayload, EventType
from study_design.record.payloads.station import UNKNOWN_STATION, Station

Hashes = Mapping[str, str]
BoxPx = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class StudyCreated(EventPayload):
    """A study was made from a template."""

    type: ClassVar[EventType] = EventType.STUDY_CREATED
    title: str
    template: str
    software_version: str


@dataclass(frozen=True, slots=True)
class ProtocolLocked(EventPayload):
    """The protocol was signed and locked.

    `vouched_dates`: a later period opens on trusted time or on a person's word only.
    """

    type: ClassVar[EventType] = EventType.PROTOCOL_LOCKED
    protocol_version: int
    hashes: Hashes
    software_version: str
    vouched_dates: bool = False


@dataclass(frozen=True, slots=True)
class ProtocolAmended(EventPayload):
    """Another version of the protocol took the place of the locked one; `weaker` says in what."""

    type: ClassVar[EventType] = EventType.PROTOCOL_AMENDED
    protocol_version: int
    hashes: Hashes
    software_version: str
    changed: tuple[str, ...]
    weaker: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ProtocolUnlocked(EventPayload):
    """The lock of a version was lifted while nobody had opened a case."""

    type: ClassVar[EventType] = EventType.PROTOCOL_UNLOCKED
    protocol_version: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class CaseExcluded(EventPayload):
    """A case was left out before the lock."""

    type: ClassVar[EventType] = EventType.CASE_EXCLUDED
    case: str
    why: str


@dataclass(frozen=True, slots=True)
class BurnedInJudged(EventPayload):
    """Text in the pixels of an image was accepted or blanked."""

    type: ClassVar[EventType] = EventType.BURNED_IN_JUDGED
    image: str
    verdict: str
    boxes: tuple[BoxPx, ...]
    sha256: str
    why: str


@dataclass(frozen=True, slots=True)
class DoubtAccepted(EventPayload):
    """How an image is shown was doubtful and found right."""

    type: ClassVar[EventType] = EventType.DOUBT_ACCEPTED
    image: str
    doubts: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class DetectionsRecorded(EventPayload):
    """Results of an AI system came in, before the lock: hashes and counts, never contents.

    `without_row` is what was said of the `unsaid` cases of which the files leave open how they
    ended; `left_out` of `rows` rows were of other studies (None: not counted, none was).
    """

    type: ClassVar[EventType] = EventType.DETECTIONS_RECORDED
    hashes: Hashes
    cases: int
    without_row: str = ""
    unsaid: int = 0
    left_out: int = 0
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class DetectionsRemoved(EventPayload):
    """Results of an AI system were taken out, before the lock: the hash of what went."""

    type: ClassVar[EventType] = EventType.DETECTIONS_REMOVED
    hashes: Hashes


@dataclass(frozen=True, slots=True)
class ImagePlaced(EventPayload):
    """An image was put into another slot, or is not used (`view` is empty)."""

    type: ClassVar[EventType] = EventType.IMAGE_PLACED
    image: str
    view: str
    why: str


@dataclass(frozen=True, slots=True)
class ExamsSettled(EventPayload):
    """A question on exams or persons was answered; `current`: the exam of several that is read."""

    type: ClassVar[EventType] = EventType.EXAMS_SETTLED
    asked: str
    cases: tuple[str, ...]
    answer: str
    current: str
    why: str


@dataclass(frozen=True, slots=True)
class LinkOpened(EventPayload):
    """Identifiers were shown or exported."""

    type: ClassVar[EventType] = EventType.LINK_OPENED
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class StudyFrozen(EventPayload):
    """The record was closed for the `number`th time; without the cells in `missing`, and why."""

    type: ClassVar[EventType] = EventType.STUDY_FROZEN
    hashes: Hashes
    number: int = 1
    missing: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class FreezeLifted(EventPayload):
    """The freeze of a number was taken back, before anybody had seen results."""

    type: ClassVar[EventType] = EventType.FREEZE_LIFTED
    number: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class StudyUnblinded(EventPayload):
    """Results or truth were released before the freeze; `masked`: without the arms' names."""

    type: ClassVar[EventType] = EventType.STUDY_UNBLINDED
    what: str
    masked: bool


@dataclass(frozen=True, slots=True)
class TruthRecorded(EventPayload):
    """The reference standard came in after the lock, of so many cases.

    `changed` and `removed` count those whose truth was another before, and those that went; None
    where a record does not say.
    """

    type: ClassVar[EventType] = EventType.TRUTH_RECORDED
    hashes: Hashes
    cases: int
    changed: int | None = None
    removed: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class TruthRowsLeftOut(EventPayload):
    """So many rows of the sheets of the reference standard were left out, `among` how many.

    They are of cases that the study does not have.
    """

    type: ClassVar[EventType] = EventType.TRUTH_ROWS_LEFT_OUT
    rows: int
    among: int


@dataclass(frozen=True, slots=True)
class CaseWithdrawn(EventPayload):
    """A case left the analysis after the lock."""

    type: ClassVar[EventType] = EventType.CASE_WITHDRAWN
    case: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CaseErased(EventPayload):
    """The pixels of a case are gone for ever, and who it was; `images` are the SHA-256 by image."""

    type: ClassVar[EventType] = EventType.CASE_ERASED
    case: str
    images: Hashes
    why: str = ""


@dataclass(frozen=True, slots=True)
class DateAttested(EventPayload):
    """Somebody vouched for the date of a computer, and for the dates of the record before.

    `clock` is what they say of clocks: right, or what they did; `shown` is what the record showed
    of that. `stood_still`: the computer itself stood still while time went on, so its clock counts
    and not its counter.
    """

    type: ClassVar[EventType] = EventType.DATE_ATTESTED
    clock: str = ""
    shown: tuple[str, ...] = ()
    stood_still: bool = False
    station: Station = UNKNOWN_STATION
    why: str = ""


@dataclass(frozen=True, slots=True)
class StudyExported(EventPayload):
    """Files left the study; `blind` where they hold nothing that a blinded person must not see.

    `manifest_sha256` is that of manifest.json, or, in a format without one, of the JSON of each
    file's SHA-256 by its name.
    """

    type: ClassVar[EventType] = EventType.STUDY_EXPORTED
    form: str
    what: str
    blind: bool
    all_reads: bool
    manifest_sha256: str
    software_version: str


@dataclass(frozen=True, slots=True)
class ResultsShown(EventPayload):
    """A frozen study was analysed; `what` says for which files or window."""

    type: ClassVar[EventType] = EventType.RESULTS_SHOWN
    what: str
    software_version: str


@dataclass(frozen=True, slots=True)
class KeyEnrolled(EventPayload):
    """A key may sign from here on: the record's first, or one that an enrolled key vouches for.

    Attributes
    ----------
    public_key
        32 bytes in hexadecimal.
    owner
        Whose account it is.
    record_number, record_hash
        How the record ended before; 0 and empty at its beginning. With the following two it takes
        what was written before there were signatures under this one.
    files, display
        What the record had fixed then: SHA-256 of files, and of how images are shown, by image.
    """

    type: ClassVar[EventType] = EventType.KEY_ENROLLED
    public_key: str
    owner: str
    record_number: int
    record_hash: str
    files: Hashes
    display: Hashes
    why: str = ""


@dataclass(frozen=True, slots=True)
class StudyRestored(EventPayload):
    """The study was put back from a backup.

    Attributes
    ----------
    record_number, record_hash
        How the record of the backup ended.
    lost_until
        Up to which event the restoring account knew of more; 0 where it knew of none.
    loss_known
        Whether the restoring account knew how the record had ended.
    verified
        Whether the backup was vouched for: by a fingerprint, a witness or this account's memory.
    fingerprint
        Of the keys that had signed the backup; empty where nothing was signed.
    """

    type: ClassVar[EventType] = EventType.STUDY_RESTORED
    record_number: int
    record_hash: str
    lost_until: int
    loss_known: bool
    verified: bool
    fingerprint: str
