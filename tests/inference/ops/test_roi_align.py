"""RoIAlign against loops over its definition, and its gradient."""

import math

import pytest
import torch

from inference.ops.roi_align import box_levels, multi_level_roi_align, roi_align


def bilinear(plane: torch.Tensor, y: float, x: float) -> float:
    rows, columns = plane.shape
    if not (-1 <= y <= rows and -1 <= x <= columns):
        return 0.0
    y, x = min(max(y, 0.0), rows - 1), min(max(x, 0.0), columns - 1)
    top, left = math.floor(y), math.floor(x)
    bottom, right = min(top + 1, rows - 1), min(left + 1, columns - 1)
    upper = plane[top, left] * (1 - x + left) + plane[top, right] * (x - left)
    lower = plane[bottom, left] * (1 - x + left) + plane[bottom, right] * (x - left)
    return (upper * (1 - y + top) + lower * (y - top)).item()


def by_definition(
    plane: torch.Tensor, box: list[float], cells: int, scale: float, ratio: int
) -> torch.Tensor:
    x0, y0, x1, y1 = (side * scale for side in box)
    width, height = max(x1 - x0, 1.0) / cells, max(y1 - y0, 1.0) / cells
    out = torch.zeros(cells, cells, dtype=plane.dtype)
    for i in range(cells):
        for j in range(cells):
            samples = [
                bilinear(
                    plane,
                    y0 + (i + (a + 0.5) / ratio) * height,
                    x0 + (j + (b + 0.5) / ratio) * width,
                )
                for a in range(ratio)
                for b in range(ratio)
            ]
            out[i, j] = sum(samples) / len(samples)
    return out


BOXES = [
    [1.0, 2.0, 19.0, 25.0],
    [10.3, 4.7, 12.1, 6.2],  # below one feature
    [0.0, 0.0, 40.0, 32.0],  # the whole picture
    [33.0, 27.0, 40.0, 32.0],  # in the corner
    [-30.0, -9.0, 60.0, 70.0],  # far outside
]


@pytest.mark.parametrize("ratio", [1, 2, 3])
@pytest.mark.parametrize("cells", [1, 3, 7])
def test_cells_are_means_of_bilinear_samples(cells: int, ratio: int) -> None:
    features = torch.randn(2, 3, 8, 10, generator=torch.Generator().manual_seed(3)).double()
    boxes = torch.tensor(BOXES * 2, dtype=torch.float64)
    index = torch.tensor([0] * len(BOXES) + [1] * len(BOXES))
    got = roi_align(features, boxes, index, cells, 0.25, ratio)
    for row, (box, image) in enumerate(zip(boxes.tolist(), index.tolist(), strict=True)):
        for channel in range(3):
            wanted = by_definition(features[image, channel], box, cells, 0.25, ratio)
            assert torch.allclose(got[row, channel], wanted, atol=1e-12)


def test_the_gradient_to_the_features_is_exact() -> None:
    features = torch.randn(1, 2, 4, 5, dtype=torch.float64, requires_grad=True)
    boxes = torch.tensor([[1.0, 1.0, 11.0, 9.0], [3.0, 0.0, 8.0, 16.0]], dtype=torch.float64)
    index = torch.zeros(2, dtype=torch.int64)
    assert torch.autograd.gradcheck(
        lambda maps: roi_align(maps, boxes, index, 3, 0.25), (features,)
    )


def test_a_box_is_read_from_the_level_of_its_size() -> None:
    sides = torch.tensor([10.0, 111.0, 113.0, 223.0, 225.0, 449.0, 5000.0])
    boxes = torch.stack((sides * 0, sides * 0, sides, sides), dim=1)
    assert box_levels(boxes, (4, 8, 16, 32), 224.0).tolist() == [0, 0, 1, 1, 2, 3, 3]


def test_boxes_of_several_levels_come_back_in_their_order() -> None:
    generator = torch.Generator().manual_seed(4)
    strides = (4, 8, 16, 32)
    maps = [torch.randn(2, 3, 512 // s, 384 // s, generator=generator) for s in strides]
    boxes = torch.tensor(
        [[5.0, 5.0, 300.0, 310.0], [7, 9, 30, 41], [0, 0, 384, 512], [50, 60, 190, 200]]
    )
    index = torch.tensor([1, 0, 1, 0])
    got = multi_level_roi_align(maps, boxes, index, 7, strides)
    for row, level in enumerate(box_levels(boxes, strides, 224.0).tolist()):
        alone = roi_align(
            maps[level], boxes[row : row + 1], index[row : row + 1], 7, 1 / strides[level]
        )
        assert torch.allclose(got[row], alone[0], atol=1e-6)


def test_no_boxes_give_no_cells() -> None:
    got = roi_align(torch.zeros(1, 2, 4, 4), torch.zeros(0, 4), torch.zeros(0).long(), 7, 0.25)
    assert got.shape == (0, 2, 7, 7)


def test_cells_are_torchvisions() -> None:
    ops = pytest.importorskip("torchvision.ops")
    features = torch.randn(1, 3, 8, 10, generator=torch.Generator().manual_seed(5))
    boxes = torch.tensor(BOXES)
    theirs = ops.roi_align(features, [boxes], 7, 0.25, 2)
    ours = roi_align(features, boxes, torch.zeros(len(boxes)).long(), 7, 0.25)
    assert torch.allclose(ours, theirs, atol=1e-5)
