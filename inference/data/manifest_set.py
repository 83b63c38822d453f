"""A folder with `manifest.csv`, `lesions.csv` and, if known, `reference.csv` as a training set.

The manifest is that of `crossread import`; the two sheets are in the form of an export. Beyond it,
`manifest.csv` or `reference.csv` may have a column `patient`, and `lesions.csv` the columns
`birads`, `quadrant`, `depth` and `morphology` (words joined by +).
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from inference.data.exam_set import ExamSet, KnownExam, KnownLesion
from inference.data.view_sources import FileView
from study_design.errors import BadInputError
from study_design.exchange.reference_sheet import read_truth_sheet
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.arriving.sources import Source, find_sources
from study_design.images.messages import InspectRequest
from study_design.reference_standard import CaseTruth, Lesion
from study_design.tables.cells import SheetRow, sheet_rows
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import BreastTruth, Quadrant, Side

MANIFEST = "manifest.csv"
_LESIONS, _REFERENCE = "lesions.csv", "reference.csv"


def read_manifest_set(folder: Path) -> ExamSet:
    """Return the exams of a manifest; those without a word in either sheet have no truth.

    Raises
    ------
    BadInputError
        Where a sheet is wrong, or two files stand for one view of a case.
    """
    views = _views(folder)
    lesions = _lesions(folder / _LESIONS, views)
    truths = _truths(folder / _REFERENCE, views, lesions)
    patients = _patients(folder, views)
    exams = tuple(
        KnownExam(case, patients[case], views[case], truths.get(case), lesions.get(case, ()))
        for case in views
    )
    return ExamSet(folder.resolve().name, exams)


def _views(folder: Path) -> dict[str, tuple[FileView, ...]]:
    """Return the files of each case, in the order of the manifest."""
    views: dict[str, list[FileView]] = {}
    with tempfile.TemporaryDirectory(prefix="crossread-") as aside:
        found = find_sources((), folder / MANIFEST, unpack_into=Path(aside))
    for source in found.files:
        view = _view(source)
        of_case = views.setdefault(view.case, [])
        if any(known.view is view.view for known in of_case):
            raise BadInputError(
                f"{MANIFEST}: expected one {view.view} of case {view.case}, got two. Remove one."
            )
        of_case.append(view)
    return {case: tuple(of_case) for case, of_case in views.items()}


def _view(source: Source) -> FileView:
    """Return what the manifest says of a file."""
    claim = source.claim
    if claim is None:
        raise BadInputError(f"{MANIFEST}: expected case and view of {source.path}, got none.")
    image = f"{claim.case}_{claim.view}"
    return FileView(source.path, claim.case, image, claim.view, claim.spacing_mm, claim.mirrored)


def _lesions(
    path: Path, views: Mapping[str, Sequence[FileView]]
) -> dict[str, tuple[KnownLesion, ...]]:
    """Return the lesions of each case that the sheet names."""
    if not path.is_file():
        return {}
    table = read_csv(path).require("case", "lesion", "view", "types", "malignant")
    lesions: dict[str, tuple[KnownLesion, ...]] = {}
    for row in sheet_rows(table):
        known = _lesion(row, views)
        lesions[known.lesion.case] = (*lesions.get(known.lesion.case, ()), known)
    return lesions


def _lesion(row: SheetRow, views: Mapping[str, Sequence[FileView]]) -> KnownLesion:
    """Return the lesion in a row."""
    case, view = row.text("case"), row.view("view") if row.text("view") else None
    if case not in views:
        raise row.wrong("case", f"a case of {MANIFEST}")
    if row.box() is not None and not any(known.view is view for known in views[case]):
        raise row.wrong("view", f"a view of case {case} for the box")
    lesion = Lesion(
        case,
        row.text("lesion"),
        view,
        row.types("types"),
        row.box(),
        row.flag("malignant"),
        row.text("pathology"),
        row.optional_word("er", ("positive", "negative", "unknown")),
        row.number("size_mm"),
    )
    birads = row.birads("birads")
    quadrant = row.optional_word("quadrant", tuple(Quadrant))
    words = tuple(word.strip() for word in row.text("morphology").split("+") if word.strip())
    return KnownLesion(lesion, birads, quadrant or None, row.number("depth"), words)


def _truths(
    path: Path,
    views: Mapping[str, Sequence[FileView]],
    lesions: Mapping[str, Sequence[KnownLesion]],
) -> dict[str, CaseTruth]:
    """Return the truth of the cases; without a sheet, that which their lesions give."""
    if path.is_file():
        sheet = read_truth_sheet(path, list(views), lambda _: None)
        return {truth.case: truth for truth in sheet}
    return {case: _truth_of(case, [known.lesion for known in lesions[case]]) for case in lesions}


def _truth_of(case: str, lesions: Sequence[Lesion]) -> CaseTruth:
    """Return what lesions say of a case."""
    breasts = dict.fromkeys(Side, BreastTruth.UNKNOWN)
    for lesion in sorted(lesions, key=lambda known: known.malignant):
        if lesion.view is not None:
            truth = BreastTruth.MALIGNANT if lesion.malignant else BreastTruth.BENIGN
            breasts[lesion.view.side] = truth
    malignant = any(lesion.malignant for lesion in lesions)
    return CaseTruth(case, malignant, breasts[Side.RIGHT], breasts[Side.LEFT])


def _patients(folder: Path, views: Mapping[str, Sequence[FileView]]) -> dict[str, str]:
    """Return whose exam each case is: as a sheet says, else by the DICOM header, else its own."""
    for name in (_REFERENCE, MANIFEST):
        table = read_csv(folder / name) if (folder / name).is_file() else None
        if table is not None and "patient" in table.columns:
            said = {row["case"]: row["patient"] for row in table.rows if row["patient"]}
            return {case: said.get(case, case) for case in views}
    with GuardedWorker() as worker:
        identities = {
            case: worker.inspect(InspectRequest(of_case[0].path.absolute(), of_case[0].view))
            for case, of_case in views.items()
        }
    return {case: found.identity.patient or case for case, found in identities.items()}
