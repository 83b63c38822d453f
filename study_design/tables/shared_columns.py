"""Columns that several tables have, so that they mean the same wherever they stand."""

from collections.abc import Callable, Sequence

from study_design.geometry import Box
from study_design.tables.column import Column, Kind, Value
from study_design.tables.csv_file import Cell
from study_design.vocabulary import AbnormalityType


def case_column(of: Callable[[Value], Cell]) -> Column[Value]:
    """Return the column of the case."""
    return Column("case", "case, the sampling unit", of)


def patient_column(of: Callable[[Value], Cell]) -> Column[Value]:
    """Return the column of the patient."""
    return Column("patient", "pseudonym by which cases cluster", of)


def view_column(of: Callable[[Value], Cell], *, also: str = "") -> Column[Value]:
    """Return the column of the view; `also` says when it is empty."""
    return Column("view", f"R-CC, L-CC, R-MLO or L-MLO{also}", of)


def types_column(of: Callable[[Value], Sequence[AbnormalityType]]) -> Column[Value]:
    """Return the column of the types of abnormality."""
    return Column(
        "types",
        "mass, calcification, asymmetry, distortion; several joined by +",
        lambda value: "+".join(of(value)),
    )


def box_columns(of: Callable[[Value], Box | None]) -> tuple[Column[Value], ...]:
    """Return the four columns of a box; they are empty where its place is not known."""

    def number(name: str, meaning: str, edge: Callable[[Box], float]) -> Column[Value]:
        def cell(value: Value) -> Cell:
            box = of(value)
            return None if box is None else edge(box)

        return Column(name, meaning, cell, Kind.NUMBER, "px")

    return (
        number("x_px", "left edge, columns of the stored pixel matrix", lambda box: box.x_px),
        number("y_px", "top edge, rows of the stored pixel matrix", lambda box: box.y_px),
        number("width_px", "width, stored pixels; 0 for a point", lambda box: box.width_px),
        number("height_px", "height, stored pixels; 0 for a point", lambda box: box.height_px),
    )
