"""The codes of a mammography CAD report, and how units tell the scale of scores.

Source: PS3.16 TID 4000 to 4021, CID 6014, 6016, 6034, 6042, 6047. What the standard has no place
for (scores of an exam, depth as a number, the run's provenance) is written under a scheme of our
own.
"""

import re

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from study_design.errors import BadInputError
from study_design.tables.foreign.type_words import (
    MAP_ADVICE,
    Meaning,
    TypeWord,
    meaning_of,
)
from study_design.tables.foreign.units import ScoreScale

CAD_SR = "1.2.840.10008.5.1.4.1.1.88.50"
OWN_SCHEME = "99CROSSREAD"

REPORT = codes.DCM.MammographyCADReport
IMAGE_LIBRARY = codes.DCM.ImageLibrary
LATERALITY = codes.DCM.ImageLaterality
VIEW = codes.DCM.ImageView
SUMMARY = codes.DCM.CADProcessingAndFindingsSummary
IMPRESSION = codes.DCM.IndividualImpressionRecommendation
COMPOSITE = codes.DCM.CompositeFeature
FINDING = codes.DCM.SingleImageFinding
INTENT = codes.DCM.RenderingIntent
NOT_SHOWN = codes.DCM.NotForPresentationRenderingDeviceExpectedNotToPresent
SHOWN = codes.DCM.PresentationRequiredRenderingDeviceIsExpectedToPresent
CENTRE = codes.DCM.Center
OUTLINE = codes.DCM.Outline
PROBABILITY = codes.DCM.ProbabilityOfCancer
CERTAINTY = codes.DCM.CertaintyOfFinding
CERTAINTY_OF_FEATURE = codes.DCM.CertaintyOfFeature
CERTAINTY_OF_IMPRESSION = codes.DCM.CertaintyOfImpression
ASSESSMENT = codes.DCM.AssessmentCategory
DETECTIONS = codes.DCM.SummaryOfDetections
ANALYSES = codes.DCM.SummaryOfAnalyses
ALGORITHM = codes.DCM.AlgorithmName
ALGORITHM_VERSION = codes.DCM.AlgorithmVersion

WITH_FINDINGS = codes.DCM.AllAlgorithmsSucceededWithFindings
WITHOUT_FINDINGS = codes.DCM.AllAlgorithmsSucceededWithoutFindings
PARTLY_WITH = codes.DCM.NotAllAlgorithmsSucceededWithFindings
PARTLY_WITHOUT = codes.DCM.NotAllAlgorithmsSucceededWithoutFindings
NONE_SUCCEEDED = codes.DCM.NoAlgorithmsSucceededWithoutFindings
SUCCEEDED = codes.DCM.Succeeded
PARTLY_SUCCEEDED = codes.DCM.PartiallySucceeded
FAILED = codes.DCM.Failed
NOT_ATTEMPTED = codes.DCM.NotAttempted

MASS = codes.SCT.MammographicBreastMass
# CAD marks a mass on one image as a density (CID 6014 has no mass).
DENSITY = codes.SCT.MammographyBreastDensity
CLUSTER = codes.SCT.CalcificationCluster
CALCIFICATION = codes.SCT.IndividualCalcification
ASYMMETRY = codes.SCT.AsymmetricBreastTissue
FOCAL_ASYMMETRY = codes.SCT.FocalAsymmetricBreastTissue
DISTORTION = codes.SCT.ArchitecturalDistortionOfBreast
MASS_WITH_CALCIFICATIONS = codes.DCM.MassWithCalcifications
SELECTED_REGION = codes.DCM.SelectedRegion

# What CAD outlines on the way to findings: parts of the breast and of the picture.
NO_ABNORMALITY = (
    codes.SCT.Nipple,
    codes.SCT.BreastComposition,
    codes.DCM.BreastGeometry,
    codes.DCM.ImageQuality,
    codes.DCM.NonLesion,
    codes.SCT.Breast,
    codes.SCT.Skin,
    codes.SCT.PectoralisMajorMuscle,
    codes.SCT.PectoralisMinorMuscle,
    codes.SCT.AdiposeTissue,
)
# Abnormalities that are none of the four types.
_OTHERS = (
    SELECTED_REGION,
    codes.DCM.CooperLigamentChanges,
    codes.DCM.MassInTheSkin,
    codes.DCM.MassOnTheSkin,
    codes.SCT.AxillaryAdenopathy,
    codes.SCT.AxillaryLymphNode,
    codes.SCT.IntramammaryLymphNode,
    codes.SCT.Edema,
    codes.SCT.TrabecularThickeningOfBreast,
    codes.SCT.SkinRetractionOfBreast,
    codes.SCT.SkinThickeningOfBreast,
    codes.SCT.SkinLesion,
    codes.SCT.TubularDensity,
    codes.SCT.Lesion,
    codes.SCT.Neoplasm,
    codes.SCT.Cyst,
)
_MEANINGS = (
    (DENSITY, (Meaning.MASS,)),
    (MASS, (Meaning.MASS,)),
    (codes.SCT.Mass, (Meaning.MASS,)),
    (codes.SCT.Nodule, (Meaning.MASS,)),
    (codes.DCM.ImageDetectedMass, (Meaning.MASS,)),
    (Code("111103", "DCM", "Density"), (Meaning.MASS,)),
    (CLUSTER, (Meaning.CALCIFICATION,)),
    (CALCIFICATION, (Meaning.CALCIFICATION,)),
    (Code("111104", "DCM", "Individual Calcification"), (Meaning.CALCIFICATION,)),
    (Code("111105", "DCM", "Calcification Cluster"), (Meaning.CALCIFICATION,)),
    (ASYMMETRY, (Meaning.ASYMMETRY,)),
    (FOCAL_ASYMMETRY, (Meaning.ASYMMETRY,)),
    (DISTORTION, (Meaning.DISTORTION,)),
    (MASS_WITH_CALCIFICATIONS, (Meaning.MASS, Meaning.CALCIFICATION)),
)


def own(value: str, meaning: str) -> Code:
    """Return a code of our own scheme."""
    return Code(value, OWN_SCHEME, meaning)


TYPE = own("TYPE", "Type of abnormality")
DETECTION = own("DETECTION", "Name of the detection")
BOX = own("BOX", "Name of the box")
BIRADS = own("BIRADS", "BI-RADS category as text")
MORPHOLOGY = own("MORPHOLOGY", "Morphology as text")
REGION = own("REGION", "Quadrant or region as text")
DEPTH = own("DEPTH", "Depth, 0 at the nipple to 1 at the pectoral muscle")
SCORE_EXAM = own("SCORE_EXAM", "Score of the exam")
SCORE_RIGHT = own("SCORE_RIGHT", "Score of the right breast")
SCORE_LEFT = own("SCORE_LEFT", "Score of the left breast")
SECONDS = own("SECONDS", "Seconds that the system took")
SCALE = own("SCALE", "Lowest and highest possible score")
PROVENANCE = own("PROVENANCE", "Where the results come from")
SIMULATED = own("SIMULATED", "Drawn by a program that knows the truth")
PHANTOM_TRAINED = own("PHANTOMS", "The system was trained on phantoms only")
STATUS = own("STATUS", "Status of the case")

_RANGE = re.compile(r"\{(?:range:?)?\s*(-?[\d.]+)\s*[:-]\s*(-?[\d.]+)\}")


def meanings_of(code: Code | None, words: tuple[TypeWord, ...] = ()) -> tuple[Meaning, ...]:
    """Return what a finding's code stands for; nothing where it is not known.

    A finding without a code is another abnormality.

    Parameters
    ----------
    words
        What somebody decided that code meanings stand for; they go before the standard's.
    """
    if code is None:
        return (Meaning.OTHER,)
    decided = meaning_of(code.meaning, words) if words else None
    if decided is not None:
        return (decided,)
    if code in NO_ABNORMALITY:
        return (Meaning.LEFT_OUT,)
    known = next((meanings for known, meanings in _MEANINGS if known == code), None)
    if known is not None:
        return known
    meaning = Meaning.OTHER if code in _OTHERS else meaning_of(code.meaning)
    return (meaning,) if meaning else ()


def unknown_code(code: Code | None) -> BadInputError:
    """Return the refusal of a code of which nobody knows what it stands for."""
    named = f"{code.meaning!r} ({code.value}, {code.scheme_designator})" if code else "none"
    word = code.meaning if code else ""
    return BadInputError(
        f"expected a code whose meaning is known, got {named}. {MAP_ADVICE}"
        f'what it stands for: "{word}" = "other", "left out" or a type'
    )


def unit_of(scale: ScoreScale) -> Code:
    """Return the unit that tells a scale: per cent for 0-100, otherwise a range in braces."""
    if scale == ScoreScale(0, 100):
        return Code("%", "UCUM", "Percent")
    limits = f"{scale.lowest:g}:{scale.highest:g}"
    return Code(f"{{{limits}}}", "UCUM", f"range: {limits}")


def scale_text(unit: Code | None) -> str:
    """Return the scale that a unit tells, in text; a unit that tells none stands for itself.

    As it is no scale, it is asked what scale it is.
    """
    scale = scale_of(unit)
    if scale is not None or unit is None:
        return str(scale) if scale else ""
    return f"the unit {unit.value} ({unit.meaning})"


def no_number(concept: Code | None, text: str) -> BadInputError:
    """Return the refusal of a score that is no number."""
    return BadInputError(
        f"expected a number as {concept.meaning if concept else 'score'}, got {text!r}"
    )


def scale_of(unit: Code | None) -> ScoreScale | None:
    """Return the scale that a unit tells; None where it tells none."""
    if unit is None:
        return None
    if unit.value == "%":
        return ScoreScale(0, 100)
    if unit.value == "1":
        return ScoreScale(0, 1)
    found = _RANGE.fullmatch(unit.value)
    return ScoreScale(float(found[1]), float(found[2])) if found else None
