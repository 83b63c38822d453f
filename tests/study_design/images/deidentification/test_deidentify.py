import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from study_design.cases.case_import import import_images
from study_design.images.arriving.import_report import RefusedFilesError
from study_design.images.case_list import cases_of
from study_design.images.deidentification.deidentify import INVENTED_HEADER
from study_design.images.header.header_tables import modality_table, voi_luts
from study_design.images.image_store import case_images
from study_design.images.link_file import LinkFile
from study_design.study_folder import StudyFolder

CANARY = "CANARY"
TEXT_VRS = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}
# Those by which a file is judged: filled, they would have it refused and prove nothing.
JUDGED = {
    "SOPClassUID", "Modality", "PresentationIntentType", "ImageType", "ImageLaterality",
    "Laterality", "ViewPosition", "PhotometricInterpretation", "SpecificCharacterSet",
    "PatientOrientation",
}  # fmt: skip


def right_breast(rows: int = 160, columns: int = 120) -> NDArray[np.uint16]:
    y, x = np.mgrid[:rows, :columns]
    inside = ((y - rows / 2) / (0.4 * rows)) ** 2 + ((columns - x) / (0.6 * columns)) ** 2 < 1
    return np.where(inside, 800 + (7 * x + 13 * y) % 2200, 0).astype(np.uint16)


def fill_with_canaries(dataset: Dataset) -> int:
    """Fill every text attribute of the dictionary, a nested and a private one too."""
    filled = 0
    for tag, (vr, multiplicity, _, _, keyword) in DicomDictionary.items():
        if vr not in TEXT_VRS or not keyword or tag < 0x00080000 or keyword in JUDGED:
            continue
        if multiplicity.endswith("n") and vr == "CS":
            dataset.add_new(tag, vr, [CANARY, CANARY])
        else:
            dataset.add_new(tag, vr, CANARY)
        filled += 1
    nested = Dataset()
    nested.PatientName = nested.CodeMeaning = nested.RequestedProcedureDescription = CANARY
    for keyword in ("RequestAttributesSequence", "AnatomicRegionSequence", "IconImageSequence"):
        setattr(dataset, keyword, [nested])
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [2, 0, 12])
    table.add_new("LUTData", "US", [0, 4095])
    table.LUTExplanation = CANARY
    dataset.VOILUTSequence = [table]
    block = dataset.private_block(0x0045, "GEMS_SENO_02", create=True)
    block.add_new(0x10, "LT", CANARY)
    dataset.add_new(0x60000022, "LO", CANARY)
    dataset.StudyDate = "19991231"
    dataset.PatientBirthDate = "19551224"
    return filled


def test_no_canary_in_any_text_tag_reaches_the_study(make_dicom: Any, study: StudyFolder) -> None:
    path = make_dicom(patient=CANARY)
    dataset = dcmread(path)
    originals = [str(dataset.StudyInstanceUID), str(dataset.SOPInstanceUID), "19991231", "19551224"]
    assert fill_with_canaries(dataset) > 1000
    dataset.save_as(path)
    report = import_images(study, [path])
    assert [file.verdict.value for file in report.files] == ["accepted"]
    written = [file for file in study.path.rglob("*") if file.is_file()]
    assert {file.suffix for file in written} >= {".dcm", ".npy", ".json", ".csv"}
    for file in written:
        content = file.read_bytes()
        for secret in (CANARY, "GEMS_SENO", *originals):
            assert secret.encode() not in content, f"{secret} in {file.name}"
    (row,) = LinkFile.read(study).rows
    assert (row.original_patient, row.original_sop_uid) == (CANARY, originals[1])
    assert CANARY.encode() not in study.link_file.read_bytes()


def test_the_link_file_is_the_owners_alone(make_dicom: Any, study: StudyFolder) -> None:
    import_images(study, [make_dicom()])
    assert study.link_file.parent == study.path.parent
    assert study.link_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "syntax",
    [ExplicitVRLittleEndian, JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless],
    ids=lambda syntax: syntax.name[:24],
)
def test_pixels_pass_bit_for_bit_under_the_new_header(
    make_dicom: Any, study: StudyFolder, syntax: Any
) -> None:
    path = make_dicom(
        pixels=right_breast(), syntax=syntax, VOILUTFunction="SIGMOID", PixelPaddingValue=0
    )
    import_images(study, [path])
    target = dcmread(study.images / "C001-R-CC.dcm")
    assert target.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    np.testing.assert_array_equal(target.pixel_array, right_breast())
    assert target.VOILUTFunction == "SIGMOID"
    assert target.PixelPaddingValue == 0
    assert target.ImagerPixelSpacing == [0.1, 0.1]
    assert target.PatientIdentityRemoved == "YES"
    assert (str(target.PatientID), str(target.PatientName)) == ("P001", "P001")
    assert target.StudyDate == ""
    assert target.ViewCodeSequence[0].CodeValue == "399162004"


def test_lookup_tables_pass_with_the_same_meaning(make_dicom: Any, study: StudyFolder) -> None:
    tables = [Dataset() for _ in range(3)]
    tables[0].add_new("LUTDescriptor", "US", [3, 65535, 8])
    tables[0].add_new("LUTData", "OW", bytes([1, 2, 3, 0]))
    tables[1].add_new("LUTDescriptor", "US", [2, 7, 12])
    tables[1].add_new("LUTData", "US", [4095, 0])
    tables[2].add_new("LUTDescriptor", "US", [9, 0, 12])
    tables[2].add_new("LUTData", "US", [4095, 0])
    path = make_dicom(
        VOILUTSequence=tables,
        RescaleSlope=1,
        RescaleIntercept=-2,
        NominalScannedPixelSpacing=[1, 1],
    )
    import_images(study, [path])
    target = dcmread(study.images / "C001-R-CC.dcm")
    source = dcmread(path)
    assert [lut.table.first for lut in voi_luts(source)] == [-1, 7]
    assert [lut.table for lut in voi_luts(target)] == [lut.table for lut in voi_luts(source)]
    assert target.NominalScannedPixelSpacing == [1, 1]
    assert "ModalityLUTSequence" not in target


def test_a_modality_lut_passes_in_place_of_a_rescale(make_dicom: Any, study: StudyFolder) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4096, 0, 16])
    table.add_new("LUTData", "OW", np.arange(4096, dtype="<u2")[::-1].tobytes())
    path = make_dicom(ModalityLUTSequence=[table], RescaleSlope=1, RescaleIntercept=0)
    import_images(study, [path])
    target = dcmread(study.images / "C001-R-CC.dcm")
    assert modality_table(target) == modality_table(dcmread(path))
    assert "RescaleSlope" not in target
    (mammogram,) = case_images(study, "C001")
    assert mammogram.modality_table == modality_table(target)


def test_big_endian_pixels_pass_in_little_endian_order(make_dicom: Any, study: StudyFolder) -> None:
    path = make_dicom(syntax=ExplicitVRBigEndian)
    import_images(study, [path])
    target = dcmread(study.images / "C001-R-CC.dcm")
    assert target.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    np.testing.assert_array_equal(target.pixel_array, dcmread(path).pixel_array)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16])
def test_signed_and_eight_bit_pixels_pass_bit_for_bit(
    make_dicom: Any, study: StudyFolder, dtype: type
) -> None:
    pixels = (right_breast(161, 121) // 24).astype(np.int16) - 100 * (dtype is not np.uint8)
    path = make_dicom(pixels=pixels.astype(dtype))
    dataset = dcmread(path)
    dataset.PixelData += b"\0" * (len(dataset.PixelData) % 2)
    dataset.save_as(path)
    import_images(study, [path])
    target = dcmread(study.images / "C001-R-CC.dcm")
    assert target.pixel_array.dtype == dtype
    np.testing.assert_array_equal(target.pixel_array, pixels)


@pytest.mark.parametrize("allowed_error", [0, 2])
@pytest.mark.parametrize("said", [JPEGLSLossless, JPEGLSNearLossless])
def test_the_new_header_says_lossy_where_the_pixels_are_whatever_the_old_one_says(
    make_dicom: Any, study: StudyFolder, said: Any, allowed_error: int
) -> None:
    path = make_dicom(pixels=right_breast(), syntax=JPEGLSLossless)
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = said
    frame = imagecodecs.jpegls_encode(right_breast(), level=allowed_error)
    dataset.PixelData = encapsulate([bytes(frame)])
    dataset.save_as(path)
    import_images(study, [path])
    target = dcmread(study.images / "C001-R-CC.dcm")
    assert (target.get("LossyImageCompression") == "01") == (allowed_error > 0)


def test_words_in_unused_bits_do_not_pass(make_dicom: Any, study: StudyFolder) -> None:
    pixels = right_breast()
    path = make_dicom(pixels=pixels | np.uint16(0x5000))
    import_images(study, [path])
    target = dcmread(study.images / "C001-R-CC.dcm")
    assert target.PixelData == pixels.tobytes()


def _in_a_comment(frame: bytes) -> bytes:
    return frame[:2] + b"\xff\xfe\0\x08" + CANARY.encode() + frame[2:]


def _in_an_application_segment(frame: bytes) -> bytes:
    return frame[:2] + b"\xff\xe1\0\x08" + CANARY.encode() + frame[2:]


def _behind_the_end(frame: bytes) -> bytes:
    return frame + CANARY.encode() + b"\xff\xd9"


@pytest.mark.parametrize(
    ("syntax", "hide"),
    [
        (JPEGLosslessSV1, _in_a_comment),
        (JPEGLosslessSV1, _in_an_application_segment),
        (JPEGLosslessSV1, _behind_the_end),
        (JPEGLSLossless, _in_a_comment),
        (JPEG2000Lossless, _behind_the_end),
    ],
)
def test_no_canary_in_a_compressed_frame_reaches_the_study(
    make_dicom: Any, study: StudyFolder, syntax: Any, hide: Callable[[bytes], bytes]
) -> None:
    path = make_dicom(pixels=right_breast(), syntax=syntax)
    dataset = dcmread(path)
    dataset.PixelData = encapsulate([hide(get_frame(dataset.PixelData, 0, number_of_frames=1))])
    dataset.save_as(path)
    assert CANARY.encode() in path.read_bytes()
    import_images(study, [path])
    for file in study.path.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file.name
    target = dcmread(study.images / "C001-R-CC.dcm")
    np.testing.assert_array_equal(target.pixel_array, right_breast())


def test_a_frame_with_a_canary_among_its_codes_is_taken_for_damaged(
    make_dicom: Any, study: StudyFolder
) -> None:
    path = make_dicom(pixels=right_breast(), syntax=JPEGLosslessSV1)
    dataset = dcmread(path)
    frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    end = frame.rindex(b"\xff\xd9")
    dataset.PixelData = encapsulate([frame[:end] + CANARY.encode() + frame[end:]])
    dataset.save_as(path)
    with pytest.raises(RefusedFilesError, match="damaged") as refusal:
        import_images(study, [path])
    assert CANARY not in str(refusal.value)
    for file in study.path.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file.name


def test_what_lies_behind_the_last_pixel_does_not_pass(make_dicom: Any, study: StudyFolder) -> None:
    path = make_dicom()
    dataset = dcmread(path)
    dataset.PixelData += CANARY.encode()
    dataset.save_as(path)
    import_images(study, [path])
    assert CANARY.encode() not in (study.images / "C001-R-CC.dcm").read_bytes()


def test_the_images_of_an_exam_share_one_new_study_uid(make_exam: Any, study: StudyFolder) -> None:
    import_images(study, make_exam())
    sets = [dcmread(path) for path in sorted(study.images.glob("*.dcm"))]
    assert len({str(ds.StudyInstanceUID) for ds in sets}) == 1
    assert len({str(ds.SOPInstanceUID) for ds in sets}) == 4


def test_a_picture_gets_a_header_that_says_it_is_invented(
    real_images: Path, study: StudyFolder, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("case,laterality,view,path\nX,L,CC,L-CC.png\n")
    import_images(study, [real_images / "nyu_breast_density"], manifest=manifest)
    dataset = dcmread(study.images / "X-L-CC.dcm")
    assert dataset.ImageComments == INVENTED_HEADER
    assert list(dataset.ImageType) == ["DERIVED", "SECONDARY"]
    facts = json.loads((study.cache / "X-L-CC.json").read_text())
    assert dataset.pixel_array.shape == (facts["rows"], facts["columns"])
    assert cases_of(study)[0].patient == dataset.PatientID == "P001"


def test_the_dates_of_a_patient_are_shifted_by_one_number_of_days(
    make_dicom: Any, study: StudyFolder
) -> None:
    first = make_dicom("a.dcm", "R-CC", StudyDate="20240131", ContentDate="20240201")
    later = {"StudyInstanceUID": "1.2.3.4", "StudyDate": "20250131", "ContentTime": "101112"}
    other = {"patient": "PAT-2", "StudyDate": "20240131", "AcquisitionDate": "20240230"}
    paths = [first, make_dicom("b.dcm", "L-CC", **later), make_dicom("c.dcm", "L-CC", **other)]
    import_images(study, paths[:1])
    import_images(study, paths[1:])
    rows = {row.original_path: row for row in LinkFile.read(study).rows}
    a, b, c = (dcmread(study.images / f"{rows[str(path)].image}.dcm") for path in paths)
    days = [int(rows[str(path)].days_shifted) for path in paths]
    assert days[0] == days[1] != days[2]
    assert all(365 <= shift < 3650 for shift in days)
    shifted = datetime.date(2024, 1, 31) - datetime.timedelta(days=days[0])
    assert a.StudyDate == f"{shifted:%Y%m%d}"
    assert day_of(a.ContentDate) - day_of(a.StudyDate) == datetime.timedelta(days=1)
    assert day_of(b.StudyDate) - day_of(a.StudyDate) == datetime.timedelta(days=366)
    assert a.LongitudinalTemporalInformationModified == "MODIFIED"
    assert {m.CodeValue for m in a.DeidentificationMethodCodeSequence} == {"113100", "113107"}
    assert "AcquisitionDate" not in c
    assert not b.get("ContentTime")


def test_an_image_without_dates_says_that_they_are_removed(
    make_dicom: Any, study: StudyFolder
) -> None:
    import_images(study, [make_dicom()])
    target = dcmread(study.images / "C001-R-CC.dcm")
    assert target.LongitudinalTemporalInformationModified == "REMOVED"
    assert [m.CodeValue for m in target.DeidentificationMethodCodeSequence] == ["113100"]


def day_of(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%Y%m%d").replace(tzinfo=datetime.UTC).date()
