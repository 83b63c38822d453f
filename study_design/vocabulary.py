"""The study's closed lists of words, as the tables of an export spell them.

Readers report findings, the reference standard holds lesions, the AI outputs detections; all three
name an abnormality by the same four types.
"""

from enum import StrEnum


class Side(StrEnum):
    """A breast, from the patient's point of view."""

    RIGHT = "R"
    LEFT = "L"

    @property
    def word(self) -> str:
        """The side as a sentence has it: `right` or `left`."""
        return "right" if self is Side.RIGHT else "left"


class Projection(StrEnum):
    """The two projections of a screening exam."""

    CC = "CC"
    MLO = "MLO"


class View(StrEnum):
    """Laterality and projection of a mammogram: the four slots of an exam, in hanging order."""

    R_CC = "R-CC"
    L_CC = "L-CC"
    R_MLO = "R-MLO"
    L_MLO = "L-MLO"

    @property
    def side(self) -> Side:
        """The breast that the view shows."""
        return Side(self.value[0])

    @property
    def projection(self) -> Projection:
        """The projection of the view."""
        return Projection(self.value[2:])

    @property
    def same_breast_other_projection(self) -> "View":
        """The view on which the second mark of a finding is looked for."""
        other = Projection.MLO if self.projection is Projection.CC else Projection.CC
        return View.of(self.side, other)

    @staticmethod
    def of(side: Side, projection: Projection) -> "View":
        """Return the view of a breast in a projection."""
        return View(f"{side}-{projection}")


class AbnormalityType(StrEnum):
    """The four types of Zhou 2023, for findings, lesions and detections alike."""

    MASS = "mass"
    CALCIFICATION = "calcification"
    ASYMMETRY = "asymmetry"
    DISTORTION = "distortion"


class Quadrant(StrEnum):
    """Part of the breast on a view, in the words of Zhou 2023; each projection has its own."""

    UPPER = "upper"
    MIDDLE = "middle"
    LOWER = "lower"
    AXILLARY_TAIL = "axillary tail"
    AREOLA = "areola"
    OUTER = "outer"
    INNER = "inner"

    @staticmethod
    def on(projection: Projection) -> "tuple[Quadrant, ...]":
        """Return the parts of a projection, in a fixed order."""
        middle, areola = Quadrant.MIDDLE, Quadrant.AREOLA
        if projection is Projection.CC:
            return Quadrant.OUTER, middle, Quadrant.INNER, areola
        return Quadrant.UPPER, middle, Quadrant.LOWER, Quadrant.AXILLARY_TAIL, areola


# BI-RADS categories as the Atlas lists them. 0 (incomplete) is no degree of suspicion: what order a
# study's categories have is its protocol's to say (`suspicion`).
BIRADS_CATEGORIES = ("0", "1", "2", "3", "4", "4A", "4B", "4C", "5")
INCOMPLETE = "0"
DENSITIES = ("a", "b", "c", "d")


class ReaderKind(StrEnum):
    """What kind of reader made a read."""

    HUMAN = "human"
    CONSENSUS = "consensus"
    SIMULATED = "simulated"


class Role(StrEnum):
    """What an assignment is for."""

    TEST = "test"
    PRACTICE = "practice"
    REPEAT = "repeat"


class AiStatus(StrEnum):
    """What an AI system has to say of a case: a failure is not the same as nothing found."""

    FINDING = "finding"
    NONE = "none"
    FAILED = "failed"
    NOT_PROCESSED = "not_processed"


class AiInitial(StrEnum):
    """Whether AI marks are on the screen when a case opens; `none` where the arm has no AI."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    NONE = "none"


class GapBasis(StrEnum):
    """What the washout's dates rest on."""

    TRUSTED = "trusted"
    ATTESTED = "attested"
    LOCAL = "local"
    SIMULATED = "simulated"


class ReadStatus(StrEnum):
    """Whether a read counts."""

    FINAL = "final"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class CellState(StrEnum):
    """What became of a planned cell of the schedule."""

    VALID = "valid"
    MISSING = "missing"
    VOID = "void"


class BreastTruth(StrEnum):
    """The reference standard of one breast."""

    MALIGNANT = "malignant"
    BENIGN = "benign"
    NORMAL = "normal"
    UNKNOWN = "unknown"
