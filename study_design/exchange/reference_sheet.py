"""The reference standard's two sheets, reference.csv and lesions.csv, in and out.

Both have the same form outside and inside the study. Sheets from outside may name cases as the
hospital does; what comes in is checked at the door, so that later everything can be trusted.
"""

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from study_design.columns import LESIONS, REFERENCE
from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.case_sheet import CaseSheet, holds, read_case_sheet
from study_design.exchange.cells import Resolve, SheetRow, sheet_rows
from study_design.exchange.csv_file import Cell, read_csv, write_csv
from study_design.exchange.truth_check import contradictions
from study_design.geometry import Box
from study_design.protocol.locked import is_locked, study_hashes
from study_design.record.acts import Signature, signed_act
from study_design.record.events import EventType
from study_design.record.newest import is_frozen
from study_design.record.payloads.staff import TruthRecorded
from study_design.record.store.record_store import open_store
from study_design.reference_standard import CaseTruth, Lesion
from study_design.study_folder import StudyFolder
from study_design.vocabulary import DENSITIES, BreastTruth, View


@dataclass(frozen=True, slots=True)
class TruthImport:
    """What came in: numbers of cases, of malignant ones, of lesions; and what to look at."""

    cases: int
    malignant: int
    lesions: int
    warnings: tuple[str, ...]


def import_truth(
    folder: StudyFolder,
    reference: Path,
    lesions: Path | None = None,
    *,
    resolve: Resolve,
    signature: Signature | None = None,
) -> TruthImport:
    """Bring the reference standard in, in place of one that is there already.

    Once the protocol is locked the act is signed and recorded, with the hashes of the two sheets
    and not with what they say. Both sheets are written aside first: a sheet that cannot be written
    changes nothing.

    Parameters
    ----------
    resolve
        Turns a hospital's identifier into a case of the study.
    signature
        Who brings it in and why; needed once the protocol is locked.

    Raises
    ------
    BadInputError
        For the first cell that is wrong, and for a case that the study does not have.
    ProtocolError
        Where the record is frozen, or the protocol is locked and nobody signs.
    """
    locked = _check_open(folder, signature)
    sheet = read_case_sheet(folder)
    truths = read_truth_sheet(reference, sheet.cases, resolve)
    stored = folder.reference_standard / LESIONS.file
    if lesions is not None:
        found = _read_lesions(lesions, sheet, resolve)
    else:
        # A sheet of cases alone leaves the lesions that are there.
        found = read_lesions(folder) if stored.is_file() else ()
    with tempfile.TemporaryDirectory(prefix=".truth-", dir=folder.path) as aside:
        staged = StudyFolder(Path(aside))
        write_reference(staged.reference_standard / REFERENCE.file, truths)
        write_lesions(staged.reference_standard / LESIONS.file, found)
        if locked and signature is not None:
            _record(folder, staged, len(truths), signature)
        folder.reference_standard.mkdir(exist_ok=True)
        for path in sorted(staged.reference_standard.glob("*.csv")):
            path.replace(folder.reference_standard / path.name)
    guesses = read_csv(reference).guesses + (read_csv(lesions).guesses if lesions else ())
    return TruthImport(
        len(truths),
        sum(truth.truth for truth in truths),
        len({(lesion.case, lesion.lesion) for lesion in found}),
        (*guesses, *_gaps(sheet, truths), *contradictions(truths, found)),
    )


def _check_open(folder: StudyFolder, signature: Signature | None) -> bool:
    """Tell whether the protocol is locked; refuse truth where nobody may or does sign for it."""
    if not is_locked(folder):
        return False
    with open_store(folder) as store:
        frozen = is_frozen(store.events(types=(EventType.STUDY_FROZEN,)))
        # A frozen study whose truth is not known yet can be analysed by nobody, so nobody can have
        # seen a result; its truth may still come in, signed.
        if frozen and not _gaps(read_case_sheet(folder), _known_truths(folder)):
            raise ProtocolError(
                f"The record of {folder.path.name} is frozen, so its reference standard stays as "
                "it is. Analyse it as it was frozen, or make a new study."
            )
    if signature is None:
        raise ProtocolError(
            f"The protocol of {folder.path.name} is locked: expected --by NAME --reason TEXT for "
            "truth that comes in after it, got none. Sign it."
        )
    return True


def _known_truths(folder: StudyFolder) -> tuple[CaseTruth, ...]:
    """Return the truth that there is, if any."""
    if (folder.reference_standard / REFERENCE.file).is_file():
        return read_reference(folder)
    return ()


def _record(folder: StudyFolder, staged: StudyFolder, cases: int, signature: Signature) -> None:
    """Write down that truth came in: hashes, never contents."""
    hashes = {known.file: known.sha256 for known in study_hashes(staged)}
    with open_store(folder) as store:
        store.append(signed_act(TruthRecorded(hashes, cases), signature))


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
    """Write reference.csv; strata are columns after those of its form."""
    strata = dict.fromkeys(name for truth in truths for name, _ in truth.strata)
    write_csv(path, (*REFERENCE.columns, *strata), map(reference_row, truths))


def write_lesions(path: Path, lesions: Sequence[Lesion]) -> None:
    """Write lesions.csv."""
    write_csv(path, LESIONS.columns, map(lesion_row, lesions))


def reference_row(truth: CaseTruth) -> dict[str, Cell]:
    """Return the row of reference.csv."""
    return {
        "case": truth.case,
        "truth": truth.truth,
        "breast_right": truth.breast_right.value,
        "breast_left": truth.breast_left.value,
        "density": truth.density,
        "symptoms": truth.symptoms,
        "age_group": truth.age_group,
        "reference_method": truth.reference_method,
        "followup_months": truth.followup_months,
        **dict(truth.strata),
    }


def lesion_row(lesion: Lesion) -> dict[str, Cell]:
    """Return the row of lesions.csv."""
    where = lesion.where
    return {
        "case": lesion.case,
        "lesion": lesion.lesion,
        "view": lesion.view.value if lesion.view else None,
        "types": "+".join(lesion.types),
        "x_px": where.x_px if where else None,
        "y_px": where.y_px if where else None,
        "width_px": where.width_px if where else None,
        "height_px": where.height_px if where else None,
        "malignant": lesion.malignant,
        "pathology": lesion.pathology,
        "er": lesion.er,
        "size_mm": lesion.size_mm,
    }


def _unknown(_: str) -> None:
    """Resolve nothing: inside the study every case goes by its own name."""


def read_truth_sheet(path: Path, cases: Collection[str], resolve: Resolve) -> tuple[CaseTruth, ...]:
    """Return the checked rows of a reference sheet."""
    table = read_csv(path).require("case", "truth")
    strata = [column for column in table.columns if column not in REFERENCE.columns]
    truths: dict[str, CaseTruth] = {}
    for row in sheet_rows(table):
        truth = _case_truth(row, cases, resolve, strata)
        if truth.case in truths:
            raise row.wrong("case", "each case once")
        truths[truth.case] = truth
    return tuple(truths.values())


def _case_truth(
    row: SheetRow, cases: Collection[str], resolve: Resolve, strata: Sequence[str]
) -> CaseTruth:
    """Return the truth in a row; case and breasts must not contradict each other."""
    truth = CaseTruth(
        case=row.resolved("case", cases, resolve),
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
            "truth", f"what breast_right ({breasts[0]}) and breast_left ({breasts[1]}) say"
        )
    return truth


def _breast(row: SheetRow, column: str) -> BreastTruth:
    """Return the truth of a breast; an empty cell says nothing."""
    return row.word(column, BreastTruth) if row.text(column) else BreastTruth.UNKNOWN


def _read_lesions(path: Path, sheet: CaseSheet, resolve: Resolve) -> tuple[Lesion, ...]:
    """Return the checked rows of a lesion sheet."""
    table = read_csv(path).require("case", "lesion", "types", "malignant")
    lesions: dict[tuple[str, str, View | None], Lesion] = {}
    for row in sheet_rows(table):
        lesion = _lesion(row, sheet, resolve)
        key = (lesion.case, lesion.lesion, lesion.view)
        if key in lesions:
            raise row.wrong("lesion", "each lesion once a view")
        lesions[key] = lesion
    return tuple(lesions.values())


def _lesion(row: SheetRow, sheet: CaseSheet, resolve: Resolve) -> Lesion:
    """Return the lesion in a row."""
    case = row.resolved("case", sheet.cases, resolve)
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
            f"{row.file}, row {row.line}: expected a box inside {image.columns} x {image.rows} "
            f"pixels of {image.image}, got x_px {where.x_px:g}, y_px {where.y_px:g}, width_px "
            f"{where.width_px:g}, height_px {where.height_px:g}. Correct the row."
        )


def _gaps(sheet: CaseSheet, truths: Sequence[CaseTruth]) -> tuple[str, ...]:
    """Name cases of the study that have no truth."""
    known = {truth.case for truth in truths}
    lacking = [c for c in sheet.cases if c not in known and c not in sheet.excluded]
    return (f"no truth yet of {', '.join(lacking)}",) if lacking else ()
