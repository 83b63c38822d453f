"""Ratings leave a study for other programs, and their files are analysed, as typed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from study_design.study_folder import StudyFolder


class Answer(Protocol):
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


Crossread = Callable[..., Answer]
FILES = {
    "imrmc": "ratings.imrmc",
    "lrc": "ratings.lrc",
    "mrmcaov": "ratings.csv",
    "rjafroc": "ratings.xlsx",
}


def aucs(folder: Path) -> list[float]:
    """Return every AUC of an analysis, in order of size."""
    found = json.loads((folder / "results.json").read_text(encoding="utf-8"))["estimates"]
    return sorted(
        one["estimate"] for one in found if one["quantity"] == "auc" and one["estimate"] is not None
    )


def foms(folder: Path) -> dict[str, float]:
    """Return each reader's wAFROC figure of merit, by reader and arm."""
    found = json.loads((folder / "results.json").read_text(encoding="utf-8"))["estimates"]
    return {
        f"{one['of']['reader']}, {one['of']['arm']}": one["estimate"]
        for one in found
        if one["quantity"] == "fom_wafroc"
        and "reader" in one["of"]
        and "hit_rule" not in one["of"]
        and one["estimate"] is not None
    }


def test_a_study_is_the_same_in_every_format(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    open_study = crossread("export", study.path, "--out", tmp_path / "no", "--format", "imrmc")
    assert (open_study.status, "is still open" in open_study.err) == (1, True)
    assert crossread("simulate", study.path).status == 0
    assert crossread("freeze", study.path, "--by", "C").status == 0
    out = {}
    for form, name in FILES.items():
        words = ("export", study.path, "--out", tmp_path / form, "--format", form)
        everything = crossread(*words, "--all")
        assert (everything.status, f"Expected --format {form} alone" in everything.err) == (1, True)
        answer = crossread(*words)
        count = 4 if form == "rjafroc" else 2
        assert f"Wrote {count} files" in answer.out, answer.err
        table = tmp_path / form / name
        answer = crossread("analyse", "--table", table, "--out", tmp_path / f"{form}-results")
        assert answer.status == 0, answer.err
        out[form] = aucs(tmp_path / f"{form}-results")
    assert out["imrmc"]
    assert all(values == out["imrmc"] for values in out.values())
    # The marks are the study's own, and their figures of merit too.
    marks = tmp_path / "rjafroc" / "marks.xlsx"
    assert crossread("analyse", "--table", marks, "--out", tmp_path / "marks").status == 0
    assert crossread("analyse", study.path, "--out", tmp_path / "own").status == 0
    found, own = (foms(tmp_path / name) for name in ("marks", "own"))
    assert found
    assert found == pytest.approx(own)
