"""`burned-in` lists the places with text, and decides on them in a named person's name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study_design.images.found_text import FoundText, TextBox, note_found_text, read_found_text
from study_design.life.new_study import new_study
from study_design.record.actor import Actor
from study_design.record.acts import moment_of
from study_design.study_folder import StudyFolder

Crossread = Callable[..., Any]


@pytest.fixture
def empty(tmp_path: Path) -> StudyFolder:
    at = moment_of("2026-11-01T08:00:00Z")
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=at)


def test_every_place_is_listed_with_its_verdict(empty: StudyFolder, crossread: Crossread) -> None:
    assert crossread("burned-in", empty.path).out.startswith("0 places")
    note_found_text(empty, {"C001-R-CC": (TextBox(1, 2, 3, 4),)})
    answer = crossread("burned-in", empty.path)
    assert "C001-R-CC\t1,2,3,4\topen" in answer.out
    assert "1 place with text or a marker, 1 not decided on" in answer.out


def test_wrong_use_is_refused_in_one_line(empty: StudyFolder, crossread: Crossread) -> None:
    note_found_text(empty, {"C001-R-CC": (TextBox(1, 2, 3, 4),)})
    assert crossread("burned-in", empty.path, "--box", "1,2,3,4").status == 2
    answer = crossread("burned-in", empty.path, "--blank", "X", "--box", "1,2", "--reason", "x")
    assert (answer.status, answer.err.count("\n")) == (1, 1)
    assert "Expected --box X,Y,WIDTH,HEIGHT" in answer.err
    answer = crossread("burned-in", empty.path, "--accept", "all")
    assert (answer.status, answer.err.count("\n")) == (1, 1)
    assert "Add --reason" in answer.err
    assert read_found_text(empty) == (FoundText("C001-R-CC", TextBox(1, 2, 3, 4)),)
