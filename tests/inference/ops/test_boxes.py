"""Boxes as tensors against plain arithmetic."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.ops.boxes import area, clipped, decode, encode, large_enough, pairwise_iou
from study_design.geometry import Box, iou

SIDES = st.floats(4, 200, width=32)  # further apart than 1000 / 16 no box is decoded
PLACES = st.floats(-50, 300, width=32)
Corner = tuple[float, float, float, float]
ONE_BOX = st.tuples(PLACES, PLACES, SIDES, SIDES)
BOXES = st.lists(ONE_BOX, min_size=1, max_size=12)
WEIGHTS = (10.0, 10.0, 5.0, 5.0)


def as_tensor(boxes: list[Corner]) -> torch.Tensor:
    return torch.tensor([(x, y, x + w, y + h) for x, y, w, h in boxes], dtype=torch.float64)


@given(BOXES, BOXES)
def test_iou_of_all_pairs_is_that_of_each_pair(first: list[Corner], second: list[Corner]) -> None:
    got = pairwise_iou(as_tensor(first), as_tensor(second))
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            assert got[i, j].item() == pytest.approx(iou(Box(*a), Box(*b)), abs=1e-9)


def test_two_empty_boxes_do_not_overlap() -> None:
    empty = torch.tensor([[3.0, 3.0, 3.0, 3.0]])
    assert pairwise_iou(empty, empty).item() == 0


@given(BOXES, ONE_BOX)
def test_decoding_undoes_encoding(boxes: list[Corner], reference: Corner) -> None:
    wanted = as_tensor(boxes)
    references = as_tensor([reference]).expand_as(wanted)
    deltas = encode(wanted, references, WEIGHTS)
    assert torch.allclose(decode(deltas, references, WEIGHTS), wanted, atol=1e-6)


def test_coded_values_are_those_of_the_paper() -> None:
    deltas = encode(
        torch.tensor([[10.0, 10.0, 30.0, 50.0]]), torch.tensor([[0.0, 0.0, 20.0, 20.0]]), WEIGHTS
    )
    # Centres 20, 30 and 10, 10; sides 20, 40 and 20, 20.
    assert deltas[0].tolist() == pytest.approx([5.0, 10.0, 0.0, 5 * 0.6931472])


def test_a_wild_delta_decodes_to_a_finite_box() -> None:
    box = decode(torch.full((1, 4), 1e4), torch.tensor([[0.0, 0.0, 16.0, 16.0]]), WEIGHTS)
    assert torch.isfinite(box).all()
    assert (box[0, 2] - box[0, 0]).item() == pytest.approx(1000, rel=1e-4)


def test_gradients_of_the_coding_are_exact() -> None:
    generator = torch.Generator().manual_seed(1)
    corner = torch.rand(5, 2, generator=generator, dtype=torch.float64) * 50
    side = torch.rand(5, 2, generator=generator, dtype=torch.float64) * 30 + 5
    reference = torch.cat((corner, corner + side), dim=1)
    deltas = torch.randn(5, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    boxes = (reference + 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda d: decode(d, reference, WEIGHTS), (deltas,))
    assert torch.autograd.gradcheck(lambda b: encode(b, reference, WEIGHTS), (boxes,))


@given(BOXES)
def test_clipped_boxes_lie_in_the_picture_and_the_rest_stays(boxes: list[Corner]) -> None:
    before = as_tensor(boxes)
    after = clipped(before, 120, 90)
    for (x0, y0, x1, y1), row in zip(before.tolist(), after.tolist(), strict=True):
        inside = [min(max(x, 0), 90) for x in (x0, x1)], [min(max(y, 0), 120) for y in (y0, y1)]
        assert row == [inside[0][0], inside[1][0], inside[0][1], inside[1][1]]


def test_area_and_smallest_side_are_in_pixels() -> None:
    boxes = torch.tensor([[0.0, 0.0, 4.0, 5.0], [1.0, 1.0, 1.5, 9.0]])
    assert area(boxes).tolist() == [20, 4]
    assert large_enough(boxes, 1).tolist() == [True, False]
