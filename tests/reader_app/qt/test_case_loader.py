import threading
from typing import Any

from PySide6.QtCore import QObject, QThread

from reader_app.display_pyramid import build_picture
from reader_app.qt.case_loader import CaseLoader
from study_design.errors import ImageError


def test_only_the_coming_cases_are_kept(qtbot: Any, exam: Any) -> None:
    asked: list[str] = []

    def load(case: str) -> tuple:
        asked.append(case)
        return exam(case)

    owner = QObject()
    loader = CaseLoader(load, owner)
    loader.fetch(("C001", "C002"))
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    loader.fetch(("C002", "C003"))
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
    loader.fetch(("C001",))
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
        build_picture(image.mammogram, image.codes, image.air).size_bytes for image in exam("C001")
    )
    loader = CaseLoader(load, owner, budget_bytes=int(2.5 * one_case))
    coming = ("C001", "C002", "C003", "C004")
    loader.fetch(coming)
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    loader.fetch(coming[1:])
    qtbot.waitUntil(lambda: loader.pictures("C003") is not None)
    assert asked == ["C001", "C002", "C003"]
    assert loader.pictures("C001") is None


def test_a_case_that_is_asked_for_first_is_loaded_before_the_others(qtbot: Any, exam: Any) -> None:
    arrived: list[str] = []
    owner = QObject()
    loader = CaseLoader(exam, owner)
    loader.arrived.connect(arrived.append)
    loader.fetch(("C001", "C002", "C003"))
    loader.fetch(("C003", "C002"))
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    assert arrived == ["C003", "C002"]


def test_a_damaged_case_stops_no_other(qtbot: Any, exam: Any) -> None:
    def load(case: str) -> tuple:
        if case == "C001":
            raise ImageError("Case C001 could not be shown: the file is damaged.")
        return exam(case)

    owner = QObject()
    loader = CaseLoader(load, owner)
    loader.fetch(("C001", "C002"))
    qtbot.waitUntil(lambda: loader.pictures("C002") is not None)
    assert loader.problem("C001") == "Case C001 could not be shown: the file is damaged."
    assert not loader.waits_for("C001")
