"""The one door of the statistics: a rating table from a CSV file or from a frozen study.

Behind this door estimators know ratings, arms and truth, not studies. Everything is checked here;
what is wrong is refused with the file, the row and the column.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.settings import AnalysisSettings
from analysis.study_units import (
    BREAST,
    UNKNOWN,
    highest_of_type,
    malignant_truth,
    reads_by_unit,
    scores_by_unit,
    type_truth,
)
from study_design.columns import REFERENCE
from study_design.errors import BadInputError
from study_design.exchange.csv_file import Cell, CsvTable, read_csv, write_csv
from study_design.vocabulary import BIRADS_CATEGORIES, AiStatus, ReadStatus, Role

if TYPE_CHECKING:
    from study_design.results import StudyTables

AI, HUMAN, CONSENSUS, SIMULATED = "ai", "human", "consensus", "simulated"
KINDS = (HUMAN, AI, CONSENSUS, SIMULATED)
REQUIRED = ("reader", "case", "truth", "rating")
OPTIONAL = ("kind", "arm", "group", "patient", "exam", "period", "birads", "time_s")
COLUMNS = (
    "reader", "kind", "group", "arm", "case", "cluster", "truth", "rating", "time_s", "period",
    "birads",
)  # fmt: skip
# Of a study the columns of its reference standard are the strata.
STRATA = tuple(name for name in REFERENCE.columns if name not in ("case", "truth"))
NOT_GIVEN = ("", "na", "nan")
TYPE_TARGET = "type_present:"
MALIGNANT_TARGET = "malignant"


@dataclass(frozen=True, slots=True, eq=False)
class RatingTable:
    """One row per rating: who rated which case how, and what is true of it.

    Attributes
    ----------
    rows
        Columns reader, kind (human, ai, consensus), group, arm, case, cluster, truth (0, 1),
        rating, time_s (NaN where unknown), period, birads, and the strata. Text is never missing.
    source
        Where the ratings come from, as it is printed.
    arms
        The readers' arms in order; one arm "" where the table has none. AI alone has no arm.
    clustered_by
        Column that says which cases belong together; None where none was given.
    strata
        Further columns.
    simulated
        Whether some ratings are those of simulated readers; their kind in `rows` is human.
    notes
        What had to be guessed or left out, in words.
    """

    rows: pd.DataFrame
    source: str
    arms: tuple[str, ...]
    clustered_by: str | None = None
    strata: tuple[str, ...] = ()
    simulated: bool = False
    notes: tuple[str, ...] = ()
    title: str = ""
    protocol: str = ""


def from_csv(path: Path) -> RatingTable:
    """Read a rating table from any CSV file with `reader, case, truth, rating`.

    Optional columns: `kind` (human, ai), `arm, group, exam` or `patient` (cases that share it are
    clustered), `period, birads, time_s`; any further column is a stratum. A rating that is not
    given (empty, NA) is a missing reading.

    Raises
    ------
    BadInputError
        For the first thing that is wrong, with file, row (the header is row 1) and column.
    """
    source = read_csv(path).require(*REQUIRED)
    if not source.rows:
        raise BadInputError(f"{path.name}: expected ratings below the header, got no row.")
    text = pd.DataFrame.from_records(list(source.rows), columns=list(source.columns))
    door = _CsvDoor(source, text)
    cluster = next((name for name in ("patient", "exam") if name in text), None)
    kind = door.kinds()
    strata = tuple(name for name in source.columns if name not in (*REQUIRED, *OPTIONAL))
    rows = pd.DataFrame(
        {
            "reader": door.names("reader"),
            "kind": kind.replace(SIMULATED, HUMAN),
            "group": door.text("group"),
            "arm": door.text("arm"),
            "case": door.names("case"),
            "cluster": text[cluster] if cluster else text["case"],
            "truth": door.truth(),
            "rating": door.numbers("rating"),
            "time_s": door.numbers("time_s") if "time_s" in text else float("nan"),
            "period": door.text("period"),
            "birads": door.text("birads"),
            **{name: text[name] for name in strata},
        }
    )
    door.refuse_negative_times(rows["time_s"])
    door.refuse_contradictions(rows, "case", "truth")
    door.refuse_contradictions(rows, "reader", "kind")
    door.refuse_contradictions(rows, "reader", "group")
    door.refuse_doubles(rows)
    notes = list(source.guesses)
    rows = _rated(rows, notes)
    if rows.empty:
        raise BadInputError(f"{path.name}: expected ratings, got an empty cell in every row.")
    return RatingTable(
        rows,
        path.name,
        _arms(rows),
        cluster,
        strata,
        simulated=bool((kind == SIMULATED).any()),
        notes=tuple(notes),
        title=path.stem,
    )


def from_study(tables: "StudyTables", settings: AnalysisSettings | None = None) -> RatingTable:
    """Return the rating table of a study: final test reads, and the AI alone from `ai_cases`.

    Parameters
    ----------
    tables
        The study's tables.
    settings
        `target` says what is rated: `malignant` (rating of the exam, truth of the case) or
        `type_present:TYPE` (the reader's highest mark of the type and 0 without one, the system's
        highest score of the type; truth is whether the case has a lesion of the type).
        `ai_failed` says what a case without an AI result counts as.

    Raises
    ------
    BadInputError
        Where no final test read of a case with a reference standard is there.
    """
    settings = settings or AnalysisSettings()
    unit = settings.unit
    kind = settings.target.removeprefix(TYPE_TARGET)
    by_type = settings.target.startswith(TYPE_TARGET)
    notes: list[str] = []
    reads = reads_by_unit(_final_test_reads(tables.reads), unit)
    if by_type:
        truth = type_truth(tables.reference, tables.lesions, kind, unit)
        highest = highest_of_type(reads, tables.findings, "rating", ("read", "step"), kind)
        reads = reads.assign(rating=highest)
    else:
        truth = malignant_truth(tables.reference, unit)
    systems = _ai_alone(tables, settings, kind if by_type else None, notes)
    rows = pd.concat([reads, systems], ignore_index=True)
    rows = _without_excluded_cases(rows, tables.cases, notes)
    rows = _with_truth(rows, truth, tables.reference, notes)
    rows = _rated(rows, notes)
    if (rows["kind"] == AI).all():
        raise BadInputError(
            f"{tables.title}: expected final test reads of cases with a reference standard, got "
            "none. Read cases, and bring in the truth: crossread truth STUDY REFERENCE_CSV"
        )
    return RatingTable(
        rows.replace({"kind": SIMULATED}, HUMAN)[[*COLUMNS, *STRATA]],
        "final test reads of the study",
        _arms(rows),
        "patient",
        STRATA,
        simulated=tables.simulated or bool((rows["kind"] == SIMULATED).any()),
        notes=tuple(notes),
        title=tables.title,
        protocol=tables.protocol,
    )


@dataclass(frozen=True, slots=True, eq=False)
class MarkTable:
    """Who rated which unit, and what they marked in it.

    Attributes
    ----------
    units
        One row per read and unit: reader, group, arm, case (the unit), exam, side, birads.
    marks
        One row per mark: reader, arm, exam, view, finding, types, x_px, y_px, width_px, height_px,
        spacing_mm (NaN where the size of a pixel is unknown).
    birads_order
        The categories in which suspicion rises.
    unit
        exam or breast.
    """

    units: pd.DataFrame
    marks: pd.DataFrame
    birads_order: tuple[str, ...]
    unit: str

    @property
    def has_categories(self) -> bool:
        """Whether a BI-RADS category was given for units of this kind."""
        return bool(self.units["birads"].ne("").any())


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
            placed = self.tables.lesions["view"].ne("").all()
            return BREAST if placed else "exam"
        rated = self.tables.reads[["rating_right", "rating_left"]].notna().all(axis=None)
        known = ~self.tables.reference[["breast_right", "breast_left"]].isin(UNKNOWN)
        return BREAST if rated and known.all(axis=None) else "exam"

    def marks(self, unit: str) -> MarkTable:
        """Return the marks of the final test reads of cases that are not excluded."""
        reads = _final_test_reads(self.tables.reads)
        cases = self.tables.cases
        kept = set(cases.loc[cases["excluded"] != 1, "case"])
        reads = reads[reads["case"].isin(kept)]
        units = reads_by_unit(reads, unit)
        findings = self.tables.findings.merge(
            reads[["read", "step", "reader", "arm", "case"]], on=["read", "step"]
        ).merge(cases[["image", "spacing_mm"]], on="image", how="left")
        spacing = pd.to_numeric(findings["spacing_mm"], errors="coerce")
        marks = findings.rename(columns={"case": "exam"}).assign(spacing_mm=spacing)
        return MarkTable(units, marks, self.birads_order, unit)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> None:
    """Write a table of results in the form of every table of an export."""
    write_csv(path, columns, rows)


@dataclass(frozen=True, slots=True, eq=False)
class _CsvDoor:
    """Checks the text of a CSV file column by column and names the first cell that is wrong."""

    source: CsvTable
    cells: pd.DataFrame

    def text(self, column: str) -> pd.Series:
        """Return a column of text; empty where the file has no such column."""
        if column in self.cells:
            return self.cells[column]
        return pd.Series("", index=self.cells.index, dtype=self.cells["reader"].dtype)

    def names(self, column: str) -> pd.Series:
        """Return a column that must be filled in."""
        self._refuse(self.cells[column] == "", column, "a name")
        return self.cells[column]

    def kinds(self) -> pd.Series:
        """Return each row's kind; human where nothing is said."""
        kind = self.text("kind").str.lower().replace("", HUMAN)
        self._refuse(~kind.isin(KINDS), "kind", f"one of {', '.join(KINDS)}")
        return kind

    def numbers(self, column: str) -> pd.Series:
        """Return a column as numbers, NaN where none is given; a decimal comma is understood."""
        text = self.cells[column]
        number = pd.to_numeric(text, errors="coerce")
        if number.isna().any():
            number = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
        given = ~text.str.lower().isin(NOT_GIVEN)
        wrong = given & (number.isna() | number.abs().eq(float("inf")))
        self._refuse(wrong, column, "a number")
        return number.astype(float)

    def truth(self) -> pd.Series:
        """Return the truth of each row."""
        number = pd.to_numeric(self.cells["truth"], errors="coerce")
        self._refuse(~number.isin((0, 1)), "truth", "0 or 1")
        return number.astype(int)

    def refuse_negative_times(self, time_s: pd.Series) -> None:
        """Refuse a reading time below 0."""
        if "time_s" in self.cells:
            self._refuse(time_s < 0, "time_s", "seconds, 0 or more")

    def refuse_contradictions(self, rows: pd.DataFrame, key: str, column: str) -> None:
        """Refuse a case with two truths, or a reader of two kinds or groups."""
        first = rows.groupby(key, sort=False)[column].transform("first")
        wrong = rows[column] != first
        if wrong.any():
            place = _first(wrong)
            name = rows[key].iloc[place]
            expected = f"{first.iloc[place]!s} for {key} {name}, as in the rows before"
            self._refuse(wrong, column, expected)

    def refuse_doubles(self, rows: pd.DataFrame) -> None:
        """Refuse two ratings of one case by one reader in one arm."""
        key = ["reader", "arm", "case"]
        doubled = rows.duplicated(key)
        if not doubled.any():
            return
        place = _first(doubled)
        reader, arm, case = (str(rows[name].iloc[place]) for name in key)
        same = (rows["reader"] == reader) & (rows["arm"] == arm) & (rows["case"] == case)
        where = f"reader {reader}, {f'arm {arm}, ' if arm else ''}case {case}"
        raise BadInputError(
            f"{self.source.path.name}, row {place + 2}, columns {', '.join(key)}: expected one "
            f"rating for {where}, got a second one (the first stands in row {_first(same) + 2}). "
            "Remove one, or tell them apart by an arm."
        )

    def _refuse(self, wrong: "pd.Series[bool]", column: str, expected: str) -> None:
        """Refuse the first wrong cell, where there is one."""
        if wrong.any():
            place = _first(wrong)
            raise BadInputError(
                f"{self.source.path.name}, row {place + 2}, column {column}: expected {expected}, "
                f"got {self.cells[column].iloc[place]!r}. Correct the cell."
            )


def _first(wrong: "pd.Series[bool]") -> int:
    """Return the position of the first true value."""
    return int(np.flatnonzero(wrong.to_numpy())[0])


def _rated(rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return the rows with a rating, and note how many had none."""
    missing = rows["rating"].isna()
    by_ai = rows["kind"] == AI
    for lost, who in ((missing & ~by_ai, "a reader"), (missing & by_ai, "an AI system")):
        if lost.any():
            notes.append(f"Rows without a rating by {who}, left out: {int(lost.sum())}.")
    return rows[~missing].reset_index(drop=True)


def _arms(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the readers' arms: those without AI first where the table knows, else as they come."""
    human = rows[rows["kind"] != AI]
    if "revealed" in human:
        human = human.sort_values(["revealed", "arm"], kind="stable")
    return tuple(str(arm) for arm in human["arm"].unique())


def _final_test_reads(reads: pd.DataFrame) -> pd.DataFrame:
    """Return the reads that count."""
    counted = reads[(reads["role"] == Role.TEST) & (reads["status"] == ReadStatus.FINAL)]
    doubled = counted.duplicated(["reader", "arm", "case"])
    if doubled.any():
        place = _first(doubled)
        reader, arm, case = (counted[name].iloc[place] for name in ("reader", "arm", "case"))
        raise BadInputError(
            f"reads.csv: expected one final test read of reader {reader}, arm {arm}, case {case}, "
            "got two. Verify the study."
        )
    return counted


def _ai_alone(
    tables: "StudyTables", settings: AnalysisSettings, kind: str | None, notes: list[str]
) -> pd.DataFrame:
    """Return the AI systems' ratings as rows of a rating table."""
    ai = scores_by_unit(tables.ai_cases, settings.unit)
    score = ai["rating"]
    if kind is not None:
        boxes = tables.detections.rename(columns={"case": "exam"})
        score = highest_of_type(ai, boxes, "score", ("system", "exam"), kind)
    failed = ai["status"].isin((AiStatus.FAILED, AiStatus.NOT_PROCESSED))
    score = score.where((ai["status"] != AiStatus.NONE) | score.notna(), 0.0)
    if settings.ai_failed == "lowest":
        lowest = ai["scale"].fillna("").astype(str).str.extract(r"^\s*(-?[\d.]+)", expand=False)
        score = score.mask(failed, pd.to_numeric(lowest, errors="coerce").fillna(0.0))
    lost = ai[failed].groupby("system")["exam"].nunique()
    for system, count in lost.items():
        if count:
            rule = "left out" if settings.ai_failed == "exclude" else "given the lowest score"
            notes.append(f"Cases that {system} failed on or did not process, {rule}: {int(count)}.")
    rows = pd.DataFrame(
        {"reader": ai["system"], "kind": AI, "group": "", "arm": ""}, index=ai.index
    ).assign(case=ai["case"], exam=ai["exam"], side=ai["side"], rating=score)
    rows = rows.assign(time_s=float("nan"), period=float("nan"), birads="")
    return rows[~failed] if settings.ai_failed == "exclude" else rows


def _without_excluded_cases(
    rows: pd.DataFrame, cases: pd.DataFrame, notes: list[str]
) -> pd.DataFrame:
    """Return the rows of cases that are in the study."""
    excluded = cases.groupby("case")["excluded"].min()
    out = rows["exam"].isin(excluded.index[excluded == 1])
    if out.any():
        notes.append(f"Excluded cases, left out: {rows.loc[out, 'exam'].nunique()}.")
    patients = cases.drop_duplicates("case").set_index("case")["patient"]
    cluster = rows["exam"].map(patients)
    return rows.assign(cluster=cluster.where(cluster.notna(), rows["exam"]))[~out]


def _with_truth(
    rows: pd.DataFrame, truth: pd.Series, reference: pd.DataFrame, notes: list[str]
) -> pd.DataFrame:
    """Return the rows with truth and strata of the reference standard."""
    rows = rows.assign(truth=rows["case"].map(truth))
    unknown = rows["truth"].isna()
    if unknown.any():
        lacking = rows.loc[unknown, "case"].nunique()
        notes.append(f"Cases without a reference standard, left out: {lacking}.")
    kept = rows[~unknown].drop(columns=[name for name in STRATA if name in rows])
    strata = reference[["case", *STRATA]].rename(columns={"case": "exam"})
    joined = kept.merge(strata, on="exam", how="left")
    return joined.assign(truth=joined["truth"].astype(int), group=joined["group"].fillna(""))
