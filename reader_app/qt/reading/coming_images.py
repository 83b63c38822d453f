"""The images of the coming cases: fetched ahead, waited for at the gate, put up when one opens."""

from PySide6.QtCore import QObject, Signal

from reader_app.qt.reading.case_loader import CaseLoader, LoadCase
from reader_app.qt.reading.light_box import LightBox
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase

AHEAD = 20  # cases whose images are fetched where memory allows, the one at the gate first


class ComingImages(QObject):
    """What the loader has for the sitting's next cases.

    Signals
    -------
    arrived : case
        As of `CaseLoader`.
    """

    arrived = Signal(str)

    def __init__(
        self, parent: QObject, sitting: Sitting, light_box: LightBox, load_case: LoadCase
    ) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._light_box = light_box
        self._loader = CaseLoader(load_case, self)
        self._loader.arrived.connect(self.arrived)

    @property
    def loading(self) -> bool:
        """Whether those of the case at the gate are still on their way."""
        state = self._sitting.state
        at_gate = state.phase is Phase.GATE and state.assignment is not None
        return at_gate and self._loader.waits_for(self._next)

    @property
    def ready(self) -> bool:
        """Whether the next case can be shown."""
        return self._loader.pictures(self._next) is not None

    @property
    def problem(self) -> str:
        """Why the next case cannot be shown, in the reader's words; empty where it can."""
        return self._loader.problem(self._next)

    def fetch(self) -> None:
        """Fetch what comes, ready for the panes as they are now."""
        self._loader.fetch(self._sitting.upcoming(AHEAD), self._light_box.first_panes)

    def put_up(self) -> None:
        """Put the images of the case that opens on the panes."""
        self._light_box.show_pictures(self._loader.pictures(self._next) or ())

    def stop(self) -> None:
        """Fetch nothing more."""
        self._loader.stop()

    @property
    def _next(self) -> str:
        """The case at the gate, or the one that is open; empty where all are read."""
        return next(iter(self._sitting.upcoming(1)), "")
