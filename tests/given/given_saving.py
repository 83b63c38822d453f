"""What tests of `saving` begin with."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

LOOK_S = 0.5  # for which the hands look at a summary before they answer it


Lock = Callable[[], Any]


@pytest.fixture
def lock(folder: StudyFolder) -> Lock:
    """Return what holds the record, as another program does that writes to it."""

    @contextmanager
    def hold() -> Iterator[None]:
        with closing(sqlite3.connect(folder.record, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    return hold


def click(view: View, x_px: float, y_px: float) -> Callable[[Any], None]:
    """Return a click that waits for nothing."""

    def act(hands: Any) -> None:
        place = hands.place(view, x_px, y_px)
        widget = hands.widget_at(place)
        at = widget.mapFrom(hands.window, place)
        none = Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, none, at)

    return act


RATED = ("Space", "N", "3", "Enter")
