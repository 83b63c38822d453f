"""A study's reads and AI results as rows of a rating table, and what had to be left out of it.

Nothing here knows a study; the tables come through `analysis.tables`.
"""

import pandas as pd

from analysis.rating_table import AI, TYPE_TARGET
from analysis.settings import AnalysisSettings
from analysis.study_units import (
    highest_of_type,
    malignant_truth,
    reads_by_unit,
    scores_by_unit,
    type_truth,
)

WITHOUT_RESULT, NO_FINDING = ("failed", "not_processed"), "none"
# What the reference standard says of how the truth is known, or of the truth itself, is no stratum.
NO_STRATA = ("case", "truth", "breast_right", "breast_left", "reference_method", "followup_months")


def readers_ratings(
    reads: pd.DataFrame, findings: pd.DataFrame, settings: AnalysisSettings
) -> pd.DataFrame:
    """Return the readers' ratings of the target by unit, as rows of a rating table."""
    rows = reads_by_unit(reads, settings.unit)
    if not settings.target.startswith(TYPE_TARGET):
        return rows
    kind = settings.target.removeprefix(TYPE_TARGET)
    return rows.assign(rating=highest_of_type(rows, findings, "rating", ("read", "step"), kind))


def truth_by_unit(
    reference: pd.DataFrame, lesions: pd.DataFrame, settings: AnalysisSettings
) -> "pd.Series[float]":
    """Return the truth of the target by unit; NaN where it is unknown."""
    if not settings.target.startswith(TYPE_TARGET):
        return malignant_truth(reference, settings.unit)
    kind = settings.target.removeprefix(TYPE_TARGET)
    return type_truth(reference, lesions, kind, settings.unit)


def strata_of(reference: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns of a reference standard by which cases are stratified."""
    return tuple(str(name) for name in reference if name not in NO_STRATA)


def rated_rows(rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return the rows with a rating, and note how many had none."""
    missing = rows["rating"].isna()
    by_ai = rows["kind"] == AI
    for lost, who in ((missing & ~by_ai, "a reader"), (missing & by_ai, "an AI system")):
        if lost.any():
            notes.append(f"Rows without a rating by {who}, left out: {int(lost.sum())}.")
    return rows[~missing].reset_index(drop=True)


def arms_of(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the readers' arms as they come."""
    return tuple(map(str, rows.loc[rows["kind"] != AI, "arm"].unique()))


def arms_with_ai(reads: pd.DataFrame) -> tuple[str, ...]:
    """Return the arms in which readers were shown the AI, whatever the arms are called."""
    return tuple(map(str, reads.loc[reads["revealed"] == 1, "arm"].unique()))


def ai_alone(
    ai_cases: pd.DataFrame,
    detections: pd.DataFrame,
    settings: AnalysisSettings,
    notes: list[str],
    *,
    excluded: "pd.Index[str]",
) -> pd.DataFrame:
    """Return the AI systems' ratings as rows of a rating table, and note where they failed.

    Failures on excluded cases are not counted in the note: their rows go for another reason.
    """
    ai = scores_by_unit(ai_cases, settings.unit)
    score = ai["rating"]
    if settings.target.startswith(TYPE_TARGET):
        kind = settings.target.removeprefix(TYPE_TARGET)
        boxes = detections.rename(columns={"case": "exam"})
        score = highest_of_type(ai, boxes, "score", ("system", "exam"), kind)
    failed = ai["status"].isin(WITHOUT_RESULT)
    score = score.where((ai["status"] != NO_FINDING) | score.notna(), 0.0)
    if settings.ai_failed == "lowest":
        lowest = ai["scale"].fillna("").astype(str).str.extract(r"^\s*(-?[\d.]+)", expand=False)
        score = score.mask(failed, pd.to_numeric(lowest, errors="coerce").fillna(0.0))
    lost = ai[failed & ~ai["exam"].isin(excluded)].groupby("system")["exam"].nunique()
    rule = "left out" if settings.ai_failed == "exclude" else "given the lowest score"
    for system, count in lost.items():
        notes.append(f"Cases that {system} failed on or did not process, {rule}: {int(count)}.")
    rows = pd.DataFrame(
        {"reader": ai["system"], "kind": AI, "group": "", "arm": ""}, index=ai.index
    ).assign(case=ai["case"], exam=ai["exam"], side=ai["side"], rating=score)
    rows = rows.assign(time_s=float("nan"), period=float("nan"), birads="")
    return rows[~failed] if settings.ai_failed == "exclude" else rows


def excluded_cases(cases: pd.DataFrame) -> "pd.Index[str]":
    """Return the names of the cases that are not in the study: all their images are excluded."""
    excluded = cases.groupby("case")["excluded"].min()
    return excluded.index[excluded == 1]


def without_excluded_cases(
    rows: pd.DataFrame, cases: pd.DataFrame, notes: list[str]
) -> pd.DataFrame:
    """Return the rows of cases that are in the study, each with its patient as cluster."""
    out = rows["exam"].isin(excluded_cases(cases))
    if out.any():
        notes.append(f"Excluded cases, left out: {rows.loc[out, 'exam'].nunique()}.")
    patients = cases.drop_duplicates("case").set_index("case")["patient"]
    cluster = rows["exam"].map(patients)
    return rows.assign(cluster=cluster.where(cluster.notna(), rows["exam"]))[~out]


def with_truth(
    rows: pd.DataFrame, truth: "pd.Series[float]", reference: pd.DataFrame, notes: list[str]
) -> pd.DataFrame:
    """Return the rows with truth and strata of the reference standard."""
    rows = rows.assign(truth=rows["case"].map(truth))
    unknown = rows["truth"].isna()
    if unknown.any():
        lacking = rows.loc[unknown, "case"].nunique()
        notes.append(f"Cases without a reference standard, left out: {lacking}.")
    names = strata_of(reference)
    kept = rows[~unknown].drop(columns=[name for name in names if name in rows])
    strata = reference[["case", *names]].rename(columns={"case": "exam"})
    joined = kept.merge(strata, on="exam", how="left")
    return joined.assign(truth=joined["truth"].astype(int), group=joined["group"].fillna(""))
