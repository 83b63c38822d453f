from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from reader_app.display import Look
from reader_app.display_hanging import common_scale
from reader_app.display_pyramid import build_picture
from reader_app.qt.pane_words import window_text
from reader_app.qt.viewport import Viewport
from study_design.geometry import Box, Point
from study_design.vocabulary import View


@pytest.fixture
def pane(qtbot: Any, exam: Any) -> Iterator[Viewport]:
    """Yield the pane of the left CC view, 400 x 600, hung."""
    parent = QWidget()
    qtbot.addWidget(parent)
    pane = Viewport(View.L_CC, parent)
    pane.setGeometry(0, 0, 400, 600)
    parent.resize(400, 600)
    loaded = next(image for image in exam("C001") if image.mammogram.view is View.L_CC)
    pane.show_picture(build_picture(loaded.mammogram, loaded.codes, loaded.air))
    pane.hang(common_scale([loaded.mammogram], pane.pane))
    with qtbot.waitExposed(parent):
        parent.show()
    yield pane
    parent.close()


def wheel(pane: Viewport, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(pane.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, event)


def drag(pane: Viewport, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(pane, button, none, start)
    QTest.mouseMove(pane, (start + end) / 2)
    QTest.mouseMove(pane, end)
    QTest.mouseRelease(pane, button, none, end)


def test_the_wheel_zooms_at_the_cursor_and_back_to_the_hanging(pane: Viewport) -> None:
    hung, at = pane.placement, QPoint(100, 250)
    before = pane.stored_at(QPointF(at))
    wheel(pane, at, 2)
    assert pane.placement is not None
    assert hung is not None
    assert pane.placement.scale == pytest.approx(hung.scale * 1.25**2)
    after = pane.stored_at(QPointF(at))
    assert before is not None
    assert after is not None
    assert (after.x_px, after.y_px) == pytest.approx((before.x_px, before.y_px))
    wheel(pane, QPoint(300, 20), -9)
    assert pane.placement == hung


def test_a_left_drag_pans(pane: Viewport) -> None:
    wheel(pane, QPoint(100, 250), 2)
    before = pane.position_of(Point(60, 150))
    drag(pane, QPoint(200, 300), QPoint(150, 320), Qt.MouseButton.LeftButton)
    after = pane.position_of(Point(60, 150))
    assert before is not None
    assert after is not None
    assert (after.x() - before.x(), after.y() - before.y()) == pytest.approx((-50, 20))


def test_a_right_drag_tells_how_far(pane: Viewport) -> None:
    moves: list[tuple[float, float]] = []
    pane.look_dragged.connect(lambda x, y: moves.append((x, y)))
    drag(pane, QPoint(100, 100), QPoint(140, 70), Qt.MouseButton.RightButton)
    assert np.sum(moves, axis=0).tolist() == [40.0, -30.0]


def test_at_1_to_1_the_screen_shows_stored_codes_untouched(pane: Viewport, exam: Any) -> None:
    loaded = next(image for image in exam("C001") if image.mammogram.view is View.L_CC)
    wheel(pane, QPoint(100, 250), 3)
    pane.one_to_one(QPoint(60, 300))
    assert pane.placement is not None
    assert pane.placement.scale == 1.0
    at = pane.position_of(Point(20.5, 150.5))
    assert at is not None
    image = pane.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    # LINEAR 2048 / 4096 on 12 bits
    grey = round((float(loaded.codes[150, 20]) - 2047.5) / 4095 * 255 + 127.5)
    shown = image.pixelColor(int(at.x()), int(at.y())).red()
    assert shown == pytest.approx(grey, abs=1)


def test_1_to_1_without_a_cursor_is_centred_on_the_breast(pane: Viewport) -> None:
    pane.one_to_one(None)
    centre = pane.breast_centre
    assert (centre.x(), centre.y()) == pytest.approx((200, 300), abs=1)


def test_a_mark_that_begins_beside_the_picture_is_none_and_one_that_ends_there_is_cut(
    pane: Viewport,
) -> None:
    drawn: list[tuple[Point, ...]] = []
    pane.drawn.connect(lambda _view, points: drawn.append(points))
    pane.set_drawing(True)
    assert pane.picture is not None
    pane.resize(800, 600)
    pane.hang(common_scale([pane.picture.mammogram], pane.pane))
    outside = QPoint(700, 300)
    QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=outside)
    assert drawn == []
    drag(pane, QPoint(100, 300), outside, Qt.MouseButton.LeftButton)
    assert drawn[0][1].x_px == 200.0


def test_a_point_mark_is_drawn_as_a_ring_that_can_be_clicked(pane: Viewport) -> None:
    rect = pane.rect_of(Box(30, 100, 0, 0))
    assert (rect.width(), rect.height()) == (16.0, 16.0)


def test_a_pane_without_a_picture_is_black_and_takes_no_marks(pane: Viewport) -> None:
    pane.show_picture(None)
    assert pane.stored_at(QPointF(10, 10)) is None
    image = pane.grab().toImage()
    assert image.pixelColor(200, 300).getRgb()[:3] == (0, 0, 0)


def test_the_window_is_named_as_the_vendor_named_it(exam: Any) -> None:
    mammogram = exam("C001")[0].mammogram
    assert window_text(mammogram, Look()) == "W 1 of 2  NORMAL"
    assert window_text(mammogram, Look().next_window().swapped()) == "W 2 of 2  inverted"
    changed = Look().dragged(10.0, 0.0)
    assert window_text(mammogram, changed) == "W 1 of 2  NORMAL  changed"
