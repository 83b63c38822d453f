"""The sheets that go with phantom exams: manifest, reference standard, lesions, distractors.

They have the form in which a hospital's sheets come in; cases go by the patients' identifiers.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from study_design.phantom.dicom_file import WrittenExam
from study_design.phantom.truth import ViewBox
from study_design.tables.csv_file import Cell, write_csv
from study_design.truth_tables import LESIONS, REFERENCE

MANIFEST_FILE, DISTRACTORS_FILE = "manifest.csv", "distractors.csv"
MANIFEST_COLUMNS = ("case", "laterality", "view", "path", "patient", "simulated")
LESION_COLUMNS = (*LESIONS.columns, "quadrant", "depth")
_BOX_COLUMNS = ("view", "x_px", "y_px", "width_px", "height_px", "quadrant")
DISTRACTOR_COLUMNS = ("case", "distractor", "kind", *_BOX_COLUMNS, "depth")


def write_truth_sheets(folder: Path, exams: Sequence[WrittenExam]) -> None:
    """Write reference.csv and lesions.csv."""
    write_csv(folder / REFERENCE.file, REFERENCE.columns, map(_reference_row, exams))
    lesions = (row for exam in exams for row in _lesion_rows(exam))
    write_csv(folder / LESIONS.file, LESION_COLUMNS, lesions)


def write_manifest(folder: Path, exams: Sequence[WrittenExam]) -> None:
    """Write manifest.csv, its paths relative to the folder, and distractors.csv."""
    rows = (row for exam in exams for row in _manifest_rows(folder, exam))
    write_csv(folder / MANIFEST_FILE, MANIFEST_COLUMNS, rows)
    distractors = (row for exam in exams for row in _distractor_rows(exam))
    write_csv(folder / DISTRACTORS_FILE, DISTRACTOR_COLUMNS, distractors)


def _manifest_rows(folder: Path, exam: WrittenExam) -> Iterator[dict[str, Cell]]:
    """Return the files of an exam."""
    for file in exam.files:
        yield {
            "case": exam.patient_id,
            "laterality": file.view.side.value,
            "view": file.view.projection.value,
            "path": file.path.relative_to(folder).as_posix(),
            "patient": exam.patient_id,
            "simulated": True,
        }


def _reference_row(exam: WrittenExam) -> dict[str, Cell]:
    """Return the truth of an exam."""
    return {
        "case": exam.patient_id,
        "truth": exam.truth.malignant,
        "breast_right": exam.truth.breast_right.value,
        "breast_left": exam.truth.breast_left.value,
        "density": exam.truth.density,
        "reference_method": "imaging",
    }


def _lesion_rows(exam: WrittenExam) -> Iterator[dict[str, Cell]]:
    """Return the lesions of an exam, one row a view."""
    for lesion in exam.truth.lesions:
        for place in lesion.boxes:
            yield {
                "case": exam.patient_id,
                "lesion": lesion.name,
                "types": lesion.type.value,
                "malignant": lesion.malignant,
                "size_mm": lesion.size_mm,
                "depth": lesion.depth,
                **_box_cells(place),
            }


def _distractor_rows(exam: WrittenExam) -> Iterator[dict[str, Cell]]:
    """Return the distractors of an exam, one row a view."""
    for distractor in exam.truth.distractors:
        for place in distractor.boxes:
            yield {
                "case": exam.patient_id,
                "distractor": distractor.name,
                "kind": distractor.kind.value,
                "depth": distractor.depth,
                **_box_cells(place),
            }


def _box_cells(place: ViewBox) -> dict[str, Cell]:
    """Return where something shows."""
    return {
        "view": place.view.value,
        "x_px": place.box.x_px,
        "y_px": place.box.y_px,
        "width_px": place.box.width_px,
        "height_px": place.box.height_px,
        "quadrant": place.quadrant.value,
    }
