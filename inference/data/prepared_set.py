"""Prepared exams of a set, cached on disk: each view is decoded and resampled once.

A cached view is two files, named after preparation and fingerprint: `.npy` (grey as float16) and
`.json` (frame, nipple, spacing, vendor); the breast is where the packed mask beside them says so.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import overload

import numpy as np
from pydantic import TypeAdapter

from inference.data.exam_set import KnownExam, KnownLesion
from inference.data.view_sources import ViewSource
from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.preprocess import prepare
from inference.system import Preparation
from study_design.exchange.csv_file import write_atomically
from study_design.geometry import Point
from study_design.images.guarded_worker import GuardedWorker
from study_design.phantom.dicom_file import MANUFACTURER
from study_design.vocabulary import View

Progress = Callable[[int, int], None]
_BREAST_LEVEL = np.float16(-1.0)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a cached view holds beside its pixels."""

    view: View
    image: str
    frame: Frame
    nipple: Point | None
    spacing_mm: float | None
    vendor: str


_FACTS = TypeAdapter(_Facts)


class PreparedSet(Sequence[PreparedExam]):
    """Exams, prepared when first asked for and read from the cache afterwards.

    Parameters
    ----------
    exams
        What lies on disk.
    preparation
        How a system wants its views.
    cache
        Folder of the cache; it may be shared by sets and preparations, and removed at any time.
    """

    def __init__(self, exams: Sequence[KnownExam], preparation: Preparation, cache: Path) -> None:
        self.exams = tuple(exams)
        self._preparation = preparation
        self._cache = cache
        self._keys: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.exams)

    @overload
    def __getitem__(self, place: int) -> PreparedExam: ...
    @overload
    def __getitem__(self, place: slice) -> "PreparedSet": ...
    def __getitem__(self, place: int | slice) -> "PreparedExam | PreparedSet":
        if isinstance(place, slice):
            return PreparedSet(self.exams[place], self._preparation, self._cache)
        return self._prepared(self.exams[place])

    def __iter__(self) -> Iterator[PreparedExam]:
        return map(self._prepared, self.exams)

    def fill(self, progress: Progress = lambda *_: None) -> None:
        """Prepare what the cache lacks.

        Raises
        ------
        CrossreadError
            For the first view that cannot be read or prepared.
        """
        with GuardedWorker() as worker:
            for done, exam in enumerate(self.exams, start=1):
                for source in exam.views:
                    if not self._path(source, ".json").is_file():
                        self._store(source, worker)
                progress(done, len(self.exams))

    @property
    def phantoms(self) -> bool:
        """Whether every view of the set shows a phantom."""
        return all(
            self._facts(source).vendor == MANUFACTURER
            for exam in self.exams
            for source in exam.views
        )

    def _prepared(self, exam: KnownExam) -> PreparedExam:
        """Return an exam from the cache."""
        views = tuple(self._view(source) for source in exam.views)
        frames = {view.view: view.frame for view in views}
        targets = tuple(
            _target(known, frames[known.lesion.view])
            for known in exam.lesions
            if known.lesion.view in frames and known.lesion.where is not None
        )
        density = exam.truth.density if exam.truth else ""
        return PreparedExam(exam.case, exam.patient, views, targets, density or None)

    def _view(self, source: ViewSource) -> PreparedView:
        """Return a view from the cache, prepared first where it is not there."""
        if not self._path(source, ".json").is_file():
            with GuardedWorker() as worker:
                self._store(source, worker)
        facts = self._facts(source)
        coded = np.load(self._path(source, ".npy"))
        breast = coded != _BREAST_LEVEL
        pixels = np.where(breast, coded, np.float16(0)).astype(np.float32)
        return PreparedView(
            facts.view, source.image, pixels, breast, facts.spacing_mm, facts.frame, facts.nipple
        )

    def _facts(self, source: ViewSource) -> _Facts:
        """Return what a cached view holds beside its pixels."""
        if not self._path(source, ".json").is_file():
            with GuardedWorker() as worker:
                self._store(source, worker)
        return _FACTS.validate_json(self._path(source, ".json").read_bytes())

    def _store(self, source: ViewSource, worker: GuardedWorker) -> None:
        """Prepare a view and write it, its facts last."""
        stored = source.stored(worker)
        view = prepare(stored, self._preparation)
        coded = np.where(view.breast, view.pixels.astype(np.float16), _BREAST_LEVEL)
        self._cache.mkdir(parents=True, exist_ok=True)
        path = self._path(source, ".npy")
        temporary = path.with_suffix(".part.npy")
        np.save(temporary, coded)
        temporary.replace(path)
        facts = _Facts(
            view.view, source.image, view.frame, view.nipple, view.spacing_mm, stored.vendor
        )
        write_atomically(self._path(source, ".json"), _FACTS.dump_json(facts))

    def _path(self, source: ViewSource, suffix: str) -> Path:
        """Return a file of a cached view."""
        if source.image not in self._keys:
            said = json.dumps(asdict(self._preparation)) + source.fingerprint()
            self._keys[source.image] = hashlib.sha256(said.encode()).hexdigest()[:24]
        return self._cache / f"{self._keys[source.image]}{suffix}"


def _target(known: KnownLesion, frame: Frame) -> LesionTarget:
    """Return a lesion with a box, in prepared pixels."""
    lesion = known.lesion
    if lesion.view is None or lesion.where is None:
        raise ValueError("a lesion without a place is no target")
    return LesionTarget(
        lesion.lesion,
        lesion.view,
        frame.to_prepared(lesion.where),
        lesion.types[0] if lesion.types else None,
        lesion.malignant,
        known.birads,
        known.quadrant,
        known.depth,
        lesion.pathology or None,
        {"positive": True, "negative": False}.get(lesion.er),
        known.morphology,
    )
