"""What is computed of marks, and by which rule a mark hits a lesion."""

from dataclasses import dataclass

from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_data import FrocError
from analysis.froc.hit_rules import ALTERNATIVES, IOU_30, LesionHitRule


@dataclass(frozen=True, slots=True)
class FrocSettings:
    """The defaults are those of the package's README.

    Attributes
    ----------
    rule
        When a mark hits a lesion.
    alternatives
        Further rules under which the first figure of merit is given, to see how far it hangs on
        the rule.
    figures
        The figures of merit.
    false_marks
        Mean numbers of false marks per image at which sensitivity is read.
    limit
        Mean number of false marks per image up to which the partial area is taken.
    """

    rule: LesionHitRule = IOU_30
    alternatives: tuple[LesionHitRule, ...] = ALTERNATIVES
    figures: tuple[FrocFigure, ...] = (
        FrocFigure.WAFROC,
        FrocFigure.AFROC,
        FrocFigure.HR_AUC,
        FrocFigure.MAX_LLF,
        FrocFigure.MAX_NLF_ALL_CASES,
    )
    false_marks: tuple[float, ...] = (0.25, 0.5, 1.0)
    limit: float = 1.0

    def __post_init__(self) -> None:
        if not self.figures:
            raise FrocError("expected at least one figure of merit, got none")
        if min((*self.false_marks, self.limit)) <= 0:
            raise FrocError("expected numbers of false marks above 0")
