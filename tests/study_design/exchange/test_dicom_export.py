import hashlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from study_design.cases.case_import import import_images
from study_design.cases.exclusion import exclude_case
from study_design.errors import BadInputError, ImageError
from study_design.exchange.dicom_export import export_dicom, missing_attributes
from study_design.exchange.truth_import import import_truth
from study_design.images.case_list import read_images
from study_design.life.joining import add_reader
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.protocol.readers import ReaderProfile
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import ReaderKind, View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """Two phantom exams with truth and a reader."""
    root = tmp_path_factory.mktemp("export")
    for seed in (1, 2):
        write_dicom(
            render(draw_exam(seed, lesions=(), storage=Storage.HUNG), spacing_mm=1.0),
            root / "sources",
        )
    folder = new_study(root / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=NOW)
    import_images(folder, [root / "sources"])
    add_reader(folder, ReaderProfile("CANARYREADER", ReaderKind.SIMULATED, "junior", years=2.0))
    (root / "truth.csv").write_text("case,truth,density\nC001,1,b\nC002,0,c\n")
    import_truth(folder, root / "truth.csv", resolve=lambda _: None)
    return folder


@pytest.fixture
def study(imported: StudyFolder, tmp_path: Path) -> StudyFolder:
    shutil.copytree(imported.path, tmp_path / "STUDY")
    return StudyFolder(tmp_path / "STUDY")


def test_each_case_is_a_folder_of_views_and_the_manifest_vouches_for_them(
    study: StudyFolder, tmp_path: Path
) -> None:
    done = export_dicom(study, tmp_path / "out")
    files = {path.relative_to(tmp_path / "out").as_posix() for path in done}
    assert set(done) == {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    views = {f"{case}/{view}.dcm" for case in ("C001", "C002") for view in View}
    assert files == views | {"manifest.csv"}
    rows = read_csv(done[-1]).rows
    for row in rows:
        content = (tmp_path / "out" / row["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        dataset = dcmread(tmp_path / "out" / row["path"])
        assert (dataset.PatientID, dataset.SOPInstanceUID) == (row["patient"], row["sop_uid"])
        assert dataset.pixel_array.shape == (dataset.Rows, dataset.Columns)
    assert {row["image"] for row in rows} == {image.image for image in read_images(study)}


def test_no_truth_no_reader_and_no_identity_go_out(study: StudyFolder, tmp_path: Path) -> None:
    export_dicom(study, tmp_path / "out")
    content = b"".join(
        path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    # The search finds what is there, and none of the others.
    assert b"P001" in content
    for word in (b"PHANTOM-000", b"PHANTOM^", b"truth", b"CANARYREADER", b"junior", b"unaided"):
        assert word not in content, word


def test_the_manifest_imports_the_same_exams_into_another_study(
    study: StudyFolder, tmp_path: Path
) -> None:
    done = export_dicom(study, tmp_path / "out")
    other = new_study(tmp_path / "OTHER", template="zhou2023", by=Actor("Coordinator"), now=NOW)
    import_images(other, [], manifest=done[-1])
    expected = {(image.case, image.view, image.sha256) for image in read_images(study)}
    assert {(image.case, image.view, image.sha256) for image in read_images(other)} == expected


def test_excluded_cases_stay_behind(study: StudyFolder, tmp_path: Path) -> None:
    exclude_case(study, "C001", "withdrawn", by=Actor("Coordinator"), now=NOW)
    done = export_dicom(study, tmp_path / "out")
    assert len(done) == 4 + 1
    assert not (tmp_path / "out" / "C001").exists()


@pytest.mark.parametrize("harm", ["pixels", "gone", "identity", "garbage"])
def test_an_altered_image_stops_the_export_and_leaves_nothing(
    study: StudyFolder, tmp_path: Path, harm: str
) -> None:
    path = study.images / "C002-R-CC.dcm"
    dataset = dcmread(path)
    if harm == "pixels":
        dataset.PixelData = bytes(len(dataset.PixelData))
        dataset.save_as(path)
    elif harm == "identity":
        dataset.PatientID = "SOMEBODY"
        dataset.save_as(path)
    elif harm == "gone":
        path.unlink()
    else:
        path.write_bytes(b"\0" * 200)
    with pytest.raises(ImageError, match=r"C002.*Nothing was exported"):
        export_dicom(study, tmp_path / "out")
    assert {entry.name for entry in tmp_path.iterdir()} == {"STUDY"}


def test_a_folder_with_files_in_it_is_refused(study: StudyFolder, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="Expected a new or empty folder"):
        export_dicom(study, study.path)
    (tmp_path / "empty").mkdir()
    assert len(export_dicom(study, tmp_path / "empty")) == 8 + 1


def test_a_study_without_exams_is_refused(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "NEW", template="zhou2023", by=Actor("Coordinator"), now=NOW)
    with pytest.raises(BadInputError, match="Import some first"):
        export_dicom(folder, tmp_path / "out")


def test_mammograms_lack_nothing_that_the_standard_demands(
    study: StudyFolder, tmp_path: Path
) -> None:
    done = export_dicom(study, tmp_path / "out")
    assert {row["lacks"] for row in read_csv(done[-1]).rows} == {""}


def test_what_nobody_knows_of_a_picture_is_named_and_not_invented(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=NOW)
    y, x = np.mgrid[:120, :100]
    Image.fromarray(np.where((y - 60) ** 2 + x**2 < 2500, 90, 0).astype(np.uint8)).save(
        tmp_path / "a.png"
    )
    (tmp_path / "m.csv").write_text("case,laterality,view,path\nA,L,CC,a.png\n")
    import_images(folder, [], manifest=tmp_path / "m.csv")
    (row,) = read_csv(export_dicom(folder, tmp_path / "out")[-1]).rows
    assert {"ImagerPixelSpacing", "BurnedInAnnotation"} <= set(row["lacks"].split())
    dataset = dcmread(tmp_path / "out" / row["path"])
    assert missing_attributes(dataset) == tuple(row["lacks"].split())


def test_an_independent_validator_finds_no_error(study: StudyFolder, tmp_path: Path) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy is absent: apt-get install dicom3tools")
    export_dicom(study, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.dcm"):
        said = subprocess.run([validator, path], capture_output=True, text=True, check=False)
        assert "MammographyImageForPresentation" in said.stderr
        assert [line for line in said.stderr.splitlines() if line.startswith("Error")] == []
