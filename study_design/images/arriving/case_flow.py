"""How many files and exams were found, left out by reason, and are in the study: the flow of cases.

The numbers that CONSORT and STARD ask for. They are counted from cases.csv and files.csv whenever
they are wanted, so that diagram, table and study cannot disagree.
"""

from collections import Counter
from dataclasses import dataclass, field

from study_design.images.arriving.file_flow import FileFlow, file_flow
from study_design.images.case_list import cases_of, read_images
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import Cell, csv_bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many exams were excluded for a reason."""

    reason: str
    exams: int


@dataclass(frozen=True, slots=True)
class CaseFlow:
    """The flow of a study's exams.

    Attributes
    ----------
    excluded
        The most frequent reason first, ties by their words.
    open_problems
        Exams with a problem that nobody has decided on; they are not in the study yet.
    patients
        Of the exams in the study.
    files
        Where the images came from; nothing was seen where they came in before files were counted.
    images
        Of all exams found, whatever became of them.
    unused
        Images that a person set to not used in exams that are not excluded.
    priors
        Exams that are not read themselves: earlier ones of a case.
    """

    found: int
    excluded: tuple[LeftOut, ...]
    open_problems: int
    included: int
    patients: int
    files: FileFlow = field(default_factory=FileFlow)
    images: int = 0
    unused: int = 0
    priors: int = 0


def case_flow(folder: StudyFolder) -> CaseFlow:
    """Return the flow of the exams of a study."""
    entries, images = cases_of(folder), read_images(folder)
    excluded = {entry.case for entry in entries if entry.excluded}
    reasons = Counter(entry.reason or "no reason given" for entry in entries if entry.excluded)
    waiting = [entry for entry in entries if entry.problems and not entry.excluded]
    ready = [entry for entry in entries if not entry.problems and not entry.excluded]
    priors = sum(len(entry.priors) for entry in entries)
    return CaseFlow(
        found=len(entries) + priors,
        excluded=tuple(
            LeftOut(reason, exams)
            for reason, exams in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        open_problems=len(waiting),
        included=len(ready),
        patients=len({entry.patient for entry in ready}),
        files=file_flow(folder),
        images=len(images),
        priors=priors,
        unused=sum(image.excluded and image.case not in excluded for image in images),
    )


def flow_csv(flow: CaseFlow) -> bytes:
    """Return the flow as a table `step, reason, exams, files`."""
    files: list[tuple[str, str, Cell, Cell]] = [
        ("seen", "", "", flow.files.seen),
        ("duplicate", "", "", flow.files.duplicates),
        *(("extra", one.reason, "", one.files) for one in flow.files.extra),
        *(("refused", one.reason, "", one.files) for one in flow.files.refused),
        ("taken", "", "", flow.files.taken),
    ]
    exams: list[tuple[str, str, Cell, Cell]] = [
        ("found", "", flow.found, ""),
        *(("excluded", left.reason, left.exams, "") for left in flow.excluded),
        *([("prior", "", flow.priors, "")] if flow.priors else []),
        ("not decided", "", flow.open_problems, ""),
        ("in the study", "", flow.included, ""),
    ]
    columns = ("step", "reason", "exams", "files")
    return csv_bytes(columns, (dict(zip(columns, row, strict=True)) for row in (*files, *exams)))
