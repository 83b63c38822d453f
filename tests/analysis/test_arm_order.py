"""The plan gives differences their direction; rows, readers and names of a table never do."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.arm_order import PlanError, usual_order
from analysis.report.results_json import results_json
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings, MultipleTests
from analysis.study_analysis import analyse
from analysis.tables import from_csv

HEADER = "reader,kind,group,arm,case,patient,truth,rating,time_s"
PLAN = AnalysisSettings(
    quantity="auc",
    method="or_jackknife",
    margin=0.1,
    arms=("A", "B"),
    order=("auc_noninferiority_difference", "auc_difference", "sensitivity_difference"),
    adjust=MultipleTests.HOLM,
    positive_from=5,
    ai_positive_from=5,
)


def _rows(*, readers: tuple[str, ...] = ("R1", "R2", "R3")) -> list[str]:
    rows = []
    for place, reader in enumerate(readers):
        for arm in ("A", "B"):
            for case in range(24):
                rating = (case * 7 + place * 5 + (arm == "B") * case % 3) % 11 + 3 * (case % 2)
                rows.append(f"{reader},human,G{place % 2},{arm},C{case},P{case},{case % 2},"
                            f"{rating},{30 + rating + place}")  # fmt: skip
    rows += [f"DNN,ai,,,C{case},P{case},{case % 2},{case % 9},,"[:-1] for case in range(24)]
    return rows


def _analysed(path: Path, rows: list[str], plan: AnalysisSettings = PLAN) -> AnalysisResult:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return analyse(from_csv(path), plan)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(_rows()))
def test_the_order_of_rows_changes_nothing(tmp_path: Path, rows: list[str]) -> None:
    path = tmp_path / "t.csv"
    expected, found = (results_json(_analysed(path, each)) for each in (_rows(), rows))
    # The hash of the file is that of another file.
    kept = [
        [line for line in text.splitlines() if "data_sha256" not in line]
        for text in (expected, found)
    ]
    assert kept[0] == kept[1]


def _numbers(one: Estimate) -> tuple[float | None, ...]:
    ci = one.ci
    return (one.estimate, one.se, one.p, one.p_adjusted,
            *((None, None) if ci is None else (ci.low, ci.high)))  # fmt: skip


def test_other_names_of_the_readers_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    first = _analysed(path, _rows())
    other = _analysed(path, _rows(readers=("Zoe", "Mia", "Ann")))
    whole = [
        [one for one in result.estimates if one.subjects[0].readers or one.subjects[0].group]
        for result in (first, other)
    ]
    assert len(whole[0]) == len(whole[1]) > 50
    for one, again in zip(*whole, strict=True):
        assert (one.quantity, one.of, one.exploratory) == (
            again.quantity, again.of, again.exploratory,
        )  # fmt: skip
        # The mixed model is fitted by steps, which end where they are near enough.
        near = 1e-4 if one.quantity.startswith("reading_s_log_adjusted") else 1e-9
        for number, renamed in zip(_numbers(one), _numbers(again), strict=True):
            assert (number is None) is (renamed is None)
            assert number is None or number == pytest.approx(renamed, rel=near, abs=1e-9)


def test_arms_the_other_way_round_change_signs_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    plan = replace(PLAN, order=(), margin=0.0)
    first = _analysed(path, _rows(), plan)
    other = _analysed(path, _rows(), replace(plan, arms=("B", "A")))
    turned = {
        (one.quantity, one.subjects[::-1]): one
        for one in other.estimates
        if len(one.subjects) == 2 and not any(of.system for of in one.subjects)
    }
    differences = [one for one in first.estimates if len(one.subjects) == 2]
    compared = [one for one in differences if (one.quantity, one.subjects) in turned]
    assert len(compared) > 20
    for one in compared:
        again = turned[one.quantity, one.subjects]
        if one.estimate is None or one.quantity.startswith("reading_s_shapiro"):
            continue
        assert again.estimate == pytest.approx(-one.estimate, abs=1e-12)
        assert again.p == pytest.approx(one.p, abs=1e-9)
        if one.ci is not None:
            assert again.ci is not None
            assert (again.ci.low, again.ci.high) == pytest.approx((-one.ci.high, -one.ci.low))


def test_a_one_sided_test_without_arms_is_refused(tmp_path: Path) -> None:
    for plan in (replace(PLAN, arms=()), replace(PLAN, arms=(), margin=0.0)):
        with pytest.raises(PlanError) as refusal:
            _analysed(tmp_path / "t.csv", _rows(), plan)
        assert "arms = [REFERENCE, TEST]" in str(refusal.value)
        assert "A, B" in str(refusal.value)
    two_sided = replace(PLAN, arms=(), margin=0.0, order=())
    assert _analysed(tmp_path / "t.csv", _rows(), two_sided).estimates


@pytest.mark.parametrize(
    ("arms", "words"), [(("A", "C"), "got 'C'"), (("DNN", "A"), "AI minus readers")]
)
def test_arms_of_the_plan_are_those_of_the_table(
    arms: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    with pytest.raises(PlanError, match=words):
        _analysed(tmp_path / "t.csv", _rows(), replace(PLAN, arms=arms))


def test_an_ai_system_may_be_the_test(tmp_path: Path) -> None:
    plan = replace(PLAN, arms=("A", "DNN"), order=(), margin=0.0)
    result = _analysed(tmp_path / "t.csv", _rows(), plan)
    (planned,) = (one for one in result.select("auc_difference") if not one.exploratory)
    assert [of.whom for of in planned.subjects] == ["DNN", "all readers (random)"]
    assert planned.subjects[1].arm == "A"


def test_two_of_three_arms_may_be_the_plan_s(tmp_path: Path) -> None:
    third = [row.replace(",A,", ",Z,") for row in _rows() if ",A," in row]
    result = _analysed(tmp_path / "t.csv", [*_rows(), *third])
    planned = [one for one in result.select("auc_difference") if not one.exploratory]
    assert [[of.arm for of in one.subjects] for one in planned] == [["B", "A"]]
    assert {one.subjects[0].arm for one in result.select("auc") if not one.exploratory} == {
        "A", "B",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arms", "ordered"),
    [
        (("aided", "unaided"), ("unaided", "aided")),
        (("AI", "noAI"), ("noAI", "AI")),
        (("with AI", "without AI"), ("without AI", "with AI")),
        (("device", "Control"), ("Control", "device")),
        (("arm10", "arm2", "arm1"), ("arm1", "arm2", "arm10")),
        (("normal", "AI"), ("AI", "normal")),
        (("2", "1x"), ("1x", "2")),
    ],
)
def test_arms_without_a_plan_stand_by_what_they_are_called(
    arms: tuple[str, ...], ordered: tuple[str, ...]
) -> None:
    assert usual_order(arms) == ordered
    assert usual_order(arms[::-1]) == ordered
