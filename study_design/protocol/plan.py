"""plan.csv: which reader meets which case in which arm, period, block and place; drawn once.

Reading walks the plan; how it was drawn is no business of this module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from study_design.errors import BadInputError, ProtocolError
from study_design.study_folder import StudyFolder
from study_design.tables.column import Column, Kind, Table
from study_design.tables.csv_file import read_csv, whole_number, write_csv
from study_design.tables.shared_columns import case_column
from study_design.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Assignment:
    """A planned cell of the study: one reader, one case, one arm.

    Attributes
    ----------
    cell
        Its name, e.g. R01-P1-007: first reader, first period, seventh place.
    sequence
        The arms of the reader in the order of the periods, joined by a hyphen.
    period, block, position
        Count from 1; the position runs through the period, across its blocks.
    repeat
        0 = the reader's first time with the case in this arm.
    """

    cell: str
    reader: str
    group: str
    sequence: str
    period: int
    arm: str
    block: int
    position: int
    case: str
    role: Role = Role.TEST
    repeat: int = 0


PLAN: Table[Assignment] = Table(
    "plan.csv",
    ("cell",),
    (
        Column("cell", "planned cell", lambda one: one.cell),
        Column("reader", "reader", lambda one: one.reader),
        Column("group", "reader group", lambda one: one.group),
        Column(
            "sequence",
            "arms in the order of the periods, e.g. unaided-aided",
            lambda one: one.sequence,
        ),
        Column("period", "pass through the cases, from 1", lambda one: one.period, Kind.WHOLE),
        Column("arm", "reading condition", lambda one: one.arm),
        Column("block", "block of the period, from 1", lambda one: one.block, Kind.WHOLE),
        Column(
            "position", "place in the period's order, from 1", lambda one: one.position, Kind.WHOLE
        ),
        case_column(lambda one: one.case),
        Column("role", "test, practice or repeat", lambda one: one.role.value),
        Column("repeat", "0 = first time in this arm", lambda one: one.repeat, Kind.WHOLE),
    ),
)


def write_plan(folder: StudyFolder, assignments: Iterable[Assignment]) -> None:
    """Write the plan in the place of an older one; whether it may change is for others to ask."""
    write_csv(folder.plan_csv, PLAN.columns, map(PLAN.row, assignments))


def read_plan(folder: StudyFolder) -> tuple[Assignment, ...]:
    """Return all assignments in the order of the file.

    Raises
    ------
    ProtocolError
        Where no plan has been drawn.
    """
    if not folder.plan_csv.is_file():
        raise ProtocolError(
            f"Expected a plan in {folder.path.name}, got no plan.csv. "
            f"Draw it: crossread plan {folder.path.name}"
        )
    table = read_csv(folder.plan_csv).require(*PLAN.columns)
    return tuple(
        _assignment(row, f"plan.csv, row {line}") for line, row in enumerate(table.rows, start=2)
    )


def assignments_of(plan: Iterable[Assignment], reader: str) -> tuple[Assignment, ...]:
    """Return a reader's assignments in the order in which they are read."""
    own = [assignment for assignment in plan if assignment.reader == reader]
    return tuple(sorted(own, key=lambda assignment: (assignment.period, assignment.position)))


def _assignment(row: Mapping[str, str], where: str) -> Assignment:
    """Return the assignment in a row."""
    try:
        return Assignment(
            cell=row["cell"],
            reader=row["reader"],
            group=row["group"],
            sequence=row["sequence"],
            period=whole_number(row["period"], f"{where}, period", 1),
            arm=row["arm"],
            block=whole_number(row["block"], f"{where}, block", 1),
            position=whole_number(row["position"], f"{where}, position", 1),
            case=row["case"],
            role=Role(row["role"]),
            repeat=whole_number(row["repeat"], f"{where}, repeat"),
        )
    except ValueError as error:
        raise BadInputError(f"{where}: {error}. Put the plan back from a backup.") from error
