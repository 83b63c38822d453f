"""Pictures of views made in the background: the one that is looked at first, then the rest."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from reader_app.coordinator.exam_rows import ExamImage
from reader_app.coordinator.view_picture import ViewPicture, view_picture
from reader_app.qt.parts.background import Background
from study_design.study_folder import StudyFolder

SMALL_PX = 232
LARGE_PX = 1400


class Pictures(QObject):
    """Makes one picture after another; what is asked for later but wanted sooner comes first.

    Signals
    -------
    small, large : ViewPicture
        A thumbnail, or the picture of the panel, is there.
    """

    small = Signal(object)
    large = Signal(object)

    def __init__(self, folder: StudyFolder, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self._still: Callable[[], Iterable[ExamImage]] = tuple
        self._wanted: ExamImage | None = None
        self._damaged: set[str] = set()
        self._running = ""
        self._background = Background(self)
        self._background.ended.connect(self._take)

    @property
    def running(self) -> bool:
        """Whether a picture is being made."""
        return bool(self._running)

    def fill(self, still: Callable[[], Iterable[ExamImage]]) -> None:
        """Make the thumbnails that a function names as missing, until it names none."""
        self._still = still
        self._next()

    def enlarge(self, image: ExamImage | None) -> None:
        """Make the large picture of an image next."""
        self._wanted = image
        self._next()

    def wait(self) -> None:
        """Wait for the picture at hand and make no more."""
        self._still, self._wanted = tuple, None
        self._background.wait()

    def _next(self) -> None:
        """Begin with the next picture, unless one is being made."""
        if self._running:
            return
        image, size = self._wanted, LARGE_PX
        if image is None:
            missing = (one for one in self._still() if one.image not in self._damaged)
            image, size = next(missing, None), SMALL_PX
        if image is None:
            return
        self._wanted = None
        self._running = image.image
        work = partial(view_picture, self._folder, image.image, image.text, size)
        self._background.start("large" if size == LARGE_PX else "small", work)

    def _take(self, size: str, result: object) -> None:
        """Hand a picture on; an image that cannot be read is not tried again."""
        name, self._running = self._running, ""
        if not isinstance(result, ViewPicture):
            self._damaged.add(name)
        elif size == "large":
            self.large.emit(result)
        else:
            self.small.emit(result)
        self._next()
