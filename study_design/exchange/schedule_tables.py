"""The columns of schedule.csv and deviations.csv: what was planned, and what happened instead."""

from study_design.protocol.plan import PLAN, Assignment
from study_design.record.reads.deviations import Deviation
from study_design.record.reads.ledger import CellOutcome
from study_design.tables.column import Column, Kind, Seen, Table


def _planned(outcome: CellOutcome) -> Assignment:
    """Return the planned cell of an outcome."""
    return outcome.assignment


SCHEDULE: Table[CellOutcome] = Table(
    "schedule.csv",
    ("cell",),
    (
        *(column.through(_planned) for column in PLAN.declared),
        Column(
            "state", "what became of the cell: valid, missing or void", lambda one: one.state.value
        ),
        Column("reason", "why, where it is not valid", lambda one: one.reason),
        Column("read", "UUID of the newest read of the cell", lambda one: one.read),
    ),
    Seen.BLINDED,
)

DEVIATIONS: Table[Deviation] = Table(
    "deviations.csv",
    ("when", "who", "what"),
    (
        Column("when", "UTC", lambda one: one.when, Kind.MOMENT),
        Column("who", "who signed", lambda one: one.who),
        Column("category", "kind of deviation", lambda one: one.category),
        Column("what", "what was done", lambda one: one.what),
        Column("impact", "which data it touches", lambda one: one.impact),
        Column("signed", "1 = signed with a name", lambda one: one.signed, Kind.FLAG),
    ),
    Seen.BLINDED,
)
