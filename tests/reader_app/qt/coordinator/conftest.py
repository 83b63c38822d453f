"""Phantom exams as DICOM files, a study of them, and the real window on it."""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reader_app.qt.coordinator.import_window import ImportWindow
from study_design.cases.case_import import import_images
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
LONGEST_S = 120.0

Wait = Callable[[Callable[[], bool]], None]
OpenCases = Callable[[StudyFolder], ImportWindow]


@pytest.fixture(scope="session")
def phantom_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three exams; the last of the first patient's four views is missing."""
    folder = tmp_path_factory.mktemp("hospital")
    for seed in (1, 2, 3):
        write_dicom(render(draw_exam(seed, storage=Storage.HUNG), spacing_mm=1.0), folder)
    (folder / "PHANTOM-0001-4.dcm").unlink()
    return folder


@pytest.fixture
def empty_study(tmp_path: Path) -> StudyFolder:
    return new_study(tmp_path / "study", template="zhou2023", by=Actor("Coordinator"), now=NOW)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory, phantom_files: Path) -> Path:
    folder = tmp_path_factory.mktemp("imported") / "study"
    study = new_study(folder, template="zhou2023", by=Actor("Coordinator"), now=NOW)
    import_images(study, [phantom_files])
    return folder


@pytest.fixture
def study(tmp_path: Path, imported: Path) -> StudyFolder:
    """A study of three exams, one of them incomplete."""
    folder = StudyFolder(tmp_path / "study")
    shutil.copytree(imported, folder.path)
    shutil.copyfile(StudyFolder(imported).link_file, folder.link_file)
    return folder


@pytest.fixture
def wait_until(qapp: QApplication) -> Wait:
    """Return what lets the window live until something is true, and the loader run meanwhile."""

    def wait(true: Callable[[], bool]) -> None:
        ends = time.monotonic() + LONGEST_S
        while not true():
            assert time.monotonic() < ends, "waited in vain"
            time.sleep(0.002)
            qapp.processEvents()

    return wait


@pytest.fixture
def open_cases(qtbot: QtBot, wait_until: Wait) -> OpenCases:
    """Return what opens the real window on a study and waits until all is on it."""

    def start(folder: StudyFolder) -> ImportWindow:
        window = ImportWindow(folder, Actor("Dr A"))
        qtbot.addWidget(window)
        window.resize(1600, 900)
        window.show()
        wait_until(lambda: window.ready)
        return window

    return start
