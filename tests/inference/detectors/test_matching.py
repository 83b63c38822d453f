"""Which anchors stand for which lesion, against the rule in words."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.detectors.matching import BACKGROUND, BETWEEN, MatchRule, drawn, matched
from study_design.geometry import Box, iou

Corner = tuple[int, int, int, int]
BOXES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.integers(1, 20)),
    max_size=8,
)


def as_tensor(boxes: list[Corner]) -> torch.Tensor:
    corners = [(x, y, x + w, y + h) for x, y, w, h in boxes]
    return torch.tensor(corners, dtype=torch.float64).reshape(-1, 4)


@given(BOXES.filter(len), BOXES, st.booleans())
def test_a_reference_stands_for_the_lesion_it_overlaps_most(
    references: list[Corner], lesions: list[Corner], keep_best: bool
) -> None:
    rule = MatchRule(positive=0.5, negative=0.3, keep_best=keep_best)
    got = matched(as_tensor(references), as_tensor(lesions), rule).tolist()
    table = [[iou(Box(*a), Box(*b)) for b in lesions] for a in references]
    for row, overlaps in enumerate(table):
        best = max(overlaps, default=0.0)
        is_best_of_some = any(
            overlaps[column] > 0 and overlaps[column] == max(each[column] for each in table)
            for column in range(len(lesions))
        )
        if best >= 0.5 or (keep_best and is_best_of_some):
            assert overlaps[got[row]] == best
        else:
            assert got[row] == (BACKGROUND if best < 0.3 else BETWEEN)


def test_without_lesions_all_is_background() -> None:
    match = matched(as_tensor([(0, 0, 5, 5)]), as_tensor([]), MatchRule(0.7, 0.3, True))
    assert match.tolist() == [BACKGROUND]


def test_a_draw_holds_at_most_its_share_of_lesions_and_background_fills_up() -> None:
    match = torch.tensor([0] * 10 + [BETWEEN] * 5 + [BACKGROUND] * 50)
    draw = drawn(match, 16, 0.25)
    assert len(draw.positive) == 4
    assert len(draw.negative) == 12
    assert (match[draw.positive] >= 0).all()
    assert (match[draw.negative] == BACKGROUND).all()
    assert len(draw.all.unique()) == 16


def test_a_draw_takes_all_where_there_are_few() -> None:
    match = torch.tensor([0, BACKGROUND, BACKGROUND, BETWEEN])
    assert sorted(drawn(match, 256, 0.5).all.tolist()) == [0, 1, 2]
