"""Suppression against the loop that defines it."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.ops.nms import BLOCK, class_nms, nms
from study_design.geometry import Box, iou

PLACES = st.integers(0, 40)
SIDES = st.integers(1, 30)
SCORES = st.sampled_from([0.1, 0.2, 0.5, 0.9])
ROWS = st.lists(st.tuples(PLACES, PLACES, SIDES, SIDES, SCORES, st.integers(1, 3)), max_size=25)


def by_definition(boxes: list[Box], scores: list[float], threshold: float) -> list[int]:
    waiting = sorted(range(len(boxes)), key=lambda index: -scores[index])
    kept = []
    while waiting:
        best, *rest = waiting
        kept.append(best)
        waiting = [index for index in rest if iou(boxes[best], boxes[index]) <= threshold]
    return kept


Row = tuple[int, int, int, int, float, int]


def tensors(rows: list[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    boxes = torch.tensor([(x, y, x + w, y + h) for x, y, w, h, *_ in rows], dtype=torch.float64)
    scores = torch.tensor([row[4] for row in rows], dtype=torch.float64)
    labels = torch.tensor([row[5] for row in rows], dtype=torch.int64)
    return boxes.reshape(-1, 4), scores, labels


@given(ROWS, st.sampled_from([0.3, 0.5, 0.7]))
def test_suppression_keeps_what_its_definition_keeps_in_its_order(
    rows: list[Row], threshold: float
) -> None:
    boxes, scores, _ = tensors(rows)
    expected = by_definition([Box(*row[:4]) for row in rows], scores.tolist(), threshold)
    assert nms(boxes, scores, threshold).tolist() == expected


@given(ROWS)
def test_boxes_strike_out_only_their_own_label(rows: list[Row]) -> None:
    boxes, scores, labels = tensors(rows)
    expected = []
    for label in (1, 2, 3):
        members = [index for index, row in enumerate(rows) if row[5] == label]
        own = by_definition(
            [Box(*rows[i][:4]) for i in members], [rows[i][4] for i in members], 0.5
        )
        expected += [members[index] for index in own]
    expected.sort(key=lambda index: (-rows[index][4], index))
    assert class_nms(boxes, scores, labels, 0.5).tolist() == expected


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1000))
def test_many_blocks_agree_with_one_after_the_other(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    corners = torch.randint(0, 200, (BLOCK + 250, 2), generator=generator).double()
    sides = torch.randint(10, 60, (BLOCK + 250, 2), generator=generator).double()
    scores = torch.rand(BLOCK + 250, generator=generator)
    boxes = [
        Box(*corner, *side) for corner, side in zip(corners.tolist(), sides.tolist(), strict=True)
    ]
    got = nms(torch.cat((corners, corners + sides), dim=1), scores, 0.4)
    assert got.tolist() == by_definition(boxes, scores.tolist(), 0.4)


def test_a_chain_of_overlaps_settles_link_by_link() -> None:
    x = torch.arange(60.0) * 4
    boxes = torch.stack((x, torch.zeros(60), x + 10, torch.full((60,), 10.0)), dim=1)
    # Neighbours overlap by 6 of 14, second neighbours by 2 of 18.
    assert nms(boxes, -torch.arange(60.0), 0.4).tolist() == list(range(0, 60, 2))


def test_an_overlap_of_exactly_the_threshold_stays() -> None:
    boxes = torch.tensor([[0.0, 0.0, 10.0, 10.0], [0.0, 5.0, 10.0, 10.0]])
    assert nms(boxes, torch.tensor([0.9, 0.8]), 0.5).tolist() == [0, 1]
