"""Which parts of CC and MLO can be one place, and how a lesion's part is learned."""

from collections.abc import Callable

import pytest
import torch

from inference.zhou.lesion_mask import masked_views
from inference.zhou.quadrants import (
    QuadrantClassifier,
    compatibility,
    likeliest,
    quadrant_loss,
)
from study_design.vocabulary import Projection, Quadrant


def certain(word: Quadrant, projection: Projection) -> torch.Tensor:
    """Return the probabilities of one lesion whose part is certain."""
    return torch.tensor([[float(each is word) for each in Quadrant.on(projection)]])


@pytest.mark.parametrize(
    ("cc", "mlo", "can_be_one"),
    [
        (Quadrant.OUTER, Quadrant.UPPER, 1.0),
        (Quadrant.INNER, Quadrant.LOWER, 1.0),
        (Quadrant.MIDDLE, Quadrant.MIDDLE, 1.0),
        (Quadrant.AREOLA, Quadrant.AREOLA, 1.0),
        (Quadrant.AREOLA, Quadrant.UPPER, 0.0),
        (Quadrant.OUTER, Quadrant.AREOLA, 0.0),
        (Quadrant.OUTER, Quadrant.AXILLARY_TAIL, 1.0),
        (Quadrant.INNER, Quadrant.AXILLARY_TAIL, 0.0),
    ],
)
def test_parts_are_compatible_as_anatomy_has_them(
    cc: Quadrant, mlo: Quadrant, can_be_one: float
) -> None:
    got = compatibility(certain(cc, Projection.CC), certain(mlo, Projection.MLO))
    assert got.item() == can_be_one


def test_a_projection_answers_with_its_own_words_only() -> None:
    torch.manual_seed(0)
    classifier = QuadrantClassifier()
    logits = classifier(torch.rand(3, 2, 96, 48))
    for projection in Projection:
        probability = classifier.probabilities(logits, projection)
        assert probability.sum(dim=1).tolist() == pytest.approx([1.0] * 3)
        assert set(likeliest(probability, projection)) <= set(Quadrant.on(projection))


def test_words_of_the_other_projection_and_unknown_ones_teach_nothing() -> None:
    logits = torch.randn(2, 9, requires_grad=True)
    loss = quadrant_loss(logits, [Projection.CC, Projection.MLO], [Quadrant.UPPER, None])
    loss.backward()
    assert loss.item() == 0.0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_upper_is_learned_apart_from_lower(learn: Callable[..., None]) -> None:
    torch.manual_seed(0)
    picture = torch.rand(1, 3, 128, 64)
    boxes = [torch.tensor([[x, y, x + 8.0, y + 8.0] for x in (5.0, 30.0) for y in (20.0, 90.0)])]
    masked = masked_views(picture, torch.tensor([[0.0, 0.0, 64.0, 128.0]]), boxes)
    truth = [Quadrant.UPPER, Quadrant.LOWER] * 2
    classifier = QuadrantClassifier()
    learn(
        classifier.parameters(),
        lambda _: [quadrant_loss(classifier(masked), [Projection.MLO] * 4, truth)],
        until=0.01,
        steps=200,
        rate=3e-3,
    )
    probability = classifier.probabilities(classifier(masked), Projection.MLO)
    assert likeliest(probability, Projection.MLO) == truth
