"""A bench: fresh processes one after another, then the median of their medians."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reader_app.bench.goals import VIEWER_GOALS, Goal, Outcome, Series, Timed, outcome_of
from study_design.errors import CrossreadError


class BenchError(CrossreadError):
    """A contestant could not be measured, so no number of the run is to be trusted."""


@dataclass(frozen=True, slots=True)
class ProcessRun:
    """What one process measured: CPU seconds of every round, for stalls seconds of waiting.

    Attributes
    ----------
    decoder
        What pydicom decoded JPEG Lossless with, or the other rivals' versions; "none" where there
        is no rival.
    """

    series: Series
    decoder: str


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """What a bench is called, the module that each process runs, what it times, and its goals.

    `rival` names what a run tells of its rivals.
    """

    name: str
    rounds_module: str
    timed: type[StrEnum]
    goals: tuple[Goal, ...]
    rival: str = "decoder"


VIEWER = BenchPlan("Viewer", "reader_app.qt.bench.viewer_rounds", Timed, VIEWER_GOALS)


@dataclass(frozen=True, slots=True)
class Bench:
    """All that was measured, goal by goal and process by process."""

    name: str

    outcomes: tuple[Outcome, ...]
    runs: tuple[ProcessRun, ...]
    rival: str = "decoder"


def run_processes(
    plan: BenchPlan, *, processes: int, rounds: int, quick: bool
) -> Iterator[ProcessRun]:
    """Yield what each of so many fresh processes measures, one after another.

    Raises
    ------
    BenchError
        Where one of them fails, with what it said last.
    """
    # Threads that wait must sleep: on a busy computer their spinning would count as work.
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_WAIT_POLICY": "PASSIVE"}
    for seed in range(1, processes + 1):
        words = [str(rounds), str(seed), "quick" if quick else "full"]
        ended = subprocess.run(
            [sys.executable, "-m", plan.rounds_module, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode != 0:
            said = (ended.stderr.strip().splitlines() or ["nothing"])[-1]
            raise BenchError(f"Expected the bench to run to its end, got: {said}")
        facts = json.loads(ended.stdout.splitlines()[-1])
        series = {plan.timed(name): tuple(times) for name, times in facts["series"].items()}
        yield ProcessRun(series, facts["decoder"])


def bench_of(plan: BenchPlan, runs: tuple[ProcessRun, ...]) -> Bench:
    """Return what the runs say of every goal."""
    series = [run.series for run in runs]
    outcomes = tuple(outcome_of(goal, series) for goal in plan.goals)
    return Bench(plan.name, outcomes, runs, plan.rival)
