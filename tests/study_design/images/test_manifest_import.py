"""Manifests, real files and headers that contradict themselves."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_import_refusals import verdicts
from PIL import Image, TiffImagePlugin
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.cases.case_import import import_images
from study_design.errors import BadInputError
from study_design.images.arriving.import_report import (
    ImportReport,
    RefusedFilesError,
)
from study_design.images.case_list import cases_of
from study_design.images.found_text import read_found_text
from study_design.images.image_store import case_images, load_pixels
from study_design.images.mammogram import VoiFunction
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


def problems(report: ImportReport) -> dict[str, tuple[str, ...]]:
    return {exam.case: exam.problems for exam in report.exams}


def test_a_manifest_names_cases_sides_and_views(study: StudyFolder, tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    folder = tmp_path / "pictures"
    folder.mkdir()
    rows = ["case;laterality;view;path;pixel_spacing_mm;mirrored"]
    for view in View:
        y, x = np.mgrid[:120, :100]
        breast = ((y - 60) / 50) ** 2 + (x / 60) ** 2 < 1
        pixels = np.where(breast, random.integers(20000, 60000, (120, 100)), 0).astype(np.uint16)
        Image.fromarray(pixels).save(folder / f"{view}.png")
        side, projection = ("", view) if view is View.R_CC else (view.side.word, view.projection)
        mirrored = int(view.side == "R")
        rows.append(f"case-a;{side};{projection};pictures/{view}.png;0,07;{mirrored}")
    (tmp_path / "manifest.csv").write_text("\n".join(rows))
    report = import_images(study, [folder], manifest=tmp_path / "manifest.csv")
    assert report.exams[0].case == "case-a"
    assert report.guesses
    for mammogram in case_images(study, "case-a"):
        assert mammogram.view is not None
        assert mammogram.flip_horizontal is mammogram.mirrored is (mammogram.view.side == "R")
        assert (mammogram.spacing_mm, mammogram.bits_stored) == (0.07, 16)


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("photometric", [0, 1])
def test_tissue_of_a_tiff_is_bright_whether_its_zero_is_black_or_white(
    study: StudyFolder, tmp_path: Path, photometric: int, dtype: type, compression: str | None
) -> None:
    y, x = np.mgrid[:120, :100]
    breast = ((y - 60) / 50) ** 2 + (x / 60) ** 2 < 1
    most = np.iinfo(dtype).max
    pixels = np.where(breast, most - y, 0).astype(dtype)
    stored = pixels if photometric else most - pixels
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[262] = photometric
    # Pillow turns round what it writes with 8 bits as it turns round what it reads.
    written = pixels if dtype is np.uint8 else stored
    Image.fromarray(written).save(tmp_path / "x.tif", tiffinfo=tags, compression=compression)
    with Image.open(tmp_path / "x.tif") as picture:
        assert picture.tag_v2[262] == photometric
    (tmp_path / "manifest.csv").write_text("case,laterality,view,path\nX,L,CC,x.tif\n")
    import_images(study, [tmp_path], manifest=tmp_path / "manifest.csv")
    (mammogram,) = case_images(study, "X")
    loaded = load_pixels(study, mammogram)
    codes = loaded.codes.astype(int)
    shown = most - codes if mammogram.low_is_bright else codes
    np.testing.assert_array_equal(shown, pixels)
    assert not loaded.air[60, 5]
    header = dcmread(study.images / "X-L-CC.dcm")
    is_monochrome1 = header.PhotometricInterpretation == "MONOCHROME1"
    assert is_monochrome1 is mammogram.low_is_bright is (not photometric and dtype is np.uint16)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a b,R,CC,x.png,,", "case name"),
        ("..,R,CC,x.png,,", "case name"),
        ("a,R,XCC,x.png,,", "view CC or MLO"),
        ("a,L,R-CC,x.png,,", "view CC or MLO"),
        ("a,R,CC,y.png,,", "expected a file"),
        ("a,R,CC,x.png,-1,", "pixel_spacing_mm"),
        ("a,R,CC,x.png,,maybe", "mirrored"),
    ],
)
def test_a_wrong_row_of_a_manifest_is_named(
    study: StudyFolder, tmp_path: Path, row: str, problem: str
) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(f"case,laterality,view,path,pixel_spacing_mm,mirrored\n{row}\n")
    with pytest.raises(BadInputError, match=f"manifest.csv, row 2.*{problem}"):
        import_images(study, [tmp_path], manifest=manifest)


def test_a_manifest_cannot_join_two_patients(
    make_dicom: Any, study: StudyFolder, tmp_path: Path
) -> None:
    make_dicom("a.dcm", "R-CC", patient="PAT-1")
    make_dicom("b.dcm", "L-CC", patient="PAT-2")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("case,laterality,view,path\nA,R,CC,a.dcm\nA,L,CC,b.dcm\n")
    with pytest.raises(RefusedFilesError, match="another patient"):
        import_images(study, [tmp_path / "source"], manifest=manifest)


def test_the_real_four_view_exam_hangs_with_chest_walls_touching(
    real_images: Path, study: StudyFolder, tmp_path: Path
) -> None:
    rows = [f"NYU,{view[0]},{view[2:]},{view}.png,{int(view[0] == 'R')}" for view in View]
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("\n".join(["case,laterality,view,path,mirrored", *rows]))
    report = import_images(study, [real_images / "nyu_breast_density"], manifest=manifest)
    assert report.exams[0].problems == ()
    # Each view has its marker burned in, which is told and keeps nothing from the plan.
    assert all("a marker or short text at" in file.reason for file in report.files)
    assert {text.image for text in read_found_text(study)} == {f"NYU-{view}" for view in View}
    for mammogram in case_images(study, "NYU"):
        loaded = load_pixels(study, mammogram)
        hung = loaded.air[:, ::-1] if mammogram.flip_horizontal else loaded.air
        assert mammogram.view is not None
        chest_wall = hung[:, -20:] if mammogram.view.side == "R" else hung[:, :20]
        assert chest_wall.mean() < 0.2
        assert mammogram.mirrored is (mammogram.view.side == "R")


def test_the_real_ge_views_are_incomplete_exams_with_their_sigmoid_windows(
    real_images: Path, study: StudyFolder
) -> None:
    report = import_images(study, [real_images / "fo-dicom", real_images / "omama"])
    assert verdicts(report) == {
        "GH133_GE_RMLO_jpegll.dcm": "accepted",
        "OutOfBoundsOverlay_Siemens_stereo_jpegll.dcm": "extra",
        "License.txt": "extra",
        "GE_LCC_DHJ5JE9QXAV0.dcm": "accepted",
        "LICENSE": "extra",
    }
    assert all(len(exam.problems) == 3 for exam in report.exams)
    shown = {
        image.view: image for entry in cases_of(study) for image in case_images(study, entry.case)
    }
    assert set(shown) == {View.R_MLO, View.L_CC}
    for mammogram in shown.values():
        names = [window.explanation for window in mammogram.windows]
        assert names[:3] == ["NORMAL", "HARDER", "SOFTER"]
        assert names[3:] == ["NORMAL LUT", "HARDER LUT", "SOFTER LUT"]
        assert {w.function for w in mammogram.windows[:3]} == {VoiFunction.SIGMOID}
        assert not mammogram.flip_horizontal
        assert not mammogram.flip_vertical
        assert mammogram.vendor == "GE MEDICAL SYSTEMS"


def test_what_a_hospital_keeps_among_mammograms_does_not_fail_an_import(
    make_exam: Any, make_dicom: Any, study: StudyFolder
) -> None:
    among = [
        make_dicom("raw.dcm", PresentationIntentType="FOR PROCESSING"),
        make_dicom("slices.dcm", SOPClassUID="1.2.840.10008.5.1.4.1.1.13.1.3", NumberOfFrames=60),
        make_dicom("qc.dcm", QualityControlImage="YES"),
        make_dicom("stereo.dcm", ImageType=["DERIVED", "PRIMARY", "STEREO"]),
        make_dicom("synthetic.dcm", ImageType=["DERIVED", "PRIMARY", "TOMO", "GENERATED_2D"]),
        make_dicom("report.dcm", SOPClassUID="1.2.840.10008.5.1.4.1.1.88.50", PixelData=None),
        make_dicom("state.dcm", SOPClassUID="1.2.840.10008.5.1.4.1.1.11.1", PixelData=None),
        make_dicom("seg.dcm", SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4", PixelData=None),
    ]
    report = import_images(study, [*make_exam(), *among])
    aside = {file.path.name: file for file in report.files if file.verdict.value == "extra"}
    assert set(aside) == {path.name for path in among}
    assert all(file.reason and file.exam == "C001" for file in aside.values())
    assert problems(report) == {"C001": ()}


def test_the_other_real_files_are_left_aside_or_refused_each_with_its_reason(
    real_images: Path, study: StudyFolder
) -> None:
    folders = [real_images / name for name in ("wg04", "openrem_headers", "dicom_sr_seg")]
    report = import_images(study, folders, keep_going=True)
    reasons = {file.path.name: file.reason for file in report.files}
    assert verdicts(report) == {
        "MG1_J2KI.dcm": "refused",
        "MG-Im-GE_Seno_1_ForProcessing.dcm": "extra",
        "MG-Im-GE_Seno_1_ForPresentation.dcm": "refused",
        "highdicom_sr_document.dcm": "extra",
        "highdicom_seg_image_cr_binary.dcm": "extra",
    }
    assert "secondary capture" in reasons["MG1_J2KI.dcm"]
    assert "FOR PROCESSING" in reasons["MG-Im-GE_Seno_1_ForProcessing.dcm"]
    assert "1 x 2 pixels" in reasons["MG-Im-GE_Seno_1_ForPresentation.dcm"]
    assert "modality SR" in reasons["highdicom_sr_document.dcm"]
    assert "modality SEG" in reasons["highdicom_seg_image_cr_binary.dcm"]


def test_no_dicom_library_is_needed_outside_the_child() -> None:
    program = (
        "import sys, study_design.cases.case_import;"
        "print(sorted({'pydicom', 'imagecodecs', 'scipy', 'PIL'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_a_header_that_contradicts_itself_on_what_is_bright_is_a_problem_of_the_exam(
    make_exam: Any, study: StudyFolder
) -> None:
    paths = make_exam(PresentationLUTShape="IDENTITY")
    dataset = dcmread(paths[0])
    dataset.PresentationLUTShape = "INVERSE"
    dataset.save_as(paths[0])
    doubt = "Presentation LUT Shape INVERSE contradicts the photometric interpretation"
    (exam,) = import_images(study, paths).exams
    assert exam.problems == (
        f"is C001-R-CC displayed correctly? {doubt}: look at it on the Cases page, settle it there "
        "or with crossread doubts",
    )
    shown = {image.view: image for image in case_images(study, "C001")}
    assert not shown[View.R_CC].low_is_bright
    assert shown[View.R_CC].doubts == (doubt,)
    assert shown[View.L_CC].doubts == ()


@pytest.mark.parametrize("sequence", ["VOILUTSequence", "ModalityLUTSequence"])
def test_air_is_found_where_a_lookup_table_turns_dark_and_bright_round(
    make_dicom: Any, study: StudyFolder, sequence: str
) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4096, 0, 12])
    table.add_new("LUTData", "OW", np.arange(4096, dtype="<u2")[::-1].tobytes())
    pixels = (4095 - dcmread(make_dicom()).pixel_array).astype(np.uint16)
    path = make_dicom(pixels=pixels, WindowCenter=None, **{sequence: [table]})
    import_images(study, [path])
    (mammogram,) = case_images(study, "C001")
    assert (mammogram.shows_low_bright, mammogram.low_is_bright) == (True, False)
    air = load_pixels(study, mammogram).air
    assert air[pixels == 4095].mean() > 0.9
    assert not air[pixels < 4095].any()
