"""The whole bench on small nets: that it measures honestly, not how quick anything is."""

import json
import sys

import pytest

from reader_app.__main__ import main
from reader_app.bench.inference_speed import INFERENCE_GOALS, Inferred


def test_every_goal_of_inference_is_measured_and_told_to_a_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    command = ["crossread", "bench", "inference", "--processes", "1", "--rounds", "1", "--quick"]
    monkeypatch.setattr(sys, "argv", [*command, "--json"])
    assert main() == 0
    report = json.loads(capsys.readouterr().out)
    assert [goal["name"] for goal in report["goals"]] == [goal.name for goal in INFERENCE_GOALS]
    has_memory = sys.platform != "win32"
    for goal in report["goals"]:
        if "GB" not in goal["name"] or has_memory:
            assert goal["measured"] > 0
    assert [part["name"] for part in report["yardsticks"]] == [Inferred.ONE]
    if has_memory:
        assert set(report["runs"][0]) == set(Inferred)
