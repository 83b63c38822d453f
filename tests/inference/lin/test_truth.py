"""What Lin's systems learn from a reference standard."""

import pytest

from inference.lin.truth import calcifications, image_malignant, invasive
from inference.prepared import LesionTarget
from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType, View


def lesion(malignant: bool | None, kind: str = "calcification", side: float = 5) -> LesionTarget:
    where = Box(0, 0, side, side)
    return LesionTarget("L1", View.L_CC, where, AbnormalityType(kind), malignant)


def test_only_calcifications_of_known_size_and_malignancy_are_learned() -> None:
    learned = [lesion(True), lesion(False)]
    others = [lesion(None), lesion(True, "mass"), lesion(True, side=0)]
    assert calcifications([*others, *learned]) == learned


@pytest.mark.parametrize(
    ("lesions", "malignant"),
    [
        ([], False),
        ([lesion(True, "mass")], False),
        ([lesion(False)], False),
        ([lesion(False), lesion(True)], True),
        ([lesion(None), lesion(True)], True),
        ([lesion(None), lesion(False)], None),
    ],
)
def test_a_view_is_malignant_by_its_calcifications(
    lesions: list[LesionTarget], malignant: bool | None
) -> None:
    assert image_malignant(lesions) is malignant


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Invasive ductal carcinoma", True),
        ("IDC grade 2", True),
        ("Ductal carcinoma in situ with microinvasion", False),
        ("DCIS", False),
        ("non-invasive carcinoma", False),
        ("fibroadenoma", None),
        ("", None),
        (None, None),
    ],
)
def test_the_words_of_pathology_say_invasive_or_not_or_nothing(
    words: str | None, answer: bool | None
) -> None:
    assert invasive(words) is answer
