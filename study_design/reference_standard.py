"""The reference standard: what is true of each case and where its lesions are.

Nothing that is used while reading may reach this module; import-linter keeps that wall.
"""

from dataclasses import dataclass, field

from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType, BreastTruth, View


@dataclass(frozen=True, slots=True)
class CaseTruth:
    """What is true of one case; `strata` holds any further columns of the sheet."""

    case: str
    truth: bool
    breast_right: BreastTruth = BreastTruth.UNKNOWN
    breast_left: BreastTruth = BreastTruth.UNKNOWN
    density: str = ""
    symptoms: str = ""
    age_group: str = ""
    reference_method: str = ""
    followup_months: float | None = None
    strata: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Lesion:
    """A lesion on one view; rows of one lesion share `lesion`; `where` may be unknown."""

    case: str
    lesion: str
    view: View | None
    types: tuple[AbnormalityType, ...]
    where: Box | None
    malignant: bool
    pathology: str = ""
    er: str = ""
    size_mm: float | None = None
