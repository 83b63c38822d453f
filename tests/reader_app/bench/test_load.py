"""The whole bench on small pictures: that it measures honestly, not how quick anything is."""

import json
import sys
from pathlib import Path

import pytest

from reader_app.__main__ import main
from reader_app.bench.load import LOAD_GOALS, Loaded
from reader_app.bench.load_rounds import tree_cpu_s
from study_design.images.arriving.guarded_worker import FileRefusedError, GuardedWorker
from study_design.images.messages import InspectRequest


def test_every_goal_of_loading_is_measured_and_told_to_a_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["crossread", "bench", "load", "--processes", "1", "--rounds", "1", "--quick"]
    monkeypatch.setattr(sys, "argv", [*command, "--json"])
    assert main() == 0
    report = json.loads(capsys.readouterr().out)
    assert [goal["name"] for goal in report["goals"]] == [goal.name for goal in LOAD_GOALS]
    for goal in report["goals"]:
        assert goal["measured"] > 0
        assert goal["reached"] == (goal["measured"] <= goal["goal"])
        floor = goal["floor"]
        assert floor is None or floor > 0
    assert sum(goal["floor"] is not None for goal in report["goals"]) == 5
    yardsticks = {timed for timed in Loaded if timed.startswith("yardstick:")}
    assert {part["name"] for part in report["yardsticks"]} == yardsticks
    assert set(report["runs"][0]) == set(Loaded)
    assert "gdcm" in report["machine"]["decoder"]


@pytest.mark.skipif(sys.platform == "win32", reason="children are not counted there")
def test_the_work_of_a_child_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "no image"
    path.write_bytes(b"no image")
    start_s = tree_cpu_s()
    with GuardedWorker() as worker, pytest.raises(FileRefusedError):
        worker.inspect(InspectRequest(path))
    assert tree_cpu_s() - start_s > 0.1
