"""What leaves a study: what a blinded person may have of it, and the note of every export.

The note is written when all files are ready and none of them can be seen yet. A blinded person may
have who reads what and when, and how the images are; no answer, no reading time, no AI result, no
truth, and no event, for events hold all of it.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from study_design.counted import counted
from study_design.errors import ProtocolError
from study_design.exchange.study_rows import TABLES
from study_design.exchange.system_facts import AI_SYSTEMS
from study_design.record.actor import Actor
from study_design.record.events import JsonValue
from study_design.record.payloads.form import canonical
from study_design.record.payloads.staff import StudyExported
from study_design.record.release import note_export, nothing_is_locked, results_are_open
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.tables.column import Seen

MANIFEST = "manifest.json"
BLIND_TABLES = tuple(table for table in TABLES if table.seen is Seen.BLINDED)
BLIND_FILES = frozenset(
    {*(table.file for table in BLIND_TABLES), "protocol.json", AI_SYSTEMS, "README.md", MANIFEST}
)
# Formats that hold images alone.
BLIND_FORMS = frozenset({"dicom"})
# The names of so many files are told one by one.
_FEW = 20

# Told of the folder in which the files are ready, before they are seen.
Leave = Callable[[Path], None]


def unnoted(_ready: Path) -> None:
    """Let files go without a note: for what is no export of a study."""


class NotedExport:
    """The note of one export, written when its files are ready.

    Attributes
    ----------
    notes
        What to tell whoever exports: where the record keeps no note of it, and why.
    blind
        Whether the files hold nothing that a blinded person must not see.
    """

    def __init__(
        self, folder: StudyFolder, form: str, *, all_reads: bool, by: Actor, now: datetime
    ) -> None:
        self._folder = folder
        self._form = form
        self._all_reads = all_reads
        self._by = by
        self._now = now
        self.notes: tuple[str, ...] = ()
        self.blind = False

    def __call__(self, ready: Path) -> None:
        """Write down who exports what.

        Raises
        ------
        ProtocolError, RecordError
            Where that cannot be written; then no file must be seen.
        """
        hashes: Mapping[str, JsonValue] = {
            path.relative_to(ready).as_posix(): _sha256(path.read_bytes())
            for path in sorted(ready.rglob("*"))
            if path.is_file()
        }
        self.blind = self._form in BLIND_FORMS or set(hashes) <= BLIND_FILES
        manifest = hashes.get(MANIFEST, _sha256(canonical(hashes).encode()))
        export = StudyExported(
            form=self._form,
            what=", ".join(hashes) if len(hashes) <= _FEW else f"{counted(len(hashes), 'file')}",
            blind=self.blind,
            all_reads=self._all_reads,
            manifest_sha256=str(manifest),
            software_version=SOFTWARE_VERSION,
        )
        self.notes = note_export(self._folder, export, by=self._by, now=self._now)


def refuse_while_blind(folder: StudyFolder, what: str, *, from_lock: bool = False) -> None:
    """Refuse files that a blinded person must not see, of a study that is still open.

    Parameters
    ----------
    what
        What the files hold.
    from_lock
        Before the lock they may go out: who sets a study up has brought them in.

    Raises
    ------
    ProtocolError
        Where the record is open and nobody has signed for unblinding it.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
    if not results_are_open(events) and not (from_lock and nothing_is_locked(events)):
        raise ProtocolError(
            f"{folder.path.name} is still open: expected a frozen record, for these files hold "
            f"{what}. Freeze it first, or sign: crossread unblind STUDY"
        )


def _sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
