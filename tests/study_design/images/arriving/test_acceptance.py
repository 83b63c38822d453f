from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from study_design.images.arriving.acceptance import judge
from study_design.images.header.dicom import read_header
from study_design.images.header.presentation import presentation_of
from study_design.images.messages import Tier, Verdict
from study_design.images.pixels.decode import decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.vocabulary import View

CR = "1.2.840.10008.5.1.4.1.1.1"
CT = "1.2.840.10008.5.1.4.1.1.2"


def film(**attributes: Any) -> dict[str, Any]:
    return {"SOPClassUID": CR, "Modality": "CR", "PatientOrientation": None, **attributes}


# As a picture of a detector or a phantom: nothing says which breast or view it is.
NO_VIEW = dict.fromkeys(("ImageLaterality", "ViewPosition", "PatientOrientation"))
FREE_TEXTS = (
    ("SeriesDescription", "S/P STEREO BIOPSY 2019", "a biopsy"),
    ("SeriesDescription", "no biopsy clip", "a biopsy"),
    ("ProtocolName", "STEREO", "a biopsy"),
    ("StudyDescription", "Z.n. Stanzbiopsie links", "a biopsy"),
    ("SeriesDescription", "après macrobiopsie", "a biopsy"),
    ("ImageComments", "右乳活检术后", "a biopsy"),
    ("SeriesDescription", "生検後", "a biopsy"),
    ("SeriesDescription", "2D + C-View combo", "a view synthesised from tomosynthesis"),
    ("SeriesDescription", "R CC S-View", "a view synthesised from tomosynthesis"),
    ("SeriesDescription", "Insight 2D", "a view synthesised from tomosynthesis"),
    ("SeriesDescription", "V-Preview RCC", "a view synthesised from tomosynthesis"),
    ("DerivationDescription", "Synthesized from DBT", "a view synthesised from tomosynthesis"),
    ("SeriesDescription", "R CC I-View", "a contrast agent"),
    ("ImageComments", "QC passed", "quality control"),
    ("SeriesDescription", "ACR_QC", "quality control"),
    ("ProtocolName", "Contrôle qualité", "quality control"),
    ("SeriesDescription", "ファントム", "quality control"),
    ("ImageComments", "specimen not taken", "a specimen"),
    ("SeriesDescription", "kein Präparat", "a specimen"),
    ("ImageComments", "magn. view declined", "a special view"),
    ("SeriesDescription", "Vergrößerung abgelehnt", "a special view"),
    ("SeriesDescription", "XCCL", "a special view"),
    ("SeriesDescription", "implant removed 2011", "an implant"),
)


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
        (
            {"ImageType": ["DERIVED", "PRIMARY", "POST_CONTRAST", "SUBTRACTION"]},
            "extra",
            "contrast",
        ),
        ({"ImageType": ["DERIVED", "PRIMARY", "", "CVIEW"]}, "extra", "synthesised"),
        ({"ContrastBolusAgentSequence": [Dataset()]}, "extra", "contrast"),
        ({"BodyPartExamined": "PHANTOM"}, "extra", "quality control"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "FLATFIELD"]}, "extra", "quality control"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "DARK"]}, "extra", "quality control"),
        ({"ImageType": ["DERIVED", "PRIMARY", "TEST PATTERN"]}, "extra", "quality control"),
        ({"CalibrationImage": "YES"}, "extra", "quality control"),
        (
            {"PresentationIntentType": "FOR PROCESSING", "BodyPartExamined": "PHANTOM"},
            "extra",
            "quality control",
        ),
        (film(BodyPartExamined="PHANTOM"), "extra", "quality control"),
        ({**NO_VIEW, "SeriesDescription": "Flat-Field"}, "extra", "quality control"),
        ({**NO_VIEW, "SeriesDescription": "ACR PHANTOM 2024"}, "extra", "quality control"),
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
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.7"}, "extra", "a segmentation (label map)"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66"}, "extra", "raw data of a maker's own"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67"}, "extra", "radiation dose"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.104.1"}, "extra", "a document (PDF)"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.30"}, "extra", "heat map"),
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
        ({"EstimatedRadiographicMagnificationFactor": "1.8"}, "extra", "magnified 1.8 times"),
        ({"ViewCodeSequence": code("R-10242", "399055006")}, "extra", "spot compression"),
        ({"ViewCodeSequence": code("R-10242", "399209000")}, "extra", "implant displaced"),
        ({"ViewCodeSequence": code("R-10242", "UNHEARD-OF")}, "extra", "modified"),
        ({"PartialView": "YES"}, "extra", "partial"),
        ({"BreastImplantPresent": "YES"}, "extra", "implant"),
        ({"PaddleDescription": "10CM SPOT"}, "extra", "paddle"),
        ({"ViewPosition": "XCCL"}, "extra", "XCCL"),
        ({"ViewPosition": "XCCL", "ViewCodeSequence": code("R-10242")}, "extra", "XCCL"),
        ({"ViewPosition": "CCID"}, "extra", "CCID"),
        ({"ViewPosition": "RCC MAG", "ViewCodeSequence": code("R-10242")}, "extra", "RCC MAG"),
        ({"ViewPosition": "SPOT MLO"}, "extra", "SPOT MLO"),
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
        {"SeriesDescription": "no clip"},
        {"SeriesDescription": "Imaging, image 3 of 4"},
        {"SeriesDescription": "MLO VIEW"},
        {"ProtocolName": "STEREOTYPE"},
        {"AcquisitionDeviceProcessingDescription": "FLATFIELD CORR ON"},
        {"StudyDescription": "2D mammography, tomo planned"},
        {"PaddleDescription": "IMAGING 24X30"},
        {"EstimatedRadiographicMagnificationFactor": "1.07"},
    ],
    ids=str,
)
def test_what_makers_write_on_ordinary_views_is_accepted(
    make_dicom: Any, attributes: dict[str, Any]
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)))
    assert (judgement.verdict, judgement.reason, judgement.doubts) == (Verdict.ACCEPTED, "", ())
    assert judgement.view is View.R_CC


@pytest.mark.parametrize(("keyword", "said", "subject"), FREE_TEXTS)
def test_what_somebody_typed_is_a_doubt_on_a_view_that_is_kept(
    make_dicom: Any, keyword: str, said: str, subject: str
) -> None:
    path = make_dicom(**{"SpecificCharacterSet": "ISO_IR 192", keyword: said})
    judgement = judge(read_header(path))
    assert (judgement.verdict, judgement.view) == (Verdict.ACCEPTED, View.R_CC)
    (doubt,) = judgement.doubts
    assert doubt.endswith(f"speaks of {subject}")
    assert said.casefold() not in doubt.casefold()  # it may name a patient
    settled = judge(read_header(path), claimed=View.R_CC)
    assert (settled.view, settled.doubts) == (View.R_CC, ())


def test_an_image_that_says_that_it_was_made_may_say_so_in_words(make_dicom: Any) -> None:
    said = {"ImageComments": "Synthetic phantom, not a person", "SeriesDescription": "Phantom"}
    assert judge(read_header(make_dicom(**said))).doubts
    assert judge(read_header(make_dicom(**said, SyntheticData="YES"))).doubts == ()
    biopsy = make_dicom(SeriesDescription="BIOPSY", SyntheticData="YES")
    assert judge(read_header(biopsy)).doubts == ("Series Description speaks of a biopsy",)


@pytest.mark.filterwarnings("ignore:.*VR CS")  # what is typed there is no code string
@pytest.mark.parametrize("position", ["MAGN. VIEW DECLINED", "no spot", "LATERAL", "PA"])
def test_a_view_position_that_somebody_typed_names_no_view_and_sets_none_aside(
    make_dicom: Any, position: str
) -> None:
    coded = judge(read_header(make_dicom(ViewPosition=position, ViewCodeSequence=code("R-10242"))))
    assert (coded.verdict, coded.view) == (Verdict.ACCEPTED, View.R_CC)
    alone = judge(read_header(make_dicom(ViewPosition=position)))
    assert (alone.verdict, alone.view) == (Verdict.ACCEPTED, None)
    assert "the view is told by Patient Orientation alone" in alone.reason


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
