from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from study_design.images.acceptance import judge
from study_design.images.decode import decode_dicom
from study_design.images.dicom import read_header
from study_design.images.messages import Tier, Verdict
from study_design.images.pixel_element import open_pixels
from study_design.images.presentation import presentation_of
from study_design.vocabulary import View

CR = "1.2.840.10008.5.1.4.1.1.1"
CT = "1.2.840.10008.5.1.4.1.1.2"


def film(**attributes: Any) -> dict[str, Any]:
    return {"SOPClassUID": CR, "Modality": "CR", "PatientOrientation": None, **attributes}


def code(value: str, *modifiers: str) -> list[Dataset]:
    item = Dataset()
    item.CodeValue = value
    item.ViewModifierCodeSequence = [code(modifier)[0] for modifier in modifiers]
    return [item]


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize(
    ("cc", "mlo"), [("R-10242", "R-10226"), ("399162004", "399368009")], ids=["SNM3/SRT", "SCT"]
)
def test_the_view_comes_from_its_code(make_dicom: Any, view: View, cc: str, mlo: str) -> None:
    value = cc if view.projection == "CC" else mlo
    path = make_dicom(view=view.value, ViewCodeSequence=code(value), ViewPosition=None)
    assert judge(read_header(path)).view is view


@pytest.mark.parametrize("sequence", [None, []], ids=["absent", "empty"])
def test_view_position_stands_in_for_a_missing_code(make_dicom: Any, sequence: Any) -> None:
    header = read_header(make_dicom(view="L-MLO", ViewCodeSequence=sequence))
    assert judge(header).view is View.L_MLO


def test_laterality_stands_in_for_image_laterality(make_dicom: Any) -> None:
    header = read_header(make_dicom(view="L-CC", ImageLaterality=None, Laterality="L"))
    assert judge(header).view is View.L_CC


@pytest.mark.parametrize(
    ("attributes", "verdict", "reason"),
    [
        ({"PresentationIntentType": "FOR PROCESSING"}, "extra", "FOR PROCESSING"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.2.1"}, "extra", "FOR PROCESSING"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.13.1.3"}, "extra", "tomosynthesis"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.13.1.4"}, "extra", "a projection"),
        ({"ImageType": ["DERIVED", "PRIMARY", "TOMO_PROJ"]}, "extra", "tomosynthesis"),
        ({"ImageType": ["DERIVED", "PRIMARY", "TOMO", "GENERATED_2D"]}, "extra", "synthesised"),
        (
            {"ImageType": ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D", "", "150000"]},
            "extra",
            "synthesised",
        ),
        ({"ImageType": ["DERIVED", "PRIMARY", "TOMO_2D", "RIGHT"]}, "extra", "synthesised"),
        ({"SeriesDescription": "R CC C-View"}, "extra", "synthesised"),
        ({"SeriesDescription": "R CC S-View"}, "extra", "synthesised"),
        ({"SeriesDescription": "Insight 2D"}, "extra", "synthesised"),
        ({"SeriesDescription": "V-Preview RCC"}, "extra", "synthesised"),
        ({"DerivationDescription": "Synthesized from DBT"}, "extra", "synthesised"),
        (
            {"ImageType": ["DERIVED", "PRIMARY", "POST_CONTRAST", "SUBTRACTION"]},
            "extra",
            "contrast",
        ),
        ({"SeriesDescription": "R CC I-View"}, "extra", "contrast"),
        ({"ProtocolName": "STEREO"}, "extra", "biopsy"),
        ({"BodyPartExamined": "PHANTOM"}, "extra", "quality control"),
        ({"SeriesDescription": "ACR QC"}, "extra", "quality control"),
        (
            {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.11.1", "Modality": "PR"},
            "extra",
            "presentation",
        ),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.50", "Modality": "SR"}, "extra", "CAD system"),
        (
            {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.4", "Modality": "SEG"},
            "extra",
            "segmentation",
        ),
        ({**film(BodyPartExamined="HAND"), "ViewPosition": "AP"}, "refused", "modality CR"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "refused", "secondary capture"),
        ({"Modality": "US"}, "refused", "modality US"),
        ({"NumberOfFrames": 30}, "extra", "30 frames"),
        ({"PixelData": None}, "refused", "no pixels"),
        ({"SamplesPerPixel": 3}, "refused", "grey"),
        ({"PhotometricInterpretation": "RGB"}, "refused", "grey"),
        ({"Rows": 1, "Columns": 2}, "refused", "1 x 2 pixels"),
        ({"Rows": 65535, "Columns": 65535}, "refused", "more than any detector"),
        ({"BitsAllocated": 32}, "refused", "bits"),
        ({"ImageType": ["DERIVED", "PRIMARY", "STEREO", "LEFT"]}, "extra", "stereo"),
        ({"QualityControlImage": "YES"}, "extra", "quality control"),
        ({"SpecimenDescriptionSequence": [Dataset()]}, "extra", "specimen"),
        ({"ViewCodeSequence": code("R-10242", "R-102D6")}, "extra", "magnification"),
        ({"ViewCodeSequence": code("R-10242", "399055006")}, "extra", "spot compression"),
        ({"ViewCodeSequence": code("R-10242", "399209000")}, "extra", "implant displaced"),
        ({"ViewCodeSequence": code("R-10242", "UNHEARD-OF")}, "extra", "modified"),
        ({"PartialView": "YES"}, "extra", "partial"),
        ({"BreastImplantPresent": "YES"}, "extra", "implant"),
        ({"PaddleDescription": "10CM SPOT"}, "extra", "paddle"),
        ({"ViewPosition": "XCCL"}, "extra", "XCCL"),
        ({"ViewPosition": "XCCL", "ViewCodeSequence": code("R-10242")}, "extra", "XCCL"),
        ({"ViewPosition": "CCID"}, "extra", "CCID"),
        ({"ViewPosition": "RMLOID"}, "extra", "RMLOID"),
        ({"ViewPosition": None, "ViewCodeSequence": code("399192008")}, "extra", "XCCL"),
        ({"ViewPosition": None, "ViewCodeSequence": code("R-10230")}, "extra", "LMO"),
        ({"ViewCodeSequence": code("R-10224"), "ViewPosition": "ML"}, "extra", "ML"),
        ({"StudyInstanceUID": None}, "refused", "no Study Instance UID"),
    ],
    ids=str,
)
def test_what_is_no_screening_view_is_set_apart_with_its_reason(
    make_dicom: Any, attributes: dict[str, Any], verdict: str, reason: str
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)))
    assert (judgement.verdict.value, judgement.view) == (verdict, None)
    assert reason in judgement.reason


@pytest.mark.parametrize(
    "attributes",
    [
        {"Modality": None},
        {"ImageType": ["DERIVED", "PRIMARY"]},
        {"ImageType": ["ORIGINAL", "PRIMARY", "POST_PROCESSED", "", "", "", "", "", "50000"]},
        {"SeriesDescription": "R CC"},
        {"SeriesDescription": "MAMMO SCREENING CC VIEW"},
        {"SOPClassUID": CR, "Modality": "CR", "BodyPartExamined": "BREAST"},
        {"SOPClassUID": CR, "Modality": "MG"},
        {"ViewCodeSequence": code("R-10242"), "ViewPosition": "CRANIO CAUDAL"},
        {"ViewCodeSequence": code("R-10242"), "ViewPosition": "PA"},
        {"ViewCodeSequence": code("R-10242", "")},
        {"ViewPosition": "RCC"},
        {"PatientOrientation": ["R", "P"]},
        {"PatientOrientation": ["A", "L"]},
        {"PatientOrientation": ["A", "R"]},
        {"BreastImplantPresent": "NO", "PartialView": "NO"},
    ],
    ids=str,
)
def test_what_makers_write_on_ordinary_views_is_accepted(
    make_dicom: Any, attributes: dict[str, Any]
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)))
    assert (judgement.verdict, judgement.reason) == (Verdict.ACCEPTED, "")
    assert judgement.view is View.R_CC


def test_a_view_without_agreement_is_a_mammogram_that_waits_with_the_reason(
    make_dicom: Any,
) -> None:
    judgement = judge(read_header(make_dicom(ImageLaterality="L")))
    assert (judgement.verdict, judgement.view) == (Verdict.ACCEPTED, None)
    assert judgement.reason == (
        "laterality conflict: Image Laterality says L, Patient Orientation says R"
    )


def test_a_manifest_decides_where_the_header_does_not_tell(make_dicom: Any) -> None:
    path = make_dicom(ImageLaterality=None, ViewPosition=None, PatientOrientation=None)
    judgement = judge(read_header(path), claimed=View.L_MLO)
    assert (judgement.view, judgement.reason) == (View.L_MLO, "")
    assert [one.tier for one in judgement.evidence] == [Tier.MANIFEST]


@pytest.mark.parametrize(
    "attributes", [{"ImageLaterality": "L"}, {"ImageLaterality": "L", "Laterality": "R"}], ids=str
)
@pytest.mark.parametrize("claimed", [View.R_CC, View.L_CC])
def test_a_manifest_settles_what_the_header_contradicts_in_itself(
    make_dicom: Any, attributes: dict[str, Any], claimed: View
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)), claimed=claimed)
    if attributes == {"ImageLaterality": "L"} and claimed is View.R_CC:
        assert judgement.verdict is Verdict.REFUSED
    else:
        assert judgement.view is claimed
        assert "the view of the manifest was taken (laterality conflict:" in judgement.reason


def test_a_manifest_that_contradicts_the_header_is_refused(make_dicom: Any) -> None:
    judgement = judge(read_header(make_dicom(view="R-CC")), claimed=View.L_CC)
    assert judgement.verdict is Verdict.REFUSED
    assert "the manifest says L-CC, the header R-CC" in judgement.reason


@pytest.mark.parametrize(
    ("attributes", "verdict", "reason"),
    [
        (film(BodyPartExamined="BREAST", ViewPosition="ML"), "extra", "ML"),
        (film(BodyPartExamined="BREAST"), "accepted", ""),
        (film(), "accepted", ""),
        (film(BodyPartExamined="CHEST"), "refused", "the body part is not BREAST"),
        (film(ViewPosition="PA"), "refused", "the body part is not BREAST"),
        ({"SOPClassUID": CT}, "extra", "a slice of a tomosynthesis"),
        ({"SOPClassUID": CT, "Modality": "CT"}, "refused", "stored as CT Image)"),
        (
            {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.2", "ImageType": ["DERIVED", "X", "TOMO"]},
            "extra",
            "a slice of a tomosynthesis",
        ),
        ({"SOPClassUID": "1.2.840.113619.4.27"}, "refused", "of a class unknown here)"),
    ],
)
def test_the_class_of_storage_and_the_body_part_are_told_where_they_decide(
    make_dicom: Any, attributes: dict[str, Any], verdict: str, reason: str
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)))
    assert judgement.verdict == verdict
    assert reason in judgement.reason


def test_a_number_of_odd_length_counts_as_absent(make_dicom: Any) -> None:
    path = make_dicom()
    content = path.read_bytes()
    at = content.index(b"\x28\0\x50\x10DS")  # Window Center
    odd = b"\x28\0\x20\x01US\x03\0abc"  # Pixel Padding Value of three bytes
    path.write_bytes(content[:at] + odd + content[at:])
    element = open_pixels(path)
    assert presentation_of(element.header).padding is None
    assert decode_dicom(element).codes.shape == (160, 120)


@pytest.mark.parametrize(
    "groups", ["SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"]
)
def test_the_side_of_a_frame_tells_that_of_its_view(make_dicom: Any, groups: str) -> None:
    anatomy, group = Dataset(), Dataset()
    anatomy.FrameLaterality = "L"
    group.FrameAnatomySequence = [anatomy]
    attributes = {"ImageLaterality": None, "PatientOrientation": None, groups: [group]}
    assert judge(read_header(make_dicom(view="L-CC", **attributes))).view is View.L_CC


def test_values_that_make_no_sense_do_not_raise(make_dicom: Any) -> None:
    path = make_dicom(
        pixels=np.zeros((64, 64), np.uint16), NumberOfFrames=None, StudyInstanceUID=generate_uid()
    )
    raw = path.read_bytes().replace(b"MONOCHROME2 ", b"\xff\xfe\x00OCHROME2 ")
    path.write_bytes(raw)
    assert judge(read_header(path)).verdict is Verdict.REFUSED
