"""What a set of phantom exams is made of: as a study would have it, or richer for training."""

from enum import StrEnum

from study_design.phantom.exam import LesionSpec, PhantomExam, draw_exam
from study_design.phantom.texture import generator
from study_design.vocabulary import AbnormalityType, Projection

_SHARE_WITH_LESIONS = 0.85
_SHARE_WITH_TWO = 0.35  # of those with lesions
_SHARE_MALIGNANT = 0.5
_SHARE_ON_ONE_VIEW = 0.3  # of asymmetries


class Mix(StrEnum):
    """How often exams hold which lesions."""

    STUDY = "study"
    """Of ten exams about four are normal, three benign and three malignant; masses prevail."""
    TRAINING = "training"
    """85 % have one or two lesions, and the four types are equally frequent."""


def draw_mixed_exam(seed: int, mix: Mix) -> PhantomExam:
    """Draw the exam of a seed as one of a mix."""
    return draw_exam(seed, lesions=None if mix is Mix.STUDY else training_lesions(seed))


def training_lesions(seed: int) -> tuple[LesionSpec, ...]:
    """Draw none, one or two lesions of any type alike."""
    rng = generator(seed, "training mix")
    if rng.random() >= _SHARE_WITH_LESIONS:
        return ()
    specs = []
    for _ in range(2 if rng.random() < _SHARE_WITH_TWO else 1):
        kind = AbnormalityType(str(rng.choice(list(AbnormalityType))))
        malignant = bool(rng.random() < _SHARE_MALIGNANT)
        only = Projection(str(rng.choice(list(Projection))))
        one_view = rng.random() < _SHARE_ON_ONE_VIEW and kind is AbnormalityType.ASYMMETRY
        shown = (only,) if one_view else tuple(Projection)
        specs.append(LesionSpec(kind, malignant, projections=shown))
    return tuple(specs)
