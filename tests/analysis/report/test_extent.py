"""Units are counted with the exams and patients that they belong to."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.report.extent import units_words
from analysis.report.methods_text import methods
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

PLAN = AnalysisSettings(quantity="auc", unit="exam", arms=("a", "b"))


def _analysed(path: Path, header: str, plan: AnalysisSettings = PLAN) -> AnalysisResult:
    """Analyse 24 breasts of 12 exams of 6 patients, read by three readers in two arms."""
    lines = ["reader,arm,case,truth,rating,time_s" + header]
    for reader in range(3):
        for arm in "ab":
            for case in range(24):
                belongs = {"": "", ",exam": f",E{case // 2}"}.get(
                    header, f",E{case // 2},P{case // 4}"
                )
                side = "LR"[case % 2]
                rating = (case * 7 + reader * 5 + (arm == "b") * (case % 3)) % 11 + 3 * (case % 3)
                seconds = 30 + rating + reader + (arm == "b") * 2
                lines.append(
                    f"R{reader},{arm},{case // 2}{side},{int(case % 3 == 0)},{rating},{seconds}"
                    + belongs
                )
    (path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return analyse(from_csv(path / "t.csv"), plan)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "24 exams"),
        (",exam", "24 breasts of 12 exams"),
        (",exam,patient", "24 breasts of 12 exams of 6 patients"),
    ],
)
def test_breasts_are_counted_with_their_exams_and_patients(
    header: str, words: str, tmp_path: Path
) -> None:
    result = _analysed(tmp_path, header)
    assert result.extent is not None
    assert units_words(result.extent, str(result.setting("unit"))) == words
    assert f"rated {words} in 2 arms" in methods(result)[0]
    assert "Stand-alone" not in methods(result)[0]
    counts = result.planned[0].n
    assert counts.n_units == 24
    assert counts.n_clusters == {"": None, ",exam": 12}.get(header, 6)


def test_patients_are_counted_also_where_clusters_are_ignored(tmp_path: Path) -> None:
    result = _analysed(tmp_path, ",exam,patient", replace(PLAN, clusters="ignored"))
    assert result.extent is not None
    assert result.extent.patients == 6
    assert result.planned[0].n.n_clusters is None


def test_thousands_are_parted(tmp_path: Path) -> None:
    result = _analysed(tmp_path, ",exam,patient")
    assert result.extent is not None
    large = replace(result.extent, units=1440, exams=720, patients=1)
    assert units_words(large, "breast") == "1,440 breasts of 720 exams of 1 patient"
    assert units_words(replace(large, units=720), "exam") == "720 exams of 1 patient"


def test_planned_reading_times_are_tested_with_random_readers(tmp_path: Path) -> None:
    plan = replace(PLAN, quantity="reading_s")
    result = _analysed(tmp_path, ",exam,patient", plan)
    assert result.tests == ("reading_s_log_difference",)
    (tested,) = result.select("reading_s_log_difference")
    assert not tested.exploratory
    assert tested.p is not None
    assert tested.decision is not None
    assert not any("WITHOUT TEST" in one for one in result.warnings)
    text = methods(result)[1]
    assert "(1) log reading time: difference" in text
    assert "no test" in text  # of the medians, which stand beside


def test_a_result_that_says_little_has_methods_all_the_same(tmp_path: Path) -> None:
    result = _analysed(tmp_path, "")
    bare = replace(
        result,
        extent=None,
        estimates=result.planned,
        strata=(),
        settings=tuple(one for one in result.settings if one.name != "software"),
    )
    told = methods(bare)
    assert not any("Computed with" in one for one in told)
    assert not any("rated" in one.split(".")[0] for one in told)
    assert told[0].startswith("Confirmatory tests")
