"""A study's reads, truth and AI results per unit: the exam, or each of its breasts.

Nothing here knows a study; the tables come through `analysis.tables`. A unit of kind breast is
named by its case and side, "C001 R"; the column `exam` keeps the case.
"""

import numpy as np
import pandas as pd

from analysis.settings import ReopenedTime

BREAST = "breast"
SIDES = {"R": "right", "L": "left"}
MALIGNANT, UNKNOWN = "malignant", ("", "unknown")


def counted_times(
    reads: pd.DataFrame, reopened_time: ReopenedTime, notes: list[str]
) -> "pd.Series[float]":
    """Return the reading time that counts of each read, and note which where some were done again.

    Parameters
    ----------
    reopened_time
        `last` or `whole`, as in the settings of the analysis.
    """
    again = reads["earlier_s"].notna()
    whole = reopened_time == "whole"
    if again.any():
        which = (
            "with the time of the reads that it replaces"
            if whole
            else "without the time of the reads that it replaces (earlier_s)"
        )
        notes.append(
            f"Reads that were done again: {int(again.sum())}. The reading time of each is that of "
            f"the read which counts, {which}: reopened_time = {reopened_time}."
        )
    return reads["reading_s"] + reads["earlier_s"].fillna(0.0) if whole else reads["reading_s"]


def reads_by_unit(reads: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return one row per read and unit, with rating, BI-RADS category and reading time.

    A reading time is that of the exam; a breast has none.
    """
    if unit != BREAST:
        return reads.assign(
            exam=reads["case"], side="", birads=reads["birads_exam"], time_s=reads["reading_s"]
        )
    parts = [
        reads.assign(
            exam=reads["case"],
            case=reads["case"] + f" {side}",
            side=side,
            rating=reads[f"rating_{word}"],
            birads=reads[f"birads_{word}"],
            time_s=np.nan,
        )
        for side, word in SIDES.items()
    ]
    return pd.concat(parts, ignore_index=True)


def scores_by_unit(ai_cases: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return one row per AI result and unit, with the system's score of it."""
    if unit != BREAST:
        return ai_cases.assign(
            exam=ai_cases["case"], side="", rating=ai_cases["score_exam"].astype(float)
        )
    parts = [
        ai_cases.assign(
            exam=ai_cases["case"],
            case=ai_cases["case"] + f" {side}",
            side=side,
            rating=ai_cases[f"score_{word}"].astype(float),
        )
        for side, word in SIDES.items()
    ]
    return pd.concat(parts, ignore_index=True)


def breasts_are_known(reads: pd.DataFrame, reference: pd.DataFrame) -> bool:
    """Tell whether every read rates each breast, and the truth of each is known."""
    rated = reads[["rating_right", "rating_left"]].notna().all(axis=None)
    unknown = reference[["breast_right", "breast_left"]].isin(UNKNOWN).any(axis=None)
    return bool(rated and not unknown)


def marks_of_reads(
    reads: pd.DataFrame, findings: pd.DataFrame, cases: pd.DataFrame
) -> pd.DataFrame:
    """Return the marks of some reads, each with reader, arm, exam and the size of a pixel.

    `spacing_mm` is NaN where the size of a pixel is unknown.
    """
    marks = findings.merge(
        reads[["read", "step", "reader", "arm", "case"]], on=["read", "step"]
    ).merge(cases[["image", "spacing_mm"]], on="image", how="left")
    spacing = pd.to_numeric(marks["spacing_mm"], errors="coerce")
    return marks.rename(columns={"case": "exam"}).assign(spacing_mm=spacing)


def highest_of_type(
    rows: pd.DataFrame, marks: pd.DataFrame, value: str, by: tuple[str, ...], kind: str
) -> "pd.Series[float]":
    """Return each unit's highest value of a mark of a type; 0 without a mark.

    Parameters
    ----------
    rows
        Units, with `side` and the columns of `by`.
    marks
        Marks, with `view`, `types`, the column `value` and those of `by`.
    value
        Column of the rating or score. Where no mark of the table has one, a mark counts as 1.
    by
        Columns that tell whose mark it is.
    kind
        The type.
    """
    unrated = bool(marks[value].isna().all())
    of_type = marks[names_type(marks["types"], kind)]
    side = of_type["view"].str[:1] if rows["side"].ne("").any() else ""
    worth = of_type.assign(side=side, worth=1.0 if unrated else of_type[value].astype(float))
    groups = worth.groupby([*by, "side"])["worth"]
    places = pd.MultiIndex.from_frame(rows[[*by, "side"]])
    # A mark without a rating among rated ones is a missing rating, not an absent mark.
    highest = groups.max().reindex(places).to_numpy(dtype=float)
    marked = groups.size().reindex(places).fillna(0).to_numpy() > 0
    return pd.Series(np.where(marked, highest, 0.0), index=rows.index)


def malignant_truth(reference: pd.DataFrame, unit: str) -> "pd.Series[float]":
    """Return by unit whether it is malignant; NaN where that is unknown."""
    by_case = reference.set_index("case")
    if unit != BREAST:
        return by_case["truth"].astype(float)
    parts = []
    for side, word in SIDES.items():
        found = by_case[f"breast_{word}"]
        truth = found.eq(MALIGNANT).astype(float).mask(found.isin(UNKNOWN))
        parts.append(truth.set_axis(truth.index + f" {side}"))
    return pd.concat(parts)


def type_truth(
    reference: pd.DataFrame, lesions: pd.DataFrame, kind: str, unit: str
) -> "pd.Series[float]":
    """Return by unit of the reference standard whether it has a lesion of a type."""
    of_type = lesions[names_type(lesions["types"], kind)]
    if unit != BREAST:
        cases = reference["case"]
        present = cases.isin(set(of_type["case"]))
        return pd.Series(present.to_numpy(dtype=float), index=cases)
    with_lesion = set(of_type["case"] + " " + of_type["view"].str[:1])
    units = [f"{case} {side}" for side in SIDES for case in reference["case"]]
    return pd.Series([float(one in with_lesion) for one in units], index=units)


def names_type(types: "pd.Series[str]", kind: str) -> "pd.Series[bool]":
    """Tell which cells, several types joined by +, name a type."""
    return pd.Series(
        [kind in str(cell).split("+") for cell in types], index=types.index, dtype=bool
    )
