"""Images that have arrived and are not imported yet, one file each, named by SOP Instance UID.

They bear identities, so they lie beside the study like the link file, readable by their owner only,
and go away once they are imported. A file is there in full or not at all.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

from study_design.disk import named_when_full, sync_folder
from study_design.errors import BadInputError
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

_UID = re.compile(r"[0-9.]{1,64}")
_REFUSED = "refused"

Stamp = tuple[int, int, int]
_NONE: Mapping[Path, Stamp] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class IncomingFolder:
    """The folder in which images of one way into a study wait."""

    path: Path

    @classmethod
    def of(cls, study: StudyFolder, way: str) -> Self:
        """Return the folder of a way (`dicomweb`, `receive`); made, with nothing half written."""
        path = study.path.with_name(study.path.name + ".incoming") / way
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        path.parent.chmod(0o700)
        for part in path.glob(".*.part"):
            part.unlink(missing_ok=True)
        return cls(path)

    def file_of(self, sop_uid: str) -> Path:
        """Return where an image lies or will lie.

        Raises
        ------
        BadInputError
            Where this is no UID; it would become a path.
        """
        if not _UID.fullmatch(sop_uid):
            raise BadInputError(
                "Expected a SOP Instance UID of digits and dots, got something else. "
                "Check the sender."
            )
        return self.path / f"{sop_uid}.dcm"

    def store(self, sop_uid: str, content: bytes) -> None:
        """Write an image, in one step in the place of an earlier one."""
        write_atomically(self.file_of(sop_uid), content)

    def take(self, sop_uid: str, arrived: Path) -> None:
        """Make a whole file that lies on the same disk the image of a UID, in one step.

        It is safe on the disk when this returns; an earlier one of the same UID makes room.
        """
        target = self.file_of(sop_uid)
        with named_when_full(target, target.name):
            with arrived.open("rb+") as stream:
                os.fsync(stream.fileno())
            arrived.replace(target)
            sync_folder(self.path)

    def files(self) -> tuple[Path, ...]:
        """Return what waits, in the order of the names."""
        return tuple(sorted(self.path.glob("*.dcm")))

    def stamps(self) -> dict[Path, Stamp]:
        """Return what waits, with what tells a file from one that takes its place."""
        return {file: stamp for file in self.files() if (stamp := _stamp(file)) is not None}

    def discard(self, files: Iterable[Path], stamps: Mapping[Path, Stamp] = _NONE) -> None:
        """Remove images, and the folder where nothing is left in it.

        Parameters
        ----------
        stamps
            Of the files as they were imported: one that was sent again since then stays, for the
            next import.
        """
        for file in files:
            if file not in stamps or _stamp(file) == stamps[file]:
                file.unlink(missing_ok=True)
        for folder in (self.path, self.path.parent):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def set_aside(self, files: Iterable[Path]) -> Path:
        """Move refused images to a folder of their own, where a person can look at them."""
        aside = self.path.with_name(_REFUSED)
        aside.mkdir(mode=0o700, exist_ok=True)
        for file in files:
            with suppress(FileNotFoundError):  # erased meanwhile, for consent was withdrawn
                file.replace(aside / file.name)
        return aside


def _stamp(file: Path) -> Stamp | None:
    """Return what changes when another file takes a name; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
