import threading
from typing import Any

from PySide6.QtCore import QObject, QThread

from reader_app.qt.case_loader import CaseLoader


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
