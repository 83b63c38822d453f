"""What makes simulated readers differ: the skill of their group, and traits of their own.

The numbers are invented so that a study has something to show; they describe no real reader.
Reading times and their reduction are near those of Zhou 2023, Table 3.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from study_design.vocabulary import AbnormalityType


@dataclass(frozen=True, slots=True)
class Skill:
    """What makes a group of simulated readers.

    Attributes
    ----------
    sees
        Shift of the normal score with which a lesion of a type is seen; 0 means half of them.
    malignant_rating, benign_rating, rating_sd
        Mean rating of a malignant and a benign lesion that was seen, and the scatter.
    false_marks
        Share of breasts in which something is marked where nothing is.
    takes_over
        Share of the AI's right detections, among lesions not seen, that the reader takes over.
    falls_for
        The same of wrong detections.
    leans_on_ai
        Weight of the AI's score in the rating of a finding that both have.
    seconds
        Median reading time without the AI.
    aided_share
        Reading time with the AI as a share of that without.
    tires
        What the end of a block takes from `sees`.
    hurries
        Share of the reading time that the end of a block takes away.
    """

    sees: Mapping[AbnormalityType, float]
    malignant_rating: float
    benign_rating: float
    rating_sd: float
    false_marks: float
    takes_over: float
    falls_for: float
    leans_on_ai: float
    seconds: float
    aided_share: float
    tires: float
    hurries: float


SENIOR = Skill(
    sees={
        AbnormalityType.MASS: 1.5,
        AbnormalityType.CALCIFICATION: 1.7,
        AbnormalityType.ASYMMETRY: 0.8,
        AbnormalityType.DISTORTION: 0.5,
    },
    malignant_rating=68.0,
    benign_rating=34.0,
    rating_sd=15.0,
    false_marks=0.04,
    takes_over=0.45,
    falls_for=0.04,
    leans_on_ai=0.15,
    seconds=320.0,
    aided_share=0.86,
    tires=0.15,
    hurries=0.08,
)
JUNIOR = Skill(
    sees={
        AbnormalityType.MASS: 0.6,
        AbnormalityType.CALCIFICATION: 0.9,
        AbnormalityType.ASYMMETRY: -0.1,
        AbnormalityType.DISTORTION: -0.5,
    },
    malignant_rating=60.0,
    benign_rating=38.0,
    rating_sd=18.0,
    false_marks=0.10,
    takes_over=0.75,
    falls_for=0.15,
    leans_on_ai=0.35,
    seconds=740.0,
    aided_share=0.78,
    tires=0.30,
    hurries=0.12,
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What is a reader's own, whatever the group.

    Attributes
    ----------
    keenness
        Added to the normal score with which any lesion is seen.
    bias
        Added to every rating of a finding: some call everything more suspicious.
    pace
        Factor of every reading time.
    """

    keenness: float
    bias: float
    pace: float


def skill_of(group: str) -> Skill:
    """Return the skill of a group; a group that is not called junior reads as seniors do."""
    return JUNIOR if group == "junior" else SENIOR


def draw_traits(rng: np.random.Generator) -> Traits:
    """Draw what is a reader's own."""
    return Traits(
        keenness=float(rng.normal(0.0, 0.15)),
        bias=float(rng.normal(0.0, 4.0)),
        pace=float(rng.lognormal(0.0, 0.08)),
    )


@dataclass(frozen=True, slots=True)
class State:
    """A reader at one place of the plan; `tired` runs from 0 to 1 along a block."""

    skill: Skill
    traits: Traits
    tired: float

    def sees(self, kind: AbnormalityType) -> float:
        """Return the shift of the normal score with which a lesion of a type is seen."""
        return self.skill.sees[kind] + self.traits.keenness - self.tired * self.skill.tires

    def seconds(self, *, aided: bool) -> float:
        """Return the median reading time at this place."""
        share = self.skill.aided_share if aided else 1.0
        return self.skill.seconds * self.traits.pace * share * (1 - self.tired * self.skill.hurries)


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator that belongs to a seed and a list of names."""
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype=np.uint32)])
