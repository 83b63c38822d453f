"""What an import tells: of each file, of each exam, and how far it has come."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from study_design.errors import ImageError
from study_design.images.case_list import CaseEntry
from study_design.images.messages import Evidence, Verdict
from study_design.vocabulary import View

# How what has no place of its own came in, by its incoming folder.
_WAYS = {"receive": "sent:", "pacs": "fetched:", "dicomweb": "fetched:"}
ERASED_EXAM = "of an exam that was erased, for consent was withdrawn"
ALONE = "; no mammogram of its exam is here or in the study"
UNKEPT = "nothing is wrong with it, but nothing was imported because another file was refused"


@dataclass(frozen=True, slots=True)
class ImportStep:
    """How far an import has come: `headers` first, then `pixels`."""

    act: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file.

    Attributes
    ----------
    reason
        Why it fills no slot; of an accepted file, what had to be assumed.
    exam
        The case; empty where the file belongs to none.
    view
        The slot; None where it fills none.
    evidence
        Which tier says what of its view, the most trusted first.
    image
        What it became in the study, or of what it is a copy; empty where it is neither.
    study_uid
        The hospital's, of an object whose exam is not here: told to nobody, and kept as a hash.
    patient_id
        Likewise, so that a patient who withdraws is found.
    """

    path: Path
    verdict: Verdict
    reason: str = ""
    exam: str = ""
    view: View | None = None
    evidence: tuple[Evidence, ...] = ()
    image: str = ""
    study_uid: str = field(default="", repr=False)
    patient_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of an exam and the image in it; None where it is empty."""

    view: View
    image: str | None


@dataclass(frozen=True, slots=True)
class ExamReport:
    """An exam that the import touched: its four slots in hanging order, and what is wrong."""

    case: str
    patient: str
    slots: tuple[Slot, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and took.

    Attributes
    ----------
    guesses
        What was guessed of the form of a manifest.
    is_imported
        Whether anything could be kept: not after a look at headers alone, nor where a refused file
        ended the import.
    not_reached
        Files that nobody looked at, or whose pixels nobody read, because the import was stopped.
    """

    files: tuple[FileReport, ...]
    exams: tuple[ExamReport, ...] = ()
    guesses: tuple[str, ...] = ()
    is_imported: bool = True
    not_reached: int = 0


class RefusedFilesError(ImageError):
    """An import ended because of refused files; nothing was kept. `report` tells about each."""

    def __init__(self, report: ImportReport) -> None:
        refused = [file for file in report.files if file.verdict is Verdict.REFUSED]
        first = refused[0]
        name = first.path.name.encode(errors="replace").decode()
        more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
        super().__init__(
            f"Expected mammograms, got {name} ({first.reason}){more}. Nothing was "
            "imported; take it out, or import the rest with --keep-going."
        )
        self.report = replace(
            report, files=tuple(map(_unkept, report.files)), exams=(), is_imported=False
        )


def paths_shown(files: Iterable[FileReport]) -> dict[Path, str]:
    """Return the paths of files below the folder that all share, readable even where no text.

    Discs name their files alike in every folder, so a name alone would not tell which is meant.
    What came over the network has no place of its own any more: it is called by way and UID.
    """
    paths = [file.path for file in files]
    whole = {path: path.absolute() for path in paths if path.name != str(path)}
    arrived = {path for path, full in whole.items() if full.parent.parent.suffix == ".incoming"}
    on_disk = [full.parent for path, full in whole.items() if path not in arrived]
    try:
        shared = os.path.commonpath(on_disk)
    except ValueError:  # none, or on several drives
        shared = ""
    shown = {}
    for path in paths:
        if path in arrived:
            name = f"{_WAYS.get(path.parent.name, path.parent.name)} {path.stem}"
        else:
            full = whole.get(path, path)
            name = str(full.relative_to(shared) if shared and path in whole else full)
        shown[path] = name.encode(errors="replace").decode()
    return shown


def exam_reports(entries: Iterable[CaseEntry]) -> tuple[ExamReport, ...]:
    """Return the reports of exams, those with problems first."""
    reports = [
        ExamReport(
            entry.case,
            entry.patient,
            tuple(
                Slot(view, image.image if (image := entry.image_of(view)) else None)
                for view in View
            ),
            entry.problems,
        )
        for entry in entries
    ]
    return tuple(sorted(reports, key=lambda report: (not report.problems, report.case)))


def _unkept(file: FileReport) -> FileReport:
    """Return the report of a file of an import that kept nothing."""
    if file.verdict is Verdict.ACCEPTED:
        return replace(file, verdict=Verdict.REFUSED, reason=UNKEPT, exam="", view=None)
    return file
