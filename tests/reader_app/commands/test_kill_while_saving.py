"""Another program holds the record and the reading is killed: what was shown as saved is there.

The real command reads a real study in a process of its own; a hand in that process presses the keys
that the test names and tells what stands on the screen.
"""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reader_app.simulated.example_study import make_example_study, open_example
from study_design.life.integrity import verify_study
from study_design.protocol.plan import assignments_of, read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.events import EventType
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

Start = Callable[..., "subprocess.Popen[str]"]
Told = dict[str, Any]

HELD_S = 3.0
PATIENCE_S = 120.0
HAND = """
import json, threading
from PySide6.QtCore import Qt, Signal
from PySide6.QtTest import QTest
from reader_app.commands import reading
from reader_app.qt.reading.mark_layers import outlines_of
from study_design.geometry import Point
from study_design.vocabulary import View

NAMED = {"Space": Qt.Key.Key_Space, "Enter": Qt.Key.Key_Return, "Escape": Qt.Key.Key_Escape}

class Hand(reading.ReadingWindow):
    ordered = Signal(str)

    def showFullScreen(self):
        self.resize(1280, 760)
        self.show()
        self.ordered.connect(self.obey)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in sys.stdin:
            self.ordered.emit(line.strip())

    def obey(self, order):
        what, *words = order.split()
        if what == "key":
            for word in words:
                QTest.keyClick(self, NAMED.get(word) or Qt.Key(ord(word)))
        elif what == "click":
            view = View(words[0])
            mammogram = self.light_box.panes[view].picture.mammogram
            middle = Point(mammogram.columns * float(words[1]), mammogram.rows * float(words[2]))
            place = self.view_point(view, middle)
            pane = self.childAt(place)
            at = pane.mapFrom(self, place)
            QTest.mouseClick(pane, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        self.tell()

    def tell(self):
        state = self._sitting.state
        outlines = [mark for marks in outlines_of(state, None).values() for mark in marks]
        own = [mark for mark in outlines if mark.mark is not None]
        answers = {name: getattr(state.draft.given, name) for name in (
            "birads_right", "birads_left", "rating_right", "rating_left")}
        print(json.dumps({
            "phase": state.phase,
            "text": self.text,
            "ready": self.ready,
            "images": self.light_box.isVisible(),
            "ai": state.ai_visible,
            "pending": state.pending,
            "solid": sorted(mark.label for mark in own if not mark.pending),
            "dotted": sorted(mark.label for mark in own if mark.pending),
            "ratings": [finding.rating for finding in state.draft.findings],
            "answers": answers,
            "typed": self._desk.half.entry.typed.text if self._desk.half.entry else "",
            "asked_for_s": self._screen.asked_for_s,
        }), flush=True)

reading.ReadingWindow = Hand
"""


class Sitting:
    """A reading process and the hand in it."""

    def __init__(self, start: Start, study: StudyFolder) -> None:
        self.process = start(
            "read", study.path, "--reader", "you", before=HAND, stdin=subprocess.PIPE
        )

    def do(self, order: str) -> Told:
        """Give an order and return what stands on the screen then."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        told: Told = json.loads(line)
        return told

    def until(self, seen: Callable[[Told], bool]) -> Told:
        """Look until something is seen."""
        ends = time.monotonic() + PATIENCE_S
        while not seen(told := self.do("look")):
            assert time.monotonic() < ends, told
            time.sleep(0.02)
        return told

    def settled(self, *orders: str) -> Told:
        """Give orders one by one, each when the one before is on the screen and on the disk."""
        for order in orders:
            self.until(lambda told: told["ready"])
            self.do(order)
        return self.until(lambda told: told["ready"])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE_S)


@pytest.fixture
def human_study(tmp_path: Path) -> StudyFolder:
    """A locked study of two cases for a person, whose first arm has AI."""
    folder = StudyFolder(tmp_path / "study")
    make_example_study(
        folder,
        replace(open_example(), cases=2, block_size=2),
        sources=tmp_path / "sources",
        seed=7,
        at=datetime.now(UTC),
        report=lambda *_: None,
    )
    return folder


@contextmanager
def held(study: StudyFolder) -> Iterator[None]:
    """Hold the record as another program does that writes to it for long."""
    with closing(sqlite3.connect(study.record, isolation_level=None, timeout=60)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def events(study: StudyFolder) -> list[Any]:
    with open_store(study) as store:
        return [stored.event for stored in store.events()]


def marked_as_pending(told: Told) -> bool:
    """Tell whether the screen says that something is not on the disk."""
    return "aving ..." in told["text"] or (told["phase"] == "paused" and not told["images"])


@pytest.mark.timeout(1200)  # a program is started and killed for every kind of act
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_kill_under_a_lock_loses_nothing_that_was_shown_as_saved(
    human_study: StudyFolder, start: Start
) -> None:
    study = human_study
    cell = assignments_of(read_plan(study), "you")[0]
    assert read_study_file(study.study_toml).arm(cell.arm).ai, "the seed draws the AI first"

    def killed(sitting: Sitting, *orders: str) -> Told:
        """Carry orders out under a lock, kill, and return what was shown; nothing was written."""
        before = events(study)
        with held(study):
            for order in orders:
                sitting.do(order)
            told = sitting.until(lambda told: told["pending"] and marked_as_pending(told))
            sitting.kill()
        assert events(study) == before
        return told

    def opened_again(saved: Told) -> tuple[Sitting, Told]:
        """Sit down again and open the case; what was saved is there, and nothing else."""
        sitting = Sitting(start, study)
        gate = sitting.settled("look")
        assert "You were interrupted here. Your marks are kept." in gate["text"]
        told = sitting.settled("key Space")
        for what in ("solid", "dotted", "ratings", "answers", "typed"):
            assert told[what] == saved[what], what
        return sitting, told

    sitting = Sitting(start, study)
    sitting.settled("look")
    told = killed(sitting, "key Space")
    assert (told["phase"], told["images"]) == ("saving", False)

    sitting = Sitting(start, study)
    assert "interrupted" not in sitting.settled("look")["text"]
    saved = sitting.settled("key Space")
    told = killed(sitting, "key M", "click R-CC 0.3 0.5")
    assert (told["solid"], told["dotted"]) == ([], ["1"])

    sitting, _ = opened_again(saved)
    saved = sitting.settled("key M", "click R-CC 0.3 0.5")
    assert (saved["solid"], saved["dotted"]) == (["1"], [])
    told = killed(sitting, "key X", "key 4")
    assert (told["solid"], told["dotted"]) == ([], ["1  4"])

    sitting, _ = opened_again(saved)
    saved = sitting.settled("click R-CC 0.3 0.5", "key X", "key 4", "key 5")
    assert (saved["solid"], saved["typed"]) == (["1  4"], "5")
    told = killed(sitting, "key 7")
    assert told["typed"] == "57"

    sitting, told = opened_again(saved)
    assert "Finding 1" in told["text"]
    saved = sitting.settled("key 5", "key Enter")
    assert saved["ratings"] == [55.0]
    told = killed(sitting, "key N")
    assert told["answers"]["birads_left"] == "1"

    sitting, _ = opened_again(saved)
    told = killed(sitting, "key G")
    assert not told["ai"]

    sitting, _ = opened_again(saved)
    assert sitting.settled("key G")["ai"]
    told = killed(sitting, "key P")
    assert (told["phase"], told["images"]) == ("paused", False)

    sitting, _ = opened_again(saved)
    sitting.settled("key P")
    told = killed(sitting, "key Space")
    assert (told["phase"], told["images"]) == ("saving", False)

    sitting, _ = opened_again(saved)
    saved = sitting.settled("key N", "key 3", "key Enter")
    sitting.until(lambda told: told["asked_for_s"] > 0.5)
    told = killed(sitting, "key Enter")
    assert (told["phase"], told["text"], told["images"]) == ("saving", "Saving ...", False)

    sitting, _ = opened_again(saved)
    sitting.do("key P")
    sitting.settled("key Space", "key Enter")
    with held(study):
        sitting.do("key Escape")
        sitting.do("key M")
        assert sitting.do("click L-CC 0.3 0.5")["dotted"] == ["2"]
        until = time.monotonic() + HELD_S
        sitting.until(lambda _: time.monotonic() > until)
    assert sitting.settled("look")["solid"] == ["1  4", "2"]
    sitting.settled("key X", "key 3", "key 2", "key 0", "key Enter", "key Enter")
    sitting.until(lambda told: told["asked_for_s"] > 0.5)
    told = sitting.settled("key Enter")
    assert (told["phase"], told["images"]) == ("gate", False)
    sitting.do("key Escape")
    sitting.process.communicate(timeout=PATIENCE_S)
    assert sitting.process.returncode == 0

    with open_store(study) as store:
        (read,) = reads_of(store.events())
        kinds = [stored.event.type for stored in store.events()]
    assert HELD_S <= read.times.system_s <= read.times.raw_s
    assert dict(read.responses)["stalls"] == "1"
    assert (read.answers.birads_right, read.answers.rating_right) == ("4", 55.0)
    assert kinds.count(EventType.READ_VALIDATED) == 1
    assert not [problem for problem in verify_study(study) if problem.grave]
