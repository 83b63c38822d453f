"""Fetches the images of the coming cases ahead of time, ready to be painted."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from reader_app.display_kernels import warm_up
from reader_app.display_pyramid import Picture, build_picture
from reader_app.prefetch import cases_within, prefetch_budget_bytes
from reader_app.qt.background import Background
from study_design.errors import ImageError
from study_design.images.image_store import LoadedImage, case_images, load_pixels
from study_design.study_folder import StudyFolder

LoadCase = Callable[[str], tuple[LoadedImage, ...]]

UNREADABLE = (
    "Case {case} could not be shown: its files cannot be read. "
    "Your earlier reads are saved. Please call the coordinator."
)


class CaseLoader(QObject):
    """Keeps the pictures of as many coming cases as fit into memory set aside for them.

    Parameters
    ----------
    load_case
        Returns the images of a case; called in the background, one case at a time.
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
        self._loading = ""
        self._results: dict[str, object] = {}
        self._bytes: dict[str, int] = {}
        self._background = Background(self)
        self._background.ended.connect(self._take)

    def fetch(self, cases: Sequence[str]) -> None:
        """Fetch these cases in this order, as many as fit, and let go of all others."""
        self._coming = tuple(cases)
        self._go_on()

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
        return case in self._coming and case not in self._results

    def stop(self) -> None:
        """Fetch nothing more and wait until nothing runs."""
        self._coming = ()
        self._background.wait()

    def _go_on(self) -> None:
        """Drop what is not wanted any more and start on the first case that is missing."""
        wanted = cases_within(self._coming, self._bytes, self._budget_bytes)
        self._results = {case: self._results[case] for case in wanted if case in self._results}
        missing = next((case for case in wanted if case not in self._results), "")
        if missing and not self._loading:
            self._loading = missing
            self._background.start(missing, partial(_pictures, self._load_case, missing))

    def _take(self, case: str, result: object) -> None:
        """Keep what has arrived, where it is still wanted."""
        self._loading = ""
        if isinstance(result, tuple):
            self._bytes[case] = sum(picture.size_bytes for picture in result)
        if case in self._coming:
            self._results[case] = result
        self._go_on()
        if case in self._results:
            self.arrived.emit(case)


def case_loader(folder: StudyFolder) -> LoadCase:
    """Return what loads a case of a study from its own cache; to be called in the background."""
    return partial(_load_case, folder)


def _load_case(folder: StudyFolder, case: str) -> tuple[LoadedImage, ...]:
    """Load the images of a case, checksums compared."""
    return tuple(load_pixels(folder, mammogram) for mammogram in case_images(folder, case))


def _pictures(load_case: LoadCase, case: str) -> tuple[Picture, ...]:
    """Load a case and build its pyramids; runs in the background."""
    warm_up()
    return tuple(
        build_picture(image.mammogram, image.codes, image.air) for image in load_case(case)
    )
