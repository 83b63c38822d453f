from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from study_design.images.acceptance import judge
from study_design.images.dicom import read_header
from study_design.images.messages import Verdict
from study_design.vocabulary import View


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
        ({"PresentationIntentType": "FOR PROCESSING"}, "refused", "FOR PROCESSING"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.2.1"}, "refused", "FOR PROCESSING"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.13.1.3"}, "refused", "tomosynthesis"),
        ({"ImageType": ["DERIVED", "PRIMARY", "TOMO_PROJ"]}, "refused", "tomosynthesis"),
        ({"ImageType": ["DERIVED", "PRIMARY", "TOMO", "GENERATED_2D"]}, "extra", "synthesised"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "refused", "secondary capture"),
        ({"Modality": "US"}, "refused", "modality US"),
        ({"NumberOfFrames": 30}, "refused", "30 frames"),
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
        ({"ViewCodeSequence": code("R-10224"), "ViewPosition": "ML"}, "extra", "ML"),
        ({"ImageLaterality": None}, "refused", "laterality"),
        ({"ImageLaterality": "B"}, "refused", "laterality"),
        ({"Laterality": "L"}, "refused", "laterality"),
        ({"ViewPosition": None}, "refused", "no view"),
        ({"ViewCodeSequence": code("R-10226")}, "refused", "View Code says R-MLO"),
    ],
    ids=str,
)
def test_what_is_no_screening_view_is_set_apart_with_its_reason(
    make_dicom: Any, attributes: dict[str, Any], verdict: str, reason: str
) -> None:
    judgement = judge(read_header(make_dicom(**attributes)))
    assert (judgement.verdict.value, judgement.view) == (verdict, None)
    assert reason in judgement.reason


def test_an_absent_modality_is_forgiven(make_dicom: Any) -> None:
    assert judge(read_header(make_dicom(Modality=None))).verdict is Verdict.ACCEPTED


def test_a_manifest_decides_where_the_header_does_not_tell(make_dicom: Any) -> None:
    header = read_header(make_dicom(ImageLaterality=None, ViewPosition=None))
    assert judge(header, claimed=View.L_MLO).view is View.L_MLO


def test_a_manifest_that_contradicts_the_header_is_refused(make_dicom: Any) -> None:
    judgement = judge(read_header(make_dicom(view="R-CC")), claimed=View.L_CC)
    assert judgement.verdict is Verdict.REFUSED
    assert "the manifest says L-CC, the header R-CC" in judgement.reason


def test_values_that_make_no_sense_do_not_raise(make_dicom: Any) -> None:
    path = make_dicom(
        pixels=np.zeros((64, 64), np.uint16), NumberOfFrames=None, StudyInstanceUID=generate_uid()
    )
    raw = path.read_bytes().replace(b"MONOCHROME2 ", b"\xff\xfe\x00OCHROME2 ")
    path.write_bytes(raw)
    assert judge(read_header(path)).verdict is Verdict.REFUSED
