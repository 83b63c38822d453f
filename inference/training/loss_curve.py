"""The losses of a run: a CSV that grows with it, and a picture of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib.figure import Figure

from study_design.tables.csv_file import read_csv, write_csv

CURVE, FIGURE = "losses.csv", "losses.svg"
# The picture shows means of so many parts of the run.
_PARTS = 100


@dataclass(frozen=True, slots=True)
class LossPoint:
    """Mean losses of the iterations since the last point; `iteration` counts those done."""

    iteration: int
    rate: float
    total: float
    parts: Mapping[str, float] = field(default_factory=dict)


def read_curve(folder: Path, until: int) -> list[LossPoint]:
    """Return the points up to an iteration; later ones are of a part that was lost."""
    if not (folder / CURVE).is_file():
        return []
    table = read_csv(folder / CURVE)
    names = table.columns[3:]
    points = (
        LossPoint(
            int(row["iteration"]),
            float(row["learning_rate"]),
            float(row["loss"]),
            {name: float(row[name]) for name in names if row[name]},
        )
        for row in table.rows
    )
    return [point for point in points if point.iteration <= until]


def write_curve(folder: Path, points: Sequence[LossPoint]) -> None:
    """Write the CSV anew."""
    names = dict.fromkeys(name for point in points for name in point.parts)
    write_csv(
        folder / CURVE,
        ("iteration", "learning_rate", "loss", *names),
        (
            {
                "iteration": point.iteration,
                "learning_rate": point.rate,
                "loss": point.total,
                **point.parts,
            }
            for point in points
        ),
    )


def draw_curve(folder: Path, points: Sequence[LossPoint]) -> None:
    """Draw total and parts against iterations."""
    if not points:
        return
    step = max(1, len(points) // _PARTS)
    groups = [points[start : start + step] for start in range(0, len(points), step)]
    ends = [group[-1].iteration for group in groups]
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(ends, [_mean([p.total for p in group]) for group in groups], "k", label="all")
    for name in dict.fromkeys(name for point in points for name in point.parts):
        means = [_mean([point.parts.get(name, 0.0) for point in group]) for group in groups]
        axes.plot(ends, means, linewidth=1, label=name)
    axes.set(xlabel="iteration", ylabel="loss", yscale="symlog", ylim=(0, None))
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(folder / FIGURE)


def _mean(values: Sequence[float]) -> float:
    """Return the mean of some numbers."""
    return sum(values) / len(values)
