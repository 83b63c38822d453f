"""A folder of phantom exams: DICOM files with manifest, truth and distractors.

An exam's folder appears in one step when its four files are written, so an interrupted run goes on
where it broke off. The truth is drawn again rather than kept, for it follows from the seeds.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from filelock import FileLock, Timeout

from study_design.errors import BadInputError
from study_design.foreign_text import parsed_json, read_bounded
from study_design.phantom.dicom_file import WrittenExam, exam_files, write_dicom
from study_design.phantom.mixes import Mix, draw_mixed_exam
from study_design.phantom.render import DEFAULT_SPACING_MM, check_spacing, render
from study_design.phantom.sheets import write_manifest, write_truth_sheets
from study_design.software import SOFTWARE_VERSION
from study_design.tables.csv_file import write_atomically
from study_design.worker_process import end_with_parent

SETTINGS_FILE = "phantoms.json"
_LOCK = ".phantoms.lock"
_PROCESSES = 2

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ExamSetSettings:
    """What fixes every exam of a set; exam n of it is drawn from seed + n."""

    seed: int
    spacing_mm: float = DEFAULT_SPACING_MM
    mix: Mix = Mix.STUDY
    simulated: bool = True
    software_version: str = SOFTWARE_VERSION


def write_exam_set(folder: Path, settings: ExamSetSettings, exams: int, report: Report) -> None:
    """Write a set of exams, or what is still missing of it; a set may grow.

    Parameters
    ----------
    folder
        New, empty, or a set of the same settings.
    report
        Called with what is done, how many, of how many.

    Raises
    ------
    BadInputError
        For a folder that holds something else or that another run is filling, an impossible seed
        or spacing.
    """
    check_spacing(settings.spacing_mm)
    _claim(folder, settings)
    tasks = [(folder, settings, settings.seed + number) for number in range(exams)]
    written: list[WrittenExam] = []
    with (
        _alone_in(folder),
        ProcessPoolExecutor(
            _PROCESSES, mp_context=get_context("spawn"), initializer=end_with_parent
        ) as pool,
    ):
        for exam in pool.map(_write_exam, tasks):
            written.append(exam)
            report("Draw phantom exams", len(written), exams)
        write_truth_sheets(folder, written)
        write_manifest(folder, written)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep another run out; a program that is killed lets go of the lock."""
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BadInputError(
            f"Expected no other run that fills {folder}, got one under way. "
            "Wait until it has ended."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _claim(folder: Path, settings: ExamSetSettings) -> None:
    """Mark the folder as this set, or refuse one that holds anything else."""
    wanted = asdict(settings)
    marker = folder / SETTINGS_FILE
    if marker.is_file():
        try:
            found = parsed_json(read_bounded(marker))
        except ValueError:
            found = "something else"
        if found != wanted:
            raise BadInputError(
                f"{folder}: expected a set of phantoms made with {wanted}, got one made with "
                f"{found}. Choose another folder or the same settings."
            )
        return
    if folder.exists() and any(folder.iterdir()):
        raise BadInputError(
            f"Expected a new or empty folder for phantoms, got {folder}. Choose another."
        )
    write_atomically(marker, json.dumps(wanted, indent=1).encode())


def _write_exam(task: tuple[Path, ExamSetSettings, int]) -> WrittenExam:
    """Draw an exam and write it unless it is there."""
    folder, settings, seed = task
    exam = draw_mixed_exam(seed, settings.mix)
    written = exam_files(exam, folder / "dicom" / str(seed), spacing_mm=settings.spacing_mm)
    place = written.files[0].path.parent
    if not place.is_dir():
        aside = place.with_name(f".{place.name}.part")
        shutil.rmtree(aside, ignore_errors=True)
        write_dicom(render(exam, spacing_mm=settings.spacing_mm), aside)
        aside.rename(place)
    return written
