"""What a plan may ask for beyond the usual: each stands among the estimates, with its method."""

import json
from pathlib import Path

import numpy as np
import pytest
from given_planned_analyses import CASES, _analysed, _one, _ratings

from analysis.estimators.clustered_auc import clustered_auc_values
from analysis.estimators.mcnemar import McNemarMethod, clustered_mcnemar_test, mcnemar_test
from analysis.estimators.partial_auc import Focus, Part, partial_auc
from analysis.estimators.structural_components import auc_values
from analysis.report.results_json import results_json
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv


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
