"""pROC's times on our ratings, measured by R in a process of its own."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.result import FloatArray
from reader_app.bench.viewer import BenchError

SCRIPT = Path(__file__).with_suffix(".R")
HAS_PROC = 'quit(status = if (requireNamespace("pROC", quietly = TRUE)) 0 else 1)'


@dataclass(frozen=True, slots=True)
class ProcTimes:
    """CPU seconds of one paired DeLong test in pROC, and its p.

    Attributes
    ----------
    whole_s
        From ratings to p: two curves and their test.
    test_s
        Of the test alone, with both curves at hand.
    """

    whole_s: float
    test_s: float
    p: float


@dataclass(frozen=True, slots=True)
class ProcRun:
    """What pROC said of each table, and its version."""

    times: tuple[ProcTimes, ...]
    version: str


def find_rscript() -> str | None:
    """Return the command that runs R with pROC; None where one of them is not installed."""
    command = shutil.which("Rscript")
    if command is None:
        return None
    found = subprocess.run([command, "-e", HAS_PROC], capture_output=True, check=False)
    return command if found.returncode == 0 else None


def time_proc(rscript: str, tables: Sequence[FloatArray], scratch: Path) -> ProcRun:
    """Return pROC's times on tables (3, n) of truth, first and second rating.

    Raises
    ------
    BenchError
        Where R fails, with what it said last.
    """
    sizes = [str(table.shape[1]) for table in tables]
    for size, table in zip(sizes, tables, strict=True):
        table.tofile(scratch / f"{size}.f64")
    command = [rscript, "--vanilla", str(SCRIPT), str(scratch), *sizes]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        said = (ended.stderr.strip().splitlines() or ["nothing"])[-1]
        raise BenchError(f"Expected pROC to time its tests, got: {said}")
    *rows, version = ended.stdout.splitlines()
    times = tuple(ProcTimes(*(float(cell) for cell in row.split())) for row in rows)
    return ProcRun(times, version)
