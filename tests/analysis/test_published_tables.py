"""Tables that five papers print, from the counts behind them: each item by our own functions.

An item has what the paper printed, what follows from its counts, and which printed numbers do. What
is marked reproduced must round to the printed number, what is not must not, and both must be what
follows from the counts.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.estimators.chi_square import pearson_chi_square
from analysis.estimators.diagnostic import TwoByTwo, diagnostic_accuracy
from analysis.estimators.intervals import area_interval, normal_inference
from analysis.estimators.mcnemar import mcnemar_test
from analysis.estimators.proportions import proportion_interval
from analysis.estimators.roc import delong_auc
from analysis.result import Interval

SEEDS = Path(__file__).with_name("published_tables.json")
NOT_FROM_COUNTS = {"Z inconsistency", "FROC partial AUC 0.93 (0.90-0.95)"}
Seed = dict[str, Any]


def _seeds(*names: str) -> list[Any]:
    """Return the items that rest on inputs of these names."""
    content = json.loads(SEEDS.read_text(encoding="utf-8"))
    return [
        pytest.param(one, id=f"{one['paper']} {one['item']}")
        for one in content
        if set(names) == set(one["inputs"]) - {"layout"} and one["item"] not in NOT_FROM_COUNTS
    ]


def _rounds_to(value: float, printed: float, digits: int) -> bool:
    return abs(value - printed) <= 0.5 * 10.0**-digits + 1e-9


def _table(seed: Seed) -> TwoByTwo:
    """Return the counts; of Lin's classes the first is the negative one."""
    if "x1" in seed["inputs"]:
        negative, positive, tn, tp = (seed["inputs"][name] for name in ("n1", "n2", "x1", "x2"))
    elif "n_benign" in seed["inputs"]:
        names = ("n_benign", "n_malignant", "tn", "tp")
        negative, positive, tn, tp = (seed["inputs"][name] for name in names)
    else:
        names = ("n_neg", "n_pos", "tn", "tp")
        negative, positive, tn, tp = (seed["inputs"][name] for name in names)
    return TwoByTwo(tp=tp, fp=negative - tn, fn=positive - tp, tn=tn)


def _area(table: TwoByTwo) -> dict[str, Any]:
    """Return the area of one point, and all that the papers print of it."""
    truth = np.repeat([1.0, 1.0, 0.0, 0.0], [table.tp, table.fn, table.fp, table.tn])
    calls = np.repeat([1.0, 0.0, 1.0, 0.0], [table.tp, table.fn, table.fp, table.tn])
    found, accuracy = delong_auc(truth, calls), diagnostic_accuracy(table)
    exact = area_interval(found.auc, table.n, level=0.95)
    ci = found.inference.ci
    return {
        "auc": found.auc,
        "sens": accuracy.sensitivity.estimate,
        "spec": accuracy.specificity.estimate,
        "accuracy": accuracy.accuracy.estimate,
        "se_delong": found.inference.se,
        "ci_delong": None if ci is None else [ci.low, ci.high],
        "ci_binomial_exact": [exact.low, exact.high],
        "youden_J": accuracy.youden_j.estimate,
        "p_vs_half": found.inference.p,
    }


# What a check of an item compares: our name, the printed one, digits that are printed.
ZHOU = {
    "auc": ("auc", "auc", 3),
    "se_delong": ("se_delong", "se", 3),
    "ci_binomial_exact": ("ci_binomial_exact", "ci", 3),
    "cutoff_is_youden_J": ("youden_J", "cutoff", 3),
    "p_vs_half": ("p_vs_half", "p", 3),
    "sens": ("sens", "sens", 4),
    "spec": ("spec", "spec", 4),
}
LIAO = {name: (name, name, 3) for name in ("auc", "sens", "spec", "accuracy")} | {
    "ci_delong": ("ci_delong", "ci", 3)
}
LI = {name: (name, name, 3) for name in ("auc", "sens", "spec", "accuracy")}
IN_PERCENT = {"Zhou": {"sens", "spec"}, "Li": {"sens", "spec", "accuracy"}}
CHECKS = {"Zhou": ZHOU, "Liao": LIAO, "Li": LI}


@pytest.mark.parametrize("seed", _seeds("n_pos", "n_neg", "tp", "tn"))
def test_one_point_areas_follow_from_their_counts(seed: Seed) -> None:
    ours, percent = _area(_table(seed)), IN_PERCENT.get(seed["paper"], set())
    # Perfect separation has no interval here, whatever is printed; limits beyond 0 and 1 are cut.
    ours = {name: value for name, value in ours.items() if value is not None}
    assert ("ci_delong" in ours) is (0 < ours["auc"] < 1)
    for name in seed["computed"].keys() & ours.keys():
        known = np.array(seed["computed"][name]) / (100 if name in percent else 1)
        # The reference's normal quantile is 1.959964: 1.5e-8 standard errors too far out.
        rounding = 1.6e-8 * ours["se_delong"] if name == "ci_delong" else 1e-12
        assert ours[name] == pytest.approx(np.clip(known, 0, 1), rel=1e-8, abs=rounding), name
    for check, reproduced in seed["reproduced"]["checks"].items():
        name, column, digits = CHECKS[seed["paper"]][check]
        if name not in ours:
            continue
        scale = 0.01 if column in percent else 1.0
        printed = np.atleast_1d(seed["expected"][column]) * scale
        pairs = zip(np.atleast_1d(ours[name]), printed, strict=True)
        assert all(_rounds_to(one, other, digits) for one, other in pairs) is reproduced, check


@pytest.mark.parametrize("seed", _seeds("reference", "detected"))
def test_detection_by_stratum_is_pearson_s_test(seed: Seed) -> None:
    counts = np.array([seed["inputs"]["detected"], seed["inputs"]["reference"]])
    counts[1] -= counts[0]
    found, known = pearson_chi_square(counts.T), seed["computed"]
    assert (found.statistic, found.df, found.p, found.min_expected) == pytest.approx(
        (known["chi2"], known["df"], known["p"], known["min_expected"]), rel=1e-8
    )
    assert found.statistic is not None
    agrees = _rounds_to(found.statistic, seed["expected"]["chi2"], 3)
    assert agrees is seed["reproduced"]["checks"]["chi2"]


def test_two_misprinted_cells_explain_li_s_density_of_junior_a() -> None:
    found = pearson_chi_square([[12, 2], [44, 3], [390, 70], [73, 24]])
    assert found.statistic == pytest.approx(8.982, abs=1e-3)  # 8.98150: a unit of the last digit
    assert found.p == pytest.approx(0.030, abs=5e-4)


@pytest.mark.parametrize("seed", _seeds("x", "n"))
def test_overall_sensitivity_follows_from_its_counts(seed: Seed) -> None:
    x, n = seed["inputs"]["x"], seed["inputs"]["n"]
    share = diagnostic_accuracy(TwoByTwo(x, 1, n - x, 1)).sensitivity.estimate
    assert 100 * share == pytest.approx(seed["computed"], rel=1e-8)
    assert _rounds_to(100 * share, seed["expected"], 1)


@pytest.mark.parametrize("seed", _seeds("x1", "x2", "n"))
def test_no_chi_square_gives_what_liao_s_text_prints(seed: Seed) -> None:
    first, second, n = (seed["inputs"][name] for name in ("x1", "x2", "n"))
    table, known = [[first, n - first], [second, n - second]], seed["computed"]
    pearson = pearson_chi_square(table).statistic
    yates = pearson_chi_square(table, yates=True).statistic
    assert (pearson, yates) == pytest.approx(
        (known["pearson_unpaired"], known["yates_unpaired"]), rel=1e-8
    )
    difference = abs(first - second)
    disagreements = range((n - difference) // 2 + 1)
    paired = [mcnemar_test(rest, rest + difference).statistic for rest in disagreements]
    every = [one for one in (pearson, yates, *paired) if one is not None]
    assert not any(_rounds_to(one, seed["expected"], 3) for one in every)


@pytest.mark.parametrize("seed", _seeds("z"))
def test_p_follows_from_the_printed_z(seed: Seed) -> None:
    everywhere = Interval(-np.inf, np.inf)
    z = seed["inputs"]["z"]
    found = normal_inference(z, 1.0, null=0.0, level=0.95, bounds=everywhere)
    assert found.p == pytest.approx(seed["computed"], rel=1e-8)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(z)))


def _counts_that_print(n: int, printed: list[float]) -> list[list[int]]:
    """Return all x of n whose share and exact limits round to what is printed."""
    fits = []
    for x in range(n + 1):
        ci = proportion_interval(x, n)
        pairs = zip((x / n, ci.low, ci.high), printed, strict=True)
        if all(_rounds_to(one, other, 2) for one, other in pairs):
            fits.append([x, n])
    return fits


@pytest.mark.parametrize("seed", _seeds("n"))
def test_ueda_s_intervals_are_exact_for_these_counts_only(seed: Seed) -> None:
    printed = [seed["expected"]["est"], *seed["expected"]["ci"]]
    fits = _counts_that_print(seed["inputs"]["n"], printed)
    assert fits == seed["computed"]["counts_consistent_with_Clopper_Pearson"]


@pytest.mark.parametrize("seed", _seeds("n_images", "n_malignant", "n_nonmalignant"))
def test_ueda_s_densities_are_exact_for_these_counts_only(seed: Seed) -> None:
    for name, size in (("sens", "n_malignant"), ("spec", "n_nonmalignant")):
        fits = _counts_that_print(seed["inputs"][size], seed["expected"][name])
        # The list stops after six.
        assert fits[:6] == seed["computed"][f"{name}_counts_ok"]
        assert bool(fits) is seed["reproduced"]["checks"][name]


def _of_both_classes(table: TwoByTwo) -> dict[str, Any]:
    """Return accuracy, and what is printed of the negative class and of the positive one."""
    found = diagnostic_accuracy(table)
    precision = (found.negative_predictive_value, found.positive_predictive_value)
    sensitivity = (found.specificity, found.sensitivity)
    return {
        "acc": found.accuracy.estimate,
        "prec": [one.estimate for one in precision],
        "sens": [one.estimate for one in sensitivity],
        "f1": [table.turned.f1, table.f1],
    }


@pytest.mark.parametrize(
    "seed",
    [*_seeds("n_benign", "n_malignant", "tn", "tp"), *_seeds("n1", "n2", "x1", "x2")],
)
def test_lin_s_classes_follow_from_their_counts(seed: Seed) -> None:
    for name, value in _of_both_classes(_table(seed)).items():
        assert value == pytest.approx(seed["computed"][name], rel=1e-8), name
    assert _prints_as(_table(seed), seed["expected"])


def _prints_as(table: TwoByTwo, printed: dict[str, Any]) -> bool:
    """Return whether all numbers of both classes round to what is printed."""
    return all(
        _rounds_to(one, other, 4)
        for name, value in _of_both_classes(table).items()
        for one, other in zip(np.atleast_1d(value), np.atleast_1d(printed[name]), strict=True)
    )


@pytest.mark.parametrize("seed", _seeds("total"))
def test_lin_s_lesions_have_counts_that_print_so(seed: Seed) -> None:
    tables = [
        TwoByTwo(one["tp"], one["n_benign"] - one["tn"], one["n_malig"] - one["tp"], one["tn"])
        for one in seed["computed"]["solutions"]
    ]
    assert any(_prints_as(table, seed["expected"]) for table in tables)


def test_every_item_that_can_be_computed_is_tried() -> None:
    content = json.loads(SEEDS.read_text(encoding="utf-8"))
    inputs = (
        ("n_pos", "n_neg", "tp", "tn"), ("reference", "detected"), ("x", "n"), ("x1", "x2", "n"),
        ("z",), ("n",), ("n_images", "n_malignant", "n_nonmalignant"),
        ("n_benign", "n_malignant", "tn", "tp"), ("n1", "n2", "x1", "x2"), ("total",),
    )  # fmt: skip
    assert sum(len(_seeds(*names)) for names in inputs) + len(NOT_FROM_COUNTS) == len(content)
