"""What a manifest decides, and what no header tells."""

from typing import Any

import numpy as np
import pytest
from given_acceptance import CR, NO_VIEW, code, film
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from study_design.images.arriving.acceptance import judge
from study_design.images.header.dicom import read_header
from study_design.images.header.presentation import presentation_of
from study_design.images.messages import Tier, Verdict
from study_design.images.pixels.decode import decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.vocabulary import View

CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.mark.parametrize("view", list(View))
def test_patient_orientation_alone_gives_no_view(make_dicom: Any, view: View) -> None:
    judgement = judge(read_header(make_dicom(view=view.value, ViewPosition=None)))
    assert (judgement.verdict, judgement.view) == (Verdict.ACCEPTED, None)
    assert "by Patient Orientation alone: a" in judgement.reason
    assert f"{view.projection} view, or an" in judgement.reason


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
    assert judgement.view is claimed
    assert "the view of the manifest was taken (laterality conflict:" in judgement.reason


def test_a_manifest_that_contradicts_the_header_decides_and_stays_a_doubt(make_dicom: Any) -> None:
    judgement = judge(read_header(make_dicom(view="R-CC")), claimed=View.L_CC)
    assert (judgement.verdict, judgement.view) == (Verdict.ACCEPTED, View.L_CC)
    assert judgement.doubts == ("the manifest says L-CC, the header says: it is R-CC",)


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"ViewCodeSequence": code("R-10242", "R-102D6")}, "a special view (magnification)"),
        ({"ViewPosition": "XCCL"}, "the view XCCL, which is none of the four slots"),
        ({"BreastImplantPresent": "YES"}, "a breast with an implant"),
        ({"PartialView": "YES"}, "a partial view"),
    ],
    ids=str,
)
def test_a_manifest_overrules_what_the_header_says_of_the_view_with_a_doubt(
    make_dicom: Any, attributes: dict[str, Any], says: str
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)), claimed=View.R_CC)
    assert (judgement.verdict, judgement.view) == (Verdict.ACCEPTED, View.R_CC)
    assert judgement.doubts == (f"the manifest says R-CC, the header says: {says}",)


@pytest.mark.parametrize(
    "attributes",
    [
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.13.1.3"},
        {"ImageType": ["DERIVED", "PRIMARY", "TOMO", "GENERATED_2D"]},
        {"PresentationIntentType": "FOR PROCESSING"},
        {"QualityControlImage": "YES"},
        {"SpecimenDescriptionSequence": [Dataset()]},
        {"NumberOfFrames": 30},
    ],
    ids=str,
)
def test_a_manifest_makes_no_mammogram_of_another_kind_of_picture(
    make_dicom: Any, attributes: dict[str, Any]
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)), claimed=View.R_CC)
    assert (judgement.verdict, judgement.view) == (Verdict.EXTRA, None)


@pytest.mark.parametrize("modality", ["MG", "OT", "CR", "RG", None])
@pytest.mark.parametrize(
    "sop_class", ["1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7.3", CR]
)
def test_a_digitised_film_comes_in_by_a_manifest(
    make_dicom: Any, sop_class: str, modality: str | None
) -> None:
    path = make_dicom(**NO_VIEW, SOPClassUID=sop_class, Modality=modality, StudyInstanceUID=None)
    judgement = judge(read_header(path), claimed=View.L_MLO)
    assert (judgement.verdict, judgement.view) == (Verdict.ACCEPTED, View.L_MLO)
    assert judge(read_header(path)).verdict is Verdict.REFUSED


def test_a_screenshot_of_ultrasound_is_no_film(make_dicom: Any) -> None:
    path = make_dicom(SOPClassUID="1.2.840.10008.5.1.4.1.1.7", Modality="US")
    judgement = judge(read_header(path), claimed=View.L_MLO)
    assert judgement.verdict is Verdict.REFUSED
    assert "case and view of a film in a manifest" in judgement.reason


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
