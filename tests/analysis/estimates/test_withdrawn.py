"""Withdrawn cases analysed both ways."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.estimates.withdrawn import INCLUDED, counterpart, with_withdrawn
from analysis.report.report_tables import report_tables
from analysis.report.results_json import results_json
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

PLAN = AnalysisSettings(quantity="auc", method="delong")


def both_ways(path: Path, settings: AnalysisSettings) -> tuple[AnalysisResult, AnalysisResult]:
    """Return the analyses without and with case C03."""
    table = from_csv(path)
    kept = table.rows[table.rows["case"] != "C03"].reset_index(drop=True)
    return analyse(replace(table, rows=kept), settings), analyse(table, settings)


def test_the_plans_results_stand_a_second_time_with_the_reads_of_withdrawn_cases(
    demo_csv: Path,
) -> None:
    without, again = both_ways(demo_csv, PLAN)
    found = with_withdrawn(without, again, ("C03",))
    assert found.estimates == without.estimates
    assert found.withdrawn
    planned = [one for one in again.estimates if not one.exploratory]
    assert [one.estimate for one in found.withdrawn] == [one.estimate for one in planned]
    for one in found.withdrawn:
        assert one.exploratory
        assert all(of.cases == INCLUDED for of in one.subjects)
        beside = counterpart(found, one)
        assert beside is not None
        assert (beside.n.n_cases, one.n.n_cases) == (11, 12)
    assert "Withdrawn after reading began, in no result: C03." in found.warnings[-1]
    written = json.loads(results_json(found))["estimates"]
    assert sum("cases" in one["of"] for one in written if isinstance(one["of"], dict)) == 2


def test_without_a_plan_areas_stand_both_ways(demo_csv: Path) -> None:
    found = with_withdrawn(*both_ways(demo_csv, AnalysisSettings()), ("C03",))
    assert {one.quantity for one in found.withdrawn} == {"auc", "auc_difference"}
    assert "AUCs and their differences" in found.warnings[-1]


def test_the_report_sets_the_two_beside_each_other(demo_csv: Path) -> None:
    found = with_withdrawn(*both_ways(demo_csv, PLAN), ("C03",))
    areas, differences = [
        one for one in report_tables(found) if one.title.startswith("Without and with withdrawn")
    ]
    assert areas.title.endswith(" (exploratory): AUC")
    assert differences.title.endswith(" (exploratory): AUC, difference")
    assert [row.label for row in areas.rows[:2]] == [
        "all readers, unaided",
        "withdrawn included: all readers, unaided",
    ]


@pytest.mark.parametrize(("withdrawn", "warned"), [((), False), (("C03",), True)])
def test_cases_that_nobody_had_read_change_nothing_and_are_named(
    demo_csv: Path, withdrawn: tuple[str, ...], warned: bool
) -> None:
    plain = analyse(from_csv(demo_csv), PLAN)
    found = with_withdrawn(plain, None, withdrawn)
    assert found.all_estimates == plain.all_estimates
    assert any("C03. Nobody had read them." in one for one in found.warnings) is warned
