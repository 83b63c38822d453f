"""The whole analysis of a table: what is estimated, of whom, and what is warned of."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.estimators.roc import empirical_auc, paired_delong
from analysis.rating_table import RatingTable
from analysis.report.figures import figures
from analysis.report.methods_text import target_words
from analysis.report.results_json import results_json
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

# Numbers that only some estimates have.
MEASURES = {"df", "df_numerator", "p_exact", "design_effect"}


def table_of(tmp_path: Path, *lines: str) -> RatingTable:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return from_csv(path)


def only(result: AnalysisResult, quantity: str, *labels: str) -> Estimate:
    found = [
        one
        for one in result.select(quantity)
        if tuple(of.label for of in one.subjects) == labels
        and one.subjects[0].operating_point in (None, "Youden")
    ]
    assert len(found) == 1, (quantity, labels, len(found))
    return found[0]


def test_the_real_reader_study_gives_the_aucs_it_names(reader_study_csv: Path) -> None:
    result = analyse(from_csv(reader_study_csv), AnalysisSettings(unit="breast"))
    aucs = {one.subjects[0].label: one.estimate for one in result.select("auc")}
    readers = [auc for name, auc in aucs.items() if name.startswith("Reader")]
    assert len(readers) == 7
    assert round(min(readers), 3) == 0.705
    assert round(max(readers), 3) <= 0.860
    assert round(aucs["AI-GMIC_top5"], 3) == 0.881
    assert round(aucs["AI-GLAM"], 3) == 0.853
    assert any("720 of 720 units of `exam`" in warning for warning in result.warnings)
    assert not any("Fewer than" in warning for warning in result.warnings)


def test_every_level_has_its_auc_and_differences_are_those_of_the_numbers_printed(
    demo_csv: Path,
) -> None:
    result = analyse(from_csv(demo_csv))
    for whom in ("J1", "S1", "junior readers", "senior readers", "all readers"):
        aided = only(result, "auc", f"{whom}, aided").estimate
        unaided = only(result, "auc", f"{whom}, unaided").estimate
        difference = only(result, "auc_difference", f"{whom}, aided", f"{whom}, unaided")
        assert aided is not None
        assert unaided is not None
        assert difference.estimate == pytest.approx(aided - unaided, abs=1e-12)
    assert only(result, "auc_difference", "DNN", "all readers, aided").n.n_pairs == 12


def test_a_reader_alone_is_compared_by_paired_delong(demo_csv: Path) -> None:
    table = from_csv(demo_csv)
    rows = table.rows[table.rows["reader"] == "J1"].sort_values("case")
    aided, unaided = (rows[rows["arm"] == arm]["rating"] for arm in ("aided", "unaided"))
    truth = rows[rows["arm"] == "aided"]["truth"]
    expected = paired_delong(truth, aided, unaided)
    found = only(analyse(table), "auc_difference", "J1, aided", "J1, unaided")
    assert found.estimate == pytest.approx(expected.difference, abs=1e-12)
    assert found.p == pytest.approx(expected.inference.p, rel=1e-9)


def test_the_mean_of_readers_is_the_mean_of_their_aucs(demo_csv: Path) -> None:
    result = analyse(from_csv(demo_csv))
    single = [only(result, "auc", f"{reader}, aided").estimate for reader in ("J1", "S1")]
    mean = only(result, "auc", "all readers, aided")
    assert mean.estimate == pytest.approx(sum(filter(None, single)) / 2, abs=1e-12)
    assert "readers fixed" in mean.method
    assert mean.n.n_readers == 2


def test_only_the_planned_quantity_is_not_exploratory(demo_csv: Path) -> None:
    result = analyse(from_csv(demo_csv), AnalysisSettings(quantity="auc", quantity_of="group"))
    planned = [one for one in result.estimates if not one.exploratory]
    assert {one.quantity for one in planned} == {"auc", "auc_difference"}
    assert all(of.group is not None for one in planned for of in one.subjects)
    assert result.estimates[: len(planned)] == tuple(planned)
    assert all(one.exploratory for one in analyse(from_csv(demo_csv)).estimates)


def test_stated_thresholds_give_accuracy_with_intervals(demo_csv: Path) -> None:
    result = analyse(from_csv(demo_csv), AnalysisSettings(positive_from=50))
    stated = [
        one
        for one in result.estimates
        if one.subjects[0].operating_point == "readers from 50" and len(one.subjects) == 1
    ]
    fixed = {one.quantity for one in stated if one.subjects[0].random is None}
    assert fixed == {"sensitivity", "specificity", "youden_j", "auc_binary"}
    assert not any(one.subjects[0].system for one in stated)
    single = [one for one in stated if one.quantity == "specificity" and one.subjects[0].reader]
    assert all("Clopper-Pearson" in one.method and one.ci is not None for one in single)


def test_youdens_j_is_a_maximum_and_has_no_interval(demo_csv: Path) -> None:
    result = analyse(from_csv(demo_csv))
    for one in (*result.select("youden_j"), *result.select("youden_j_difference")):
        assert one.estimate is not None
        assert one.ci is None
    assert any("optimistic" in warning for warning in result.warnings)


def test_tied_youden_thresholds_are_all_listed(tmp_path: Path) -> None:
    ratings = ["R1,A,0,1", "R1,B,1,2", "R1,C,0,3", "R1,D,1,4"]
    result = analyse(table_of(tmp_path, "reader,case,truth,rating", *ratings))
    thresholds = [one for one in result.select("threshold") if one.subjects[0].reader]
    assert [one.estimate for one in thresholds] == [2, 4]
    assert [one.subjects[0].maximum for one in thresholds] == ["1 of 2", "2 of 2"]
    midpoints = [one for one in result.select("threshold_midpoint") if one.subjects[0].reader]
    assert [one.estimate for one in midpoints] == [1.5, 3.5]
    assert any("Several thresholds" in warning for warning in result.warnings)


def test_reading_times_have_each_number_by_its_own_name(demo_csv: Path) -> None:
    result = analyse(from_csv(demo_csv))
    pair = ("J1, aided", "J1, unaided")
    medians = only(result, "reading_s_difference", *pair)
    assert medians.p == only(result, "reading_s_paired_difference", *pair).p
    assert "Wilcoxon" in medians.method
    aided, unaided = (only(result, "reading_s", label).estimate for label in pair)
    assert aided is not None
    assert unaided is not None
    assert medians.estimate == pytest.approx(aided - unaided)
    everyone = only(result, "reading_s_difference", "all readers, aided", "all readers, unaided")
    assert everyone.p is None
    assert "not independent" in (everyone.reason or "")


def test_a_difference_of_times_counts_the_cases_that_were_timed_in_both_arms(
    tmp_path: Path,
) -> None:
    lines = ["reader,arm,case,truth,rating,time_s", "R,a,A,1,3,10", "R,a,B,0,1,12", "R,a,C,0,2,9"]
    lines += ["R,b,A,1,4,11", "R,b,B,0,1,", "R,b,C,0,2,7", "R,b,D,1,5,8"]
    found = analyse(table_of(tmp_path, *lines))
    difference = only(found, "reading_s_difference", "R, b", "R, a")
    assert (difference.n.n_cases, difference.n.n_pairs, difference.n.n_reads) == (2, 2, 4)


def test_all_keys_of_the_plan_stand_in_the_settings(demo_csv: Path) -> None:
    plan = AnalysisSettings(
        quantity="auc", alpha=0.1, margin=0.05, order=("auc_difference", "reading_s_difference"),
        arms=("unaided", "aided"),
    )  # fmt: skip
    result = analyse(from_csv(demo_csv), plan)
    settings = json.loads(results_json(result))["settings"]
    assert settings["quantity"] == "auc"
    assert settings["alpha"] == 0.1
    assert settings["margin"] == 0.05
    assert settings["order"] == "auc_difference, reading_s_difference"
    assert {"unit", "target", "method", "missing", "ai_failed"} <= set(settings)
    planned = {one.quantity for one in result.estimates if not one.exploratory}
    assert planned == {"auc", "auc_difference", "reading_s_difference"}


def test_a_test_of_the_plan_that_was_not_computed_is_warned_of(demo_csv: Path) -> None:
    plan = AnalysisSettings(quantity="auc", order=("auc_difference", "switch_rate_difference"))
    warnings = analyse(from_csv(demo_csv), plan).warnings
    assert any("switch_rate_difference" in one and "not computed" in one for one in warnings)


def test_a_planned_auc_of_decisions_is_null_and_still_primary(tmp_path: Path) -> None:
    lines = ["reader,arm,case,truth,rating", "R,a,A,1,1", "R,a,B,0,0", "R,b,A,1,1", "R,b,B,0,1"]
    found = analyse(table_of(tmp_path, *lines), AnalysisSettings(quantity="auc"))
    planned = [one for one in found.estimates if not one.exploratory]
    assert [one.quantity for one in planned] == ["auc", "auc", "auc_difference"]
    assert all(one.estimate is None and "one point" in (one.reason or "") for one in planned)


def test_one_class_gives_reasons_in_the_place_of_numbers(tmp_path: Path) -> None:
    lines = ["reader,case,truth,rating", "R1,A,1,1", "R1,B,1,2", "R1,C,1,3"]
    result = analyse(table_of(tmp_path, *lines))
    auc = only(result, "auc", "R1")
    assert auc.estimate is None
    assert "3 positive of 3" in (auc.reason or "")
    assert any("Only positive or only negative" in warning for warning in result.warnings)
    assert json.loads(results_json(result))["estimates"]


def test_a_perfect_reader_is_not_given_an_interval_from_one_to_one(tmp_path: Path) -> None:
    lines = ["reader,case,truth,rating", "R1,A,0,1", "R1,B,0,2", "R1,C,1,3", "R1,D,1,4"]
    auc = only(analyse(table_of(tmp_path, *lines)), "auc", "R1")
    assert auc.estimate == 1
    assert auc.ci is None
    assert auc.p is None
    assert "variance is 0" in (auc.reason or "")


def test_a_direction_turned_around_is_warned_of_and_not_flipped(tmp_path: Path) -> None:
    lines = ["reader,case,truth,rating", "R1,A,1,1", "R1,B,0,2", "R1,C,1,3", "R1,D,0,4"]
    result = analyse(table_of(tmp_path, *lines))
    assert only(result, "auc", "R1").estimate == 0.25
    assert any("AUC below 0.5: R1" in warning for warning in result.warnings)


def test_decisions_give_a_one_point_area_under_its_own_name(tmp_path: Path) -> None:
    lines = ["reader,case,truth,rating", "R1,A,1,1", "R1,B,0,0", "R1,C,1,0", "R1,D,0,0"]
    result = analyse(table_of(tmp_path, *lines))
    assert only(result, "auc", "R1").estimate is None
    area = [one for one in result.select("auc_binary") if one.ci and one.subjects[0].reader]
    assert [one.estimate for one in area] == [0.75]
    assert area[0].estimate == empirical_auc([1, 0, 1, 0], [1, 0, 0, 0])


def test_arms_on_different_cases_are_compared_unpaired(tmp_path: Path) -> None:
    lines = ["reader,arm,case,truth,rating"]
    for arm, cases in (("a", "ABCDEF"), ("b", "GHIJKL")):
        for place, case in enumerate(cases):
            lines.append(f"R1,{arm},{case},{place % 2},{place * 7 % 5}")
    result = analyse(table_of(tmp_path, *lines))
    difference = only(result, "auc_difference", "R1, b", "R1, a")
    assert difference.method.startswith("unpaired")
    assert difference.n.n_pairs == 0
    assert any("Missing ratings" in warning for warning in result.warnings)


def test_complete_cases_only_on_request(tmp_path: Path) -> None:
    lines = ["reader,case,truth,rating"]
    for reader, cases in (("R1", "ABCDE"), ("R2", "ABCD")):
        for place, case in enumerate(cases):
            lines.append(f"{reader},{case},{place % 2},{place * 7 % 5}")
    table = table_of(tmp_path, *lines)
    assert only(analyse(table), "auc", "R1").n.n_cases == 5
    complete = analyse(table, AnalysisSettings(missing="complete"))
    assert only(complete, "auc", "R1").n.n_cases == 4


def test_a_consensus_is_a_reader_of_its_own_and_in_no_mean(tmp_path: Path) -> None:
    lines = ["reader,kind,case,truth,rating"]
    for reader, kind in (("R1", "human"), ("R2", "human"), ("R1+R2", "consensus")):
        for place, case in enumerate("ABCDEF"):
            lines.append(f"{reader},{kind},{case},{place % 2},{place * 7 % 5}")
    result = analyse(table_of(tmp_path, *lines))
    assert only(result, "auc", "R1+R2").estimate is not None
    assert only(result, "auc", "all readers").n.n_readers == 2


def test_an_ai_without_readers_works(tmp_path: Path) -> None:
    lines = ["reader,kind,case,truth,rating"]
    lines += [f"DNN,ai,{case},{n % 2},{n * 7 % 5}" for n, case in enumerate("ABCDEF")]
    result = analyse(table_of(tmp_path, *lines))
    assert only(result, "auc", "DNN").estimate is not None
    assert len(result.curves) == 1


def test_the_order_of_arms_is_that_of_the_settings(demo_csv: Path) -> None:
    result = analyse(from_csv(demo_csv), AnalysisSettings(arms=("aided", "unaided")))
    assert only(result, "auc_difference", "J1, unaided", "J1, aided")


def test_simulated_readers_are_named_in_warnings_and_settings(demo_csv: Path) -> None:
    result = analyse(replace(from_csv(demo_csv), simulated=True))
    assert result.warnings[0].startswith("Simulated readers")
    content = json.loads(results_json(result))
    assert content["settings"]["simulated"] is True


def test_results_json_has_the_form_that_is_promised(demo_csv: Path) -> None:
    content = json.loads(results_json(analyse(from_csv(demo_csv))))
    assert set(content) == {"settings", "estimand", "warnings", "estimates"}
    keys = {"quantity", "of", "estimate", "se", "ci", "level", "p", "method", "exploratory", "n"}
    for one in content["estimates"]:
        assert set(one) - {"reason", *MEASURES} == keys
        assert all(isinstance(one[name], int | float) for name in MEASURES & set(one))
        assert isinstance(one["of"], list) == one["quantity"].endswith("_difference")
        assert one["ci"] is None or len(one["ci"]) == 2
        assert one["estimate"] is not None or one["reason"]


@pytest.mark.parametrize(
    "wrong",
    [{"alpha": 5}, {"quantity": "area"}, {"missing": "impute"}, {"interval": "t"}],
)
def test_unknown_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        AnalysisSettings(**wrong)  # type: ignore[arg-type]


def test_decisions_have_a_figure_without_a_number_for_the_area(tmp_path: Path) -> None:
    lines = ["R,A,1,1", "R,B,0,0", "R,C,1,0", "R,D,0,1"]
    result = analyse(table_of(tmp_path, "reader,case,truth,rating", *lines))
    (figure,) = figures(result)
    assert "n =" not in figure.caption


def test_presence_of_a_type_is_named_in_words() -> None:
    (named,) = (
        one
        for one in AnalysisSettings(target="type_present:mass").printed()
        if one.name == "target"
    )
    words = target_words(AnalysisResult("t", False, (), (named,), "", (), ()))
    assert words == "presence of a mass"
