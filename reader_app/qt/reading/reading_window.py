"""The reading window: turns keys and clicks into acts of the sitting, and shows what comes of them.

Full screen, without frame, title, menu or clock. A key becomes a command; the desk or the window
carries it out; then everything on the screen is set from the sitting's state.
"""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from reader_app.qt.parts.background import Bell
from reader_app.qt.parts.key_names import key_name
from reader_app.qt.parts.key_repeat import HeldKeys
from reader_app.qt.parts.style import READING_SHEET
from reader_app.qt.reading.absence import Absence
from reader_app.qt.reading.case_loader import LoadCase
from reader_app.qt.reading.cheat_sheet import CheatSheet
from reader_app.qt.reading.coming_images import ComingImages
from reader_app.qt.reading.light_box import LightBox
from reader_app.qt.reading.page import Line
from reader_app.qt.reading.reading_screen import ReadingScreen
from reader_app.qt.reading.reading_words import failure_lines, gate_lines, saving_lines
from reader_app.qt.reading.saving_notice import SavingNotice
from reader_app.qt.reading.viewing_keys import viewing_commands
from reader_app.reading.clocks.clock import Clock
from reader_app.reading.key_bindings import STANDARD_KEYS, KeyBindings
from reader_app.reading.keys import Command, Mode, command_of
from reader_app.reading.reading_desk import ReadingDesk
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase, State
from study_design.errors import CrossreadError, ProtocolError
from study_design.geometry import Point
from study_design.vocabulary import ReaderKind, View

SEEN_S = 0.3  # for which a question has stood before Enter answers it
WITH_IMAGES = frozenset({Phase.OPENING, Phase.READING, Phase.SUMMARY})


class ReadingWindow(QWidget):
    """One sitting on the screen.

    Parameters
    ----------
    sitting
        The sitting.
    clock
        The clock of the sitting: times the way from Space to the first full paint, and waits.
    load_case
        Returns the images of a case; called in the background, for the coming cases too.
    keys
        The reader's own letters.

    Signals
    -------
    phase_changed : Phase
        The sitting has gone on to another phase.
    painted
        All views of a case stand on the screen; the clock of the read has been started.
    finished
        The window has been closed. The sitting is still to be closed.
    """

    phase_changed = Signal(object)
    painted = Signal()
    finished = Signal()

    def __init__(
        self,
        sitting: Sitting,
        clock: Clock,
        load_case: LoadCase,
        keys: KeyBindings = STANDARD_KEYS,
    ) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self.setObjectName("reading")
        self.setWindowTitle("Crossread")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet(READING_SHEET)
        self._sitting = sitting
        self._clock = clock
        self._keys = keys
        self._simulated = sitting.reader.kind is ReaderKind.SIMULATED
        self._desk = ReadingDesk(sitting, keys)
        self._screen = ReadingScreen(self, sitting.study, keys, clock)
        self._held = HeldKeys()
        self._sheet = CheatSheet(self, keys)
        self._images = ComingImages(self, sitting, self.light_box, load_case)
        self._message = ""
        self._failure = ""
        self._leaving = False
        self._opened_s = 0.0
        self._phase = sitting.state.phase
        self._commands: Mapping[Command, Callable[[], object]] = {
            Command.OPEN_CASE: self._open_case,
            Command.REOPEN: self._choose_reopening,
            Command.LEAVE: self.close,
            Command.KEYS: partial(self._sheet.toggle, self),
            **viewing_commands(self.light_box),
        }
        self._saving = SavingNotice(self)
        self._saving.due.connect(self._refresh)
        self._saved = Bell(self)
        self._saved.rung.connect(self._settle, Qt.ConnectionType.QueuedConnection)
        sitting.case.saving.when_saved(self._saved.strike)
        self._images.arrived.connect(self._refresh)
        self.light_box.fully_painted.connect(self._start_clock)
        self.light_box.drawn.connect(self._place_mark)
        self.light_box.picked.connect(self._pick_mark)
        self._absence = Absence(self, clock, sitting, self._desk, self._act)
        self._images.fetch()
        self._refresh()

    # For simulated readers and tests ------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether all that was done is answered: nothing loads, all is painted and on the disk."""
        return bool(self._failure) or not (self._sitting.case.saving.pending or self._unseen())

    @property
    def light_box(self) -> LightBox:
        """The panes."""
        return self._screen.light_box

    @property
    def text(self) -> str:
        """All words on the screen but those in the panes."""
        return self._screen.text

    def view_point(self, view: View, point: Point) -> QPoint | None:
        """Return where in the window a stored pixel of a view is on the screen now, or None."""
        return self._screen.position_of(view, point)

    # Input --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Carry out what a key asks for; a key that is held down counts once."""
        key = self._keys.standard(key_name(event))
        command = command_of(self._mode(), key)
        # A repeat that looks like a press took the lens away with a release that looked like one.
        holds = command is Command.LENS and not event.isAutoRepeat()
        if self._held.is_repeat(event) and not holds:
            return
        if command is not Command.KEYS and self._sheet.isVisible():
            self._sheet.hide()
            command = None if key == "Escape" else command
        if command is Command.VALIDATE and self._screen.asked_for_s < SEEN_S:
            return
        if command is not None:
            self._act(partial(self._carry_out, command, key))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Take the lens away with its key, whatever else is held or has happened meanwhile."""
        self._held.note_release(event)
        key = self._keys.standard(key_name(event).removeprefix("Ctrl+").removeprefix("Shift+"))
        if command_of(Mode.READING, key) is Command.LENS and not event.isAutoRepeat():
            self.light_box.lens.let_go()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Keep the Tab key for the fields of card and summary."""
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Write down when another window takes the keyboard, and when it comes back."""
        if event.type() is QEvent.Type.ActivationChange:
            self.light_box.lens.let_go()
            self._held.forget()
            self._act(partial(self._sitting.case.focus_changed, focused=self.isActiveWindow()))
        super().changeEvent(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Fill the window."""
        self._screen.setGeometry(self.rect())
        self._images.fetch()
        self._refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave the desk when all is on the disk; an open read waits as it is."""
        if self._sitting.case.saving.pending:
            self._leaving = True
            event.ignore()
            self._refresh()
            return
        self._leaving = False
        self._images.stop()
        event.accept()
        self.finished.emit()

    def _mode(self) -> Mode:
        """Return what the keyboard belongs to."""
        if self._failure:
            return Mode.ENDED
        if self._leaving:
            return Mode.SAVING
        return Mode.OPENING if self._unseen() else self._desk.mode

    def _carry_out(self, command: Command, key: str) -> None:
        """Let the desk or the window carry out a command; what lets go takes rulers away too."""
        if command is Command.CANCEL:
            self.light_box.take_rulers_away()
        if self._desk.handles(command):
            self._desk.do(command, key)
        else:
            self._desk.take_over()
            self._commands[command]()

    def _act(self, act: Callable[[], object]) -> None:
        """Do something that is written down; show what is so now, and what went wrong.

        What the protocol forbids is said and reading goes on; where the record or an image cannot
        be trusted, nothing more is read.
        """
        try:
            act()
        except ProtocolError as error:
            self._message = self._desk.half.notice = str(error)
        except CrossreadError as error:
            self._failure = str(error)
        self._refresh()

    def _settle(self) -> None:
        """Go on with what waited for the disk."""
        self._act(self._sitting.case.settle)
        if self._leaving and not self._failure:
            self.close()

    # From case to case --------------------------------------------------------------------------

    def _open_case(self) -> None:
        """Leave the gate; images follow when the disk knows, the clock when they are painted."""
        self._message = ""
        if self._images.ready:
            self._opened_s = self._clock.monotonic_s()
            self._sitting.open_case()

    def _choose_reopening(self) -> None:
        """Turn to the case that was read last, or back to the next one."""
        self._message = ""
        self._sitting.choose_reopening()
        self._images.fetch()

    def _start_clock(self) -> None:
        """All views stand on the screen for the first time: the read begins."""
        if self._sitting.state.phase is Phase.OPENING:
            latency_s = self._clock.monotonic_s() - self._opened_s
            self._act(partial(self._sitting.painted, latency_s))
            self.painted.emit()

    def _place_mark(self, view: View, points: tuple[Point, ...]) -> None:
        """Hand a mark to the desk."""
        picture = self.light_box.panes[view].picture
        if picture is not None and self._sitting.state.phase is Phase.READING:
            self._act(partial(self._desk.place, view, picture.mammogram.image, points))

    def _pick_mark(self, mark: int | None) -> None:
        """Hand a click to the desk."""
        if self._sitting.state.phase is Phase.READING:
            self._act(partial(self._desk.pick, mark))

    def _unseen(self) -> bool:
        """Tell whether images or questions are still on their way to the screen."""
        opening = self._sitting.state.phase is Phase.OPENING
        return opening or self._images.loading or self._screen.asks_unseen

    # What is on the screen ----------------------------------------------------------------------

    def _refresh(self) -> None:
        """Set everything on the screen from the sitting's state."""
        state = self._sitting.state
        changed, self._phase = state.phase is not self._phase, state.phase
        self._saving.watch(pending=state.pending)
        if changed and state.phase is Phase.OPENING:
            self._desk.begin()
            self._images.put_up()
        if changed and state.phase in (Phase.GATE, Phase.FINISHED):
            self.light_box.clear()
            self._message = ""
            self._images.fetch()
        if self._failure or self._leaving or state.phase not in WITH_IMAGES:
            self._screen.show_lines(self._lines(state))
        else:
            self._absence.end()
            self._screen.show_read(
                state, self._desk, simulated=self._simulated, saving=self._saving.shown
            )
        if changed:
            self.phase_changed.emit(state.phase)

    def _lines(self, state: State) -> list[Line]:
        """Return what the black page says."""
        if self._failure:
            return failure_lines(self._failure)
        if self._leaving or state.phase is Phase.SAVING:
            return saving_lines(shown=self._saving.shown)
        if state.phase is Phase.PAUSED:
            return self._absence.lines(state)
        return gate_lines(
            state,
            self._keys,
            loading=self._images.loading,
            message=self._message or self._images.problem,
            simulated=self._simulated,
        )
