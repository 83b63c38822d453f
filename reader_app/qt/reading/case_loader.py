"""Fetches the images of the coming cases ahead of time, ready to be painted as they open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from reader_app.display.display_frame import PaneSizes, ready_to_open
from reader_app.display.display_kernels import warm_up
from reader_app.display.display_pyramid import Picture, build_picture
from reader_app.display.prefetch import cases_within, prefetch_budget_bytes
from reader_app.qt.parts.background import Background
from study_design.errors import ImageError
from study_design.images.fixed_display import NOTHING_NOTED
from study_design.images.image_store import LoadedImage, case_images, load_pixels
from study_design.study_folder import StudyFolder

LoadCase = Callable[[str], Iterable[LoadedImage]]

UNREADABLE = (
    "Case {case} could not be shown: its files cannot be read. "
    "Your earlier reads are saved. Please call the coordinator."
)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What came of a case: its pictures, ready for these panes, or the error that kept it away."""

    result: object
    panes: PaneSizes


class CaseLoader(QObject):
    """Keeps the pictures of as many coming cases as fit into memory set aside for them.

    Parameters
    ----------
    load_case
        Returns the images of a case; called in the background, one case at a time. Images that it
        loads one by one take the memory of one.
    budget_bytes
        What all pictures may take together; None for what `prefetch_budget_bytes` says.

    Signals
    -------
    arrived : case
        A case is ready, or has turned out to be damaged.
    """

    arrived = Signal(str)

    def __init__(
        self, load_case: LoadCase, parent: QObject, budget_bytes: int | None = None
    ) -> None:
        super().__init__(parent)
        self._load_case = load_case
        self._budget_bytes = prefetch_budget_bytes() if budget_bytes is None else budget_bytes
        self._coming: tuple[str, ...] = ()
        self._panes: PaneSizes = {}
        self._loading = ""
        self._arrivals: dict[str, _Arrival] = {}
        self._bytes: dict[str, int] = {}
        self._background = Background(self)
        self._background.ended.connect(self._take)

    def fetch(self, cases: Sequence[str], panes: PaneSizes) -> None:
        """Fetch these cases in this order, as many as fit, and let go of all others.

        Parameters
        ----------
        panes
            Of the views that are seen when a case opens; cases that were made ready for other panes
            are made ready anew, and can be shown meanwhile.
        """
        self._coming, self._panes = tuple(cases), panes
        self._go_on()

    def pictures(self, case: str) -> tuple[Picture, ...] | None:
        """Return the pictures of a case; None while they are on their way, or damaged."""
        result = self._result(case)
        return result if isinstance(result, tuple) else None

    def problem(self, case: str) -> str:
        """Return why a case cannot be shown, in the reader's words; empty where it can."""
        result = self._result(case)
        if isinstance(result, ImageError):
            return str(result)
        return UNREADABLE.format(case=case) if isinstance(result, Exception) else ""

    def waits_for(self, case: str) -> bool:
        """Tell whether a case is still on its way."""
        return case in self._coming and case not in self._arrivals

    def stop(self) -> None:
        """Fetch nothing more and wait until nothing runs."""
        self._coming = ()
        self._background.wait()

    def _go_on(self) -> None:
        """Drop what is not wanted any more and start on the first case that is missing."""
        wanted = cases_within(self._coming, self._bytes, self._budget_bytes)
        self._arrivals = {case: self._arrivals[case] for case in wanted if case in self._arrivals}
        missing = next((case for case in wanted if not self._is_ready(case)), "")
        if missing and not self._loading:
            self._loading = missing
            load = partial(_pictures, self._load_case, missing, self.pictures(missing), self._panes)
            self._background.start(missing, load)

    def _take(self, case: str, arrival: object) -> None:
        """Keep what has arrived, where it is still wanted."""
        self._loading = ""
        if not isinstance(arrival, _Arrival):
            arrival = _Arrival(arrival, self._panes)
        if isinstance(arrival.result, tuple):
            self._bytes[case] = sum(picture.size_bytes for picture in arrival.result)
        if case in self._coming:
            self._arrivals[case] = arrival
        self._go_on()
        if case in self._arrivals:
            self.arrived.emit(case)

    def _result(self, case: str) -> object:
        """Return what came of a case; None while it is on its way."""
        arrival = self._arrivals.get(case)
        return arrival.result if arrival else None

    def _is_ready(self, case: str) -> bool:
        """Tell whether nothing more can be done for a case before it opens."""
        arrival = self._arrivals.get(case)
        return arrival is not None and (
            arrival.panes == self._panes or isinstance(arrival.result, Exception)
        )


def case_loader(folder: StudyFolder, fixed: Mapping[str, str] = NOTHING_NOTED) -> LoadCase:
    """Return what loads a case of a study from its own cache; to be called in the background.

    Parameters
    ----------
    fixed
        How each image must be shown, as `fixed_display` returns it when the sitting begins.
    """
    return partial(_load_case, folder, fixed)


def _load_case(folder: StudyFolder, fixed: Mapping[str, str], case: str) -> Iterable[LoadedImage]:
    """Load the images of a case one by one, checksums compared."""
    return (
        load_pixels(folder, mammogram, fixed.get(mammogram.image, ""))
        for mammogram in case_images(folder, case)
    )


def _pictures(
    load_case: LoadCase, case: str, known: tuple[Picture, ...] | None, panes: PaneSizes
) -> _Arrival:
    """Load a case, build its pyramids and resample it for its panes; runs in the background."""
    warm_up()
    pictures = known or tuple(map(_picture, load_case(case)))  # map lets go of each image
    return _Arrival(ready_to_open(pictures, panes), panes)


def _picture(image: LoadedImage) -> Picture:
    """Build the pyramid of an image."""
    return build_picture(image.mammogram, image.codes, image.air)
