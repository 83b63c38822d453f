import threading
from typing import Any

from PySide6.QtCore import QObject, QThread

from reader_app.display.display_frame import ready_to_open
from reader_app.display.display_hanging import PaneSize
from reader_app.display.display_pyramid import build_picture
from reader_app.qt.reading.case_loader import CaseLoader
from study_design.errors import ImageError
from study_design.vocabulary import View

PANES = {view: PaneSize(160, 120) for view in View}


def test_only_the_coming_cases_are_kept(qtbot: Any, exam: Any) -> None:
    asked: list[str] = []

    def load(case: str) -> tuple:
        asked.append(case)
        return exam(case)

    owner = QObject()
    loader = CaseLoader(load, owner)
    loader.fetch(("C001", "C002"), PANES)
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    loader.fetch(("C002", "C003"), PANES)
    qtbot.waitUntil(lambda: loader.pictures("C003") is not None)
    assert loader.pictures("C001") is None
    assert asked == ["C001", "C002", "C003"]


def test_cases_are_loaded_off_the_gui_thread(qtbot: Any, exam: Any) -> None:
    threads: list[int] = []

    def load(case: str) -> tuple:
        threads.append(threading.get_ident())
        return exam(case)

    owner = QObject()
    loader = CaseLoader(load, owner)
    arrivals: list[bool] = []
    loader.arrived.connect(lambda _: arrivals.append(QThread.currentThread() is loader.thread()))
    loader.fetch(("C001",), PANES)
    assert loader.waits_for("C001")
    qtbot.waitUntil(lambda: bool(arrivals))
    assert threads != [threading.get_ident()]
    assert arrivals == [True]
    assert not loader.waits_for("C001")
    assert loader.problem("C001") == ""


def test_as_many_cases_are_kept_as_fit_into_memory(qtbot: Any, exam: Any) -> None:
    asked: list[str] = []

    def load(case: str) -> tuple:
        asked.append(case)
        return exam(case)

    owner = QObject()
    one_case = sum(
        picture.size_bytes
        for picture in ready_to_open(
            [build_picture(image.mammogram, image.codes, image.air) for image in exam("C001")],
            PANES,
        )
    )
    loader = CaseLoader(load, owner, budget_bytes=int(2.5 * one_case))
    coming = ("C001", "C002", "C003", "C004")
    loader.fetch(coming, PANES)
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    loader.fetch(coming[1:], PANES)
    qtbot.waitUntil(lambda: loader.pictures("C003") is not None)
    assert asked == ["C001", "C002", "C003"]
    assert loader.pictures("C001") is None


def test_a_case_that_is_asked_for_first_is_loaded_before_the_others(qtbot: Any, exam: Any) -> None:
    arrived: list[str] = []
    owner = QObject()
    loader = CaseLoader(exam, owner)
    loader.arrived.connect(arrived.append)
    loader.fetch(("C001", "C002", "C003"), PANES)
    loader.fetch(("C003", "C002"), PANES)
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    assert arrived == ["C003", "C002"]


def test_a_damaged_case_stops_no_other(qtbot: Any, exam: Any) -> None:
    def load(case: str) -> tuple:
        if case == "C001":
            raise ImageError("Case C001 could not be shown: the file is damaged.")
        return exam(case)

    owner = QObject()
    loader = CaseLoader(load, owner)
    loader.fetch(("C001", "C002"), PANES)
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    assert loader.problem("C001") == "Case C001 could not be shown: the file is damaged."
    assert not loader.waits_for("C001")


def test_a_case_is_ready_for_the_panes_as_they_are_now_and_loaded_once(
    qtbot: Any, exam: Any
) -> None:
    asked: list[str] = []

    def load(case: str) -> tuple:
        asked.append(case)
        return exam(case)

    def panes_of(case: str) -> set[PaneSize]:
        frames = [picture.first_frame for picture in loader.pictures(case) or ()]
        return {frame.pane for frame in frames if frame}

    owner = QObject()
    loader = CaseLoader(load, owner)
    loader.fetch(("C001", "C002"), PANES)
    qtbot.waitUntil(lambda: panes_of("C002") == {PaneSize(160, 120)})
    larger = PaneSize(300, 200)
    loader.fetch(("C001", "C002"), dict.fromkeys(View, larger))
    assert loader.pictures("C001") is not None
    assert not loader.waits_for("C001")
    qtbot.waitUntil(lambda: panes_of("C001") == panes_of("C002") == {larger})
    assert asked == ["C001", "C002"]
