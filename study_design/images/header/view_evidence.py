r"""Which view a header means: what each tier says of side and projection, and whether they agree.

Tiers, the most trusted first: View Code Sequence, View Position, the laterality attributes, Patient
Orientation. Patient Orientation tells the side of an MLO view for certain, for its rows run from
above and outside to below and inside (FL or HR: right). A CC view stored as a right breast hangs
(P\L), or mirrored (A\L), is taken for a right one; A\R is a left breast as it hangs, or a right one
turned upside down, as some makers store it, and tells no side. It names CC views too loosely to
contradict another tier's projection, and gives no view alone: XCCL is turned as CC is. What
contradicts another tier is never resolved here: a person decides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.dataset import Dataset

from study_design.images.header.attributes import items, text, texts
from study_design.images.header.orientation import upright
from study_design.images.header.patient_orientation import directions
from study_design.images.messages import Evidence, Tier
from study_design.tables.foreign.view_names import parse_projection, parse_side, side_in_view
from study_design.vocabulary import Projection, Side, View

# PS3.16 CID 4014, by the codes of SNM3 and SRT (the same) and of SCT.
VIEW_CODES = {
    "R-10242": Projection.CC,
    "399162004": Projection.CC,
    "R-10226": Projection.MLO,
    "399368009": Projection.MLO,
}
OTHER_VIEW_CODES = {
    "R-10224": "ML",
    "399260004": "ML",
    "R-10228": "LM",
    "399352003": "LM",
    "R-10230": "LMO",
    "399099002": "LMO",
    "R-10244": "FB",
    "399196006": "FB",
    "R-102D0": "SIO",
    "399188001": "SIO",
    "R-40AAA": "ISO",
    "441555000": "ISO",
    "R-1024A": "XCCL",
    "399192008": "XCCL",
    "R-1024B": "XCCM",
    "399101009": "XCCM",
    "G-8310": "of a specimen",
    "127457009": "of a specimen",
}
# PS3.16 CID 4015; any modifier, known here or not, makes a view a special one.
VIEW_MODIFIERS = {
    "R-102D6": "magnification",
    "399163009": "magnification",
    "R-102D7": "spot compression",
    "399055006": "spot compression",
    "R-102D5": "implant displaced",
    "399209000": "implant displaced",
    "R-102D2": "cleavage",
    "399161006": "cleavage",
    "R-102D1": "axillary tail",
    "399011000": "axillary tail",
    "R-40AB2": "axillary tissue",
    "442580003": "axillary tissue",
    "R-102D3": "rolled lateral",
    "399197002": "rolled lateral",
    "R-102D4": "rolled medial",
    "399226006": "rolled medial",
    "R-102CA": "rolled inferior",
    "414493004": "rolled inferior",
    "R-102C9": "rolled superior",
    "415670009": "rolled superior",
    "R-102C2": "tangential",
    "399110001": "tangential",
    "R-40AB3": "nipple in profile",
    "442581004": "nipple in profile",
    "P2-00161": "anterior compression",
    "441752004": "anterior compression",
    "R-40ABE": "infra-mammary fold",
    "442593008": "infra-mammary fold",
}
# View Position of special views, which a code of CC or MLO beside it does not make ordinary: the
# letters of the side may stand before, those of the modifier before or behind. Whatever else stands
# there was typed, and is no name of a view.
_PLAIN = r"(?:CC|MLO|ML|LM|LMO)"
_MODIFIER = (
    r"(?:MAG|MAGN|MAGNIFIED|MAGNIFICATION|SPOT|SPOT MAG|MAG SPOT|ROLL|ROLLED|IMPLANT|TAN|AXILLARY)"
)
_SPECIAL_POSITION = re.compile(
    r"(?:[RL][\s_-]?)?(?:ML|LM|LMO|FB|SIO|ISO|XCC[LM]?|CV|AT|TAN|CLEAVAGE|SPECIMEN)"
    rf"|(?:[RL][\s_-]?)?(?:{_PLAIN}[\s_-]?)?{_MODIFIER}(?:[\s_-]?{_PLAIN})?"
    r"|(?:[RL][\s_-]?)?(?:CC|MLO|XCC[LM]?)[\s_-]?(?:ID|RL|RM|RI|RS|NP|AC|IMF|M|S)"
    r"|(?:[RL][\s_-]?)?[MS](?:CC|MLO)"
)


@dataclass(frozen=True, slots=True)
class ViewReading:
    """What the tiers make of a view together.

    Attributes
    ----------
    view
        The slot; None where a tier contradicts another or nothing tells.
    problem
        Why there is none.
    is_contradictory
        Whether that is because tiers contradict each other.
    note
        Of which breast Patient Orientation alone tells.
    """

    view: View | None
    problem: str = ""
    is_contradictory: bool = False
    note: str = ""


def evidence_of(dataset: Dataset) -> tuple[Evidence, ...]:
    """Return what each tier of a header says; silent tiers are left out."""
    codes = [text(item, "CodeValue") for item in items(dataset, "ViewCodeSequence")]
    position = text(dataset, "ViewPosition")
    said = (
        *(Evidence(Tier.VIEW_CODE, None, VIEW_CODES.get(code)) for code in codes),
        Evidence(Tier.VIEW_POSITION, side_in_view(position), parse_projection(position)),
        Evidence(Tier.IMAGE_LATERALITY, parse_side(text(dataset, "ImageLaterality"))),
        *(Evidence(Tier.FRAME_LATERALITY, side) for side in _frame_sides(dataset)),
        Evidence(Tier.LATERALITY, parse_side(text(dataset, "Laterality"))),
        orientation_evidence(texts(dataset, "PatientOrientation")),
    )
    return tuple(dict.fromkeys(one for one in said if one.side or one.projection))


def orientation_evidence(orientation: tuple[str, ...]) -> Evidence:
    """Return what Patient Orientation says, also of a picture stored on its side."""
    turned = upright(directions(orientation))
    along_columns, along_rows = turned or ("", "")
    letters = set(along_rows)
    lateral, caudal_or_cranial = letters & {"L", "R"}, letters & {"F", "H"}
    if along_columns[:1] not in {"A", "P"} or len(lateral) != 1 or len(caudal_or_cranial) > 1:
        return Evidence(Tier.PATIENT_ORIENTATION)
    if not caudal_or_cranial:
        side = Side.RIGHT if lateral == {"L"} else None
        return Evidence(Tier.PATIENT_ORIENTATION, side, Projection.CC)
    downwards_left = ("L" in lateral) is ("F" in caudal_or_cranial)
    side = Side.RIGHT if downwards_left else Side.LEFT
    return Evidence(Tier.PATIENT_ORIENTATION, side, Projection.MLO)


def read_view(evidence: Iterable[Evidence]) -> ViewReading:
    """Return the view on which the tiers agree, or why there is none."""
    said = tuple(evidence)
    sides = tuple((one.tier, one.side) for one in said if one.side)
    projections = tuple((one.tier, one.projection) for one in said if one.projection)
    firm = tuple(
        (tier, projection)
        for tier, projection in projections
        if (tier, projection) != (Tier.PATIENT_ORIENTATION, Projection.CC)
    )
    conflicts = (
        _conflict("laterality", sides),
        _conflict("view", firm),
    )
    if any(conflicts):
        return ViewReading(None, "; ".join(filter(None, conflicts)), is_contradictory=True)
    told = firm or projections
    lacking = [name for name, tiers in (("laterality", sides), ("view", told)) if not tiers]
    if lacking:
        return ViewReading(None, f"no {' and no '.join(lacking)} in the header")
    side, projection = sides[0][1], told[0][1]
    if {tier for tier, _ in told} == {Tier.PATIENT_ORIENTATION}:
        likely = "a CC view, or an exaggerated one"
        if projection is Projection.MLO:
            likely = "an MLO view, or an LMO one"
        return ViewReading(None, f"the view is told by Patient Orientation alone: {likely}")
    weak = {tier for tier, _ in sides} == {Tier.PATIENT_ORIENTATION}
    note = "side told by Patient Orientation alone" if weak else ""
    return ViewReading(View.of(Side(side), Projection(projection)), note=note)


def contradiction(evidence: Iterable[Evidence], view: View) -> str:
    """Return what the tiers say against a view that a person names; empty where nothing does.

    Patient Orientation does not count, nor tiers that contradict each other: a person settles that.
    """
    firm = tuple(one for one in evidence if one.tier is not Tier.PATIENT_ORIENTATION)
    reading = read_view(firm)
    against = [
        one
        for one in firm
        if one.side not in {None, view.side} or one.projection not in {None, view.projection}
    ]
    if reading.is_contradictory or not against:
        return ""
    return reading.view or against[0].says


def other_view(dataset: Dataset) -> str:
    """Return the name of a view that is none of the four; empty where it may be one of them.

    By its code, or by a View Position that is a name of such a view and nothing else; what was
    typed there is no evidence.
    """
    codes = [text(item, "CodeValue") for item in items(dataset, "ViewCodeSequence")]
    unusual = [code for code in codes if code and code not in VIEW_CODES]
    position = text(dataset, "ViewPosition").upper()
    is_named = bool(_SPECIAL_POSITION.fullmatch(position))
    if unusual:
        return OTHER_VIEW_CODES.get(unusual[0]) or (position[:8] if is_named else "of another code")
    return position[:16] if is_named and parse_projection(position) is None else ""


def view_modifiers(dataset: Dataset) -> tuple[str, ...]:
    """Return the modifiers of the view in words, once each; empty items say nothing."""
    holders = (dataset, *items(dataset, "ViewCodeSequence"))
    codes = [
        text(modifier, "CodeValue") or text(modifier, "CodeMeaning")
        for holder in holders
        for modifier in items(holder, "ViewModifierCodeSequence")
    ]
    return tuple(dict.fromkeys(VIEW_MODIFIERS.get(code, "modified") for code in codes if code))


def _conflict(what: str, told: tuple[tuple[Tier, Side | Projection], ...]) -> str:
    """Return in words that tiers contradict each other; empty where they agree."""
    first = {value: tier for tier, value in reversed(told)}
    if len(first) < 2:
        return ""
    tiers = list(Tier)
    ranked = sorted(first.items(), key=lambda entry: tiers.index(entry[1]))
    return f"{what} conflict: " + ", ".join(f"{tier} says {value}" for value, tier in ranked)


def _frame_sides(dataset: Dataset) -> list[Side | None]:
    """Return the sides that Frame Laterality names, in the functional groups of all frames."""
    groups = (
        dataset,
        *items(dataset, "SharedFunctionalGroupsSequence"),
        *items(dataset, "PerFrameFunctionalGroupsSequence"),
    )
    anatomies = [item for group in groups for item in items(group, "FrameAnatomySequence")]
    return [parse_side(text(item, "FrameLaterality")) for item in (dataset, *anatomies)]
