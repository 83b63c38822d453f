"""The example study, up to the lock: phantoms, their truth, simulated AI, readers, plan.

It goes the way of a real study: DICOM files with the identifiers of a hospital, truth sheets that
name those identifiers, results of an AI system as a file.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reader_app.simulated.ai import simulate_ai
from reader_app.simulated.breasts import breast_boxes
from study_design.columns import LESIONS, REFERENCE
from study_design.exchange.csv_file import Cell, write_atomically, write_csv
from study_design.exchange.detection_import import import_detections
from study_design.exchange.detection_json import write_system_results
from study_design.exchange.reference_sheet import import_truth, read_lesions
from study_design.images.case_import import import_images
from study_design.images.link_file import LinkFile
from study_design.phantom.dicom_file import WrittenExam, write_dicom
from study_design.phantom.exam import LesionSpec, draw_exam
from study_design.phantom.render import render
from study_design.protocol.lock import lock_study
from study_design.protocol.new_study import new_study
from study_design.protocol.plan_study import plan_study
from study_design.readers import ReaderProfile, add_reader
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType, ReaderKind

COORDINATOR = "Example coordinator"
# What a hospital's worklist might hold, in turn: each type malignant and benign, and normal exams.
_MALIGNANT = tuple(LesionSpec(kind, malignant=True) for kind in AbnormalityType)
_BENIGN = tuple(LesionSpec(kind) for kind in AbnormalityType)

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ExampleReader:
    """A simulated reader of the example: name, group and years of reading."""

    reader: str
    group: str
    years: float


READERS = (
    ExampleReader("junior-1", "junior", 1),
    ExampleReader("senior-1", "senior", 16),
    ExampleReader("junior-2", "junior", 2),
    ExampleReader("senior-2", "senior", 18),
)


def make_example_study(
    folder: StudyFolder,
    *,
    sources: Path,
    cases: int,
    readers: Sequence[ExampleReader],
    seed: int,
    at: dt.datetime,
    report: Report,
) -> None:
    """Make the example study, locked and ready to be read.

    Parameters
    ----------
    sources
        Where the hospital's files go: DICOM, truth sheets, AI results.
    at
        The moment at which everything happens.
    report
        Called with what is done, how many, of how many.
    """
    exams = list(_write_exams(sources / "dicom", cases, seed, report))
    new_study(
        folder.path,
        template="zhou2023",
        title=f"Example: {cases} phantom exams, simulated readers",
        by=COORDINATOR,
        now=at,
        simulated=True,
    )
    _set_block_size(folder, max(1, min(20, cases // 2)))
    import_images(
        folder,
        [sources / "dicom"],
        progress=lambda step: report(f"Import {step.act}", step.done, step.total),
    )
    for reader in readers:
        profile = ReaderProfile(
            reader.reader, ReaderKind.SIMULATED, reader.group, years=reader.years, site="example"
        )
        add_reader(folder, profile)
    link = LinkFile.read(folder)
    reference, lesions = _write_truth(sources, exams)
    import_truth(folder, reference, lesions, resolve=link.resolve_case)
    _bring_ai(folder, sources / "simulated-ai.json", link, seed)
    plan_study(folder, seed)
    lock_study(folder, by=COORDINATOR, now=at)


def _write_exams(folder: Path, cases: int, seed: int, report: Report) -> Iterator[WrittenExam]:
    """Draw phantom exams and write them as DICOM: of four, two malignant, one benign, one normal.

    The types of lesions come in turn, so that every type is among them.
    """
    for number in range(cases):
        kind, turn = number % 4, number // 4
        lesions = {
            0: (_MALIGNANT[(2 * turn) % 4],),
            1: (),
            2: (_MALIGNANT[(2 * turn + 1) % 4],),
            3: (_BENIGN[turn % 4],),
        }[kind]
        exam = draw_exam(seed * 1000 + number + 1, lesions=lesions)
        yield write_dicom(render(exam), folder)
        report("Draw phantom exams", number + 1, cases)


def _set_block_size(folder: StudyFolder, size: int) -> None:
    """Put shorter blocks into study.toml, as a coordinator would with an editor."""
    text = folder.study_toml.read_text(encoding="utf-8")
    changed = text.replace("block_size = 20 ", f"block_size = {size} ", 1)
    write_atomically(folder.study_toml, changed.encode())


def _write_truth(sources: Path, exams: Sequence[WrittenExam]) -> tuple[Path, Path]:
    """Write the truth sheets of the hospital; cases go by the patients' identifiers."""
    reference, lesions = sources / "reference.csv", sources / "lesions.csv"
    write_csv(reference, REFERENCE.columns, map(_reference_row, exams))
    write_csv(lesions, LESIONS.columns, (row for exam in exams for row in _lesion_rows(exam)))
    return reference, lesions


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
                "view": place.view.value,
                "types": lesion.type.value,
                "x_px": place.box.x_px,
                "y_px": place.box.y_px,
                "width_px": place.box.width_px,
                "height_px": place.box.height_px,
                "malignant": lesion.malignant,
                "size_mm": lesion.size_mm,
            }


def _bring_ai(folder: StudyFolder, path: Path, link: LinkFile, seed: int) -> None:
    """Draw the AI's results, write them as its vendor would hand them over, and import them."""
    breasts = breast_boxes(folder)
    results = simulate_ai(breasts, read_lesions(folder), seed=seed)
    write_system_results(path, results)
    import_detections(
        folder,
        [path],
        system=results.system,
        resolve_case=link.resolve_case,
        resolve_image=link.resolve_image,
    )
