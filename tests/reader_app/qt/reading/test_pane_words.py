"""What panes say of true size and of what their header contradicts, by real keys in the window."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication

from reader_app.display.display import Look
from reader_app.display.display_hanging import CommonScale
from reader_app.display.display_true_size import ScreenScale
from reader_app.qt.parts.style import PROBLEM
from reader_app.qt.reading.ink import inked_rect
from reader_app.qt.reading.pane_words import paint_pane_words, true_size_words
from study_design.images.image_store import LoadedImage
from study_design.vocabulary import View

SitDown = Callable[..., Any]
OpenWindow = Callable[..., Any]
DOUBT = "Presentation LUT Shape INVERSE contradicts the photometric interpretation"


def panes(hands: Any) -> list[Any]:
    return [pane for pane in hands.window.light_box.panes.values() if pane.isVisible()]


def test_t_shows_a_millimetre_of_the_breast_on_a_millimetre_of_the_screen(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "T")
    screen = QApplication.primaryScreen()
    px_per_mm = screen.size().width() / screen.physicalSize().width()
    for pane in panes(hands):
        assert pane.hung.placement.scale == pytest.approx(0.1 * px_per_mm, rel=0.04)
        assert pane.hung.size_words == "true size: as the screen states, not measured"


def test_true_size_is_no_longer_said_when_the_scale_has_changed(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    hung = [pane.hung.placement for pane in panes(hands)]
    hands.press("T", "R")
    assert [(pane.hung.placement, pane.hung.size_words) for pane in panes(hands)] == [
        (placement, "") for placement in hung
    ]


def test_on_another_screen_true_size_is_no_longer_said(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "T")
    QApplication.sendEvent(hands.window.light_box, QEvent(QEvent.Type.ScreenChangeInternal))
    assert {pane.hung.size_words for pane in panes(hands)} == {""}


def test_without_spacing_there_is_no_true_size_and_the_pane_says_why(
    sit_down: SitDown, open_window: OpenWindow, exam: Any
) -> None:
    hands = open_window(sit_down(), lambda case: exam(case, spacing_mm=None))
    hands.press("Space")
    hung = [pane.hung.placement for pane in panes(hands)]
    hands.press("T")
    assert [pane.hung.placement for pane in panes(hands)] == hung
    assert {pane.hung.size_words for pane in panes(hands)} == {
        "no true size: pixel spacing unknown"
    }


def test_a_screen_that_does_not_state_its_size_is_named_as_the_reason() -> None:
    unknown = ScreenScale(None, "the screen does not state its size")
    assert true_size_words(None, unknown) == "no true size: the screen does not state its size"
    measured = ScreenScale(4.0, "measured on this screen")
    scale = CommonScale(0.25, in_mm=True)
    assert true_size_words(scale, measured) == "true size: measured on this screen"


@pytest.mark.usefixtures("qtbot")
def test_words_of_size_and_doubts_are_written_in_the_pane(exam: Any) -> None:
    loaded = next(image for image in exam("C001") if image.mammogram.view is View.L_CC)
    pane = QRect(0, 0, 900, 500)

    def ink(size_words: str, doubts: tuple[str, ...], part: QRect) -> QRect:
        mammogram = replace(loaded.mammogram, doubts=doubts)

        def paint(painter: QPainter) -> None:
            painter.setClipRect(part)
            paint_pane_words(painter, pane, View.L_CC, mammogram, Look(), 1.0, size_words)

        return inked_rect(pane.size(), paint)

    upper, lower = QRect(0, 0, 900, 250), QRect(0, 250, 900, 250)
    assert ink("", (DOUBT,), upper).height() > ink("", (), upper).height()
    assert ink("", (DOUBT,), upper).left() >= 0
    assert ink("true size: as the screen states", (), lower).top() < ink("", (), lower).top()


def test_a_pane_says_in_the_colour_of_problems_what_its_header_contradicts(
    sit_down: SitDown, open_window: OpenWindow, exam: Any
) -> None:
    def doubtful(case: str) -> tuple[LoadedImage, ...]:
        first, *others = exam(case)
        return (replace(first, mammogram=replace(first.mammogram, doubts=(DOUBT,))), *others)

    hands = open_window(sit_down(), doubtful)
    hands.press("Space")
    problem = QColor(PROBLEM)

    def coloured(pane: Any) -> int:
        image = pane.grab().toImage()
        return sum(
            image.pixelColor(x, y) == problem for x in range(image.width()) for y in range(60)
        )

    views = exam("C001")
    by_view = hands.window.light_box.panes
    assert coloured(by_view[views[0].mammogram.view]) > 20
    assert coloured(by_view[views[1].mammogram.view]) == 0
