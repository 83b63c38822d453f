"""Progress of long work: a bar on the terminal; without one, a line now and then on its output."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from reader_app.plain_output import beneath

Report = Callable[[str, int, int], None]


@contextmanager
def progress_bar(*, silent: bool = False, after_s: float = 0.0) -> Iterator[Report]:
    """Show a bar for each kind of work; without a terminal, a line now and then.

    Parameters
    ----------
    after_s
        Work that takes no longer than this shows nothing.
    """
    console = Console(file=beneath(sys.stderr))
    if silent:
        yield lambda *_: None
        return
    if not console.is_terminal:
        yield _patient(_lines(Console()), after_s)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield _patient(report, after_s)


def _patient(report: Report, after_s: float) -> Report:
    """Return a report that says nothing of the first seconds of work."""
    began_s = time.monotonic()

    def patient(what: str, done: int, total: int) -> None:
        if time.monotonic() - began_s >= after_s:
            report(what, done, total)

    return patient


def _lines(console: Console) -> Report:
    """Return a report that prints about ten lines for each kind of work."""

    def report(what: str, done: int, total: int) -> None:
        if done in (1, total) or done % max(1, total // 8) == 0:
            console.print(f"{what}: {done} of {total}", highlight=False)

    return report
