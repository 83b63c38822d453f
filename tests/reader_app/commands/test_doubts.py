"""`doubts` lists what is doubtful of the display, and accepts it in a named person's name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study_design.images.display_doubt import note_doubts, read_doubts
from study_design.life.new_study import new_study
from study_design.record.actor import Actor
from study_design.record.acts import moment_of
from study_design.study_folder import StudyFolder

Crossread = Callable[..., Any]


@pytest.fixture
def unlocked(tmp_path: Path) -> StudyFolder:
    at = moment_of("2026-11-01T08:00:00Z")
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=at)


def test_every_doubt_is_listed_and_accepted_with_name_and_reason(
    unlocked: StudyFolder, crossread: Crossread
) -> None:
    assert crossread("doubts", unlocked.path).out.startswith("0 doubts")
    note_doubts(unlocked, {"C001-R-CC": ("upside down?",), "C001-L-CC": ("inverse?",)})
    told = crossread("doubts", unlocked.path, "--accept", "C001-R-CC", "--by", "A", "--reason", "b")
    assert told.status == 0
    assert "C001-R-CC\tupside down?\taccepted\tA\tb" in told.out
    assert "2 doubts on images, 1 not decided on" in told.out
    told = crossread("doubts", unlocked.path, "--accept", "all", "--by", "A", "--reason", "b")
    assert not any(doubt.is_open for doubt in read_doubts(unlocked))


def test_acceptance_without_a_reason_is_refused_in_one_line(
    unlocked: StudyFolder, crossread: Crossread
) -> None:
    note_doubts(unlocked, {"C001-R-CC": ("upside down?",)})
    answer = crossread("doubts", unlocked.path, "--accept", "all")
    assert (answer.status, answer.err.count("\n")) == (1, 1)
    assert "Add --reason" in answer.err
