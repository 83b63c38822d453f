"""A study's tables as marked cases: which units count, which lesions are sought, whose marks.

Nothing here knows a study; the tables come through `analysis.tables`.
"""

from typing import Protocol

import pandas as pd

from analysis.froc.froc_data import FrocError
from analysis.froc.marked_cases import BOX, MarkedCases
from analysis.rating_table import AI, HUMAN, SIMULATED, TYPE_TARGET
from analysis.settings import AnalysisSettings
from analysis.study_ratings import WITHOUT_RESULT
from analysis.study_units import BREAST, names_type

IMAGE, CURRENT = "image", ("current", "")
MARK_COLUMNS = ["reader", "arm", "case", "finding", "view", *BOX, "spacing_mm", "rating"]


class MarkedTables(Protocol):
    """The tables of a study that hold marks, and what they are marks of."""

    @property
    def findings(self) -> pd.DataFrame:
        """The readers' marks."""

    @property
    def detections(self) -> pd.DataFrame:
        """The AI systems' boxes."""

    @property
    def ai_cases(self) -> pd.DataFrame:
        """The cases that AI systems have processed."""

    @property
    def cases(self) -> pd.DataFrame:
        """The images of the cases."""

    @property
    def reference(self) -> pd.DataFrame:
        """The truth."""

    @property
    def lesions(self) -> pd.DataFrame:
        """The lesions, view by view."""


def lesions_are_marked(tables: MarkedTables) -> bool:
    """Tell whether lesions have a place on a view, and readers or AI systems have marked any."""
    placed = tables.lesions["x_px"].notna() & tables.lesions["view"].ne("")
    return bool(placed.any()) and len(tables.findings) + len(tables.detections) > 0


def marked_cases(
    tables: MarkedTables, reads: pd.DataFrame, settings: AnalysisSettings, *, unit: str
) -> MarkedCases:
    """Return the marks of readers and AI systems by unit.

    Parameters
    ----------
    tables
        The study's tables.
    reads
        The reads that count.
    settings
        `target` says which lesions are sought: malignant ones, or those of a type; other lesions
        are no targets, and marks on them are false marks. `ai_failed` says what becomes of a case
        without an AI result: left out, or read without a mark.
    unit
        exam (case is the same), breast or image.

    Raises
    ------
    FrocError
        Where no lesion that is sought has a place, or a mark has no rating among rated ones.
    """
    notes: list[str] = []
    lesions = _sought(tables.lesions, settings)
    images = _images(tables, lesions, settings, notes)
    placed = _by_unit(lesions, images, unit).drop_duplicates(["case", "lesion", "view"])
    if placed.empty:
        raise FrocError("expected lesions with a place on a view, got none")
    units = _named(images, unit)[["exam", "case", "cluster"]].drop_duplicates("case")
    readers = reads.assign(exam=reads["case"]).replace({"kind": SIMULATED}, HUMAN)
    systems = _systems(tables.ai_cases, settings)
    columns = ["reader", "kind", "group", "arm", "exam", "period"]
    everyone = pd.concat([readers[columns], systems[columns]]).merge(units, on="exam")
    marks = pd.concat([_findings(tables, reads, settings), _detections(tables, settings)])
    marks = _by_unit(marks, images, unit).merge(
        everyone[["reader", "arm", "case"]].drop_duplicates()
    )
    return MarkedCases(
        units.reset_index(drop=True),
        everyone,
        marks[MARK_COLUMNS],
        placed,
        tuple(dict.fromkeys(map(str, readers["arm"]))),
        unit,
        tuple(notes),
    )


def _sought(lesions: pd.DataFrame, settings: AnalysisSettings) -> pd.DataFrame:
    """Return the lesions that the target names."""
    if settings.target.startswith(TYPE_TARGET):
        return lesions[names_type(lesions["types"], settings.target.removeprefix(TYPE_TARGET))]
    return lesions[lesions["malignant"] == 1]


def _images(
    tables: MarkedTables, lesions: pd.DataFrame, settings: AnalysisSettings, notes: list[str]
) -> pd.DataFrame:
    """Return the images of the cases that count: exam, view, cluster, spacing_mm."""
    cases = tables.cases
    counted = cases[(cases["excluded"] != 1) & cases["exam_role"].isin(CURRENT)]
    counted = counted[counted["case"].isin(tables.reference["case"])]
    nowhere = set(lesions.loc[lesions[BOX].isna().any(axis=1) | (lesions["view"] == ""), "case"])
    if not settings.target.startswith(TYPE_TARGET):
        truth = tables.reference.set_index("case")["truth"]
        nowhere |= set(truth.index[truth == 1]) - set(lesions["case"])
    left_out = nowhere & set(counted["case"])
    if left_out:
        notes.append(f"Cases with a lesion whose place is unknown, left out: {len(left_out)}.")
    counted = counted[~counted["case"].isin(nowhere)]
    spacing = pd.to_numeric(counted["spacing_mm"], errors="coerce")
    columns = counted[["case", "view", "patient"]].assign(spacing_mm=spacing)
    return columns.rename(columns={"case": "exam", "patient": "cluster"})


def _named(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return rows of an exam and view with the unit that they belong to as their case."""
    if unit == IMAGE:
        return rows.assign(case=rows["exam"] + " " + rows["view"])
    return rows.assign(
        case=rows["exam"] + " " + rows["view"].str[:1] if unit == BREAST else rows["exam"]
    )


def _by_unit(rows: pd.DataFrame, images: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return the rows on images that count, with their unit and the size of a pixel."""
    on_exam = rows.rename(columns={"case": "exam"}).drop(columns="spacing_mm", errors="ignore")
    return _named(on_exam.merge(images, on=["exam", "view"]), unit)


def _systems(ai_cases: pd.DataFrame, settings: AnalysisSettings) -> pd.DataFrame:
    """Return what AI systems have read."""
    failed = ai_cases["status"].isin(WITHOUT_RESULT)
    kept = ai_cases[~failed] if settings.ai_failed == "exclude" else ai_cases
    return kept.assign(
        reader=kept["system"], kind=AI, group="", arm="", period="", exam=kept["case"]
    )


def _findings(
    tables: MarkedTables, reads: pd.DataFrame, settings: AnalysisSettings
) -> pd.DataFrame:
    """Return the readers' marks."""
    whose = reads[["read", "step", "reader", "arm", "case"]]
    marks = tables.findings.merge(whose, on=["read", "step"])
    return _rated(_of_type(marks, settings).assign(finding=marks["finding"].astype(str)))


def _detections(tables: MarkedTables, settings: AnalysisSettings) -> pd.DataFrame:
    """Return the AI systems' boxes."""
    boxes = _of_type(tables.detections, settings)
    return _rated(
        boxes.rename(
            columns={"system": "reader", "detection": "finding", "score": "rating"}
        ).assign(arm="")
    )


def _of_type(marks: pd.DataFrame, settings: AnalysisSettings) -> pd.DataFrame:
    """Return the marks that the target names."""
    if not settings.target.startswith(TYPE_TARGET):
        return marks
    return marks[names_type(marks["types"], settings.target.removeprefix(TYPE_TARGET))]


def _rated(marks: pd.DataFrame) -> pd.DataFrame:
    """Return marks with a rating each; where none has one, a mark counts as 1."""
    lacking = marks["rating"].isna()
    if lacking.all():
        return marks.assign(rating=1.0)
    if lacking.any():
        raise FrocError(
            f"expected a rating of each mark, got {int(lacking.sum())} of {len(marks)} without"
        )
    return marks.assign(rating=marks["rating"].astype(float))
