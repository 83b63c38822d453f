"""Plays key and mouse scripts in the real reading window: the hands of a simulated reader.

It knows nothing but the script. The clock moves only here, so the times of a simulated read are
those of its script.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from reader_app.qt.reading.reading_window import ReadingWindow
from reader_app.reading.clocks.clock import SimulatedClock
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase
from reader_app.simulated.script import Act, ReadScript
from study_design.errors import ProtocolError

SITTING_HOUR = 19
PATIENCE_MS = 60_000
NAMED_KEYS = {"Space": Qt.Key.Key_Space, "Enter": Qt.Key.Key_Return}


class ScriptPlayer:
    """Reads every remaining case of a sitting by its script.

    Parameters
    ----------
    window, sitting, clock
        The real window on the sitting, and the clock that both go by.
    scripts
        By cell.
    screenshots
        Folder for pictures of the first read of each arm that has a mark; None for no pictures.
    """

    def __init__(
        self,
        window: ReadingWindow,
        sitting: Sitting,
        clock: SimulatedClock,
        *,
        scripts: Mapping[str, ReadScript],
        screenshots: Path | None = None,
    ) -> None:
        self._window = window
        self._sitting = sitting
        self._clock = clock
        self._scripts = scripts
        self._screenshots = screenshots
        self._pictured: set[str] = set()

    def play(self) -> None:
        """Read to the end; each validated read is said on standard output when it is safe.

        Raises
        ------
        ProtocolError
            Where a cell has no script, or a script does not lead to a validated read.
        """
        count = 0
        while (assignment := self._sitting.state.assignment) is not None:
            self._sit_down()
            script = self._scripts.get(assignment.cell)
            if script is None:
                raise ProtocolError(f"Expected a script for {assignment.cell}, got none.")
            self._read(script, assignment.arm)
            count += 1
            sys.stdout.write(f"acknowledged {count} {assignment.cell}\n")
            sys.stdout.flush()

    def _sit_down(self) -> None:
        """Let the calendar run to the evening of the next block, past its washout."""
        progress, opens_at = self._sitting.state.progress, self._sitting.opens_at
        now = self._clock.now()
        if progress and progress.first_of_block and not self._sitting.state.again:
            now = _next_evening(now)
        if opens_at is not None and opens_at > now:
            now = _next_evening(opens_at.astimezone(now.tzinfo))
        self._clock.advance_to(now)

    def _read(self, script: ReadScript, arm: str) -> None:
        """Play the acts of one read and make sure that they ended in a validation."""
        pictured = self._screenshots is not None and arm not in self._pictured
        pictured = pictured and self._is_worth_a_picture(script, arm)
        self._wait_until_ready()
        interrupted = self._sitting.state.again
        for number, act in enumerate(script.acts):
            if pictured:
                self._take_picture(script.acts, number, arm)
            self._clock.advance(act.after_s)
            self._do(act)
            if interrupted and number == 0:
                self._remove_marks()
        if self._sitting.state.phase not in (Phase.GATE, Phase.FINISHED):
            raise ProtocolError(
                f"The script of {script.cell} ended while {self._sitting.state.phase}: "
                f"{', '.join(self._sitting.state.missing) or 'not validated'}."
            )

    def _is_worth_a_picture(self, script: ReadScript, arm: str) -> bool:
        """Tell whether a read has a mark and, in an arm with AI, AI marks to show."""
        marks = any(act.view and act.press for act in script.acts)
        ai = any(act.key == "G" for act in script.acts)
        return marks and (ai or not self._sitting.study.arm(arm).ai)

    def _remove_marks(self) -> None:
        """Take back the marks of a sitting that was cut off; the script sets them again."""
        while self._sitting.state.draft.findings:
            QTest.keyClick(self._target(), Qt.Key.Key_Delete)

    def _do(self, act: Act) -> None:
        """Perform one act, then let the window draw."""
        if act.key:
            self._press(act.key)
        elif act.view is not None:
            places = [self._window.view_point(act.view, point) for point in act.points]
            self._point([place for place in places if place is not None], press=act.press)
        self._wait_until_ready()

    def _press(self, name: str) -> None:
        """Press a key as it is named on its cap."""
        shift = name.startswith("Shift+")
        cap = name.removeprefix("Shift+")
        code = NAMED_KEYS.get(cap) or Qt.Key(ord(cap))
        held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self._target(), code, held)

    def _point(self, places: Sequence[QPoint], *, press: bool) -> None:
        """Click at one place of the window, drag from the first to the last, or only move there."""
        if not press:
            QTest.mouseMove(self._window, places[0] if places else self._window.rect().center())
            return
        if not places:
            raise ProtocolError("A script points at a view that is not on the screen.")
        widget = self._window.childAt(places[0]) or self._window
        first, last = (widget.mapFrom(self._window, place) for place in (places[0], places[-1]))
        none = Qt.KeyboardModifier.NoModifier
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, none, first)
        if first != last:
            QTest.mouseMove(widget, (first + last) / 2)
            QTest.mouseMove(widget, last)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, none, last)

    def _target(self) -> QWidget:
        """Return the widget that has the keyboard."""
        return self._window.focusWidget() or self._window

    def _wait_until_ready(self) -> None:
        """Let the window work until it would take a person's next key."""
        passed = QElapsedTimer()
        passed.start()
        QCoreApplication.processEvents()
        while not self._window.ready:
            # Waiting inside Qt would keep the interpreter from the thread that loads the images.
            time.sleep(0.002)
            QCoreApplication.processEvents()
            if passed.hasExpired(PATIENCE_MS):
                raise ProtocolError(f"The window was not ready after {PATIENCE_MS // 1000} s.")

    def _take_picture(self, acts: Sequence[Act], number: int, arm: str) -> None:
        """Photograph the window at the moments that a newcomer would want to see."""
        act, pressed = acts[number], [earlier.key for earlier in acts[:number] if earlier.key]
        moments = {
            "1-gate": number == 0,
            "2-four-views": number == 1,
            "3-card": act.key == "Enter" and "Enter" not in pressed and pressed[-1].isdigit(),
            "4-summary": number == len(acts) - 1,
        }
        for name, now in moments.items():
            path = (self._screenshots or Path()) / f"{arm}-{name}.png"
            if now and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                self._window.grab().save(str(path))
        if moments["4-summary"]:
            self._pictured.add(arm)


def _next_evening(moment: datetime) -> datetime:
    """Return the next time at which simulated readers sit down."""
    evening = moment.replace(hour=SITTING_HOUR, minute=0, second=0, microsecond=0)
    return evening if evening >= moment else evening + timedelta(days=1)
