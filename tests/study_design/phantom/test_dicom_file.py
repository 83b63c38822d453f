import datetime
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import get_frame
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEGLosslessSV1,
)

from study_design.errors import BadInputError
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import LesionSpec, Storage, Window, draw_exam
from study_design.phantom.render import RenderedExam, render
from study_design.vocabulary import AbnormalityType, BreastTruth, Side, View

# DICOM PS3.3 A.27.3 and the modules that it names.
TYPE_1 = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "Modality",
    "PresentationIntentType",
    "FrameOfReferenceUID",
    "ImageType",
    "PixelIntensityRelationship",
    "PixelIntensityRelationshipSign",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "PresentationLUTShape",
    "LossyImageCompression",
    "PatientOrientation",
    "BurnedInAnnotation",
    "WindowCenter",
    "WindowWidth",
    "ImagerPixelSpacing",
    "PositionerType",
    "ImageLaterality",
    "OrganExposed",
    "AnatomicRegionSequence",
    "ViewCodeSequence",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelData",
)
TYPE_2 = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
    "SeriesNumber",
    "InstanceNumber",
    "PositionReferenceIndicator",
    "Manufacturer",
    "DetectorType",
    "AcquisitionContextSequence",
)


@pytest.fixture(scope="module")
def rendered() -> RenderedExam:
    lesions = [
        LesionSpec(AbnormalityType.MASS, malignant=True, side=Side.RIGHT),
        LesionSpec(AbnormalityType.CALCIFICATION, side=Side.LEFT),
    ]
    exam = draw_exam(7, lesions=lesions, storage=Storage.ROTATED, window=Window.SIGMOID)
    return render(exam, spacing_mm=1.0)


def test_read_back_pixels_and_header_are_those_of_the_images(
    rendered: RenderedExam, tmp_path: Path
) -> None:
    written = write_dicom(rendered, tmp_path / "new")
    assert [file.view for file in written.files] == list(View)
    for file, image in zip(written.files, rendered.images, strict=True):
        dataset = pydicom.dcmread(file.path)
        assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        assert dataset.SOPClassUID == DigitalMammographyXRayImageStorageForPresentation
        assert np.array_equal(dataset.pixel_array, image.pixels)
        assert tuple(dataset.PatientOrientation) == image.patient_orientation
        assert f"{dataset.ImageLaterality}-{dataset.ViewPosition}" == image.view
        spacing = dataset.ImagerPixelSpacing[0] / dataset.EstimatedRadiographicMagnificationFactor
        assert spacing == pytest.approx(image.spacing_mm)
        assert dataset.VOILUTFunction == "SIGMOID"


def test_jpeg_lossless_files_hold_the_same_pixels(rendered: RenderedExam, tmp_path: Path) -> None:
    written = write_dicom(rendered, tmp_path, transfer_syntax=JPEGLosslessSV1)
    for file, image in zip(written.files, rendered.images, strict=True):
        dataset = pydicom.dcmread(file.path)
        assert dataset.file_meta.TransferSyntaxUID == JPEGLosslessSV1
        assert dataset["PixelData"].VR == "OB"
        frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
        start_of_scan = frame.index(b"\xff\xda")
        predictor = frame[start_of_scan + 7]
        assert frame[:2] == b"\xff\xd8"
        assert b"\xff\xc3" in frame[:400]
        assert predictor == 1
        assert np.array_equal(imagecodecs.ljpeg_decode(frame), image.pixels)


def test_the_header_has_what_the_standard_demands(rendered: RenderedExam, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(write_dicom(rendered, tmp_path).files[2].path)
    for keyword in TYPE_1:
        assert dataset[keyword].value not in (None, "")
    for keyword in TYPE_2:
        assert keyword in dataset
    assert "ViewModifierCodeSequence" in dataset.ViewCodeSequence[0]
    assert dataset.ViewCodeSequence[0].CodeMeaning == "medio-lateral oblique"


def test_every_file_says_that_it_shows_a_phantom(rendered: RenderedExam, tmp_path: Path) -> None:
    for file in write_dicom(rendered, tmp_path).files:
        dataset = pydicom.dcmread(file.path)
        assert dataset.PatientName == "PHANTOM^0007"
        assert dataset.PatientID == "PHANTOM-0007"
        assert "not a person" in dataset.PatientComments
        assert "not a person" in dataset.ImageComments
        assert dataset.SyntheticData == "YES"


def test_uids_follow_from_the_exam(rendered: RenderedExam, tmp_path: Path) -> None:
    def uids(exam: RenderedExam, folder: str) -> list[str]:
        date = datetime.date(2020, 2, 3)
        written = write_dicom(exam, tmp_path / folder, study_date=date)
        datasets = [pydicom.dcmread(file.path) for file in written.files]
        assert {dataset.StudyDate for dataset in datasets} == {"20200203"}
        assert len({dataset.StudyInstanceUID for dataset in datasets}) == 1
        assert len({dataset.SOPInstanceUID for dataset in datasets}) == 4
        return [dataset.SOPInstanceUID for dataset in datasets]

    assert uids(rendered, "a") == uids(rendered, "b")
    other = render(draw_exam(8, lesions=()), spacing_mm=1.0)
    assert not set(uids(rendered, "c")) & set(uids(other, "d"))


def test_the_truth_names_breasts_lesions_and_boxes(rendered: RenderedExam, tmp_path: Path) -> None:
    truth = write_dicom(rendered, tmp_path).truth
    assert truth.malignant
    assert (truth.breast_right, truth.breast_left) == (BreastTruth.MALIGNANT, BreastTruth.BENIGN)
    assert [lesion.name for lesion in truth.lesions] == ["L1", "L2"]
    assert [entry.view for entry in truth.lesions[0].boxes] == [View.R_CC, View.R_MLO]
    assert truth.lesions[0].boxes[0].box == rendered.images[0].boxes[0].box


def test_a_normal_exam_has_normal_breasts(tmp_path: Path) -> None:
    truth = write_dicom(render(draw_exam(3, lesions=()), spacing_mm=1.0), tmp_path).truth
    assert not truth.malignant
    assert (truth.breast_right, truth.breast_left) == (BreastTruth.NORMAL, BreastTruth.NORMAL)
    assert truth.lesions == ()


def test_another_transfer_syntax_is_refused(rendered: RenderedExam, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"Transfer syntax: expected .* got 1\.2\.3"):
        write_dicom(rendered, tmp_path, transfer_syntax="1.2.3")
