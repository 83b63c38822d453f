"""What a plan may ask for beyond the usual: each stands among the estimates, with its method."""

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.estimators.clustered_auc import clustered_auc_values
from analysis.estimators.mcnemar import McNemarMethod, clustered_mcnemar_test, mcnemar_test
from analysis.estimators.multiplicity import Adjustment, adjusted_p
from analysis.estimators.partial_auc import Focus, Part, partial_auc
from analysis.estimators.roc import equal_aucs_test
from analysis.estimators.structural_components import auc_values
from analysis.report.results_json import results_json
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings, MultipleTests
from analysis.study_analysis import analyse
from analysis.tables import from_csv

CASES = 48
READERS = ("R0", "R1", "R2", "R3")
ARMS = ("unaided", "aided", "late")


def _ratings(arms: int) -> np.ndarray:
    """Return ratings (arms, readers, cases) of whole numbers, so that some tie."""
    generator = np.random.default_rng(11)
    truth = np.arange(CASES) % 2
    shared = generator.normal(size=CASES)
    own = generator.normal(size=(arms, len(READERS), CASES))
    skill = 1.2 + 0.3 * np.arange(arms)[:, None, None]
    rated: np.ndarray = np.round(50 + 12 * (skill * truth + shared + own))
    return rated


def _table(path: Path, *, arms: int = 2, patients: bool = False, systems: int = 1) -> Path:
    rated = _ratings(arms)
    lines = ["reader,kind,arm,case,patient,truth,rating,density"]
    for arm, reader, case in np.ndindex(arms, len(READERS), CASES):
        lines.append(_line(READERS[reader], "human", ARMS[arm], case, rated[arm, reader, case],
                           patients=patients))  # fmt: skip
    generator = np.random.default_rng(12)
    for system in range(systems):
        for case in range(CASES):
            score = round(50 + 15 * (case % 2) + 12 * generator.normal())
            lines.append(_line(f"AI{system}", "ai", "", case, score, patients=patients))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _line(reader: str, kind: str, arm: str, case: int, rating: float, *, patients: bool) -> str:
    patient = f"P{case // 3}" if patients else f"P{case}"
    density = "abc"[case // 16] if not patients else "ab"[(case // 3) % 2]
    return f"{reader},{kind},{arm},C{case:02d},{patient},{case % 2},{rating:g},{density}"


def _analysed(path: Path, settings: AnalysisSettings, **how: int) -> AnalysisResult:
    return analyse(from_csv(_table(path / "t.csv", **how)), settings)


def _one(result: AnalysisResult, quantity: str, **of: str | None) -> Estimate:
    (found,) = (
        one
        for one in (*result.estimates, *result.strata)
        if one.quantity == quantity
        and all(
            getattr(one.subjects[0], name) == value
            for name, value in ({"stratum": None} | of).items()
        )
    )
    return found


def test_cases_of_one_patient_have_the_variance_of_clusters(tmp_path: Path) -> None:
    together = _analysed(tmp_path, AnalysisSettings(), patients=True)
    ignored = _analysed(tmp_path, AnalysisSettings(clusters="ignored"), patients=True)
    truth = np.arange(CASES) % 2
    rated = _ratings(2).reshape(8, CASES)[:1]
    expected = clustered_auc_values(truth, rated, np.arange(CASES) // 3).covariance[0, 0]
    independent = auc_values(truth.astype(float), rated).covariance[0, 0]
    found, plain = (_one(one, "auc", reader="R0", arm="unaided") for one in (together, ignored))
    assert found.se == pytest.approx(expected**0.5)
    assert "Obuchowski 1997" in found.method
    assert plain.se == pytest.approx(independent**0.5)
    assert any("Clusters are the sampling units" in one for one in together.warnings)
    assert any("clustering is ignored" in one for one in ignored.warnings)


def test_shares_of_clustered_cases_say_their_design_effect(tmp_path: Path) -> None:
    result = _analysed(tmp_path, AnalysisSettings(positive_from=55), patients=True)
    found = _one(result, "sensitivity", reader="R0", arm="aided", operating_point="readers from 55")
    assert "design effect" in found.method
    (entry,) = (
        one for one in json.loads(results_json(result))["estimates"]
        if one["quantity"] == "sensitivity" and one["of"] == dict(found.subjects[0].items())
    )  # fmt: skip
    assert entry["design_effect"] == found.design_effect
    mean = _one(result, "youden_j", readers="all", arm="aided", operating_point="readers from 55")
    assert "variance over clusters" in mean.method
    assert mean.ci is not None
    tested = _one(result, "sensitivity_mcnemar_difference", reader="R0", arm="aided")
    assert tested.p is not None
    between = _one(result, "sensitivity_chi_square", reader="R0", arm="aided", stratum="density")
    assert "Rao and Scott" in between.method


@pytest.mark.parametrize(
    ("interval", "words"), [("exact", "Clopper-Pearson of area"), ("bootstrap", "seed 1")]
)
def test_the_interval_of_an_auc_may_be_exact_or_drawn(
    interval: str, words: str, tmp_path: Path
) -> None:
    asked = AnalysisSettings(interval=interval, bootstrap_samples=500)  # type: ignore[arg-type]
    result = _analysed(tmp_path, asked)
    normal = _analysed(tmp_path, AnalysisSettings())
    for of in ({"reader": "R0", "arm": "aided"}, {"system": "AI0"}):
        found, plain = _one(result, "auc", **of), _one(normal, "auc", **of)
        assert words in found.method
        assert found.ci is not None
        assert plain.ci is not None
        assert found.ci != plain.ci
        assert found.ci.low == pytest.approx(plain.ci.low, abs=0.07)
    mean = _one(result, "auc", readers="all", arm="aided", random=None)
    plain = _one(normal, "auc", readers="all", arm="aided", random=None)
    assert (mean.ci == plain.ci) is (interval == "exact")


def test_part_of_the_curve_has_its_area_its_standard_and_random_readers(tmp_path: Path) -> None:
    part = Part(Focus.SPECIFICITY, 0.7, 1.0)
    result = _analysed(tmp_path, AnalysisSettings(quantity="partial_auc", partial=part))
    expected = partial_auc(np.arange(CASES) % 2, _ratings(2)[1, 0], part)
    found = _one(result, "partial_auc", reader="R0", arm="aided")
    assert found.estimate == pytest.approx(expected.area)
    assert found.se == pytest.approx(expected.variance**0.5, rel=0.05)
    scaled = _one(result, "partial_auc_standardised", reader="R0", arm="aided")
    assert scaled.estimate == pytest.approx(expected.standardised)
    assert scaled.p == pytest.approx(found.p or -1)
    random = _one(result, "partial_auc", readers="all", arm="aided", random="readers and cases")
    assert random.ci is not None
    primary = [one for one in result.estimates if not one.exploratory]
    assert {one.quantity for one in primary} == {"partial_auc", "partial_auc_difference"}


def test_a_partial_area_that_cannot_be_left_out_a_case_has_no_value(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("reader,case,truth,rating\nR,a,0,1\nR,b,0,2\nR,c,1,3\nR,d,0,4\n")
    part = Part(Focus.SENSITIVITY, 0.5, 1.0)
    result = analyse(from_csv(path), AnalysisSettings(partial=part))
    assert all(one.estimate is None for one in result.select("partial_auc"))
    perfect = [
        "reader,case,truth,rating",
        *(f"R,{n},{n % 2},{n % 2 * 5 + n / 9}" for n in range(8)),
    ]
    path.write_text("\n".join(perfect) + "\n")
    sure = _one(analyse(from_csv(path), AnalysisSettings(partial=part)), "partial_auc", reader="R")
    assert sure.estimate == pytest.approx(0.5)
    assert sure.ci is None
    turned = ["reader,case,truth,rating", *(f"R,{n},{n % 2},{n % 3 - n % 2}" for n in range(12))]
    path.write_text("\n".join(turned) + "\n")
    low = analyse(from_csv(path), AnalysisSettings(partial=part))
    below = _one(low, "partial_auc_standardised", reader="R")
    assert below.estimate is None
    assert "below the diagonal" in (below.reason or "")


def test_calls_on_the_same_cases_are_compared_after_mcnemar(tmp_path: Path) -> None:
    settings = AnalysisSettings(positive_from=55, mcnemar=McNemarMethod.MID_P)
    result = _analysed(tmp_path, settings)
    rated = _ratings(2)[:, 0, 1::2] >= 55
    only = [int((rated[one] & ~rated[1 - one]).sum()) for one in (1, 0)]
    found = _one(result, "sensitivity_mcnemar_difference", reader="R0", arm="aided")
    assert found.p == mcnemar_test(*only, method=McNemarMethod.MID_P).p
    assert found.estimate == pytest.approx(rated[1].mean() - rated[0].mean())
    assert f"correct only in the first {only[0]}, in the second {only[1]}" in found.method
    assert not [one for one in result.estimates if one.quantity.endswith("mcnemar_difference")
                and one.subjects[0].system]  # fmt: skip


def test_differences_of_single_curves_have_mcnemar_s_p_and_youden_s_have_none(
    tmp_path: Path,
) -> None:
    result = _analysed(tmp_path, AnalysisSettings(positive_from=55))
    stated = "readers from 55"
    for name in ("sensitivity", "specificity"):
        plain, tested = (
            _one(result, f"{name}{kind}_difference", reader="R0", arm="aided",
                 operating_point=stated)
            for kind in ("", "_mcnemar")
        )  # fmt: skip
        assert plain.p == tested.p
        assert "p by McNemar's test, exact" in plain.method
        at_youden = [
            one
            for one in result.select(f"{name}_difference")
            if one.subjects[0].operating_point == "Youden"
        ]
        assert at_youden
        assert all(one.p is None and one.reason for one in at_youden)
        assert any("chosen on these cases" in str(one.reason) for one in at_youden)


def test_six_of_twelve_that_only_one_arm_finds_have_the_exact_p(tmp_path: Path) -> None:
    # 6 of 12 cancers found with AI only: exact McNemar 2 / 2^6 = .031, normal p < .001.
    rows = [
        f"R,{arm},C{case},{int(case < 12)},{int(case < 6 or (arm == 'aided' and case < 12))}"
        for arm in ("unaided", "aided")
        for case in range(24)
    ]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["reader,arm,case,truth,rating", *rows]) + "\n")
    result = analyse(from_csv(path), AnalysisSettings(quantity="sensitivity", quantity_of="reader"))
    (found,) = (
        one
        for one in result.select("sensitivity_difference")
        if one.subjects[0].operating_point == "rating 1" and one.subjects[0].reader
    )
    assert found.estimate == 0.5
    assert found.p == pytest.approx(2 / 2**6)
    assert not found.exploratory


def test_calls_of_clustered_cases_are_compared_cluster_by_cluster(tmp_path: Path) -> None:
    result = _analysed(tmp_path, AnalysisSettings(positive_from=55), patients=True)
    rated = _ratings(2)[:, 0, 1::2] >= 55
    sums = np.bincount(np.arange(1, CASES, 2) // 3, rated[1].astype(int) - rated[0]).astype(int)
    found = _one(result, "sensitivity_mcnemar_difference", reader="R0", arm="aided")
    assert found.p == clustered_mcnemar_test(sums, method=McNemarMethod.EXACT).p
    assert "of clusters as a whole, exact" in found.method


def test_a_plan_of_sensitivity_without_a_threshold_says_what_it_needs(tmp_path: Path) -> None:
    result = _analysed(tmp_path, AnalysisSettings(quantity="sensitivity"))
    assert "positive_from in the plan" in result.warnings[0]


def test_a_reader_no_better_than_a_coin_is_named_and_has_no_threshold(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"R,C{case},{case % 2},{3 + (case == 0) + case // 20}" for case in range(12)]
    path.write_text("\n".join(["reader,case,truth,rating", *rows, "R,C20,0,9"]) + "\n")
    result = analyse(from_csv(path))
    (told,) = [one for one in result.warnings if "better than chance" in one]
    assert ": R." in told
    first, *_ = result.select("threshold")
    assert first.estimate is None
    assert "no case is called positive" in str(first.reason)
    own = {
        name: [one.estimate for one in result.select(name) if one.subjects[0].reader]
        for name in ("sensitivity", "specificity")
    }
    assert own == {"sensitivity": [0.0, 1.0], "specificity": [1.0, 0.0]}


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
