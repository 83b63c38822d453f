"""What values are called on the reader's screens; the values themselves are data and stay."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from study_design.vocabulary import AbnormalityType, Projection, Side, View

TYPE_WORDS: Mapping[AbnormalityType, str] = MappingProxyType(
    {
        AbnormalityType.MASS: "mass",
        AbnormalityType.CALCIFICATION: "calcification",
        AbnormalityType.ASYMMETRY: "asymmetry",
        AbnormalityType.DISTORTION: "distortion",
    }
)
SIDE_LETTERS: Mapping[Side, str] = MappingProxyType({Side.RIGHT: "R", Side.LEFT: "L"})
BREAST_WORDS: Mapping[Side, str] = MappingProxyType(
    {Side.RIGHT: "right breast", Side.LEFT: "left breast"}
)
PROJECTION_WORDS: Mapping[Projection, str] = MappingProxyType(
    {Projection.CC: "CC", Projection.MLO: "MLO"}
)


def types_text(types: Iterable[AbnormalityType]) -> str:
    """Return the types of a finding or detection."""
    return " + ".join(TYPE_WORDS[one] for one in types)


def view_text(view: View) -> str:
    """Return a view as its pane is labelled."""
    return f"{SIDE_LETTERS[view.side]} {PROJECTION_WORDS[view.projection]}"
