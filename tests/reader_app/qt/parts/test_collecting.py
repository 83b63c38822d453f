"""Garbage is collected in the thread of the windows, whoever makes it."""

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from reader_app.qt.parts.collecting import collect_due

IN_AN_APPLICATION = """
import gc, threading
from PySide6.QtCore import QTimer
from reader_app.qt.application import reading_application

application = reading_application([])
assert not gc.isenabled()
died_in = []

class Knot:
    def __init__(self):
        self.me = self
    def __del__(self):
        died_in.append(threading.current_thread() is threading.main_thread())

def make():
    for _ in range(5000):
        Knot()

maker = threading.Thread(target=make)
maker.start()
maker.join()
assert died_in == []
QTimer.singleShot(1500, application.quit)
application.exec()
assert died_in and all(died_in)
"""


@pytest.mark.usefixtures("qapp")
def test_only_what_is_due_is_collected() -> None:
    gc.collect()
    before = gc.get_stats()[0]["collections"]
    collect_due()
    assert gc.get_stats()[0]["collections"] == before
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]
    collect_due()
    assert gc.get_stats()[0]["collections"] == before + 1
    assert kept


def test_the_application_collects_in_its_own_thread_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_AN_APPLICATION],
        cwd=Path(__file__).parents[4],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_test_of_windows_runs_without_the_collector(qtbot: QtBot) -> None:
    assert not gc.isenabled()
    assert threading.current_thread() is threading.main_thread()
    assert qtbot is not None
