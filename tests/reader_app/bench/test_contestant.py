"""A contestant that skips its work, or shows something else, gets no time."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from reader_app.bench.pictures import BenchSize, bench_exam
from reader_app.bench.viewer import BenchError
from reader_app.display.display import Look
from reader_app.display.display_pyramid import build_picture
from reader_app.qt.bench.contestant import PaintCount, paint_once
from reader_app.qt.bench.ours import OurWindowLevel, look_of

SMALL = BenchSize(512, 448, 640, 480)


@pytest.fixture
def panes(qtbot: Any) -> OurWindowLevel:  # noqa: ARG001  (makes the application)
    images = bench_exam("C001", SMALL, np.random.default_rng(0))
    pictures = [build_picture(image.mammogram, image.codes, image.air) for image in images]
    return OurWindowLevel(pictures, SMALL, one_to_one=False)


def test_what_is_on_the_screen_equals_the_reference(panes: OurWindowLevel) -> None:
    panes.prepare(1)
    panes.act(1)
    panes.check(1)


def test_a_frame_that_is_not_painted_is_no_frame(qtbot: Any) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    with pytest.raises(BenchError, match="painted once"):
        paint_once(PaintCount(widget))


def test_another_look_than_the_one_asked_for_is_found_out(panes: OurWindowLevel) -> None:
    panes.prepare(1)
    panes.box.set_look(Look(shift=0.3))
    panes.paint()
    with pytest.raises(BenchError, match="pixels of the reference"):
        panes.compare(look_of(1))
