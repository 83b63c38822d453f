from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from study_design.images.header.view_evidence import (
    VIEW_CODES,
    VIEW_MODIFIERS,
    contradiction,
    evidence_of,
    orientation_evidence,
    read_view,
    view_modifiers,
)
from study_design.images.messages import Evidence, Tier
from study_design.vocabulary import Projection, Side, View

FIRM = [tier for tier in Tier if tier not in {Tier.PATIENT_ORIENTATION, Tier.PICTURE}]
tiers_of = st.lists(st.sampled_from(FIRM), unique=True, min_size=1)


def header(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def code(value: str) -> Dataset:
    return header(CodeValue=value)


@pytest.mark.parametrize(
    ("orientation", "says"),
    [
        (("P", "L"), "R-CC"),
        (("A", "R"), "CC"),  # a left breast, or a right one turned upside down
        (("P", "R"), "CC"),
        (("P", "FL"), "R-MLO"),
        (("P", "LF"), "R-MLO"),
        (("A", "FR"), "L-MLO"),
        (("A", "HR"), "R-MLO"),  # stored upside down
        (("P", "HL"), "L-MLO"),
        (("A", "L"), "R-CC"),  # stored mirrored
        (("P", "F"), ""),  # hung alike by both sides, if one is stored mirrored
        (("R", "P"), "CC"),  # lies on its side: P\\R
        (("L", "P"), "R-CC"),
        (("FR", "A"), "L-MLO"),
        (("F", "L"), ""),  # seen from in front
        (("P",), ""),
        ((), ""),
        (("P", "X"), ""),
        (("", ""), ""),
    ],
)
def test_patient_orientation_tells_side_and_view_as_far_as_it_can(
    orientation: tuple[str, ...], says: str
) -> None:
    assert orientation_evidence(orientation).says == says


def test_every_tier_is_heard_once_with_what_it_says() -> None:
    anatomy = header(FrameLaterality="R")
    dataset = header(
        ViewCodeSequence=[code("399368009")],
        ViewPosition="RMLO",
        ImageLaterality="R",
        SharedFunctionalGroupsSequence=[header(FrameAnatomySequence=[anatomy])],
        Laterality="L",
        PatientOrientation=["P", "FL"],
    )
    assert [(one.tier.value, one.says) for one in evidence_of(dataset)] == [
        ("View Code Sequence", "MLO"),
        ("View Position", "R-MLO"),
        ("Image Laterality", "R"),
        ("Frame Laterality", "R"),
        ("Laterality", "L"),
        ("Patient Orientation", "R-MLO"),
    ]


def test_silent_and_empty_attributes_are_no_evidence() -> None:
    dataset = header(ViewCodeSequence=[], ViewPosition="", ImageLaterality="B", Laterality="")
    assert evidence_of(dataset) == ()
    assert read_view(()).problem == "no laterality and no view in the header"


@pytest.mark.parametrize(
    ("orientation", "says"),
    [(("A", "FR"), "an MLO view, or an LMO one"), (("P", "L"), "a CC view, or an exaggerated one")],
)
def test_patient_orientation_alone_decides_no_view_and_tells_what_is_likely(
    orientation: tuple[str, ...], says: str
) -> None:
    reading = read_view([orientation_evidence(orientation), Evidence(Tier.LATERALITY, None)])
    assert (reading.view, reading.problem) == (
        None,
        f"the view is told by Patient Orientation alone: {says}",
    )


def test_a_side_that_patient_orientation_alone_tells_is_said_to_be() -> None:
    named = Evidence(Tier.VIEW_CODE, None, Projection.MLO)
    reading = read_view([named, orientation_evidence(("A", "FR"))])
    assert (reading.view, reading.note) == (
        View.L_MLO,
        "side told by Patient Orientation alone",
    )


def test_patient_orientation_of_a_cc_view_does_not_contradict_a_named_projection() -> None:
    named = Evidence(Tier.VIEW_POSITION, None, Projection.MLO)
    assert read_view([named, orientation_evidence(("P", "L"))]).view is View.R_MLO


def test_patient_orientation_of_an_mlo_view_contradicts_a_cc_view() -> None:
    named = Evidence(Tier.VIEW_CODE, None, Projection.CC)
    reading = read_view([named, orientation_evidence(("P", "FL"))])
    assert reading.problem == (
        "view conflict: View Code Sequence says CC, Patient Orientation says MLO"
    )


@given(view=st.sampled_from(View), tiers=tiers_of)
def test_tiers_that_agree_give_their_view_in_any_order(view: View, tiers: list[Tier]) -> None:
    evidence = [Evidence(tier, view.side, view.projection) for tier in tiers]
    assert read_view(evidence).view is view
    assert read_view(reversed(evidence)).view is view
    assert contradiction(evidence, view) == ""


@given(view=st.sampled_from(View), tiers=tiers_of, liar=st.sampled_from(FIRM))
def test_one_tier_that_disagrees_leaves_no_view_and_is_named(
    view: View, tiers: list[Tier], liar: Tier
) -> None:
    other = Side.LEFT if view.side is Side.RIGHT else Side.RIGHT
    told = [Evidence(tier, view.side, view.projection) for tier in tiers if tier is not liar]
    reading = read_view([*told, Evidence(liar, other, view.projection)])
    assert (reading.view is None) is reading.is_contradictory is bool(told)
    if told:
        assert f"{liar} says {other}" in reading.problem
        assert contradiction([*told, Evidence(liar, other)], view) == ""


@given(view=st.sampled_from(View), tiers=tiers_of)
def test_a_person_who_contradicts_an_agreed_header_is_told_what_it_says(
    view: View, tiers: list[Tier]
) -> None:
    evidence = [Evidence(tier, view.side, view.projection) for tier in tiers]
    for other in set(View) - {view}:
        assert contradiction(evidence, other) == view


@pytest.mark.parametrize("place", ["nested", "beside"])
def test_modifiers_are_found_in_the_view_code_and_beside_it(place: str) -> None:
    modifiers = [code("R-102D6"), header(), header(CodeMeaning="of a kind unheard of")]
    item = code("R-10242")
    dataset = header(ViewCodeSequence=[item])
    (item if place == "nested" else dataset).ViewModifierCodeSequence = modifiers
    assert view_modifiers(dataset) == ("magnification", "modified")


def test_the_codes_are_those_of_the_standard_as_pydicom_lists_them() -> None:
    def codes(context_group: int) -> set[str]:
        sct = {
            value for name in cid_concepts[context_group]["SCT"] for value in concepts["SCT"][name]
        }
        return sct | {mapping["SCT"][value] for value in sct if value in mapping["SCT"]}

    assert set(VIEW_MODIFIERS) == codes(4015)
    assert set(VIEW_CODES) < codes(4014)
