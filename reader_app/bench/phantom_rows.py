"""The benchmark on phantoms: one row a system, trained and run, each kept as soon as it is done.

All trunks begin with the same lessons on patches. Every fusion row goes on from one single-view
model for the same number of exams and keeps its trunk, the single-view row too, so that rows differ
by their fusion alone. Several programs may work in one folder: each
takes the next row that nobody works on.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from inference.data.exam_set import ExamSet
from inference.data.prepared_set import PreparedSet
from inference.data.splits import Fold, folds
from inference.predict import kept_results
from inference.registry import entry_of
from inference.system import Size
from inference.training.fit import WEIGHTS, FitSettings, fit
from inference.training.processes import processes
from inference.training.schedule import LITE, Schedule
from reader_app.commands.parts.progress import Report
from reader_app.evaluation.detection_run import JOURNAL, ReadySystem, detect_in, ready_system
from study_design.detections import CaseResult

# One patient of so many is held out.
_FOLDS = 3
_BATCH = 2
_WAIT_SECONDS = 2.0
BASE = "base"
_PATCHES = "patches"
_DONE = "done"


class Row(StrEnum):
    """The rows of the table, in its order; the value names the folder of each."""

    SINGLE = "single-view"
    LEFT_RIGHT = "left-right"
    CC_MLO = "cc-mlo"
    FOUR_VIEW = "four-view"
    RETINA = "retinanet"
    BLOB = "blob"
    SHUFFLED = "shuffled"


_SYSTEMS = {
    Row.SINGLE: "zhou-single",
    Row.LEFT_RIGHT: "zhou-left-right",
    Row.CC_MLO: "zhou-cc-mlo",
    Row.FOUR_VIEW: "zhou",
    Row.RETINA: "ueda",
    Row.BLOB: "blob",
    Row.SHUFFLED: "zhou-shuffled",
}
_STARTS = {_PATCHES: "patches", BASE: "zhou-single"}
_FROM_BASE = (Row.SINGLE, Row.FOUR_VIEW, Row.SHUFFLED, Row.CC_MLO, Row.LEFT_RIGHT)
_ORDER = (*_FROM_BASE, Row.RETINA, Row.BLOB)
# The step whose weights a step starts from.
_START: dict[str, str] = {
    BASE: _PATCHES,
    Row.RETINA: _PATCHES,
    **dict.fromkeys(_FROM_BASE, BASE),
}


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """How the rows are made.

    Attributes
    ----------
    patch_iterations
        Of the trunk on patches of eight exams.
    base_iterations
        Of the single-view model that fusion rows go on from, one exam each.
    row_iterations
        Of every row from there, two exams each; RetinaNet sees as many exams in all.
    minutes
        After this time nothing new is begun and training stops; the same command goes on.
    """

    out: Path
    rows: tuple[Row, ...]
    patch_iterations: int
    base_iterations: int
    row_iterations: int
    seed: int
    minutes: float | None


@dataclass(frozen=True, slots=True)
class RowResult:
    """What a row found on the held-out exams, by case."""

    row: Row
    results: dict[str, CaseResult]


def split(exams: ExamSet, seed: int) -> Fold:
    """Return the training and the held-out exams of the benchmark."""
    return folds(exams.known, _FOLDS, seed=seed)[0]


def make_rows(exams: ExamSet, settings: BenchSettings, report: Report) -> None:
    """Make all rows that nobody has made and nobody else is making, until done or out of time."""
    _Bench(exams, settings, report).to_the_end()


def finished_rows(exams: ExamSet, settings: BenchSettings) -> Iterator[RowResult]:
    """Return the rows that are done, in the order of the table."""
    cases = {exam.case for exam in split(exams, settings.seed).held_out}
    for row in Row:
        folder = settings.out / row
        if (folder / _DONE).is_file():
            kept = kept_results(folder / JOURNAL)
            yield RowResult(row, {result.case: result for result in kept if result.case in cases})


class _Bench:
    """A benchmark under way."""

    def __init__(self, exams: ExamSet, settings: BenchSettings, report: Report) -> None:
        self.name, self.fold = exams.name, split(exams, settings.seed)
        self.settings, self.report = settings, report
        self.began_s = time.monotonic()

    @property
    def minutes_left(self) -> float | None:
        if self.settings.minutes is None:
            return None
        return self.settings.minutes - (time.monotonic() - self.began_s) / 60

    @property
    def is_late(self) -> bool:
        return self.minutes_left is not None and self.minutes_left <= 0

    def to_the_end(self) -> None:
        """Take one open row after the other."""
        self.settings.out.mkdir(parents=True, exist_ok=True)
        while not self.is_late:
            waiting = [step for step in self._steps() if not self._is_done(step)]
            if not waiting:
                return
            if not any(self._taken(step) for step in waiting):
                time.sleep(_WAIT_SECONDS)

    def _steps(self) -> list[str]:
        """Return what the rows start from and the rows, in the order in which they are made."""
        steps: list[str] = [row for row in _ORDER if row in self.settings.rows]
        for start in (BASE, _PATCHES):
            if any(_START.get(step) == start for step in steps):
                steps.insert(0, start)
        return steps

    def _is_done(self, step: str) -> bool:
        """Tell whether a step was made to its end."""
        return (self.settings.out / step / _DONE).is_file()

    def _taken(self, step: str) -> bool:
        """Work on a step; False where it must wait or another program is at it."""
        if step in _START and not self._is_done(_START[step]):
            return False
        try:
            with FileLock(self.settings.out / f"{step}.lock", timeout=0):
                if not self._is_done(step):
                    self._make(step)
        except Timeout:
            return False
        return True

    def _make(self, step: str) -> None:
        """Train what is to be trained, then detect; a row out of time stays open."""
        system_name = _STARTS[step] if step in _STARTS else _SYSTEMS[Row(step)]
        folder = self.settings.out / step
        if entry_of(system_name).trains and not self._train(step, system_name):
            return
        if step not in _STARTS:
            self._detect(step, ready_system(system_name, folder / WEIGHTS))
        folder.mkdir(exist_ok=True)
        (folder / _DONE).touch()

    def _train(self, step: str, system: str) -> bool:
        """Train a step's system; False where the time was up before its end."""
        settings = FitSettings(
            system,
            Size.LITE,
            self.settings.out / step,
            self._cache,
            self.settings.seed,
            self.minutes_left,
        )
        with processes() as alone:
            fitted = fit(
                self.fold.train,
                self.name,
                self._scheduled(settings, step),
                processes=alone,
                report=lambda done, total, _: self.report(f"{step}: train", done, total),
                prepared=lambda done, total, _: self.report(f"{step}: prepare", done, total),
            )
        return fitted.outcome.finished

    def _scheduled(self, settings: FitSettings, step: str) -> FitSettings:
        """Return the settings with iterations, batch and start of a step."""
        base, more = self.settings.base_iterations, self.settings.row_iterations
        if step == _PATCHES:
            return replace(settings, iterations=self.settings.patch_iterations)
        started = replace(settings, initial=self.settings.out / _START[step] / WEIGHTS)
        if step == BASE:
            return replace(started, schedule=replace(LITE, iterations=base))
        if step in _FROM_BASE:
            return replace(started, schedule=_going_on(more))
        return replace(started, iterations=base + _BATCH * more)

    def _detect(self, step: str, ready: ReadySystem) -> None:
        """Run a system over the held-out exams."""
        exams = self.fold.held_out
        views = PreparedSet(exams, ready.system.preparation, self._cache)
        views.fill(lambda done, total: self.report(f"{step}: prepare held-out", done, total))
        detect_in(
            exams,
            ready,
            journal=self.settings.out / step / JOURNAL,
            cache=self._cache,
            report=lambda done, total, *_: self.report(f"{step}: detect", done, total),
        )

    @property
    def _cache(self) -> Path:
        return self.settings.out / "prepared"


def _going_on(iterations: int) -> Schedule:
    """Return the schedule of a row that goes on from the base; all rows keep the base's trunk."""
    return replace(
        LITE, iterations=iterations, batch=_BATCH, lr=LITE.lr / 2, warmup=20, frozen_trunk=True
    )
