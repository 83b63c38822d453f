"""Prepared exams of a set, cached on disk: each view is decoded and resampled once.

A cached view is two files, named after preparation and fingerprint: `.npy` (grey as float16, air
below 0) and `.json` (frame, nipple, spacing, vendor).
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import overload

import numpy as np
from filelock import FileLock
from pydantic import TypeAdapter

from inference.data.exam_set import KnownExam, KnownLesion
from inference.data.view_sources import ViewSource
from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.preprocess import prepare
from inference.system import Preparation
from study_design.geometry import Point
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.header.presentation import VENDORS
from study_design.phantom.dicom_file import MANUFACTURER
from study_design.tables.csv_file import write_atomically
from study_design.vocabulary import View

# Phantoms' maker as images keep it: a name of the closed list.
_PHANTOM = next(name for words, name in VENDORS.items() if words in MANUFACTURER.upper())

Progress = Callable[[int, int], None]
# Air in the cache; tissue is never negative.
_AIR = np.float16(-1.0)
# Decoders at work beside each other, each a process.
_WORKERS = max(1, min(4, os.cpu_count() or 1))


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
        self._cache.mkdir(parents=True, exist_ok=True)
        done = 0
        # Two programs that need the same views wait for each other instead of both preparing them.
        with FileLock(self._cache / ".lock"), ThreadPoolExecutor(_WORKERS) as pool:
            shares = [self.exams[first::_WORKERS] for first in range(_WORKERS)]
            counts: SimpleQueue[int] = SimpleQueue()
            filling = [pool.submit(self._fill, share, counts) for share in shares]
            while done < len(self.exams) and not any(_has_failed(one) for one in filling):
                try:
                    done += counts.get(timeout=0.2)
                except Empty:
                    continue
                progress(done, len(self.exams))
            for one in filling:
                one.result()

    def _fill(self, exams: Sequence[KnownExam], counts: "SimpleQueue[int]") -> None:
        """Prepare what the cache lacks of some exams, with a decoder of their own."""
        with GuardedWorker() as worker:
            for exam in exams:
                for source in exam.views:
                    if not self._path(source, ".json").is_file():
                        self._store(source, worker)
                counts.put(1)

    @property
    def phantoms(self) -> bool:
        """Whether every view of the set shows a phantom."""
        return all(
            self._facts(source).vendor == _PHANTOM for exam in self.exams for source in exam.views
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
        breast = coded != _AIR
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
        coded = np.where(view.breast, view.pixels.astype(np.float16), _AIR)
        self._cache.mkdir(parents=True, exist_ok=True)
        path = self._path(source, ".npy")
        temporary = path.with_suffix(f".{os.getpid()}.part.npy")
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


def _has_failed(work: "Future[None]") -> bool:
    """Tell whether a share of the work ended with an error."""
    return work.done() and work.exception() is not None


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
