"""What tests of `sequence_estimates` begin with."""

from pathlib import Path

import numpy as np

from analysis.result import AnalysisResult, Estimate

# AUCs of 10 positive and 10 negative cases in the first and in the second period; the arm changes
# nothing. Of the differences b minus a, .1, .2 and .3 where a came first and -.2 where b did, the
# mean of the sequences' means is 0 and the plain mean (.6 - .2) / 4 = .1.
FIRST, GAINS, BEGAN = 0.6, (0.1, 0.2, 0.3, 0.2), "aaab"


def _known(
    path: Path, *, gains: tuple[float, ...] = GAINS, began: str = BEGAN, start: float = FIRST
) -> Path:
    """Write a table whose areas are known."""
    lines = ["reader,arm,period,case,truth,rating,time_s,group"]
    for reader, (gain, first) in enumerate(zip(gains, began, strict=True)):
        for arm in "ab":
            second = arm != first
            above = round(10 * (start + gain * second))
            seconds = np.exp(4 - gain * second)
            for case in range(20):
                # So many positive cases lie above all negative ones, the others below.
                positive = case < 10
                rating = (2 if case < above else 0) if positive else 1
                group = "x" if reader in (0, 1, 3) else "y"
                lines.append(
                    f"R{reader},{arm},{2 if second else 1},C{case},{int(positive)},{rating},"
                    f"{seconds * (1 + case / 100):.8f},{group}"
                )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _of_all(result: AnalysisResult, quantity: str, **of: str | None) -> Estimate:
    wanted = {"readers": "all", "group": None, "operating_point": None, "readings": None} | of
    (found,) = (
        one
        for one in result.select(quantity)
        if all(getattr(one.subjects[0], name) == value for name, value in wanted.items())
    )
    return found
