"""The tables that estimators work on: who rated which case how, and what was marked where."""

from dataclasses import dataclass

import pandas as pd

AI, HUMAN, CONSENSUS, SIMULATED = "ai", "human", "consensus", "simulated"
KINDS = (HUMAN, AI, CONSENSUS, SIMULATED)
TYPE_TARGET = "type_present:"
MALIGNANT_TARGET = "malignant"
# Every table has these columns; strata stand behind them.
COLUMNS = (
    "reader", "kind", "group", "arm", "case", "exam", "cluster", "truth", "rating", "time_s",
    "period", "birads",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provenance:
    """By which program and from which data results come; SHA-256, empty where there is no file.

    `data_sha256` is that of a table's file, or of all tables of a study that are analysed;
    `plan_sha256` that of the file with the analysis plan.
    """

    software: str = ""
    commit: str = ""
    data_sha256: str = ""
    plan_sha256: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RatingTable:
    """One row per rating: who rated which case how, and what is true of it.

    Attributes
    ----------
    rows
        Columns reader, kind (human, ai, consensus), group, arm, case (the unit: an exam or a
        breast), exam (whose unit it is), cluster, truth (0, 1), rating, time_s (NaN where unknown),
        period, birads, and the strata. Text is never missing.
    source
        Where the ratings come from, as it is printed.
    arms
        The readers' arms in order; one arm "" where the table has none. AI alone has no arm.
    arms_stated
        Whether a protocol gives the arms their order; else it is `analysis.arm_order`'s.
    arms_with_ai
        The arms in which readers were shown the AI, where the table knows.
    clustered_by
        Column that says which cases belong together; None where none was given.
    strata
        Further columns.
    simulated
        Whether some ratings are those of simulated readers; their kind in `rows` is human.
    provenance
        By which program and from which data.
    notes
        What had to be guessed or left out, in words.
    """

    rows: pd.DataFrame
    source: str
    arms: tuple[str, ...]
    arms_with_ai: tuple[str, ...] = ()
    clustered_by: str | None = None
    strata: tuple[str, ...] = ()
    simulated: bool = False
    notes: tuple[str, ...] = ()
    title: str = ""
    protocol: str = ""
    arms_stated: bool = False
    provenance: Provenance = Provenance()


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
