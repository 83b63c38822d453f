"""What tests of `ai_products` begin with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from given_locked_at import LOCKED_AT
from pydicom import dcmread

from study_design.cases.case_import import import_images
from study_design.detections import SystemResults
from study_design.exchange.detection_json import read_system_results
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

R_CC, L_CC = "PHANTOM-5101-1.dcm", "PHANTOM-5101-2.dcm"


BOX = (50.0, 60.0, 20.0, 25.0)


REST = ("--without-row", "none")


@dataclass(frozen=True)
class Product:
    """Brings files of a product in: what the command said, and what is in the study then."""

    study: StudyFolder
    home: Path
    crossread: Callable[..., Any]
    rows: int
    columns: int

    def __call__(self, files: dict[str, str | bytes], *words: object) -> Any:
        paths = []
        for name, content in files.items():
            paths.append(self.home / name)
            paths[-1].parent.mkdir(exist_ok=True)
            raw = content if isinstance(content, bytes) else content.encode()
            paths[-1].write_bytes(raw)
        named = {self.home / path.relative_to(self.home).parts[0] for path in paths}
        return self.crossread("detections", self.study.path, *sorted(named), *SYSTEM, *words)

    @property
    def results(self) -> SystemResults:
        return read_system_results(self.study.detections / "product.json")

    def refused(self, files: dict[str, str | bytes], *words: object) -> str:
        """Return the one line of a refusal; nothing came in."""
        done = self(files, *words)
        assert (done.status, done.err.count("\n")) == (1, 1), done.err
        assert not list(self.study.detections.glob("*"))
        return str(done.err)


SYSTEM = ("--system", "product")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exam of a patient, PHANTOM-5101, accession PH5101, as it is imported."""
    home = tmp_path_factory.mktemp("imported")
    exam = render(draw_exam(5101, lesions=(), storage=Storage.HUNG), spacing_mm=1.0)
    files = [file.path for file in write_dicom(exam, home / "source").files]
    study = new_study(home / "STUDY", template="zhou2023", by=Actor("Ann"), now=LOCKED_AT)
    import_images(study, files)
    return home


@pytest.fixture
def product(imported: Path, crossread: Callable[..., Any], tmp_path: Path) -> Any:
    study = StudyFolder(imported / "STUDY")
    shape = dcmread(imported / "source" / R_CC).pixel_array.shape
    (tmp_path / "files").mkdir()
    yield Product(study, tmp_path / "files", crossread, *shape)
    for path in study.detections.glob("*"):
        path.unlink()


Found = Sequence[tuple[str, tuple[str, ...], float, tuple[float, ...]]]


def found_by(results: SystemResults) -> Found:
    """View, types, score and box of every detection."""
    return [
        (
            box.view.value,
            tuple(kind.value for kind in found.types),
            found.score,
            (box.where.x_px, box.where.y_px, box.where.width_px, box.where.height_px),
        )
        for case in results.cases
        for found in case.detections
        for box in found.boxes
    ]


RECORD = {"x1": 50, "y1": 60, "x2": 70, "y2": 85, "score": 0.8, "label": "mass"}
