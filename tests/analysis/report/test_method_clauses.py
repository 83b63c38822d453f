"""Methods in full and in short: what captions leave out, and how they tell of what is missing."""

import pytest

from analysis.report.method_clauses import (
    own_counts,
    reasons_in_short,
    shared_clauses,
    short_clauses,
)
from analysis.result import Estimate, Of


def _estimate(method: str, reason: str | None = None) -> Estimate:
    return Estimate("auc", Of(readers="all"), None if reason else 0.8, method, reason=reason)


@pytest.mark.parametrize(
    ("clause", "short"),
    [
        (
            "Obuchowski-Rockette, AUC, DeLong covariance, readers and cases random, fully crossed",
            "Obuchowski-Rockette, readers and cases random",
        ),
        (
            "Obuchowski-Rockette, mean log reading time, jackknife covariance, readers and cases "
            "random, readers nested in sequences",
            "Obuchowski-Rockette, readers and cases random, readers nested in sequences",
        ),
        (
            "AI alone against random readers (1T-RRRC, Hillis 2007, 5.3), wAFROC, jackknife "
            "covariance",
            "AI alone against random readers: Hillis (2007)",
        ),
        (
            "AUC, U-statistic variance (Gallas 2006), readers weighted by their pairs of cases",
            "U-statistic variance (Gallas 2006)",
        ),
        (
            "interval and p by t, degrees of freedom after Satterthwaite",
            "interval and p by t, df after Satterthwaite",
        ),
        (
            "interval and p by the normal, degrees of freedom after Hillis being infinite",
            "normal where df after Hillis are infinite",
        ),
        ("paired difference", "paired difference"),
    ],
)
def test_captions_have_clauses_in_short_and_methods_in_full(clause: str, short: str) -> None:
    both = (_estimate(f"{clause}; jackknife over cases"), _estimate(clause))
    assert short_clauses(both) == (short, "jackknife over cases")
    assert shared_clauses(both) == (clause, "jackknife over cases")


def test_what_differs_in_what_captions_leave_out_is_one_clause() -> None:
    areas, times = (
        _estimate(
            f"Obuchowski-Rockette, {what} covariance, readers and cases random, fully crossed"
        )
        for what in ("AUC, DeLong", "mean log reading time, jackknife")
    )
    assert len(short_clauses((areas, times))) == 1
    assert len(shared_clauses((areas, times))) == 2


def test_the_distribution_of_a_test_stands_in_its_row() -> None:
    method = "Obuchowski-Rockette, AUC, DeLong covariance, readers and cases random, fully crossed"
    assert (
        own_counts(_estimate(f"{method}; all arms equal: F, degrees of freedom after Hillis"))
        == "F, df after Hillis"
    )
    infinite = "F with infinite denominator df"
    assert own_counts(_estimate(f"{method}; all arms equal: {infinite}")) == infinite


def test_reasons_of_one_kind_stand_together_as_what_was_needed() -> None:
    found = reasons_in_short(
        _estimate("none", reason)
        for reason in (
            "not estimable: expected two cases of each class, got one or none. Read more cases",
            "no test: 5 positive cases, fewer than 10",
            "not estimable: the variance is 0",
            "interval not estimable: no case changes the figure",
            "no interval, for it is a maximum",
            "no test: 5 positive cases, fewer than 10",
            "readers differ; no test: each threshold was chosen on these cases",
        )
    )
    assert found == (
        "not estimable: needs two cases of each class, has one or none; the variance is 0",
        "no test: 5 positive cases, fewer than 10; each threshold was chosen on these cases",
        "interval not estimable: no case changes the figure",
        "no interval, for it is a maximum",
        "readers differ",
    )
