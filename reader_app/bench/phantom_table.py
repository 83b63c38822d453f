"""The benchmark's table: numbers with patient-bootstrap intervals, and differences from one view.

Everywhere a number is shown stands what it is of: phantoms, nothing clinical.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.froc.detector_froc import DRAWS, Bootstrapped
from inference.data.exam_set import KnownExam
from reader_app.bench.phantom_rows import Row, RowResult
from reader_app.evaluation.detector_marks import detector_marks
from reader_app.evaluation.distractor_marks import KnownDistractor, distractor_measures
from reader_app.evaluation.evaluate import value_json, value_text
from reader_app.evaluation.metrics import Measure, measures
from study_design.tables.csv_file import write_atomically

DISCLAIMER = "Held-out phantoms; says nothing about clinical performance."
TABLE, RESULTS = "table.md", "results.json"


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredRow:
    """A row with everything measured of it."""

    row: Row
    measures: tuple[Measure, ...]
    seconds: float
    failed: int

    def of(self, name: str) -> Bootstrapped | None:
        """Return a quantity by its name; None where the exams do not have it."""
        return next((one.value for one in self.measures if one.name == name), None)


def measured(
    rows: Sequence[RowResult],
    exams: Sequence[KnownExam],
    distractors: Sequence[KnownDistractor],
    *,
    seed: int,
) -> list[MeasuredRow]:
    """Return the numbers of finished rows, all on the same bootstrap draws.

    Parameters
    ----------
    distractors
        Of the whole set of phantoms; those of other exams do not count.
    """
    found = []
    for row in rows:
        marks = detector_marks(exams, row.results)
        seconds = sum(marks.seconds) / max(1, len(marks.seconds))
        on_lesions = measures(marks, seed=seed)
        on_distractors = distractor_measures(marks, exams, distractors, seed=seed)
        found.append(MeasuredRow(row.row, (*on_lesions, *on_distractors), seconds, marks.failed))
    return found


def write_table(
    out: Path, rows: Sequence[MeasuredRow], exams: Sequence[KnownExam], said: str
) -> str:
    """Write table and results; return the table."""
    text = _markdown(rows, exams, said)
    write_atomically(out / TABLE, text.encode())
    content = {
        "says": DISCLAIMER,
        "made": said,
        "exams": len(exams),
        "patients": len({exam.patient for exam in exams}),
        "draws": DRAWS,
        "rows": [_row_json(row, rows) for row in rows],
    }
    write_atomically(out / RESULTS, f"{json.dumps(content, indent=1)}\n".encode())
    return text


def _markdown(rows: Sequence[MeasuredRow], exams: Sequence[KnownExam], said: str) -> str:
    """Return the table, and below it the differences."""
    if not rows:
        return f"{DISCLAIMER}\n\nNo row is done yet.\n"
    names = list(dict.fromkeys(one.name for row in rows for one in row.measures))
    lines = [
        f"**{DISCLAIMER}** {len(exams)} exams; {said}",
        "",
        f"Estimate (95 % interval, {DRAWS} bootstrap draws of patients); n in the last column. Of "
        "distractors the share that is marked, at so many false positives an image: lower is "
        "better; a superposition shows on one view only.",
        "",
        *_header(["", *(row.row for row in rows), "n"]),
        *(_line(name, rows) for name in names),
        "| seconds an exam | " + " | ".join(f"{row.seconds:.2f}" for row in rows) + " | |",
        "| failed exams | " + " | ".join(str(row.failed) for row in rows) + " | |",
    ]
    single = next((row for row in rows if row.row is Row.SINGLE), None)
    others = [row for row in rows if row is not single]
    if single is not None and others:
        lines += ["", "Paired difference from a single view:", ""]
        lines += _header(["", *(row.row for row in others)])
        for name in names:
            cells = [_shown(difference(row, single, name)) for row in others]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def difference(row: MeasuredRow, single: MeasuredRow, name: str) -> Bootstrapped | None:
    """Return a row's paired difference from the single view; None where one of them has none."""
    first, second = row.of(name), single.of(name)
    return None if first is None or second is None else first.minus(second)


def _header(cells: Sequence[str]) -> list[str]:
    """Return the first two lines of a table."""
    return ["| " + " | ".join(cells) + " |", "|" + "---|" * len(cells)]


def _line(name: str, rows: Sequence[MeasuredRow]) -> str:
    """Return one quantity of all rows; n stands in each cell where the rows' differ."""
    values = [row.of(name) for row in rows]
    numbers = {value.n for value in values if value is not None and value.is_known}
    alike = len(numbers) <= 1
    cells = [_shown(value, with_n=not alike) for value in values]
    return f"| {name} | " + " | ".join(cells) + f" | {max(numbers, default=0) if alike else ''} |"


def _shown(value: Bootstrapped | None, *, with_n: bool = False) -> str:
    """Return a number with its interval; a dash where the row has none."""
    if value is None or not value.is_known:
        return "-"
    return f"{value_text(value)}, n = {value.n}" if with_n else value_text(value)


def _row_json(row: MeasuredRow, rows: Sequence[MeasuredRow]) -> dict[str, object]:
    """Return a row with its differences from the single view."""
    single = next((one for one in rows if one.row is Row.SINGLE), None)
    differences: dict[str, object] = {}
    if single is not None and row is not single:
        for one in row.measures:
            gap = difference(row, single, one.name)
            if gap is not None:
                differences[one.name] = value_json(gap)
    return {
        "row": row.row.value,
        "seconds_an_exam": row.seconds,
        "failed": row.failed,
        "measures": {one.name: value_json(one.value) for one in row.measures},
        "difference_from_single_view": differences,
    }
