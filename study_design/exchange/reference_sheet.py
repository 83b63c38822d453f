"""The reference standard's two sheets, reference.csv and lesions.csv, in and out.

Both have the same form outside and inside the study. Sheets from outside may name cases as the
hospital does; what comes in is checked at the door, so that later everything can be trusted.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from study_design.errors import BadInputError, ProtocolError
from study_design.geometry import Box
from study_design.images.case_sheet import CaseSheet, holds, read_case_sheet
from study_design.reference_standard import CaseTruth, Lesion
from study_design.study_folder import StudyFolder
from study_design.tables.cells import Resolve, SheetRow, resolved_rows
from study_design.tables.csv_file import Cell, read_csv, write_csv
from study_design.tables.table_faults import Faults
from study_design.truth_tables import LESIONS, REFERENCE
from study_design.vocabulary import DENSITIES, BreastTruth, View

TRUTH_COLUMNS = ("case", "truth")
LESION_COLUMNS = ("case", "lesion", "types", "malignant")
LESION_KEY = ("case", "lesion", "view")
Said = TypeVar("Said")


def read_reference(folder: StudyFolder) -> tuple[CaseTruth, ...]:
    """Return the truth of each case.

    Raises
    ------
    ProtocolError
        Where the study has no reference standard yet.
    """
    path = folder.reference_standard / REFERENCE.file
    if not path.is_file():
        raise ProtocolError(
            f"Expected a reference standard in {folder.path.name}, got none. "
            f"Bring it in: crossread truth {folder.path.name} REFERENCE_CSV"
        )
    return read_truth_sheet(path, read_case_sheet(folder).cases, _unknown)


def read_lesions(folder: StudyFolder) -> tuple[Lesion, ...]:
    """Return the lesions, one for each view that shows it; none where no sheet came in."""
    path = folder.reference_standard / LESIONS.file
    return _read_lesions(path, read_case_sheet(folder), _unknown) if path.is_file() else ()


def write_reference(path: Path, truths: Sequence[CaseTruth]) -> None:
    """Write reference.csv."""
    write_csv(path, reference_columns(truths), map(reference_row, truths))


def reference_columns(truths: Sequence[CaseTruth]) -> tuple[str, ...]:
    """Return the columns of reference.csv; strata come after those of its form."""
    strata = dict.fromkeys(name for truth in truths for name, _ in truth.strata)
    return (*REFERENCE.columns, *strata)


def write_lesions(path: Path, lesions: Sequence[Lesion]) -> None:
    """Write lesions.csv."""
    write_csv(path, LESIONS.columns, map(LESIONS.row, lesions))


def reference_row(truth: CaseTruth) -> dict[str, Cell]:
    """Return the row of reference.csv with the study's strata."""
    return {**REFERENCE.row(truth), **dict(truth.strata)}


def _unknown(_: str) -> None:
    """Resolve nothing: inside the study every case goes by its own name."""


def read_truth_sheet(path: Path, cases: Collection[str], resolve: Resolve) -> tuple[CaseTruth, ...]:
    """Return the checked rows of a reference sheet."""
    table = read_csv(path).require(*TRUTH_COLUMNS)
    return truths_in(resolved_rows(table, cases, resolve, key=("case",)))


def truths_in(rows: Sequence[SheetRow], faults: Faults | None = None) -> tuple[CaseTruth, ...]:
    """Return the truth in rows that name cases as the study does, each once.

    Where `faults` are gathered, rows in which something is wrong are passed over.
    """
    columns = dict.fromkeys(column for row in rows for column in row.cells)
    strata = [column for column in columns if column not in REFERENCE.columns]
    return tuple(_sound(rows, lambda row: _case_truth(row, strata), faults))


def _case_truth(row: SheetRow, strata: Sequence[str]) -> CaseTruth:
    """Return the truth in a row; case and breasts must not contradict each other."""
    truth = CaseTruth(
        case=row.text("case"),
        truth=row.flag("truth"),
        breast_right=_breast(row, "breast_right"),
        breast_left=_breast(row, "breast_left"),
        density=row.optional_word("density", DENSITIES),
        symptoms=row.text("symptoms"),
        age_group=row.text("age_group"),
        reference_method=row.optional_word(
            "reference_method", ("pathology", "imaging", "follow-up")
        ),
        followup_months=row.number("followup_months"),
        strata=tuple((column, row.text(column)) for column in strata),
    )
    breasts = (truth.breast_right, truth.breast_left)
    sure = BreastTruth.UNKNOWN not in breasts
    if (BreastTruth.MALIGNANT in breasts and not truth.truth) or (
        truth.truth and sure and BreastTruth.MALIGNANT not in breasts
    ):
        raise row.wrong(
            "truth",
            f"what breast_right ({breasts[0]}) and breast_left ({breasts[1]}), of this sheet or "
            "known before, say",
        )
    return truth


def _breast(row: SheetRow, column: str) -> BreastTruth:
    """Return the truth of a breast; an empty cell says nothing."""
    return row.word(column, BreastTruth) if row.text(column) else BreastTruth.UNKNOWN


def _read_lesions(path: Path, sheet: CaseSheet, resolve: Resolve) -> tuple[Lesion, ...]:
    """Return the checked rows of a lesion sheet."""
    table = read_csv(path).require(*LESION_COLUMNS)
    return lesions_in(resolved_rows(table, sheet.cases, resolve, key=LESION_KEY), sheet)


def lesions_in(
    rows: Iterable[SheetRow], sheet: CaseSheet, faults: Faults | None = None
) -> tuple[Lesion, ...]:
    """Return the lesions in rows that name cases as the study does, each once a view.

    Where `faults` are gathered, rows in which something is wrong are passed over.
    """
    return tuple(_sound(rows, lambda row: _lesion(row, sheet), faults))


def _sound(
    rows: Iterable[SheetRow], of_row: Callable[[SheetRow], Said], faults: Faults | None
) -> Iterator[Said]:
    """Return what each row says; what is wrong with one is gathered, or raised."""
    for row in rows:
        if faults is None:
            yield of_row(row)
        elif not faults.has(row.line):
            try:
                said = of_row(row)
            except BadInputError as error:
                faults.add(row.line, error)
            else:
                yield said


def _lesion(row: SheetRow, sheet: CaseSheet) -> Lesion:
    """Return the lesion in a row."""
    case = row.text("case")
    view = row.view("view") if row.text("view") else None
    where = row.box()
    if not row.text("lesion"):
        raise row.wrong("lesion", "a name")
    if where is not None:
        _check_place(row, sheet, case, view, where)
    return Lesion(
        case=case,
        lesion=row.text("lesion"),
        view=view,
        types=row.types("types"),
        where=where,
        malignant=row.flag("malignant"),
        pathology=row.text("pathology"),
        er=row.optional_word("er", ("positive", "negative", "unknown")),
        size_mm=row.number("size_mm"),
    )


def _check_place(row: SheetRow, sheet: CaseSheet, case: str, view: View | None, where: Box) -> None:
    """Refuse geometry without a view, and geometry that leaves its image."""
    image = sheet.image(case, view) if view else None
    if image is None:
        raise row.wrong("view", f"a view of case {case} for the box")
    if not holds(image, where):
        raise BadInputError(
            f"{row.place}: expected a box inside {image.columns} x {image.rows} "
            f"pixels of {image.image}, got x_px {where.x_px:g}, y_px {where.y_px:g}, width_px "
            f"{where.width_px:g}, height_px {where.height_px:g}. Correct the row."
        )
