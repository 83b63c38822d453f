"""Switches: every read pair is of one kind, and the shares are those counted by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimates.switch_estimates import NOISE
from analysis.estimators.switching import Switch, switched_reads
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=40))
def test_every_read_pair_is_of_exactly_one_kind(reads: list[tuple[bool, bool, bool]]) -> None:
    before, after, system = np.array(reads, dtype=bool).reshape(-1, 3).T
    found = switched_reads(before, after, system)
    assert {one.kind for one in found} == set(Switch)
    assert sum(int(one.switched.sum()) for one in found) == len(reads)
    assert all(len(one.switched) == one.possible.sum() for one in found)


# truth, before, after, AI: calls of reader A; the AI and the truth are the same for B.
CALLS = [
    (1, 0, 1, 1), (1, 0, 1, 1), (1, 0, 0, 1), (1, 1, 0, 0), (1, 1, 1, 0), (1, 1, 1, 1),
    (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 0), (0, 0, 1, 1), (0, 1, 1, 1), (0, 1, 0, 1),
]  # fmt: skip


def _table(path: Path, *, arms: tuple[str, str] = ("without", "with")) -> Path:
    lines = ["reader,kind,arm,case,truth,rating"]
    for place, (truth, before, after, system) in enumerate(CALLS):
        for reader in ("A", "B"):
            second = after if reader == "A" else before
            lines.append(f"{reader},human,{arms[0]},{place},{truth},{10 * before}")
            lines.append(f"{reader},human,{arms[1]},{place},{truth},{10 * second + place / 99}")
        lines.append(f"DNN,ai,,{place},{truth},{system + place / 99}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


SETTINGS = AnalysisSettings(positive_from=9, ai_positive_from=1)


@pytest.mark.parametrize(
    ("kind", "made", "possible"),
    [("rescued", 3, 4), ("ignored", 1, 4), ("talked_out", 2, 3), ("resisted", 1, 3),
     ("strayed", 1, 3), ("confirmed", 2, 3), ("recovered", 1, 2), ("shared_error", 1, 2)],
)  # fmt: skip
def test_switches_of_a_reader_are_counted(
    kind: str, made: int, possible: int, tmp_path: Path
) -> None:
    result = analyse(from_csv(_table(tmp_path / "t.csv")), SETTINGS)
    of_a, of_b, of_all = result.select(f"switch_{kind}")
    assert of_a.estimate == pytest.approx(made / possible)
    assert of_a.n.n_reads == possible
    assert f"{made} of {possible} read pairs, without to with" in of_a.method
    assert of_a.subjects[0].system == "DNN"
    # The other reader never changes a call.
    assert of_b.estimate in (0, 1)
    assert of_all.estimate == pytest.approx(((of_a.estimate or 0) + (of_b.estimate or 0)) / 2)
    assert of_all.ci is not None
    assert of_all.ci.low <= (of_all.estimate or 0) <= of_all.ci.high
    assert NOISE in result.warnings


def test_without_a_stated_threshold_of_both_there_are_no_switches(tmp_path: Path) -> None:
    table = from_csv(_table(tmp_path / "t.csv"))
    for settings in (AnalysisSettings(), AnalysisSettings(positive_from=9)):
        result = analyse(table, settings)
        assert not result.select("switch_rescued")
        assert NOISE not in result.warnings


def test_a_switch_that_could_not_come_about_says_so(tmp_path: Path) -> None:
    result = analyse(
        from_csv(_table(tmp_path / "t.csv")), AnalysisSettings(positive_from=9, ai_positive_from=-1)
    )
    # An AI that calls everything positive is never right about a negative case.
    found = result.select("switch_rescued")
    assert [one.n.n_reads for one in found] == [3, 3, 6]
    none = analyse(
        from_csv(tmp_path / "t.csv"), AnalysisSettings(positive_from=-1, ai_positive_from=-1)
    )
    talked_out = none.select("switch_talked_out")
    assert all(one.estimate is None and one.reason for one in talked_out)


def test_without_a_reader_in_both_arms_there_are_no_switches(tmp_path: Path) -> None:
    path = _table(tmp_path / "t.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    apart = [one for one in lines if not one.startswith(("A,human,with,", "B,human,without,"))]
    path.write_text("\n".join(apart) + "\n", encoding="utf-8")
    result = analyse(from_csv(path), SETTINGS)
    assert result.select("sensitivity_difference")
    assert not result.select("switch_rescued")
