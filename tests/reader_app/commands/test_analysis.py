"""`analyse --template`: which papers there are, and what they need."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest


class Answer(Protocol):
    """What a command said and how it ended."""

    status: int
    err: str


Crossread = Callable[..., Answer]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--template", "zhou2024"], "zhou2023"),
        (["--template", "zhou2023"], "expected a study"),
    ],
)
def test_a_paper_that_cannot_be_printed_is_refused_in_one_line(
    crossread: Crossread, tmp_path: Path, words: list[str], expected: str
) -> None:
    ratings = tmp_path / "ratings.csv"
    ratings.write_text("reader,case,truth,rating\nR,A,1,2\nR,B,0,1\n", encoding="utf-8")
    answer = crossread("analyse", "--table", ratings, "--out", tmp_path / "out", *words)
    assert answer.status == 1
    assert expected in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
