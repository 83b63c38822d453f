"""`analyse`: what it needs, what it refuses before it works, and what an interim analysis costs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from reader_app.results.study_results import study_results
from study_design.protocol.plan import read_plan
from study_design.record.actor import Actor
from study_design.record.events import EventType, StoredEvent
from study_design.record.payloads.staff import StudyUnblinded
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import Role


class Answer(Protocol):
    """What a command said and how it ended."""

    status: int
    err: str


Crossread = Callable[..., Answer]
LINES = ["reader,case,truth,rating", "R,A,1,2", "R,B,0,1", "R,C,1,4", "R,D,0,3"]


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def read_example(example: StudyFolder, tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """The example, read to the end by its simulated readers and still open."""
    copy = StudyFolder(tmp_path_factory.mktemp("read") / "study")
    shutil.copytree(example.path, copy.path)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    words = ("-m", "reader_app", "simulate", str(copy.path))
    subprocess.run([sys.executable, *words], check=True, capture_output=True, env=environment)
    return copy


@pytest.fixture
def open_study(read_example: StudyFolder, tmp_path: Path) -> StudyFolder:
    copy = StudyFolder(tmp_path / "open")
    shutil.copytree(read_example.path, copy.path)
    return copy


def unblindings(study: StudyFolder) -> list[StoredEvent]:
    with open_store(study) as store:
        return [s for s in store.events() if s.event.type is EventType.STUDY_UNBLINDED]


def refused(answer: Answer, *words: str) -> None:
    assert answer.status == 1
    assert answer.err.count("\n") == 1
    for word in words:
        assert word in answer.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--template", "zhou2024"], "zhou2023"),
        (["--template", "zhou2023"], "expected a study"),
        (["--interim", "--reason", "x"], "expected a study"),
        (["--mask-arms"], "--interim"),
    ],
)
def test_what_a_table_of_ratings_cannot_give_is_refused_in_one_line(
    crossread: Crossread, ratings: Path, tmp_path: Path, words: list[str], expected: str
) -> None:
    refused(crossread("analyse", "--table", ratings, "--out", tmp_path / "out", *words), expected)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("below", ["", "deeper"])
def test_results_do_not_go_where_a_file_is(
    crossread: Crossread, ratings: Path, tmp_path: Path, below: str
) -> None:
    there = tmp_path / "there"
    there.write_text("mine", encoding="utf-8")
    # A table that is not there either: the place of the results is looked at first.
    for table in (ratings, tmp_path / "absent.csv"):
        refused(crossread("analyse", "--table", table, "--out", there / below), "is a file")
    assert there.read_text(encoding="utf-8") == "mine"


def test_an_interim_analysis_is_not_signed_where_its_results_have_no_place(
    crossread: Crossread, open_study: StudyFolder, ratings: Path
) -> None:
    words = ("--interim", "--by", "Stat", "--reason", "safety")
    refused(crossread("analyse", open_study.path, "--out", ratings, *words), "is a file")
    assert unblindings(open_study) == []


def test_an_interim_analysis_needs_a_reason(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    refused(crossread("analyse", open_study.path, "--out", out, "--interim"), "--reason")
    refused(crossread("analyse", open_study.path, "--out", out), "still open", "--interim")
    assert unblindings(open_study) == []
    assert not out.exists()


def test_an_interim_analysis_is_recorded_and_says_so_on_every_table_and_figure(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("--interim", "--by", "Stat", "--reason", "safety board")
    assert crossread("analyse", open_study.path, "--out", out, *words).status == 0
    (signed,) = unblindings(open_study)
    assert signed.event.actor == "Stat"
    assert signed.event.payload == StudyUnblinded("interim analysis: safety board", masked=False)
    for path in out.glob("tables/*.csv"):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        assert "interim" in header.split(","), path
        assert rows
    for path in out.glob("figures/*.svg"):
        assert "INTERIM" in path.read_text(encoding="utf-8"), path
    report = (out / "report.html").read_text(encoding="utf-8")
    titles = [line for line in report.splitlines() if line.startswith("<h3>")]
    assert len(titles) > 10
    assert all("INTERIM." in title for title in titles)
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["settings"]["interim"] is True
    assert "Interim" in results["warnings"][0]
    plan = {"quantity", "unit", "target", "method", "alpha", "margin", "order", "missing"}
    assert plan <= set(results["settings"])


def test_masked_arms_are_named_nowhere(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("--interim", "--mask-arms", "--by", "Stat", "--reason", "safety board")
    assert crossread("analyse", open_study.path, "--out", out, *words).status == 0
    assert unblindings(open_study)[0].event.payload.masked is True
    for path in out.rglob("*"):
        if path.suffix in (".csv", ".json", ".html", ".svg"):
            text = path.read_text(encoding="utf-8")
            assert "aided" not in text, path
            assert "noAI" not in text, path
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["settings"]["arms"] == "arm-A, arm-B"
    assert results["settings"]["arms_masked"] is True


def test_withdrawn_cases_are_analysed_both_ways_under_the_same_masks(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path
) -> None:
    case = next(cell.case for cell in read_plan(open_study) if cell.role is Role.TEST)
    signed = ("--by", "C", "--reason", "the patient withdrew")
    assert (
        crossread("withdraw", open_study.path, case, "--erase", "--sure", case, *signed).status == 0
    )
    out = tmp_path / "out"
    answer = crossread(
        "analyse", open_study.path, "--out", out, "--interim", "--mask-arms", *signed
    )
    assert answer.status == 0
    assert f"Case {case}: its 4 images were erased on " in answer.err
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert any(f"in no result: {case}." in one for one in results["warnings"])
    means = [
        one
        for one in results["estimates"]
        if one["quantity"] == "auc"
        and one["of"].get("readers")
        and not {"random", "stratum", "group"} & one["of"].keys()
    ]
    counted = {(one["of"]["arm"], one["of"].get("cases")): one["n"]["n_cases"] for one in means}
    for arm in ("arm-A", "arm-B"):
        assert counted[arm, "withdrawn included"] == counted[arm, None] + 1
    alone = {
        one["n"]["n_cases"]
        for one in results["estimates"]
        if one["quantity"] == "auc" and "system" in one["of"]
    }
    assert counted["arm-A", None] in alone
    assert counted["arm-A", "withdrawn included"] not in alone


def test_a_frozen_study_has_no_interim_analysis(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path
) -> None:
    assert crossread("freeze", open_study.path, "--by", "C").status == 0
    out = tmp_path / "out"
    words = ("--interim", "--by", "Stat", "--reason", "safety board")
    refused(crossread("analyse", open_study.path, "--out", out, *words), "frozen", "--interim")
    assert unblindings(open_study) == []
    assert crossread("analyse", open_study.path, "--out", out).status == 0
    assert "INTERIM" not in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("act", ["analyse", "export", "results window"])
def test_whoever_sees_results_of_a_frozen_study_stands_in_its_record_and_the_freeze_stays(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path, act: str
) -> None:
    assert crossread("freeze", open_study.path, "--by", "C").status == 0
    out = tmp_path / "out"
    if act == "results window":
        assert study_results(open_study, by=Actor("Bob"), now=datetime.now(UTC)).tables
    else:
        assert crossread(act, open_study.path, "--out", out, "--by", "Bob").status == 0
    with open_store(open_study) as store:
        last = store.last()
    assert last is not None
    assert last.event.actor == "Bob"
    assert last.event.type is (
        EventType.STUDY_EXPORTED if act == "export" else EventType.RESULTS_SHOWN
    )
    signed = ("--by", "C", "--reason", "one more read")
    refused(crossread("freeze", open_study.path, "--lift", *signed), "by Bob", "the freeze stays")
    assert crossread("verify", open_study.path).status == 0


def test_an_analysis_that_fails_leaves_no_note(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path
) -> None:
    assert crossread("freeze", open_study.path, "--by", "C").status == 0
    with open_store(open_study) as store:
        before = store.last()
    (tmp_path / "file").write_text("")
    refused(crossread("analyse", open_study.path, "--out", tmp_path / "file"), "is a file")
    with open_store(open_study) as store:
        assert store.last() == before


@pytest.mark.parametrize("act", ["imrmc", "rjafroc", "cad-sr"])
def test_formats_that_hold_answers_or_ai_results_need_a_freeze_or_a_signature(
    crossread: Crossread, open_study: StudyFolder, tmp_path: Path, act: str
) -> None:
    words = ("export", open_study.path, "--format", act, "--out", tmp_path / "out")
    refused(crossread(*words), "still open", "crossread unblind")
    assert not (tmp_path / "out").exists()
    signed = ("--by", "C", "--reason", "the board asks")
    assert crossread("unblind", open_study.path, *signed).status == 0
    assert crossread(*words).status == 0
    assert any((tmp_path / "out").iterdir())


def test_a_frozen_study_on_a_medium_is_analysed_and_exported_and_says_that_nothing_is_noted(
    crossread: Crossread, open_study: StudyFolder, small_disk: Any, tmp_path: Path
) -> None:
    assert crossread("freeze", open_study.path, "--by", "C").status == 0
    medium = StudyFolder(small_disk.path / "study")
    shutil.copytree(
        open_study.path, medium.path, ignore=shutil.ignore_patterns("images", "cache", "results")
    )
    before = medium.record.read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk.path)], check=True)
    for act in ("analyse", "export"):
        answer = crossread(act, medium.path, "--out", tmp_path / act, "--by", "Bob")
        assert answer.status == 0, answer.err
        assert "cannot be written" in answer.err
        assert any((tmp_path / act).iterdir())
    assert crossread("status", medium.path).status == 0
    assert medium.record.read_bytes() == before
