"""Sheets that contradict each other are named; sheets that agree are not."""

import pytest

from study_design.exchange.truth_check import contradictions
from study_design.reference_standard import CaseTruth, Lesion
from study_design.vocabulary import BreastTruth, View


def lesion(*, malignant: bool, view: View | None = None) -> Lesion:
    return Lesion("C1", "L1", view, (), None, malignant)


@pytest.mark.parametrize(
    ("truth", "lesions", "words"),
    [
        (CaseTruth("C1", truth=True), [], []),
        (CaseTruth("C1", truth=True), [lesion(malignant=True)], []),
        (CaseTruth("C1", truth=False), [lesion(malignant=False)], []),
        (CaseTruth("C2", truth=False), [lesion(malignant=True)], []),
        (
            CaseTruth("C1", truth=False),
            [lesion(malignant=True)],
            ["case C1: truth 0, yet lesion L1 is malignant"],
        ),
        (
            CaseTruth("C1", truth=True),
            [lesion(malignant=False)],
            ["case C1: truth 1, yet none of its lesions is malignant"],
        ),
        (
            CaseTruth("C1", True, BreastTruth.MALIGNANT, BreastTruth.NORMAL),
            [lesion(malignant=True, view=View.L_CC)],
            ["yet lesion L1 there is malignant"],
        ),
    ],
)
def test_what_the_two_sheets_say_differently_is_named(
    truth: CaseTruth, lesions: list[Lesion], words: list[str]
) -> None:
    found = contradictions([truth], lesions)
    assert len(found) == len(words)
    assert all(word in one for word, one in zip(words, found, strict=True))
