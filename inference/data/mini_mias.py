"""The mini-MIAS database (Suckling et al. 1994) in the layout of its benchmark folder.

`images.csv` lists every image, `truth_train.csv` the training ones; the others are the test set.
MLO views only, 0.2 mm a pixel. Images of lesions that were never located are left out: what they
show is unknown, so they are neither normal nor trainable.
"""

from pathlib import Path

from inference.data.exam_set import ExamSet, KnownExam, KnownLesion
from inference.data.view_sources import PictureView
from study_design.geometry import Box
from study_design.reference_standard import CaseTruth, Lesion
from study_design.tables.cells import SheetRow, sheet_rows
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import AbnormalityType, BreastTruth, Projection, Side, View

IMAGES = "images.csv"
_TRUTH = "truth_train.csv"
_SPACING_MM = 0.2
_DENSITY = {"F": "a", "G": "b", "D": "d"}
_NORMAL = "NORM"
_TYPES = {
    "CALC": AbnormalityType.CALCIFICATION,
    "CIRC": AbnormalityType.MASS,
    "SPIC": AbnormalityType.MASS,
    "MISC": AbnormalityType.MASS,
    "ARCH": AbnormalityType.DISTORTION,
    "ASYM": AbnormalityType.ASYMMETRY,
}


def read_mini_mias(folder: Path) -> ExamSet:
    """Return one exam for each image, training images with their truth.

    Raises
    ------
    BadInputError
        Where a column is missing or a class is unknown.
    """
    rows: dict[str, list[SheetRow]] = {}
    columns = ("image", "patient", "breast", "lesion_class", "severity", "x", "y", "radius")
    for row in sheet_rows(read_csv(folder / _TRUTH).require(*columns)):
        rows.setdefault(row.text("image"), []).append(row)
    exams = []
    for listed in read_csv(folder / IMAGES).require("image").rows:
        image = listed["image"]
        if image not in rows:
            exams.append(_test_exam(folder, image))
        elif not any(_is_unlocated(row) for row in rows[image]):
            exams.append(_training_exam(folder, image, rows[image]))
    return ExamSet("mini-MIAS", tuple(exams))


def _test_exam(folder: Path, image: str) -> KnownExam:
    """Return an image without truth; odd numbers are left breasts, pairs are one patient."""
    number = int(Path(image).stem.removeprefix("mdb"))
    side = Side.LEFT if number % 2 else Side.RIGHT
    return KnownExam(
        Path(image).stem, f"P{(number + 1) // 2:03d}", (_view(folder, image, side),), None, ()
    )


def _training_exam(folder: Path, image: str, rows: list[SheetRow]) -> KnownExam:
    """Return an image with its located lesions."""
    case, side = Path(image).stem, rows[0].word("breast", Side)
    found = [row for row in rows if row.text("lesion_class") != _NORMAL]
    lesions = tuple(
        KnownLesion(_lesion(row, case, f"L{number}", View.of(side, Projection.MLO)))
        for number, row in enumerate(found, start=1)
    )
    malignant = any(known.lesion.malignant for known in lesions)
    breast = BreastTruth.MALIGNANT if malignant else BreastTruth.BENIGN
    breast = breast if lesions else BreastTruth.NORMAL
    truth = CaseTruth(
        case,
        malignant,
        breast_right=breast if side is Side.RIGHT else BreastTruth.UNKNOWN,
        breast_left=breast if side is Side.LEFT else BreastTruth.UNKNOWN,
        density=_DENSITY.get(rows[0].text("tissue"), ""),
    )
    return KnownExam(case, rows[0].text("patient"), (_view(folder, image, side),), truth, lesions)


def _is_unlocated(row: SheetRow) -> bool:
    """Tell whether a row names a lesion without saying where it is."""
    return row.text("lesion_class") != _NORMAL and not row.text("x")


def _lesion(row: SheetRow, case: str, name: str, view: View) -> Lesion:
    """Return the lesion in a row; its circle becomes the box around it."""
    if row.text("lesion_class") not in _TYPES:
        raise row.wrong("lesion_class", f"one of {', '.join((_NORMAL, *_TYPES))}")
    radius = row.needed("radius")
    where = Box(row.needed("x") - radius, row.needed("y") - radius, 2 * radius, 2 * radius)
    kind = _TYPES[row.text("lesion_class")]
    return Lesion(case, name, view, (kind,), where, row.text("severity") == "M")


def _view(folder: Path, image: str, side: Side) -> PictureView:
    """Return the picture of an image."""
    return PictureView(folder / "images" / image, image, View.of(side, Projection.MLO), _SPACING_MM)
