"""A phantom exam: everything that fixes it, drawn from one seed.

An exam is a description of a few numbers; `render` turns it into images. Lesions live in breast
coordinates, so their depth and the match of CC and MLO are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from study_design.errors import BadInputError
from study_design.phantom.anatomy import BreastShape, Place, PlanePoint, ViewPlane
from study_design.phantom.distractors import DistractorKind, PhantomDistractor, draw_distractors
from study_design.phantom.texture import generator
from study_design.vocabulary import DENSITIES, AbnormalityType, Projection, Side

# Lesions keep this much of normal tissue around them, on both projections.
_MARGIN_MM = 4.0
_PLACEMENT_TRIES = 2000

_SIZE_MM = {
    AbnormalityType.MASS: (9.0, 24.0),
    AbnormalityType.CALCIFICATION: (8.0, 22.0),
    AbnormalityType.ASYMMETRY: (18.0, 32.0),
    AbnormalityType.DISTORTION: (18.0, 30.0),
}
_TYPE_SHARES = {
    AbnormalityType.MASS: 0.45,
    AbnormalityType.CALCIFICATION: 0.3,
    AbnormalityType.ASYMMETRY: 0.15,
    AbnormalityType.DISTORTION: 0.1,
}
_SHARE_WITH_ONE_LESION = 0.8
_SHARE_ON_ONE_VIEW = 0.3  # of asymmetries
_DENSITY_SHARES = (0.1, 0.4, 0.4, 0.1)


class Storage(StrEnum):
    """How the images of an exam lie in their files, as vendors differ."""

    HUNG = "hung"
    """As on the screen: the right breast's chest wall at the right edge."""
    MIRRORED = "mirrored"
    """Chest wall at the left edge in every view, right breasts as their mirror image."""
    ROTATED = "rotated"
    """Chest wall at the left edge in every view, right breasts turned upside down."""


class Window(StrEnum):
    """The VOI LUT function that an exam asks for."""

    LINEAR = "LINEAR"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class LesionSpec:
    """What is asked of a lesion; what is None is drawn from the exam's seed."""

    type: AbnormalityType
    malignant: bool = False
    side: Side | None = None
    size_mm: float | None = None
    conspicuity: float | None = None
    projections: tuple[Projection, ...] = (Projection.CC, Projection.MLO)


@dataclass(frozen=True, slots=True)
class PhantomLesion:
    """A lesion in breast coordinates.

    `size_mm` is the largest diameter; `conspicuity` runs from 0 (there, but not to be seen) to 1
    (cannot be missed); `projections` are those on which it shows.
    """

    number: int
    side: Side
    type: AbnormalityType
    malignant: bool
    place: Place
    size_mm: float
    conspicuity: float
    projections: tuple[Projection, ...]

    @property
    def depth(self) -> float:
        """0 at the nipple, 1 at the chest wall or pectoral muscle."""
        return self.place.depth


@dataclass(frozen=True, slots=True)
class PhantomExam:
    """One synthetic four-view exam of one phantom patient."""

    seed: int
    density: str
    right: BreastShape
    left: BreastShape
    lesions: tuple[PhantomLesion, ...]
    storage: Storage
    window: Window
    distractors: tuple[PhantomDistractor, ...] = ()

    def shape(self, side: Side) -> BreastShape:
        """Return the shape of a breast."""
        return self.right if side is Side.RIGHT else self.left

    def plane(self, side: Side, projection: Projection) -> ViewPlane:
        """Return the detector plane of a view."""
        return ViewPlane(self.shape(side), projection)


def draw_exam(
    seed: int,
    *,
    lesions: Sequence[LesionSpec] | None = None,
    density: str | None = None,
    storage: Storage | None = None,
    window: Window | None = None,
    distractors: bool = True,
) -> PhantomExam:
    """Draw the exam of a seed.

    Parameters
    ----------
    seed
        The same seed and arguments give the same exam everywhere.
    lesions
        The lesions wanted; none at all for `()`; None draws them: of ten exams about four are
        normal, three benign and three malignant.
    density, storage, window
        Fixed where given, otherwise drawn. None of them moves what is drawn for the others.
    distractors
        Whether there are some; one that would hide a lesion is left out.

    Raises
    ------
    BadInputError
        For a density that is not a, b, c or d, a negative seed, a lesion without projections, of
        no size, of a conspicuity outside 0 to 1, or one that has no room.
    """
    if seed < 0:
        raise BadInputError(f"A phantom's seed: expected 0 or more, got {seed}. Choose another.")
    if density is not None and density not in DENSITIES:
        raise BadInputError(
            f"Breast density: expected one of {', '.join(DENSITIES)}, got {density!r}. Correct it."
        )
    for spec in lesions or ():
        _check(spec)
    rng = generator(seed, "exam")
    drawn_density = str(rng.choice(DENSITIES, p=_DENSITY_SHARES))
    drawn_storage = Storage(str(rng.choice(list(Storage))))
    drawn_window = Window(str(rng.choice(list(Window))))
    right, left = _draw_shapes(seed)
    specs = _draw_specs(seed) if lesions is None else tuple(lesions)
    shapes = {Side.RIGHT: right, Side.LEFT: left}
    placed: list[PhantomLesion] = []
    for number, spec in enumerate(specs, start=1):
        placed.append(_place(seed, number, spec, shapes, placed))
    return PhantomExam(
        seed,
        density or drawn_density,
        right,
        left,
        tuple(placed),
        storage or drawn_storage,
        window or drawn_window,
        _clear_of(placed, draw_distractors(seed, right, left), shapes) if distractors else (),
    )


def _check(spec: LesionSpec) -> None:
    if not spec.projections:
        raise BadInputError("A phantom lesion: expected one or two projections, got none. Add one.")
    if spec.size_mm is not None and not spec.size_mm > 0.0:
        raise BadInputError(
            f"A phantom lesion's size: expected more than 0 mm, got {spec.size_mm}. Correct it."
        )
    if spec.conspicuity is not None and not 0.0 <= spec.conspicuity <= 1.0:
        raise BadInputError(
            f"A phantom lesion's conspicuity: expected 0 to 1, got {spec.conspicuity}. Correct it."
        )


def _draw_shapes(seed: int) -> tuple[BreastShape, BreastShape]:
    """Draw the right and the left breast: alike, but for a few percent."""
    rng = generator(seed, "shape")
    base = np.array(
        [
            rng.uniform(72.0, 108.0),
            0.0,
            rng.uniform(1.05, 1.25),
            np.deg2rad(rng.uniform(15.0, 22.0)),
            rng.uniform(6.0, 18.0),
            rng.uniform(0.62, 0.8),
            rng.uniform(0.55, 0.75),
            rng.uniform(0.75, 0.92),
        ]
    )
    base[1] = np.clip(base[0] * rng.uniform(0.95, 1.15), 74.0, 104.0)
    right, left = (base * (1.0 + 0.025 * rng.standard_normal(base.size)) for _ in range(2))
    return BreastShape(*map(float, right)), BreastShape(*map(float, left))


def _draw_specs(seed: int) -> tuple[LesionSpec, ...]:
    rng = generator(seed, "lesions")
    verdict = rng.choice(["normal", "benign", "malignant"], p=[0.4, 0.3, 0.3])
    if verdict == "normal":
        return ()
    main = _draw_spec(rng, malignant=bool(verdict == "malignant"))
    if rng.random() < _SHARE_WITH_ONE_LESION:
        return (main,)
    return main, _draw_spec(rng, malignant=False)


def _draw_spec(rng: np.random.Generator, *, malignant: bool) -> LesionSpec:
    kind = AbnormalityType(str(rng.choice(list(_TYPE_SHARES), p=list(_TYPE_SHARES.values()))))
    only = Projection(str(rng.choice(list(Projection))))
    one_view = rng.random() < _SHARE_ON_ONE_VIEW and kind is AbnormalityType.ASYMMETRY
    return LesionSpec(kind, malignant, projections=(only,) if one_view else tuple(Projection))


def _place(
    seed: int,
    number: int,
    spec: LesionSpec,
    shapes: dict[Side, BreastShape],
    others: Sequence[PhantomLesion],
) -> PhantomLesion:
    """Find room for a lesion: inside the breast on both projections and clear of the others."""
    rng = generator(seed, "place", number)
    side = Side(str(rng.choice(list(Side))))
    side = spec.side or side
    size = float(rng.uniform(*_SIZE_MM[spec.type]))
    size = spec.size_mm or size
    conspicuity = float(rng.uniform(0.45, 0.9))
    conspicuity = conspicuity if spec.conspicuity is None else spec.conspicuity
    planes = _planes(shapes[side], tuple(Projection))
    radius = size / 2.0 + _MARGIN_MM
    for _ in range(_PLACEMENT_TRIES):
        place = Place(
            float(rng.uniform(0.15, 0.85)),
            # More than half of all lesions lie in the upper outer quadrant.
            float(rng.normal(10.0, 26.0)),
            float(rng.normal(8.0, 22.0)),
        )
        lesion = PhantomLesion(
            number, side, spec.type, spec.malignant, place, size, conspicuity, spec.projections
        )
        if all(plane.has_room(place, radius) for plane in planes) and not any(
            _overlap(lesion, other, planes) for other in others
        ):
            return lesion
    raise BadInputError(
        f"Phantom {seed}: expected room for a {spec.type} of {size:.0f} mm, got none. "
        "Ask for a smaller or for fewer lesions."
    )


def _clear_of(
    lesions: Sequence[PhantomLesion],
    drawn: Sequence[PhantomDistractor],
    shapes: dict[Side, BreastShape],
) -> tuple[PhantomDistractor, ...]:
    """Leave out what would hide a lesion; vessels and grains in the skin cross lesions as ever."""
    hiding = (DistractorKind.LYMPH_NODE, DistractorKind.SUPERPOSITION)
    return tuple(
        one
        for one in drawn
        if one.kind not in hiding
        or not any(
            _overlap(one, lesion, _planes(shapes[one.side], one.projections)) for lesion in lesions
        )
    )


def _planes(shape: BreastShape, projections: Sequence[Projection]) -> list[ViewPlane]:
    return [ViewPlane(shape, projection) for projection in projections]


def _overlap(
    one: PhantomLesion | PhantomDistractor, other: PhantomLesion, planes: Sequence[ViewPlane]
) -> bool:
    if one.side is not other.side:
        return False
    reach = (one.size_mm + other.size_mm) / 2.0 + _MARGIN_MM
    return any(
        _distance_mm(plane.project(one.place), plane.project(other.place)) < reach
        for plane in planes
    )


def _distance_mm(first: PlanePoint, second: PlanePoint) -> float:
    return float(np.hypot(first.x_mm - second.x_mm, first.y_mm - second.y_mm))
