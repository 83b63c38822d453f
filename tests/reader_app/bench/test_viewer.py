"""The whole bench on small pictures: that it measures honestly, not how quick anything is."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from reader_app.__main__ import main
from reader_app.bench.goals import VIEWER_GOALS, Timed
from reader_app.bench.pictures import QUICK, bench_exam, write_jpeg_lossless
from reader_app.bench.viewer import VIEWER, BenchError, run_processes

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def start(*words: str) -> tuple[int, str]:
        command = ["crossread", "bench", "viewer", "--processes", "1", "--rounds", "1", "--quick"]
        monkeypatch.setattr(sys, "argv", [*command, *words])
        return main(), capsys.readouterr().out

    return start


def test_every_goal_is_measured_and_told_to_a_program(run: Run) -> None:
    status, out = run("--json")
    report = json.loads(out)
    assert status == 0
    assert [goal["name"] for goal in report["goals"]] == [goal.name for goal in VIEWER_GOALS]
    for goal in report["goals"]:
        assert goal["measured"] > 0
        better = goal["measured"] >= goal["goal"]
        assert goal["reached"] == (better if goal["at_least"] else goal["measured"] <= goal["goal"])
    assert {part["name"] for part in report["yardsticks"]} == {
        timed.value for timed in Timed if timed.name.startswith(("COPY", "FLOOR"))
    }
    assert report["machine"]["cores"] >= 1
    assert report["machine"]["decoder"] == "gdcm"
    assert set(report["runs"][0]) == {timed.value for timed in Timed}


def test_every_goal_is_told_to_a_person_with_reached_or_not(run: Run) -> None:
    status, out = run()
    assert status == 0
    for goal in VIEWER_GOALS:
        line = next(line for line in out.splitlines() if goal.name in line)
        assert "reached" in line


def test_a_process_that_fails_is_an_error() -> None:
    plan = replace(VIEWER, rounds_module="reader_app.no_such_module")
    with pytest.raises(BenchError, match="no_such_module"):
        list(run_processes(plan, processes=1, rounds=1, quick=True))


def test_pictures_are_jpeg_lossless_that_pydicom_reads_back(tmp_path: Path) -> None:
    image = bench_exam("C001", QUICK, np.random.default_rng(0))[0]
    write_jpeg_lossless(tmp_path / "a.dcm", image.codes)
    dataset = pydicom.dcmread(tmp_path / "a.dcm")
    assert dataset.file_meta.TransferSyntaxUID.name.startswith("JPEG Lossless")
    assert np.array_equal(dataset.pixel_array, image.codes)
