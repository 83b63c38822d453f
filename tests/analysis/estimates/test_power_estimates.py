"""A study as the pilot of the next one, where it cannot be one."""

from pathlib import Path

from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv


def test_a_study_without_error_variance_is_no_pilot(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [
        f"{reader},{arm},C{case},{case % 2},{80 * (case % 2) + case}"
        for reader in "AB"
        for arm in ("unaided", "aided")
        for case in range(8)
    ]
    path.write_text("\n".join(["reader,arm,case,truth,rating", *rows]) + "\n")
    found = analyse(from_csv(path), AnalysisSettings(power_effect=0.05))
    (power,) = found.select("auc_power")
    assert power.estimate is None
    assert (power.reason or "").startswith("not estimable: expected")
    assert not found.select("auc_cases_needed")


def test_a_study_whose_difference_has_no_variance_is_no_pilot(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [
        f"{reader},{arm},C{case},{case % 2},{case % 2 + (case * 7 + place) % 5}"
        for place, reader in enumerate("AB")
        for arm in ("unaided", "aided")
        for case in range(12)
    ]
    path.write_text("\n".join(["reader,arm,case,truth,rating", *rows]) + "\n")
    found = analyse(from_csv(path), AnalysisSettings(power_effect=0.05))
    (power,) = found.select("auc_power")
    assert "a variance of the difference above 0" in str(power.reason)
