"""Strata, several arms and families of tests of a plan, each with its method."""

from pathlib import Path

import numpy as np
import pytest
from given_planned_analyses import ARMS, CASES, READERS, _analysed, _one, _ratings

from analysis.estimators.multiplicity import Adjustment, adjusted_p
from analysis.estimators.roc import equal_aucs_test
from analysis.estimators.structural_components import auc_values
from analysis.report.results_json import results_json
from analysis.result import Estimate
from analysis.settings import AnalysisSettings, MultipleTests
from analysis.study_analysis import analyse
from analysis.tables import from_csv


def test_strata_are_compared_by_pearson_with_fisher_where_counts_are_small(tmp_path: Path) -> None:
    result = _analysed(tmp_path, AnalysisSettings(positive_from=55))
    found = _one(result, "sensitivity_chi_square", reader="R0", arm="aided", stratum="density")
    assert "Pearson's chi-square, " in found.method
    assert "expected counts below 5 (Fisher's exact p beside)" in found.method
    assert found.p_exact is not None
    assert found.df_numerator == 2
    assert "a " in found.method.split("correct decisions: ")[1]
    assert found.n.n_cases == CASES // 2
    assert found.exploratory


def test_three_arms_and_several_readers_and_systems_have_a_global_test(tmp_path: Path) -> None:
    result = _analysed(tmp_path, AnalysisSettings(), arms=3, systems=2)
    truth = (np.arange(CASES) % 2).astype(float)
    reader = equal_aucs_test(auc_values(truth, _ratings(3)[:, 0]))
    found = _one(result, "auc_equality", reader="R0", item="arms equal")
    assert found.estimate == pytest.approx(reader.chi_square)
    assert found.p == pytest.approx(reader.p)
    readers = equal_aucs_test(auc_values(truth, _ratings(3)[1]))
    of_arm = _one(result, "auc_equality", arm="aided", item="readers equal")
    assert of_arm.estimate == pytest.approx(readers.chi_square)
    assert of_arm.df_numerator == 3
    assert _one(result, "auc_equality", item="AI systems equal").subjects[0].system == "AI0, AI1"
    random = _one(result, "auc_equality", random="readers and cases")
    assert random.df_numerator == 2
    assert random.df is not None
    assert random.df >= 6
    assert "df" not in random.method
    assert random.p is not None


def test_a_global_test_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    same = ["reader,case,truth,rating"]
    for reader in ("A", "B"):
        same += [f"{reader},{n},{n % 2},{n % 5}" for n in range(10)]
    path.write_text("\n".join([*same, *(f"C,{n},0,{n}" for n in range(0, 10, 2))]) + "\n")
    (found,) = analyse(from_csv(path)).select("auc_equality")
    assert found.reason == "not estimable: a curve lacks positive or negative cases"
    path.write_text("\n".join(same) + "\n")
    found = _one(analyse(from_csv(path)), "auc_equality", item="readers equal")
    assert "curves that differ" in (found.reason or "")


def test_a_margin_gives_non_inferiority_and_equivalence_fixed_and_random(tmp_path: Path) -> None:
    result = _analysed(tmp_path, AnalysisSettings(margin=0.1, positive_from=55, arms=ARMS[:2]))
    for random in (None, "readers and cases"):
        of = {"readers": "all", "arm": "aided", "random": random}
        plain = _one(result, "auc_difference", **of)
        worse = _one(result, "auc_noninferiority_difference", **of)
        both = _one(result, "auc_equivalence_difference", **of)
        assert worse.estimate == both.estimate == plain.estimate
        assert worse.p is not None
        assert both.p is not None
        assert worse.p <= both.p
        assert plain.ci is not None
        # Non-inferiority is established exactly where the interval lies above minus the margin.
        assert (worse.p < 0.025) is (plain.ci.low > -0.1)
    assert result.select("sensitivity_equivalence_difference")


@pytest.mark.parametrize("adjust", [MultipleTests.HOLM, MultipleTests.HOCHBERG, MultipleTests.BH])
def test_tests_of_the_plan_are_adjusted_together(adjust: MultipleTests, tmp_path: Path) -> None:
    settings = AnalysisSettings(
        quantity="auc", quantity_of="reader", order=("auc_noninferiority_difference",), margin=0.1,
        arms=ARMS[:2], adjust=adjust,
    )  # fmt: skip
    result = _analysed(tmp_path, settings)
    family = [one for one in result.estimates if not one.exploratory and len(one.subjects) == 2]
    assert len(family) == 2 * len(READERS)
    p = [min(2 * one.p, 1) if "infer" in one.quantity else one.p for one in family if one.p]
    assert [one.p_adjusted for one in family] == pytest.approx(
        adjusted_p(p, method=Adjustment(adjust.value)).tolist()
    )
    assert all(one.p_adjusted is None for one in result.estimates if one.exploratory)
    assert '"p_adjusted"' in results_json(result)


def test_a_fixed_sequence_stops_at_the_first_test_that_fails(tmp_path: Path) -> None:
    settings = AnalysisSettings(
        quantity="auc", method="delong", order=("auc_noninferiority_difference", "auc_difference",
        "auc_equivalence_difference"), margin=0.2, arms=ARMS[:2],
        adjust=MultipleTests.FIXED_SEQUENCE,
    )  # fmt: skip
    result = _analysed(tmp_path, settings)
    first, second, third = (
        _one(result, name, readers="all", arm="aided", random=None) for name in settings.order
    )
    assert first.p is not None
    assert first.p_adjusted == pytest.approx(2 * first.p)
    assert second.p_adjusted == pytest.approx(max(first.p_adjusted or 0, second.p or 0))
    assert third.p_adjusted == pytest.approx(
        max(second.p_adjusted or 0, min(2 * (third.p or 0), 1))
    )


def test_the_plan_s_own_quantity_opens_a_sequence_that_does_not_name_it(tmp_path: Path) -> None:
    order = ("sensitivity_difference",)
    settings = AnalysisSettings(
        quantity="auc",
        method="delong",
        order=order,
        positive_from=55,
        adjust=MultipleTests.FIXED_SEQUENCE,
    )
    result = _analysed(tmp_path, settings)
    area = _one(result, "auc_difference", readers="all", arm="aided", random=None)
    assert area.p_adjusted == pytest.approx(area.p)
    share = [one for one in result.select("sensitivity_difference") if one.p_adjusted is not None]
    assert share
    assert all((one.p_adjusted or 0) >= (area.p or 1) for one in share)


def test_u_statistics_may_be_the_plan_s_method(tmp_path: Path) -> None:
    settings = AnalysisSettings(quantity="auc", method="u_statistics")
    result = _analysed(tmp_path, settings)
    (primary,) = (one for one in result.select("auc_difference") if not one.exploratory)
    assert "U-statistic variance (Gallas 2006)" in primary.method
    assert primary.ci is not None
    against = [one for one in result.select("auc_difference") if one.subjects[0].system
               and one.subjects[1].random]  # fmt: skip
    assert "AI alone against random readers" in against[0].method
    clustered = _analysed(tmp_path, settings, patients=True)
    (primary,) = (one for one in clustered.select("auc_difference") if not one.exploratory)
    assert "jackknife" in primary.method


def test_u_statistics_of_one_reader_say_what_is_lacking(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"R,{arm},{n},{n % 2},{n * 7 % 11}" for arm in "ab" for n in range(12)]
    path.write_text("\n".join(["reader,arm,case,truth,rating", *rows]) + "\n")
    result = analyse(from_csv(path), AnalysisSettings(quantity="auc", method="u_statistics"))
    found = _one(result, "auc", readers="all", arm="a", random="readers and cases")
    assert "two or more readers" in (found.reason or "")


def test_a_mean_area_has_an_interval_on_logits_beside_the_plain_one(tmp_path: Path) -> None:
    result = _analysed(tmp_path, AnalysisSettings())
    plain = _one(result, "auc", readers="all", arm="aided", random="readers and cases")
    logit = _one(result, "auc_logit", readers="all", arm="aided")
    assert logit.estimate == plain.estimate
    assert plain.ci is not None
    assert logit.ci is not None
    assert plain.estimate is not None
    assert logit.ci.high - plain.estimate < plain.estimate - logit.ci.low


def test_the_study_is_the_pilot_of_the_next_one(tmp_path: Path) -> None:
    settings = AnalysisSettings(power_effect=0.05, power=0.9)
    result = _analysed(tmp_path, settings)
    power = _one(result, "auc_power", readers="all")
    needed = _one(result, "auc_cases_needed", readers="all")
    assert power.estimate is not None
    assert "effect 0.05" in power.method
    if needed.estimate is None:
        assert "no number up to" in (needed.reason or "")
    else:
        assert (needed.estimate > CASES) is (power.estimate <= 0.9)
    assert not _analysed(tmp_path, settings, arms=3).select("auc_power")
    certain = _analysed(tmp_path, AnalysisSettings(power_effect=0.4))
    assert (_one(certain, "auc_power", readers="all").estimate or 0) > 0.95
    assert _one(certain, "auc_cases_needed", readers="all").estimate


def test_predictive_values_are_those_of_practice(tmp_path: Path) -> None:
    settings = AnalysisSettings(positive_from=55, prevalence=0.01)
    result = _analysed(tmp_path, settings)
    of = {"reader": "R0", "arm": "aided"}
    share = {name: _one(result, name, **of, operating_point="readers from 55").estimate or 0
             for name in ("sensitivity", "specificity")}  # fmt: skip
    found = _one(result, "ppv", **of)
    hit = 0.01 * share["sensitivity"]
    assert found.estimate == pytest.approx(hit / (hit + 0.99 * (1 - share["specificity"])))
    assert found.ci is not None
    assert not [one for one in result.select("ppv") if one.subjects[0].system]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (AnalysisSettings(), "p are not adjusted for that."),
        (
            AnalysisSettings(quantity="auc", adjust=MultipleTests.NONE),
            "as the plan says (adjust)",
        ),
        (AnalysisSettings(quantity="auc"), "the plan's tests are adjusted together (holm)"),
        (
            AnalysisSettings(quantity="auc", adjust=MultipleTests.HOLM),
            "the plan's tests are adjusted together (holm)",
        ),
    ],
)
def test_three_arms_say_how_many_comparisons_there_are(
    tmp_path: Path, settings: AnalysisSettings, words: str
) -> None:
    result = _analysed(tmp_path, settings, arms=3)
    (told,) = [one for one in result.warnings if "two by two, 3 comparisons" in one]
    assert words in told
    assert not any("two by two" in one for one in _analysed(tmp_path, settings).warnings)


def test_three_arms_of_a_plan_are_adjusted_after_holm_unless_it_says_otherwise(
    tmp_path: Path,
) -> None:
    def tested(settings: AnalysisSettings, arms: int) -> list[Estimate]:
        found = _analysed(tmp_path, settings, arms=arms).select("auc_difference")
        return [one for one in found if not one.exploratory]

    plan = AnalysisSettings(quantity="auc")
    family = tested(plan, 3)
    p = np.array([one.p for one in family], dtype=float)
    assert len(p) == 3
    expected = adjusted_p(p, method=Adjustment.HOLM)
    assert [one.p_adjusted for one in family] == pytest.approx(expected.tolist())
    two = AnalysisSettings(quantity="auc", arms=("unaided", "aided"))
    plain = AnalysisSettings(quantity="auc", adjust=MultipleTests.NONE)
    for settings, arms in ((plan, 2), (two, 3), (plain, 3)):
        assert all(one.p_adjusted is None for one in tested(settings, arms))


def test_a_random_error_below_the_fixed_one_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    generator = np.random.default_rng(1)
    case = generator.normal(size=40)
    rows = [
        f"R{reader},{arm},C{place},{place % 2},{place % 2 + case[place] + generator.normal():.4f}"
        for arm in ("unaided", "aided")
        for reader in range(5)
        for place in range(40)
    ]
    path.write_text("\n".join(["reader,arm,case,truth,rating", *rows]) + "\n")
    result = analyse(from_csv(path))
    fixed, random = (
        _one(result, "auc", readers="all", arm="unaided", random=kind)
        for kind in (None, "readers and cases")
    )
    assert fixed.se is not None
    assert random.se is not None
    assert random.se < fixed.se
    (told,) = [one for one in result.warnings if "smaller with readers random" in one]
    assert f"unaided ({random.se:.3g}, fixed {fixed.se:.3g})" in told
    assert "auc_difference" not in told  # its error is the greater one with readers random
