"""Fetches the images of the coming cases ahead of time, ready to be painted."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from reader_app.display_pyramid import Picture, build_picture
from reader_app.qt.background import Background, LoadCase
from study_design.errors import ImageError

UNREADABLE = (
    "Case {case} could not be shown: its files cannot be read. "
    "Your earlier reads are saved. Please call the coordinator."
)


class CaseLoader(QObject):
    """Keeps the pictures of a few cases.

    Signals
    -------
    arrived : case
        A case is ready, or has turned out to be damaged.
    """

    arrived = Signal(str)

    def __init__(self, load_case: LoadCase, parent: QObject) -> None:
        super().__init__(parent)
        self._load_case = load_case
        self._wanted: set[str] = set()
        self._results: dict[str, object] = {}
        self._background = Background(self)
        self._background.ended.connect(self._take)

    def fetch(self, cases: Sequence[str]) -> None:
        """Fetch these cases in this order and let go of all others."""
        self._results = {case: self._results[case] for case in cases if case in self._results}
        new = [case for case in cases if case not in self._wanted]
        self._wanted = set(cases)
        for case in new:
            self._background.start(case, partial(_pictures, self._load_case, case))

    def pictures(self, case: str) -> tuple[Picture, ...] | None:
        """Return the pictures of a case; None while they are on their way, or damaged."""
        result = self._results.get(case)
        return result if isinstance(result, tuple) else None

    def problem(self, case: str) -> str:
        """Return why a case cannot be shown, in the reader's words; empty where it can."""
        result = self._results.get(case)
        if isinstance(result, ImageError):
            return str(result)
        return UNREADABLE.format(case=case) if isinstance(result, Exception) else ""

    def waits_for(self, case: str) -> bool:
        """Tell whether a case is still on its way."""
        return case in self._wanted and case not in self._results

    def stop(self) -> None:
        """Wait until nothing runs any more."""
        self._background.wait()

    def _take(self, case: str, result: object) -> None:
        """Keep what has arrived, where it is still wanted."""
        if case in self._wanted:
            self._results[case] = result
            self.arrived.emit(case)


def _pictures(load_case: LoadCase, case: str) -> tuple[Picture, ...]:
    """Load a case and build its pyramids; runs in the background."""
    return tuple(
        build_picture(image.mammogram, image.codes, image.air) for image in load_case(case)
    )
