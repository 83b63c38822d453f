"""Two phantom exams as a manifest and as a study, small and coarse."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from study_design.cases.case_import import import_images
from study_design.exchange.truth_import import import_truth
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import WrittenExam, write_dicom
from study_design.phantom.exam import LesionSpec, draw_exam
from study_design.phantom.render import render
from study_design.phantom.sheets import write_manifest, write_truth_sheets
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType

MASS = LesionSpec(AbnormalityType.MASS, malignant=True, conspicuity=0.9)


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with manifest, truth and the DICOM files of three exams, the last one normal."""
    folder = tmp_path_factory.mktemp("phantoms")
    written: list[WrittenExam] = []
    for seed, lesions in ((1, [MASS]), (2, [MASS]), (3, [])):
        exam = draw_exam(seed, lesions=lesions)
        written.append(write_dicom(render(exam, spacing_mm=1.0), folder / "dicom" / str(seed)))
    write_truth_sheets(folder, written)
    write_manifest(folder, written)
    return folder


@pytest.fixture
def phantom_study(phantoms: Path, tmp_path: Path) -> StudyFolder:
    """The same exams in a study that is not locked."""
    when = datetime(2026, 1, 1, tzinfo=UTC)
    folder = new_study(tmp_path / "study", template="zhou2023", title="", by=Actor("B"), now=when)
    import_images(folder, [], manifest=phantoms / "manifest.csv")
    import_truth(
        folder, phantoms / "reference.csv", phantoms / "lesions.csv", resolve=lambda name: name
    )
    return folder
