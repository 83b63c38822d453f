"""The content tree of a report follows references, never in circles, and knows its figures."""

import math

import pytest
from pydicom.dataset import Dataset

from study_design.errors import BadInputError
from study_design.exchange.ai_files import sr_tree
from study_design.exchange.ai_files.reported import Corners
from study_design.exchange.ai_files.sr_tree import Graphic, content_tree


def text(words: str) -> Dataset:
    item = Dataset()
    item.ValueType, item.TextValue = "TEXT", words
    return item


def reference(*way: int) -> Dataset:
    item = Dataset()
    item.ReferencedContentItemIdentifier = list(way)
    return item


def container(*children: Dataset) -> Dataset:
    item = Dataset()
    item.ValueType = "CONTAINER"
    item.ContentSequence = list(children)
    return item


def test_an_item_by_reference_stands_where_it_is_referenced() -> None:
    root = container(container(text("first"), text("second")), reference(1, 1, 2))
    tree = content_tree(root)
    assert [item.text for item in tree.walk()] == ["", "", "first", "second", "second"]
    assert tree.children[1].identifier == "1.1.2"


def test_references_in_circles_or_to_nowhere_are_left_out() -> None:
    root = container(container(text("leaf"), reference(1, 1), reference(1)), reference(1, 9, 9))
    assert [item.text for item in content_tree(root).walk()] == ["", "", "leaf"]


def test_a_reference_to_the_root_alone_is_one_number() -> None:
    item = Dataset()
    item.ReferencedContentItemIdentifier = 1
    assert len(content_tree(container(item)).children) == 0


def test_a_tree_that_grows_by_references_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sr_tree, "MOST_ITEMS", 500)
    root = container(text("leaf"))
    for level in range(1, 12):
        root.ContentSequence.append(container(reference(1, level), reference(1, level)))
    with pytest.raises(BadInputError, match="at most 500 items"):
        content_tree(root)


def test_figures_are_bounded_exactly() -> None:
    assert Graphic("POINT", ((3.0, 4.0),)).corners == Corners(3.0, 4.0, 3.0, 4.0)
    assert Graphic("CIRCLE", ((10.0, 10.0), (13.0, 14.0))).corners == Corners(5.0, 5.0, 15.0, 15.0)
    upright = Graphic("ELLIPSE", ((0.0, 5.0), (20.0, 5.0), (10.0, 0.0), (10.0, 10.0))).corners
    assert upright == Corners(0.0, 0.0, 20.0, 10.0)
    # Half axes 5 and 1, turned by 45 degrees: the extremes lie at sqrt((25 + 1) / 2).
    long, short = 5 / math.sqrt(2), 1 / math.sqrt(2)
    turned = Graphic(
        "ELLIPSE", ((-long, -long), (long, long), (-short, short), (short, -short))
    ).corners
    assert turned.x1 == pytest.approx(math.sqrt(13.0))
    assert turned.y0 == pytest.approx(-math.sqrt(13.0))
    assert not Graphic("POLYLINE", ()).corners.finite
    assert not Graphic("POLYLINE", ((1.0, 2.0), (math.nan, 4.0))).corners.finite
