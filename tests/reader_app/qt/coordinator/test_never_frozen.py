"""The window lives on while hundreds of files come in and their thumbnails are made."""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import generate_uid
from PySide6.QtCore import QTimer

from reader_app.qt.coordinator.import_window import ImportWindow
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.study_folder import StudyFolder

EXAMS = 75
LONGEST_SHARE = 0.2


def write_exams(folder: Path) -> None:
    """Write the views of one small phantom under the names of many patients."""
    phantom = write_dicom(
        render(draw_exam(1, storage=Storage.HUNG), spacing_mm=2.0), folder / "first"
    )
    views = [dcmread(view.path) for view in phantom.files]
    for number in range(EXAMS):
        study_uid = generate_uid()
        for place, dataset in enumerate(views):
            dataset.PatientID, dataset.StudyInstanceUID = f"PATIENT-{number}", study_uid
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            dataset.save_as(folder / f"{number}-{place}.dcm", enforce_file_format=True)
    for view in phantom.files:
        view.path.unlink()


def test_no_gap_of_the_window_is_a_great_part_of_the_time_in_which_300_headers_are_read(
    empty_study: StudyFolder,
    open_cases: Callable[[StudyFolder], ImportWindow],
    wait_until: Callable[[Callable[[], bool]], None],
    phantom_files: Path,
    tmp_path: Path,
) -> None:
    write_exams(tmp_path / "hospital")
    window = open_cases(empty_study)
    ticks = [time.monotonic()]
    timer = QTimer(window)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start(5)
    window.look_over((tmp_path / "hospital",))
    wait_until(lambda: window.ready and len(window.table.rows) == EXAMS)
    window.import_paths((phantom_files,))
    wait_until(lambda: window.ready and len(window.table.rows) == 3)
    timer.stop()
    longest = max(after - before for before, after in itertools.pairwise(ticks))
    assert len(ticks) > 100
    assert longest < LONGEST_SHARE * (ticks[-1] - ticks[0])
