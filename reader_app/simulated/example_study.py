"""The example studies, up to the lock: phantoms, their truth, AI results, readers, plan.

They go the way of a real study: DICOM files with the identifiers of a hospital, truth sheets that
name those identifiers, results of an AI system as a file.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from reader_app.simulated.example_ai import SHOWN_FROM, example_results
from study_design.cases.case_import import import_images
from study_design.detections import SystemResults
from study_design.exchange.detection_import import DetectionSource, import_detections
from study_design.exchange.detection_json import write_system_results
from study_design.exchange.truth_import import import_truth
from study_design.images.link_file import LinkFile
from study_design.life.joining import add_reader
from study_design.life.lock import lock_study
from study_design.life.new_study import new_study
from study_design.life.plan_study import plan_study
from study_design.phantom.dicom_file import WrittenExam, write_dicom
from study_design.phantom.exam import LesionSpec, draw_exam
from study_design.phantom.render import render
from study_design.phantom.sheets import write_truth_sheets
from study_design.protocol.readers import ReaderProfile
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically
from study_design.truth_tables import LESIONS, REFERENCE
from study_design.vocabulary import AbnormalityType, ReaderKind
from study_design.worker_process import end_with_parent

COORDINATOR = Actor("Example coordinator")
_SIMULATED_READERS = (
    ("junior-1", "junior", 1.0),
    ("senior-1", "senior", 16.0),
    ("junior-2", "junior", 2.0),
    ("senior-2", "senior", 18.0),
)
# What a hospital's worklist might hold, in turn: each type malignant and benign, and normal exams.
_MALIGNANT = tuple(LesionSpec(kind, malignant=True) for kind in AbnormalityType)
_BENIGN = tuple(LesionSpec(kind) for kind in AbnormalityType)

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Example:
    """What makes an example study.

    Attributes
    ----------
    first_exam
        Number of the first phantom; examples that share no number share no exam.
    simulated
        A program reads it; otherwise a person does.
    """

    title: str
    readers: tuple[ReaderProfile, ...]
    cases: int
    first_exam: int
    block_size: int
    simulated: bool


def finished_example(*, cases: int, readers: int) -> Example:
    """Return the example that simulated readers read: half of them juniors."""
    return Example(
        title=f"Example: {cases} phantom exams, simulated readers",
        readers=tuple(
            ReaderProfile(name, ReaderKind.SIMULATED, group, years=years, site="example")
            for name, group, years in _SIMULATED_READERS[:readers]
        ),
        cases=cases,
        first_exam=1,
        block_size=max(1, min(20, cases // 2)),
        simulated=True,
    )


def open_example() -> Example:
    """Return the example that waits for the person at the screen."""
    return Example(
        title="Example for you to read: phantom exams",
        readers=(ReaderProfile("you", ReaderKind.HUMAN, "junior"),),
        cases=4,
        first_exam=501,
        block_size=4,
        simulated=False,
    )


def make_example_study(
    folder: StudyFolder,
    example: Example,
    *,
    sources: Path,
    seed: int,
    at: dt.datetime,
    report: Report,
) -> None:
    """Make an example study, locked and ready to be read.

    Parameters
    ----------
    sources
        Where the hospital's files go: DICOM, truth sheets, AI results.
    seed
        The same seed gives the same exams, AI results and plan.
    at
        The moment at which everything happens.
    report
        Called with what is done, how many, of how many.
    """
    exams = list(write_example_exams(sources / "dicom", example, seed, report))
    new_study(
        folder.path,
        template="zhou2023",
        title=example.title,
        by=COORDINATOR,
        now=at,
        simulated=example.simulated,
    )
    _edit(folder, "block_size = 20 ", f"block_size = {example.block_size} ")
    import_images(
        folder,
        [sources / "dicom"],
        progress=lambda step: report(f"Import {step.act}", step.done, step.total),
    )
    for profile in example.readers:
        add_reader(folder, profile)
    link = LinkFile.read(folder)
    write_truth_sheets(sources, exams)
    import_truth(
        folder,
        sources / REFERENCE.file,
        sources / LESIONS.file,
        resolve=link.resolve_case,
    )
    results = example_results(folder, exams, seed=seed)
    _bring_ai(folder, sources / "ai-results.json", link, results, at)
    if not results.simulated:
        _edit(folder, "# threshold = 0.5 ", f"threshold = {SHOWN_FROM} ")
    plan_study(folder, seed)
    lock_study(folder, by=COORDINATOR, now=at)


def write_example_exams(
    folder: Path, example: Example, seed: int, report: Report
) -> Iterator[WrittenExam]:
    """Draw phantom exams and write them as DICOM: of four, two malignant, one benign, one normal.

    The types of lesions come in turn, so that every type is among them. Each exam is drawn in a
    process of its own, as many at once as there are processors.
    """
    tasks = [
        (folder, seed * 1000 + example.first_exam + number, _lesions_of(number))
        for number in range(example.cases)
    ]
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        for done, exam in enumerate(pool.map(_write_exam, tasks), start=1):
            report("Draw phantom exams", done, example.cases)
            yield exam


def _write_exam(task: tuple[Path, int, tuple[LesionSpec, ...]]) -> WrittenExam:
    """Draw and write one exam."""
    folder, seed, lesions = task
    return write_dicom(render(draw_exam(seed, lesions=lesions)), folder)


def _lesions_of(number: int) -> tuple[LesionSpec, ...]:
    """Return what an exam holds, by its number."""
    turn, kind = divmod(number, 4)
    return {
        0: (_MALIGNANT[(2 * turn) % 4],),
        1: (),
        2: (_MALIGNANT[(2 * turn + 1) % 4],),
        3: (_BENIGN[turn % 4],),
    }[kind]


def _edit(folder: StudyFolder, was: str, becomes: str) -> None:
    """Change study.toml, as a coordinator would with an editor."""
    text = folder.study_toml.read_text(encoding="utf-8")
    write_atomically(folder.study_toml, text.replace(was, becomes, 1).encode())


def _bring_ai(
    folder: StudyFolder, path: Path, link: LinkFile, results: SystemResults, at: dt.datetime
) -> None:
    """Write the AI's results as its vendor would hand them over, and import them."""
    write_system_results(path, results)
    source = DetectionSource((path,), results.system, link.resolve_case, link.resolve_image)
    import_detections(folder, source, by=COORDINATOR, now=at)
