import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from reader_app.display.display import Look
from reader_app.display.display_hanging import common_scale
from reader_app.display.display_pyramid import build_picture
from reader_app.qt.bench.contestant import on_screen
from reader_app.qt.reading.ink import inked_rect
from reader_app.qt.reading.pane_words import window_text
from reader_app.qt.reading.viewport import Viewport
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
    pane.hung.hang(common_scale([loaded.mammogram], pane.hung.pane))
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
    hung, at = pane.hung.placement, QPoint(100, 250)
    before = pane.hung.stored_at(QPointF(at))
    wheel(pane, at, 2)
    assert pane.hung.placement is not None
    assert hung is not None
    assert pane.hung.placement.scale == pytest.approx(hung.scale * 1.25**2)
    after = pane.hung.stored_at(QPointF(at))
    assert before is not None
    assert after is not None
    assert (after.x_px, after.y_px) == pytest.approx((before.x_px, before.y_px))
    wheel(pane, QPoint(300, 20), -9)
    assert pane.hung.placement == hung


def test_a_left_drag_pans(pane: Viewport) -> None:
    wheel(pane, QPoint(100, 250), 2)
    before = pane.hung.position_of(Point(60, 150))
    drag(pane, QPoint(200, 300), QPoint(150, 320), Qt.MouseButton.LeftButton)
    after = pane.hung.position_of(Point(60, 150))
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
    pane.hung.one_to_one(QPoint(60, 300))
    assert pane.hung.placement is not None
    assert pane.hung.placement.scale == 1.0
    at = pane.hung.position_of(Point(20.5, 150.5))
    assert at is not None
    image = pane.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    # LINEAR 2048 / 4096 on 12 bits
    grey = round((float(loaded.codes[150, 20]) - 2047.5) / 4095 * 255 + 127.5)
    shown = image.pixelColor(int(at.x()), int(at.y())).red()
    assert shown == pytest.approx(grey, abs=1)


def test_1_to_1_without_a_cursor_is_centred_on_the_breast(pane: Viewport) -> None:
    pane.hung.one_to_one(None)
    centre = pane.hung.breast_centre
    assert (centre.x(), centre.y()) == pytest.approx((200, 300), abs=1)


def test_a_mark_that_begins_beside_the_picture_is_none_and_one_that_ends_there_is_cut(
    pane: Viewport,
) -> None:
    drawn: list[tuple[Point, ...]] = []
    pane.drawn.connect(lambda _view, points: drawn.append(points))
    pane.set_drawing(True)
    assert pane.picture is not None
    pane.resize(800, 600)
    pane.hung.hang(common_scale([pane.picture.mammogram], pane.hung.pane))
    outside = QPoint(700, 300)
    QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=outside)
    assert drawn == []
    drag(pane, QPoint(100, 300), outside, Qt.MouseButton.LeftButton)
    assert drawn[0][1].x_px == 200.0


def test_a_point_mark_is_drawn_as_a_ring_that_can_be_clicked(pane: Viewport) -> None:
    rect = pane.hung.rect_of(Box(30, 100, 0, 0))
    assert (rect.width(), rect.height()) == (16.0, 16.0)


def test_a_pane_without_a_picture_is_black_and_takes_no_marks(pane: Viewport) -> None:
    pane.show_picture(None)
    assert pane.hung.stored_at(QPointF(10, 10)) is None
    image = pane.grab().toImage()
    assert image.pixelColor(200, 300).getRgb()[:3] == (0, 0, 0)


def test_the_window_is_named_as_the_vendor_named_it(exam: Any) -> None:
    mammogram = exam("C001")[0].mammogram
    assert window_text(mammogram, Look()) == "W 1 of 2  NORMAL"
    assert window_text(mammogram, Look().next_window([mammogram]).swapped()) == "W 2 of 2  inverted"
    changed = Look().dragged(10.0, 0.0)
    assert window_text(mammogram, changed) == "W 1 of 2  NORMAL  changed"


class Paints(QObject):
    """Notes the region of every paint of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.rects: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.rects.append(event.rect())
        return False


def test_many_mouse_moves_of_one_turn_are_painted_once(pane: Viewport) -> None:
    look = Look()
    QApplication.processEvents()
    paints = Paints(pane)
    for step in range(20):
        look = look.dragged(1.0, 1.0 + step)
        pane.set_look(look)
        wheel(pane, QPoint(100, 250), 1 if step % 2 else -1)
    QApplication.processEvents()
    assert len(paints.rects) == 1


def test_a_new_look_repaints_the_tissue_and_nothing_beside(pane: Viewport) -> None:
    pane.set_look(Look(shift=0.1))
    QApplication.processEvents()
    paints = Paints(pane)
    pane.set_look(Look(shift=0.2))
    QApplication.processEvents()
    assert len(paints.rects) == 1
    assert 0 < paints.rects[0].width() < pane.width()
    assert paints.rects[0].left() == 0  # the chest wall of a left breast


def test_a_partial_repaint_leaves_what_a_whole_one_shows(pane: Viewport) -> None:
    pane.set_look(Look(shift=0.1))
    QApplication.processEvents()
    pane.set_look(Look(shift=-0.2, stretch=0.5))
    QApplication.processEvents()
    partial = on_screen(pane.window())
    pane.update()
    QApplication.processEvents()
    assert np.array_equal(partial, on_screen(pane.window()))


def test_what_is_inked_is_found() -> None:
    rect = QRect(5, 7, 20, 10)
    size = QSize(61, 40)
    assert inked_rect(size, lambda painter: painter.fillRect(rect, QColor("#7a7a7a"))) == rect
    assert inked_rect(size, lambda _: None).isEmpty()


def test_words_that_change_are_repainted(pane: Viewport) -> None:
    QApplication.processEvents()
    paints = Paints(pane)
    pane.set_look(Look(window=1))
    QApplication.processEvents()
    assert paints.rects == [pane.rect()]


ON_A_FINE_SCREEN = """
import numpy as np
from PySide6.QtWidgets import QApplication, QWidget
from reader_app.display.display import Look
from reader_app.display.display_hanging import common_scale
from reader_app.display.display_pyramid import build_picture
from reader_app.qt.reading.viewport import Viewport
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

application = QApplication([])
codes = np.random.default_rng(1).integers(0, 256, (900, 900)).astype(np.uint16)
mammogram = Mammogram("1", "C", View.L_CC, 900, 900, 8, "", (VoiWindow(128, 256),))
window = QWidget()
window.resize(301, 201)
pane = Viewport(View.L_CC, window)
pane.setGeometry(0, 0, 301, 201)
pane.show_picture(build_picture(mammogram, codes, np.zeros(codes.shape, dtype=np.bool_)))
pane.hung.hang(common_scale([mammogram], pane.hung.pane))
pane.hung.one_to_one(None)
window.show()
application.processEvents()
for look in (Look(), Look(shift=0.001)):
    pane.set_look(look)
    application.processEvents()
image = window.grab().toImage()
left, top = int(pane.hung.placement.left_hung), int(pane.hung.placement.top_hung)
rows = slice(image.height() // 3, image.height() // 2)
columns = range(image.width())
shown = np.array(
    [[image.pixelColor(x, y).red() for x in columns] for y in range(rows.start, rows.stop)]
)
stored = codes[top : top + image.height(), left : left + image.width()][rows]
print(pane.hung.pane.width, pane.hung.pane.height, int(np.abs(shown - stored).max()))
"""


@pytest.mark.parametrize(("ratio", "size"), [("1", (301, 201)), ("2", (602, 402))])
def test_a_picture_pixel_is_a_device_pixel_on_fine_screens_too(
    ratio: str, size: tuple[int, int]
) -> None:
    said = subprocess.run(
        [sys.executable, "-c", ON_A_FINE_SCREEN],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": ratio},
        capture_output=True,
        text=True,
        check=True,
    )
    width, height, difference = map(int, said.stdout.split())
    assert (width, height) == size
    assert difference <= 1
