"""The small study's images by their own identifiers, and short ways to bring results in."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from given_cad_report import edited as edited
from given_cad_report import report as report
from given_dicom_products import header as header
from given_presentation_state import foresee as foresee
from pydicom import dcmread

from study_design.detections import SystemResults
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_import import (
    DetectionSource,
    ForeseenDetections,
    foresee_detections,
    import_detections,
)
from study_design.exchange.detection_json import read_system_results
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import ColumnMap

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
COLUMNS = 300
ROWS = 400


@dataclass(frozen=True, slots=True)
class Desk:
    """Brings results into a study whose images are known by SOP Instance UID too.

    Cases without a row were not processed, unless a test asks.
    """

    folder: StudyFolder
    images: dict[str, str]
    cases: dict[str, str]
    without_row: WithoutRow | None = WithoutRow.NOT_PROCESSED

    def source(
        self,
        *paths: Path,
        column_map: ColumnMap | None = None,
        leave_out_others: bool = False,
    ) -> DetectionSource:
        return DetectionSource(
            paths,
            "product",
            self.cases.get,
            self.images.get,
            column_map or ColumnMap(),
            self.without_row,
            leave_out_others,
        )

    def foresee(self, *paths: Path, column_map: ColumnMap | None = None) -> ForeseenDetections:
        return foresee_detections(self.folder, self.source(*paths, column_map=column_map))

    def bring_in(
        self,
        *paths: Path,
        column_map: ColumnMap | None = None,
        leave_out_others: bool = False,
    ) -> SystemResults:
        source = self.source(*paths, column_map=column_map, leave_out_others=leave_out_others)
        imported = import_detections(self.folder, source, by=Actor("Coordinator"), now=NOW)
        return read_system_results(imported.path)

    def uid(self, image: str) -> str:
        return next(uid for uid, name in self.images.items() if name == image)

    def study_uid(self, case: str) -> str:
        return next(uid for uid, name in self.cases.items() if name == case)


@pytest.fixture(scope="session")
def named_master(masters: dict[str, StudyFolder], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The small study; every image has a SOP Instance UID of its own. Tests get copies."""
    folder = StudyFolder(tmp_path_factory.mktemp("named") / "study")
    shutil.copytree(masters["new"].path, folder.path)
    images: dict[str, str] = {}
    cases: dict[str, str] = {}
    for number, path in enumerate(sorted(folder.images.glob("*.dcm")), start=1):
        dataset = dcmread(path)
        uid = f"1.2.826.0.1.{number}"
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        dataset.save_as(path)
        images[uid] = path.stem
        cases[str(dataset.StudyInstanceUID)] = path.stem.partition("_")[0]
    return Desk(folder, images, cases)


@pytest.fixture
def desk(named_master: Desk, tmp_path: Path) -> Desk:
    """The small study, with short ways to bring results in."""
    folder = StudyFolder(tmp_path / "study")
    shutil.copytree(named_master.folder.path, folder.path)
    return Desk(folder, dict(named_master.images), dict(named_master.cases))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a text file and return its path."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written
