"""What was measured, as lines for a person and as JSON for a program."""

import statistics
from collections.abc import Iterator
from enum import StrEnum

from reader_app.bench.goals import Outcome
from reader_app.bench.machine import Machine
from reader_app.bench.viewer import Bench
from study_design.record.events import JsonValue

YARDSTICK = "yardstick:"
NAME_WIDTH = 78


def report_json(bench: Bench, machine: Machine) -> JsonValue:
    """Return the report in the form that all benches share."""
    return {
        "goals": [
            {
                "name": outcome.goal.name,
                "measured": outcome.measured,
                "lowest": outcome.lowest,
                "highest": outcome.highest,
                "goal": outcome.goal.goal,
                "stretch": outcome.goal.stretch,
                "floor": outcome.floor,
                "at_least": outcome.goal.at_least,
                "reached": outcome.reached,
            }
            for outcome in bench.outcomes
        ],
        "yardsticks": [
            {"name": timed.value, "seconds": seconds}
            for timed, seconds in _medians(bench).items()
            if timed.value.startswith(YARDSTICK)
        ],
        "machine": {
            "system": machine.system,
            "processor": machine.processor,
            "cores": machine.cores,
            "python": machine.python,
            "libraries": list(machine.libraries),
            bench.rival: bench.runs[0].decoder,
        },
        "runs": [
            {timed.value: list(times) for timed, times in run.series.items()} for run in bench.runs
        ],
    }


def report_lines(bench: Bench, machine: Machine) -> Iterator[str]:
    """Yield the report: every goal with reached or not, then the times behind them."""
    rounds = min(len(times) for times in bench.runs[0].series.values())
    yield (
        f"{bench.name}, {len(bench.runs)} processes of {rounds} rounds; ratios of process CPU "
        "within a round, median of medians (lowest, highest process)"
    )
    for outcome in bench.outcomes:
        yield _goal_line(outcome)
    yield ""
    yield "Medians in milliseconds of process CPU (stalls: of waiting); not gated:"
    for timed, seconds in _medians(bench).items():
        yield f"  {timed.value:<{NAME_WIDTH}} {seconds * 1000:9.2f}"
    yield ""
    yield f"{bench.rival.capitalize()}: {bench.runs[0].decoder}"
    yield f"{machine.system}, {machine.processor}, {machine.cores} cores, Python {machine.python}"
    yield ", ".join(machine.libraries)


def _goal_line(outcome: Outcome) -> str:
    """Return a goal in one line."""
    goal = outcome.goal
    sign = ">=" if goal.at_least else "<="
    aim = f"goal {sign} {goal.goal:g}, stretch {goal.stretch:g}"
    if outcome.measured is None:
        return f"  {goal.name:<{NAME_WIDTH}} not measured: the rival is not here; {aim}"
    stretch = " (stretch too)" if goal.stretched_by(outcome.measured) else ""
    verdict = f"reached{stretch}" if outcome.reached else "NOT reached"
    floor = f"; floor {outcome.floor:.2f}" if outcome.floor is not None else ""
    return (
        f"  {goal.name:<{NAME_WIDTH}} {outcome.measured:7.2f}  "
        f"({outcome.lowest:.2f}, {outcome.highest:.2f})  {aim}: {verdict}{floor}"
    )


def _medians(bench: Bench) -> dict[StrEnum, float]:
    """Return the median of the processes' medians of everything that was timed."""
    return {
        timed: statistics.median(
            statistics.median(run.series[timed]) for run in bench.runs if timed in run.series
        )
        for timed in bench.runs[0].series
    }
