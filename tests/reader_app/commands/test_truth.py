"""`truth` as a coordinator types it: merged, counted; a replacement says what goes, and asks."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from study_design.exchange.reference_sheet import read_reference
from study_design.study_folder import StudyFolder


class Answer(Protocol):
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


Crossread = Callable[..., Answer]
SIGNED = ("--by", "Ann", "--reason", "pathology came back")


@pytest.fixture
def half(study: StudyFolder, tmp_path: Path) -> Path:
    """The first two of four cases, as the study knows them."""
    lines = (study.reference_standard / "reference.csv").read_text().splitlines(keepends=True)
    path = tmp_path / "half.csv"
    path.write_text("".join(lines[:3]))
    return path


def test_half_a_sheet_changes_nothing_and_is_counted(
    crossread: Crossread, study: StudyFolder, half: Path
) -> None:
    before = read_reference(study)
    answer = crossread("truth", study.path, half, *SIGNED)
    assert answer.status == 0
    assert "Truth of 4 cases" in answer.out
    assert "Cases: 0 added, 0 changed, 2 unchanged, 2 not in the sheet and kept." in answer.out
    assert "Goes:" not in answer.out
    assert read_reference(study) == before


def test_a_header_alone_is_refused_in_one_line(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    sheet = tmp_path / "header.csv"
    sheet.write_text("case,truth\n")
    before = read_reference(study)
    answer = crossread("truth", study.path, sheet, *SIGNED)
    assert (answer.status, answer.out) == (1, "")
    assert answer.err.count("\n") == 1
    assert "--replace" in answer.err
    assert read_reference(study) == before


def test_what_was_read_as_what_is_a_note_and_no_warning(
    crossread: Crossread, study: StudyFolder, half: Path
) -> None:
    table = half.read_text().replace(",", ";").replace("truth", "Truth")
    half.write_text(table.replace(";1;", ";malignant;"))
    answer = crossread("truth", study.path, half, *SIGNED)
    assert answer.status == 0, answer.err
    assert any(line.startswith("Note: ") for line in answer.err.splitlines())
    assert "Warning: " not in answer.err


def test_a_replacement_says_what_goes(crossread: Crossread, study: StudyFolder, half: Path) -> None:
    lost = [truth.case for truth in read_reference(study)[2:]]
    answer = crossread("truth", study.path, half, "--replace", *SIGNED)
    assert answer.status == 0
    assert f"Goes: the truth of {', '.join(lost)}." in answer.out
    assert "Cases: 0 added, 0 changed, 2 unchanged, 2 removed." in answer.out
    assert len(read_reference(study)) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("typed", "left"), [("n\n", 4), ("y\n", 2)])
def test_at_a_terminal_a_replacement_asks_first(
    study: StudyFolder, half: Path, typed: str, left: int
) -> None:
    ours, theirs = os.openpty()
    words = ["truth", str(study.path), str(half), "--replace", *SIGNED]
    program = "import sys\nfrom reader_app.__main__ import main\nsys.exit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", program, *words], stdin=theirs, stdout=subprocess.PIPE, text=True
    ) as asking:
        os.write(ours, typed.encode())
        out, _ = asking.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    assert "Take this out of the reference standard?" in out
    assert (asking.returncode == 0) is (left == 2)
    assert len(read_reference(study)) == left
