"""Goals that ratios of times must reach, and what is timed in the viewer.

The numbers are from the design's measurements on a shared computer of 2 cores without GPU. Times
are CPU seconds of the whole process, so the threads of Qt count and waiting for others does not.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Timed(StrEnum):
    """Something whose time is taken in every round."""

    OURS_FIT = "ours: window/level frame, fit"
    OURS_ONE_TO_ONE = "ours: window/level frame, 1:1"
    OURS_ZOOM = "ours: zoom in six steps from fit to 1:1, filtered"
    OURS_NEXT = "ours: next case, prefetched"
    OURS_STALL = "ours: longest UI stall while prefetching"
    NAIVE_FIT = "naive pyqtgraph: window/level frame, fit"
    NAIVE_ONE_TO_ONE = "naive pyqtgraph: window/level frame, 1:1"
    SMOOTH_ZOOM = "smooth pyqtgraph: zoom in six steps from fit to 1:1"
    NAIVE_NEXT = "pyqtgraph: next case from decoded arrays"
    DECODED_NEXT = "pyqtgraph + pydicom: next case from JPEG Lossless on the UI thread"
    DECODED_STALL = "gdcm in a thread: longest UI stall"
    COPY_FIT = "yardstick: 8 bytes a pixel at copy bandwidth, fit"
    COPY_ONE_TO_ONE = "yardstick: 8 bytes a pixel at copy bandwidth, 1:1"
    FLOOR_FIT = "yardstick: Qt floor, fit"
    FLOOR_ONE_TO_ONE = "yardstick: Qt floor, 1:1"


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio of two times and how large, or how small, it is to be.

    Attributes
    ----------
    floor
        A part of `over` that is not ours to save; where its own ratio misses the goal, so must we.
    """

    name: str
    over: StrEnum
    under: StrEnum
    goal: float
    stretch: float
    floor: StrEnum | None = None

    @property
    def at_least(self) -> bool:
        """Whether larger is better."""
        return self.stretch > self.goal

    def reached_by(self, ratio: float) -> bool:
        """Tell whether a measured ratio reaches the goal."""
        return ratio >= self.goal if self.at_least else ratio <= self.goal

    def stretched_by(self, ratio: float) -> bool:
        """Tell whether a measured ratio reaches even the stretch goal."""
        return ratio >= self.stretch if self.at_least else ratio <= self.stretch


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured for a goal.

    Attributes
    ----------
    measured
        Median over processes of the median over rounds; None where it could not be measured.
    lowest, highest
        Of the processes' medians.
    floor
        The ratio that the floor of the goal alone has; None where it has none.
    """

    goal: Goal
    measured: float | None
    lowest: float | None = None
    highest: float | None = None
    floor: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.measured is not None and self.goal.reached_by(self.measured)


Series = Mapping[StrEnum, Sequence[float]]

VIEWER_GOALS = (
    Goal("window/level frame, fit, vs naive pyqtgraph", Timed.NAIVE_FIT, Timed.OURS_FIT, 10, 14),
    Goal(
        "window/level frame, 1:1, vs naive pyqtgraph",
        Timed.NAIVE_ONE_TO_ONE,
        Timed.OURS_ONE_TO_ONE,
        6,
        7.5,
    ),
    Goal("window/level frame, fit / bytes to move", Timed.OURS_FIT, Timed.COPY_FIT, 3.5, 2.9),
    Goal(
        "window/level frame, 1:1 / bytes to move",
        Timed.OURS_ONE_TO_ONE,
        Timed.COPY_ONE_TO_ONE,
        3.5,
        2.9,
    ),
    Goal("window/level frame, fit / Qt floor", Timed.OURS_FIT, Timed.FLOOR_FIT, 1.25, 1.1),
    Goal(
        "window/level frame, 1:1 / Qt floor",
        Timed.OURS_ONE_TO_ONE,
        Timed.FLOOR_ONE_TO_ONE,
        1.25,
        1.1,
    ),
    Goal("zoom, filtered, vs smooth pyqtgraph", Timed.SMOOTH_ZOOM, Timed.OURS_ZOOM, 3, 4),
    Goal(
        "next case, prefetched, vs pyqtgraph on decoded arrays",
        Timed.NAIVE_NEXT,
        Timed.OURS_NEXT,
        4,
        10,
    ),
    Goal(
        "next case, prefetched, vs pyqtgraph + pydicom JPEG Lossless on the UI thread",
        Timed.DECODED_NEXT,
        Timed.OURS_NEXT,
        70,
        180,
    ),
    Goal(
        "longest UI stall of gdcm in a thread / of our prefetching",
        Timed.DECODED_STALL,
        Timed.OURS_STALL,
        20,
        40,
    ),
)


def outcome_of(goal: Goal, processes: Sequence[Series]) -> Outcome:
    """Return the median of medians of the ratios within each round, with the range."""
    medians = _medians(goal.over, goal.under, processes)
    if not medians:
        return Outcome(goal, None)
    floors = _medians(goal.floor, goal.under, processes) if goal.floor else []
    return Outcome(
        goal,
        statistics.median(medians),
        min(medians),
        max(medians),
        statistics.median(floors) if floors else None,
    )


def _medians(over: StrEnum, under: StrEnum, processes: Sequence[Series]) -> list[float]:
    """Return the median ratio of each process that measured both."""
    medians = []
    for series in processes:
        pairs = zip(series.get(over, ()), series.get(under, ()), strict=False)
        ratios = [above / below for above, below in pairs]
        if ratios:
            medians.append(statistics.median(ratios))
    return medians
