"""What the systems of Lin 2025 learn from the reference standard of a view."""

from collections.abc import Sequence

from inference.prepared import LesionTarget
from study_design.vocabulary import AbnormalityType


def calcifications(lesions: Sequence[LesionTarget]) -> list[LesionTarget]:
    """Return the calcifications of which size and malignancy are known."""
    return [
        lesion
        for lesion in lesions
        if lesion.type is AbnormalityType.CALCIFICATION
        and lesion.malignant is not None
        and lesion.where.area_px2 > 0
    ]


def image_malignant(lesions: Sequence[LesionTarget]) -> bool | None:
    """Tell whether a view shows a malignant calcification; None where one is of unknown nature.

    A view without calcifications shows none. The paper had no such views; a study has many.
    """
    known = [lesion.malignant for lesion in lesions if lesion.type is AbnormalityType.CALCIFICATION]
    if any(malignant for malignant in known):
        return True
    return None if None in known else False


def invasive(pathology: str | None) -> bool | None:
    """Tell whether a pathologist's words mean invasive cancer; None where they do not say.

    Carcinoma in situ with microinvasion counts as in situ, the second grouping of the paper.
    """
    words = (pathology or "").lower()
    if any(sign in words for sign in ("in situ", "in-situ", "dcis", "non-invasive", "noninvasive")):
        return False
    return True if "invasi" in words or words.split()[:1] in (["idc"], ["ilc"]) else None
