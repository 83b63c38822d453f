"""None"""

from typing import Any

import pytest
from given_acceptance import CR, NO_VIEW, code, film
from pydicom.dataset import Dataset

from study_design.images.arriving.acceptance import judge
from study_design.images.header.dicom import read_header
from study_design.images.messages import Verdict
from study_design.vocabulary import View

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
