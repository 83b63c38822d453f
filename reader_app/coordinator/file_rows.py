"""The files of a study as the Cases page lists them: what needs a look first, found by any word."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from study_design.counted import counted
from study_design.images.arriving.import_report import FileReport, ImportReport, paths_shown
from study_design.images.messages import Verdict


class Fate(StrEnum):
    """What became of a file, in the order of the list: what a person must look at first."""

    REFUSED = "not taken"
    WAITS = "in no slot"
    ASIDE = "left aside"
    COPY = "a copy"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the list.

    Attributes
    ----------
    name
        The file, below the folder that all share.
    fate, exam, view, why
        What became of it, its exam and slot, and the reason.
    is_new
        Whether the import at hand met it.
    """

    name: str
    fate: Fate
    exam: str
    view: str
    why: str
    is_new: bool = False

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The words of the row."""
        return self.name, self.fate.value, self.exam, self.view, self.why

    def has(self, words: str) -> bool:
        """Tell whether every one of some words stands somewhere in the row."""
        text = " ".join(self.cells).casefold()
        return all(word in text for word in words.casefold().split())


def file_rows(
    files: Sequence[FileReport], new: frozenset[Path] = frozenset()
) -> tuple[FileRow, ...]:
    """Return the rows of the files that were not simply taken.

    Parameters
    ----------
    new
        The files of the import at hand, which stand first.
    """
    names, order = paths_shown(files), list(Fate)
    told = [file for file in files if file.reason or file.verdict is not Verdict.ACCEPTED]
    told.sort(key=lambda f: (f.path not in new, order.index(fate_of(f)), names[f.path]))
    return tuple(
        FileRow(
            names[file.path],
            fate_of(file),
            file.exam,
            file.view.value.replace("-", " ") if file.view else "",
            file.reason,
            file.path in new,
        )
        for file in told
    )


def left_out(files: Iterable[FileReport]) -> int:
    """Return how many files are no image of the study, in a slot or waiting for one."""
    return sum(fate_of(file) not in {Fate.TAKEN, Fate.WAITS} for file in files)


def need_a_look(rows: Iterable[FileRow]) -> int:
    """Return how many rows a person should look at; a copy of an image needs none."""
    return sum(row.fate is not Fate.COPY for row in rows)


def fate_of(file: FileReport) -> Fate:
    """Return what became of a file."""
    if file.verdict is Verdict.EXTRA:
        return Fate.WAITS if file.image else Fate.ASIDE
    fates = {Verdict.REFUSED: Fate.REFUSED, Verdict.DUPLICATE: Fate.COPY}
    return fates.get(file.verdict, Fate.TAKEN)


def import_ended(report: ImportReport) -> str:
    """Return how many files an import took, and what of the others."""
    taken = sum(file.verdict is Verdict.ACCEPTED for file in report.files)
    rest = "" if taken == len(report.files) else " The others are listed under Files."
    if report.not_reached:
        rest = f" Stopped before {counted(report.not_reached, 'file')}: press Import to go on."
    return f"{taken} of {counted(len(report.files), 'file was', 'files were')} taken.{rest}"


def summary(files: Sequence[FileReport]) -> str:
    """Return how many files were brought, and what became of them."""
    if not files:
        return "No file has been imported yet. Files that an import leaves out are listed here."
    counts = Counter(map(fate_of, files))
    noted = sum(file.verdict is Verdict.ACCEPTED and bool(file.reason) for file in files)
    parts = [f"{counts[fate]} {fate}" for fate in Fate if counts[fate]]
    notes = f", {noted} of them with a note" if noted else ""
    brought = counted(len(files), "file was brought", "files were brought")
    return f"{brought} to this study: {', '.join(parts)}{notes}."
