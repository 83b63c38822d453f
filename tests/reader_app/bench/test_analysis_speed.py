"""The bench of the statistics on small tables: that it measures honestly, not how quick it is."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.estimators.roc import paired_delong
from reader_app.__main__ import main
from reader_app.bench.analysis_proc import find_rscript, time_proc
from reader_app.bench.analysis_rounds import two_ratings
from reader_app.bench.analysis_speed import ANALYSIS_GOALS, OURS, PROC, PROC_TEST, Analysed
from reader_app.bench.viewer import BenchError

COMMAND = ["crossread", "bench", "analysis", "--processes", "1", "--rounds", "1", "--quick"]


def test_without_r_the_goals_against_proc_are_told_as_not_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", [*COMMAND, "--json"])
    assert main() == 0
    report = json.loads(capsys.readouterr().out)
    assert [goal["name"] for goal in report["goals"]] == [goal.name for goal in ANALYSIS_GOALS]
    for goal, told in zip(ANALYSIS_GOALS, report["goals"], strict=True):
        if goal.over in (*PROC, *PROC_TEST):
            assert told["measured"] is None
            assert not told["reached"]
        else:
            assert told["measured"] > 0
    assert set(report["runs"][0]) == set(Analysed) - set(PROC) - set(PROC_TEST)
    assert {one["name"]: one["seconds"] for one in report["yardsticks"]} == {
        Analysed.SECOND: 1.0,
        Analysed.REPORTED_MRMCAOV: 4.8,
    }
    assert report["machine"]["rivals"] == "none"
    assert set(OURS) <= set(report["runs"][0])


def test_proc_is_timed_on_our_ratings_and_says_the_same_p(tmp_path: Path) -> None:
    rscript = find_rscript()
    if rscript is None:
        pytest.skip("R with pROC is not installed")
    table = two_ratings(2_000, np.random.default_rng(1))
    run = time_proc(rscript, [table], tmp_path)
    ours = paired_delong(table[0], table[1], table[2]).inference.p
    assert run.times[0].p == pytest.approx(ours, rel=1e-6)
    assert run.times[0].whole_s > run.times[0].test_s > 0
    assert run.version.startswith("pROC ")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for R")
def test_an_r_that_fails_ends_the_bench_with_its_last_words(tmp_path: Path) -> None:
    broken = tmp_path / "Rscript"
    broken.write_text("#!/bin/sh\necho 'cannot open shared object file' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(BenchError, match="cannot open shared object file"):
        time_proc(str(broken), [two_ratings(20, np.random.default_rng(1))], tmp_path)
