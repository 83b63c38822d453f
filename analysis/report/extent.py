"""How much was analysed: readers, AI systems, and units with the exams and patients they are of."""

from analysis.rating_grid import Layout
from analysis.rating_table import AI, RatingTable
from analysis.result import Extent
from study_design.counted import counted

PATIENT = "patient"


def extent_of(table: RatingTable, layout: Layout) -> Extent:
    """Return what the grid of a table holds; patients are counted also where clusters are ignored.

    Exams are told where they are not the units themselves, patients where the table names them.
    """
    grid = layout.grid
    cases = table.rows[table.rows["case"].isin(grid.cases)].drop_duplicates("case")
    exams = cases["exam"].nunique()
    apart = exams < len(cases) or not (cases["exam"] == cases["case"]).all()
    return Extent(
        readers=len({row.reader for row in grid.rows if row.kind != AI}),
        systems=tuple(dict.fromkeys(row.reader for row in grid.rows if row.kind == AI)),
        units=len(grid.cases),
        positive=int(grid.truth.sum()),
        exams=exams if apart else None,
        patients=cases["cluster"].nunique() if table.clustered_by == PATIENT else None,
        arms_with_ai=table.arms_with_ai,
    )


def units_words(extent: Extent, unit: str) -> str:
    """Return units with the exams and patients that they belong to: 1,440 breasts of 720 exams."""
    words = counted(extent.units, unit)
    if extent.exams is not None and unit != "exam":
        words += f" of {counted(extent.exams, 'exam')}"
    if extent.patients is not None:
        words += f" of {counted(extent.patients, PATIENT)}"
    return words
