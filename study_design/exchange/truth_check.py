"""Where the two sheets of the reference standard contradict each other, in words."""

from collections.abc import Sequence

from study_design.reference_standard import CaseTruth, Lesion
from study_design.vocabulary import BreastTruth, Side


def contradictions(truths: Sequence[CaseTruth], lesions: Sequence[Lesion]) -> tuple[str, ...]:
    """Name what reference.csv and lesions.csv say differently of a case.

    A malignant lesion contradicts truth 0, and a breast that is benign or normal; lesions of which
    none is malignant contradict truth 1. A case without lesions contradicts nothing: not every
    study lists them. Lesions without a view say nothing of a breast.
    """
    words = []
    for truth in truths:
        of_case = [lesion for lesion in lesions if lesion.case == truth.case]
        malignant = [lesion for lesion in of_case if lesion.malignant]
        if malignant and not truth.truth:
            words.append(
                f"case {truth.case}: truth 0, yet lesion {malignant[0].lesion} is malignant"
            )
        if of_case and truth.truth and not malignant:
            words.append(f"case {truth.case}: truth 1, yet none of its lesions is malignant")
        breasts = ((Side.RIGHT, truth.breast_right), (Side.LEFT, truth.breast_left))
        for side, breast in breasts:
            if breast not in (BreastTruth.BENIGN, BreastTruth.NORMAL):
                continue
            found = [one for one in malignant if one.view and one.view.side is side]
            if found:
                words.append(
                    f"case {truth.case}: breast {side.value} is {breast}, yet lesion "
                    f"{found[0].lesion} there is malignant"
                )
    return tuple(words)
