"""`bench phantoms`: make the rows that are open, then write the table of those that are done."""

from pathlib import Path

from inference.data.open_set import open_exam_set
from reader_app.bench.phantom_rows import BenchSettings, Row, finished_rows, make_rows, split
from reader_app.bench.phantom_table import measured, write_table
from reader_app.commands.parts.progress import Report
from reader_app.evaluation.distractor_marks import read_distractors
from study_design.errors import BadInputError


def row_names(said: str) -> tuple[Row, ...]:
    """Return the rows that a list like `single-view,four-view` names; all for an empty one.

    Raises
    ------
    BadInputError
        For a name that is no row.
    """
    names = [name.strip() for name in said.split(",") if name.strip()]
    unknown = [name for name in names if name not in list(Row)]
    if unknown:
        raise BadInputError(f"Expected rows among {', '.join(Row)}, got {unknown[0]!r}.")
    return tuple(Row(name) for name in names) or tuple(Row)


def bench_phantoms(data: Path, settings: BenchSettings, report: Report) -> str:
    """Return the table in Markdown; it and the results lie in the output folder."""
    exams = open_exam_set(data)
    make_rows(exams, settings, report)
    fold = split(exams, settings.seed)
    rows = measured(
        list(finished_rows(exams, settings)),
        fold.held_out,
        read_distractors(data),
        seed=settings.seed,
    )
    return write_table(
        settings.out, rows, fold.held_out, _schedule_words(settings, len(fold.train))
    )


def _schedule_words(settings: BenchSettings, training_exams: int) -> str:
    """Return how the rows were made."""
    return (
        f"lite models on {training_exams} training exams: {settings.patch_iterations} iterations "
        "of the trunk on patches of eight exams, then one single-view base of "
        f"{settings.base_iterations} iterations, then {settings.row_iterations} of two exams for "
        f"every row but RetinaNet (as many exams from the trunk) and blob; seed {settings.seed}."
    )
