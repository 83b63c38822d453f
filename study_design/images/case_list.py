"""The cases of a study as cases.csv lists them: one row an image, one entry an exam.

Nothing here touches a picture, so the plan can be drawn from it and the reading station can use it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from study_design.errors import BadInputError
from study_design.images.asked_place import asked_place, repeated_view
from study_design.images.display_doubt import DisplayDoubt, doubt_problems, read_doubts
from study_design.images.exam_question import (
    ExamQuestion,
    open_questions,
    question_problems,
    read_questions,
)
from study_design.images.found_text import FoundText, read_found_text, text_problems
from study_design.plain_text import shown
from study_design.study_folder import StudyFolder
from study_design.tables.column import Column, Kind, Seen, Table
from study_design.tables.csv_file import number, read_csv, whole_number, write_csv
from study_design.tables.shared_columns import case_column, patient_column, view_column
from study_design.vocabulary import View

CURRENT, PRIOR = "current", "prior"

# Names of images are names of files in images/ and cache/, those of cases in detections/.
_NAME = re.compile(r"(?!\.{1,2}$)(?!\s)[^/\\:*?\"<>|\r\n\t]{1,200}")

_NOTHING_FIXED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CaseImage:
    """A row of cases.csv.

    Attributes
    ----------
    view
        None for an image that fills no slot: it waits for a view, and `reason` says why, or it is
        excluded.
    days_before
        Days from a prior to the current exam; None for the current one.
    spacing_mm
        None where unknown.
    display_sha256
        What fixes how the image is shown; empty before the lock, and in studies that were locked
        before there was one.
    """

    case: str
    patient: str
    view: View | None
    image: str
    sha256: str
    rows: int
    columns: int
    exam: str = ""
    exam_role: str = CURRENT
    days_before: int | None = None
    spacing_mm: float | None = None
    mirrored: bool = False
    vendor: str = ""
    excluded: bool = False
    reason: str = ""
    display_sha256: str = ""

    @property
    def exam_name(self) -> str:
        """The exam of the image; that of a case's own images is called as the case."""
        return self.exam if self.exam_role != CURRENT and self.exam else self.case

    @property
    def waits(self) -> bool:
        """Whether a person must say which view it is, or that it is not used."""
        return self.view is None and not self.excluded and self.exam_role == CURRENT


CASES: Table[CaseImage] = Table(
    "cases.csv",
    ("image",),
    (
        case_column(lambda one: one.case),
        patient_column(lambda one: one.patient),
        Column("exam", "exam of the case", lambda one: one.exam),
        Column("exam_role", "current or prior", lambda one: one.exam_role),
        Column(
            "days_before",
            "days from a prior to the current exam",
            lambda one: one.days_before,
            Kind.WHOLE,
            "days",
        ),
        view_column(lambda one: one.view, also="; empty for an extra view"),
        Column("image", "image", lambda one: one.image),
        Column(
            "sha256",
            "SHA-256 of the decoded pixel matrix, row by row, 16 bit little endian",
            lambda one: one.sha256,
        ),
        Column("rows", "rows of the stored pixel matrix", lambda one: one.rows, Kind.WHOLE),
        Column(
            "columns", "columns of the stored pixel matrix", lambda one: one.columns, Kind.WHOLE
        ),
        Column(
            "spacing_mm",
            "mm between pixel centres in the breast's plane; empty where unknown",
            lambda one: one.spacing_mm,
            Kind.NUMBER,
            "mm",
        ),
        Column("mirrored", "1 = stored as its mirror image", lambda one: one.mirrored, Kind.FLAG),
        Column("vendor", "maker of the mammography system", lambda one: one.vendor),
        Column("excluded", "1 = excluded from the study", lambda one: one.excluded, Kind.FLAG),
        Column("reason", "why", lambda one: one.reason),
        Column(
            "display_sha256",
            "SHA-256 of how the image is shown and of its air mask, from the lock",
            lambda one: one.display_sha256,
        ),
    ),
    Seen.BLINDED,
)
# Studies that were locked by earlier versions lack the last column.
_REQUIRED = tuple(name for name in CASES.columns if name != "display_sha256")


@dataclass(frozen=True, slots=True)
class PriorExam:
    """An earlier exam of a case; `days_before` is None where no date is known."""

    exam: str
    days_before: int | None


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case: its images in hanging order, and what stands in the way of reading it."""

    case: str
    patient: str
    images: tuple[CaseImage, ...]
    problems: tuple[str, ...]
    excluded: bool
    reason: str
    priors: tuple[PriorExam, ...] = ()

    def image_of(self, view: View) -> CaseImage | None:
        """Return the image in a slot; None where the slot is empty."""
        return next((image for image in self.images if image.view is view), None)


def cases_of(folder: StudyFolder) -> tuple[CaseEntry, ...]:
    """Return the cases of a study in the order of their names; none where nothing was imported."""
    return entries_of(
        read_images(folder),
        read_found_text(folder),
        read_doubts(folder),
        read_questions(folder),
    )


def entries_of(
    images: Iterable[CaseImage],
    found: Sequence[FoundText] = (),
    doubts: Sequence[DisplayDoubt] = (),
    questions: Sequence[ExamQuestion] = (),
) -> tuple[CaseEntry, ...]:
    """Return the cases that images make, in the order of their names."""
    by_case: dict[str, list[CaseImage]] = {}
    for image in images:
        by_case.setdefault(image.case, []).append(image)
    asked = open_questions(questions, excluded_cases(images))
    return tuple(_entry(case, by_case[case], found, doubts, asked) for case in sorted(by_case))


def read_images(folder: StudyFolder) -> tuple[CaseImage, ...]:
    """Return the rows of cases.csv.

    Raises
    ------
    BadInputError
        Where a column is missing, a value makes no sense, or two images fill one slot.
    """
    if not folder.cases_csv.exists():
        return ()
    table = read_csv(folder.cases_csv).require(*_REQUIRED)
    images = tuple(
        _image(row, f"cases.csv, row {place}") for place, row in enumerate(table.rows, start=2)
    )
    filled: set[tuple[str, View]] = set()
    for image in images:
        if image.view is None or image.exam_role != CURRENT:
            continue
        if (image.case, image.view) in filled:
            raise BadInputError(
                f"cases.csv: expected one {image.view} of case {image.case}, got two. Remove one."
            )
        filled.add((image.case, image.view))
    return images


def write_images(
    folder: StudyFolder, images: Iterable[CaseImage], display: Mapping[str, str] = _NOTHING_FIXED
) -> None:
    """Write cases.csv, sorted by case and hanging order.

    Parameters
    ----------
    display
        The `display_sha256` of each image, which the lock alone gives: whatever else writes the
        file may just have changed how an image is shown, so it leaves the column empty.
    """
    write_csv(
        folder.cases_csv,
        CASES.columns,
        (
            CASES.row(replace(image, display_sha256=display.get(image.image, "")))
            for image in sorted(images, key=_hanging_order)
        ),
    )


def excluded_cases(images: Iterable[CaseImage]) -> frozenset[str]:
    """Return the cases that are excluded: those of which no image is left in use."""
    every = tuple(images)
    return frozenset(i.case for i in every) - {i.case for i in every if not i.excluded}


def _entry(
    case: str,
    images: list[CaseImage],
    found: Sequence[FoundText],
    doubts: Sequence[DisplayDoubt],
    asked: Sequence[ExamQuestion],
) -> CaseEntry:
    """Return a case; its problems are whatever nobody has settled: questions, slots, text."""
    current = sorted((i for i in images if i.exam_role == CURRENT), key=_hanging_order)
    filled = {image.view for image in current}
    return CaseEntry(
        case=case,
        patient=images[0].patient,
        images=tuple(image for image in current if image.view is not None),
        problems=(
            *question_problems(asked, case),
            *(f"{view} is missing" for view in View if view not in filled),
            *(_place_problem(i) for i in current if i.waits),
            *text_problems(found, (image.image for image in images)),
            *doubt_problems(doubts, (image.image for image in current if image.view)),
        ),
        excluded=all(image.excluded for image in images),
        priors=_priors(images),
        reason=next((image.reason for image in images if image.excluded), ""),
    )


def _place_problem(image: CaseImage) -> str:
    """Return the problem that an image in no slot is, with the command that chooses."""
    asked = asked_place(image.image, image.reason)
    return f"{asked}: choose with crossread place" if repeated_view(image.reason) else asked


def _priors(images: Iterable[CaseImage]) -> tuple[PriorExam, ...]:
    """Return the priors of a case, the newest first."""
    found = {PriorExam(i.exam_name, i.days_before) for i in images if i.exam_role != CURRENT}
    return tuple(sorted(found, key=lambda prior: (prior.days_before or 0, prior.exam)))


def _hanging_order(image: CaseImage) -> tuple[str, str, int, str]:
    """Return what sorts images by case, exam and place on the screen."""
    views = list(View)
    return image.case, image.exam, views.index(image.view) if image.view else 9, image.image


def _image(row: Mapping[str, str], where: str) -> CaseImage:
    """Return the values of a row."""
    for column in ("case", "image"):
        if not _NAME.fullmatch(row[column]):
            raise BadInputError(
                f"{where}, {column}: expected a name that can be a file's, got "
                f"{shown(row[column])!r}. Correct the cell."
            )
    if row["view"] and row["view"] not in tuple(View):
        raise BadInputError(
            f"{where}: expected one of {', '.join(View)}, got {row['view']!r}. Correct the cell."
        )

    def whole(column: str) -> int:
        return whole_number(row[column], f"{where}, {column}")

    return CaseImage(
        case=row["case"],
        patient=row["patient"],
        view=View(row["view"]) if row["view"] else None,
        image=row["image"],
        sha256=row["sha256"],
        rows=whole("rows"),
        columns=whole("columns"),
        exam=row["exam"],
        exam_role=row["exam_role"] or CURRENT,
        days_before=whole("days_before") if row["days_before"] else None,
        spacing_mm=number(row["spacing_mm"], f"{where}, spacing_mm") if row["spacing_mm"] else None,
        mirrored=row["mirrored"] == "1",
        vendor=row["vendor"],
        excluded=row["excluded"] == "1",
        reason=row["reason"],
        display_sha256=row.get("display_sha256", ""),
    )
