from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from reader_app.display.display_frame import Hanging, ready_to_open
from reader_app.display.display_pyramid import Picture, build_picture
from reader_app.qt.reading.light_box import LightBox


@pytest.fixture
def pictures(exam: Any) -> list[Picture]:
    return [build_picture(image.mammogram, image.codes, image.air) for image in exam("C001")]


@pytest.fixture
def box(qtbot: Any) -> Iterator[LightBox]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(641, 481)
    box = LightBox(window)
    box.resize(641, 481)
    window.show()
    yield box
    window.close()


def on_screen(box: LightBox) -> list[Hanging]:
    QApplication.processEvents()
    return [
        Hanging(pane.picture, pane.hung.placement, pane.hung.pane)
        for pane in box.panes.values()
        if pane.isVisible() and pane.picture and pane.hung.placement
    ]


def test_a_case_made_ready_for_the_first_panes_opens_as_it_is(
    box: LightBox, pictures: list[Picture]
) -> None:
    box.show_pictures(ready_to_open(pictures, box.first_panes))
    assert [hanging.known is not None for hanging in on_screen(box)] == [True] * 4
    box.go(1)
    assert [hanging.known is None for hanging in on_screen(box)] == [True] * 2
    box.go(-1)
    assert [hanging.known is not None for hanging in on_screen(box)] == [True] * 4


def test_a_case_made_ready_for_other_panes_hangs_all_the_same(
    box: LightBox, pictures: list[Picture]
) -> None:
    ready = ready_to_open(pictures, box.first_panes)
    box.resize(500, 400)
    box.show_pictures(ready)
    assert [hanging.known is None for hanging in on_screen(box)] == [True] * 4
    assert [hanging.pane for hanging in on_screen(box)] == list(box.first_panes.values())


def test_panes_are_painted_once_a_case_and_that_is_told_once(
    qtbot: Any, box: LightBox, pictures: list[Picture]
) -> None:
    told: list[bool] = []
    box.fully_painted.connect(lambda: told.append(True))
    box.show_pictures(pictures)
    qtbot.waitUntil(lambda: bool(told))
    box.invert()
    QApplication.processEvents()
    assert told == [True]
