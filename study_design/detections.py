"""AI results in the study's own form: what a system reported of each case, with provenance.

`detections/SYSTEM.json` holds one `SystemResults`; scores keep the system's own scale. A case that
failed, a case in which nothing was found and a case never processed are three different things.
"""

from dataclasses import dataclass

from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType, AiStatus, View


@dataclass(frozen=True, slots=True)
class DetectionBox:
    """The place of a detection on one view."""

    box: str
    view: View
    image: str
    where: Box


@dataclass(frozen=True, slots=True)
class Detection:
    """An abnormality that the AI outputs, with a box on one view or on several."""

    detection: str
    types: tuple[AbnormalityType, ...]
    score: float
    boxes: tuple[DetectionBox, ...]
    malignancy: float | None = None
    birads: str | None = None
    morphology: str = ""
    quadrant: str = ""
    depth: float | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a system has to say of one case."""

    case: str
    status: AiStatus
    detections: tuple[Detection, ...] = ()
    score_exam: float | None = None
    score_right: float | None = None
    score_left: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class SystemResults:
    """All results of one version of one system.

    Attributes
    ----------
    scale
        Lowest and highest possible score, as in `0-1`.
    simulated
        The results were drawn by a program that knows the truth; shown wherever they are used.
    provenance
        Where they come from, in one sentence: program, weights, date, who imported them.
    phantom_trained
        The system has learned from synthetic exams only; shown wherever its results are used.
    """

    system: str
    version: str
    scale: str
    simulated: bool
    provenance: str
    cases: tuple[CaseResult, ...]
    phantom_trained: bool = False

    @property
    def nature(self) -> str:
        """What a reader must know of their origin, in a word or two; empty where nothing."""
        if self.simulated:
            return "simulated"
        return "trained on phantoms" if self.phantom_trained else ""
