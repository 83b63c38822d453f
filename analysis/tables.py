"""The one door of the statistics: a rating table from a CSV file or from a frozen study.

Behind this door estimators know ratings, arms and truth, not studies. Everything is checked here;
what is wrong is refused with the file, the row and the column.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.arm_order import usual_order
from analysis.froc.marked_cases import MarkedCases
from analysis.froc.study_marks import lesions_are_marked, marked_cases
from analysis.rating_table import (
    AI,
    COLUMNS,
    HUMAN,
    SIMULATED,
    TYPE_TARGET,
    MarkTable,
    Provenance,
    RatingTable,
)
from analysis.settings import AnalysisSettings
from analysis.study_ratings import (
    ai_alone,
    arms_of,
    arms_with_ai,
    excluded_cases,
    rated_rows,
    readers_ratings,
    strata_of,
    truth_by_unit,
    with_truth,
    without_excluded_cases,
)
from analysis.study_units import (
    BREAST,
    breasts_are_known,
    counted_times,
    marks_of_reads,
    reads_by_unit,
)
from analysis.table_checks import TableChecks, places_of
from analysis.table_clusters import clusters_of
from study_design.errors import BadInputError
from study_design.exchange.ratings.rating_file import read_rating_table
from study_design.software import SOFTWARE_VERSION, commit
from study_design.tables.csv_file import Cell, write_csv
from study_design.tables.foreign.column_map import ColumnMap
from study_design.vocabulary import BIRADS_CATEGORIES, ReadStatus, Role

if TYPE_CHECKING:
    from study_design.results import StudyTables

REQUIRED = ("reader", "case", "truth", "rating")
OPTIONAL = ("kind", "arm", "group", "patient", "exam", "period", "birads", "time_s")


def from_csv(path: Path, column_map: ColumnMap | None = None) -> RatingTable:
    """Read a rating table from any table with `reader, case, truth, rating`, or another tool's.

    CSV in any form or an xlsx workbook. Optional columns: `kind` (human, ai), `arm, group, exam` or
    `patient` (cases that share it are clustered), `period, birads, time_s`; any further column is a
    stratum. A rating that is not given (empty, NA) is a missing reading.

    Parameters
    ----------
    column_map
        What somebody says of columns, words and the form of the file.

    Raises
    ------
    BadInputError
        For all that is wrong with its cells, with file, row (as in the file) and column.
    """
    mapped = read_rating_table(path, column_map)
    source = mapped.table.require(*REQUIRED)
    if not source.rows:
        raise BadInputError(f"{path.name}: expected ratings below the header, got no row.")
    text = pd.DataFrame.from_records(list(source.rows), columns=list(source.columns))
    door = TableChecks(source, text, mapped.faults)
    kind = door.text("kind").replace("", HUMAN)
    belongs = clusters_of(text, door.refuse_first)
    cluster = next(iter(belongs), None)
    strata = tuple(name for name in source.columns if name not in (*REQUIRED, *OPTIONAL))
    rows = pd.DataFrame(
        {
            "reader": door.names("reader"),
            "kind": kind.replace(SIMULATED, HUMAN),
            "group": door.text("group"),
            "arm": door.text("arm"),
            "case": door.names("case"),
            "exam": belongs.get("exam", text["case"]),
            "cluster": belongs[cluster] if cluster else text["case"],
            "truth": door.truth(),
            "rating": door.numbers("rating"),
            "time_s": door.numbers("time_s") if "time_s" in text else float("nan"),
            "period": door.text("period"),
            "birads": door.text("birads"),
            **{name: text[name] for name in strata},
        }
    )
    door.refuse_negative_times(rows["time_s"])
    door.refuse_gaps(rows, "arm")
    door.faults.refuse()
    for key, column in (("case", "truth"), ("reader", "kind"), ("reader", "group")):
        door.refuse_contradictions(rows, key, column)
    door.refuse_doubles(rows)
    door.faults.refuse()
    notes = [*source.guesses, *mapped.notes]
    rows = rated_rows(rows, notes)
    if rows.empty:
        raise BadInputError(f"{path.name}: expected ratings, got an empty cell in every row.")
    # Nothing hangs on the order of the rows of a file.
    rows = rows.sort_values(["kind", "group", "reader", "arm", "case"], ignore_index=True)
    return RatingTable(
        rows,
        path.name,
        usual_order(arms_of(rows)),
        clustered_by=cluster,
        strata=strata,
        simulated=bool((kind == SIMULATED).any()),
        notes=tuple(notes),
        title=path.stem,
        provenance=provenance_of(path),
    )


def from_study(tables: "StudyTables", settings: AnalysisSettings | None = None) -> RatingTable:
    """Return the rating table of a study: final test reads, and the AI alone from `ai_cases`.

    Parameters
    ----------
    settings
        `target`: `malignant` (rating and truth of the unit) or `type_present:TYPE` (highest mark
        or score of the type and 0 without one; truth: a lesion of the type is there). `ai_failed`
        says what a case without an AI result counts as.

    Raises
    ------
    BadInputError
        Where no final test read of a case with a reference standard is there.
    """
    settings = settings or AnalysisSettings()
    notes: list[str] = []
    counting = _final_test_reads(tables.reads)
    times = counted_times(counting, settings.reopened_time, notes)
    reads = readers_ratings(counting.assign(reading_s=times), tables.findings, settings)
    truth = truth_by_unit(tables.reference, tables.lesions, settings)
    excluded = excluded_cases(tables.cases)
    systems = ai_alone(tables.ai_cases, tables.detections, settings, notes, excluded=excluded)
    rows = pd.concat([reads, systems], ignore_index=True)
    rows = without_excluded_cases(rows, tables.cases, notes)
    rows = with_truth(rows, truth, tables.reference, notes)
    rows = rated_rows(rows, notes)
    if (rows["kind"] == AI).all():
        raise BadInputError(
            f"{tables.title}: expected final test reads of cases with a reference standard, got "
            "none. Read cases, and bring in the truth: crossread truth STUDY REFERENCE_CSV"
        )
    strata = strata_of(tables.reference)
    with_ai = arms_with_ai(rows)
    # The order of the file, which `tables.arms` holds, is kept among arms that are alike.
    arms = sorted(arms_of(rows), key=lambda arm: (arm in with_ai, tables.arms.index(arm)))
    return RatingTable(
        rows.replace({"kind": SIMULATED}, HUMAN)[[*COLUMNS, *strata]],
        "final test reads of the study",
        tuple(arms),
        with_ai,
        "patient",
        strata,
        simulated=tables.simulated or bool((rows["kind"] == SIMULATED).any()),
        notes=tuple(notes),
        title=tables.title,
        protocol=tables.protocol,
        arms_stated=True,
        provenance=_provenance(tables.data_sha256, tables.plan_sha256),
    )


def provenance_of(path: Path) -> Provenance:
    """Return this program, and the hash of a table's file."""
    return _provenance(hashlib.sha256(path.read_bytes()).hexdigest())


def _provenance(data_sha256: str, plan_sha256: str = "") -> Provenance:
    """Return this program, and the hashes of what is analysed."""
    return Provenance(f"Crossread {SOFTWARE_VERSION}", commit(), data_sha256, plan_sha256)


@dataclass(frozen=True, slots=True, eq=False)
class StudySource:
    """A study from which tables of several targets and units are taken.

    `birads_order` holds the categories of the study's scale in which suspicion rises.
    """

    tables: "StudyTables"
    birads_order: tuple[str, ...] = BIRADS_CATEGORIES[1:]

    def ratings(self, settings: AnalysisSettings) -> RatingTable:
        """Return the rating table of a target and unit, as `from_study`."""
        return from_study(self.tables, settings)

    def unit_of(self, target: str) -> str:
        """Return the smallest unit for which ratings and truth are known: breast, else exam."""
        if target.startswith(TYPE_TARGET):
            by_breast = bool(self.tables.lesions["view"].ne("").all())
        else:
            by_breast = breasts_are_known(self.tables.reads, self.tables.reference)
        return BREAST if by_breast else "exam"

    def marks(self, unit: str) -> MarkTable:
        """Return the marks of the final test reads of cases that are not excluded."""
        reads = _final_test_reads(self.tables.reads)
        cases = self.tables.cases
        kept = set(cases.loc[cases["excluded"] != 1, "case"])
        reads = reads[reads["case"].isin(kept)]
        marks = marks_of_reads(reads, self.tables.findings, cases)
        return MarkTable(reads_by_unit(reads, unit), marks, self.birads_order, unit)

    @property
    def has_marked_lesions(self) -> bool:
        """Whether lesions have a place on a view, and readers or AI systems have marked any."""
        return lesions_are_marked(self.tables)

    def marked(self, unit: str, settings: AnalysisSettings) -> MarkedCases:
        """Return the marks of readers and AI systems by exam, breast or image."""
        reads = _final_test_reads(self.tables.reads)
        return marked_cases(self.tables, reads, settings, unit=unit)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> None:
    """Write a table of results in the form of every table of an export."""
    write_csv(path, columns, rows)


def _final_test_reads(reads: pd.DataFrame) -> pd.DataFrame:
    """Return the reads that count."""
    counted = reads[(reads["role"] == Role.TEST) & (reads["status"] == ReadStatus.FINAL)]
    doubled = counted.duplicated(["reader", "arm", "case"])
    if doubled.any():
        place = places_of(doubled)[0]
        reader, arm, case = (counted[name].iloc[place] for name in ("reader", "arm", "case"))
        raise BadInputError(
            f"reads.csv: expected one final test read of reader {reader}, arm {arm}, case {case}, "
            "got two. Verify the study."
        )
    return counted
