"""The example study, made by the command as a newcomer would: everything is there and holds."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from study_design.exchange.study_rows import TABLES
from study_design.images.link_file import LinkFile
from study_design.life.integrity import verify_study
from study_design.study_folder import StudyFolder

CASES, READERS, ARMS = 4, 2, 2
ROOT = Path(__file__).resolve().parents[3]


def run_demo(out: Path) -> "subprocess.CompletedProcess[str]":
    words = ["demo", "--out", out, "--headless", "--cases", CASES, "--readers", READERS]
    return subprocess.run(
        [sys.executable, "-m", "reader_app", *map(str, words)],
        env={key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "demo"
    answer = run_demo(out)
    assert answer.returncode == 0, answer.stderr
    assert "No data of persons" in answer.stdout
    assert "zhou (lite) after Zhou et al. 2023" in answer.stdout
    assert "phantom exams" in answer.stdout
    for name in ("reads.csv", "results.json", "report.html", "four-views.png"):
        assert name in answer.stdout
    return out


@pytest.fixture(scope="module")
def reads(demo: Path) -> list[dict[str, str]]:
    return rows(demo, "reads.csv")


def rows(demo: Path, table: str) -> list[dict[str, str]]:
    with (demo / "finished" / "results" / "tables" / table).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_reader_read_every_case_once_in_both_arms(reads: list[dict[str, str]]) -> None:
    assert len(reads) == CASES * READERS * ARMS
    cells = Counter((read["reader"], read["arm"], read["case"]) for read in reads)
    assert set(cells.values()) == {1}


def test_all_tables_have_all_their_columns(demo: Path) -> None:
    for table in TABLES:
        path = demo / "finished" / "results" / "tables" / table.file
        header = path.read_text(encoding="utf-8").splitlines()[0]
        assert header == ",".join(table.columns)


def test_no_washout_is_shorter_than_the_protocol(reads: list[dict[str, str]]) -> None:
    gaps = [float(read["gap_days"]) for read in reads if read["period"] == "2"]
    assert len(gaps) == CASES * READERS
    assert min(gaps) >= 21


def test_the_arm_is_constant_in_a_period_and_the_two_readers_begin_with_different_arms(
    reads: list[dict[str, str]],
) -> None:
    first = {read["reader"]: read["arm"] for read in reads if read["period"] == "1"}
    arms = {(read["reader"], read["period"], read["arm"]) for read in reads}
    assert len(arms) == READERS * 2
    assert len(set(first.values())) == 2


def test_everything_simulated_says_so(demo: Path, reads: list[dict[str, str]]) -> None:
    assert {read["kind"] for read in reads} == {"simulated"}
    assert {read["gap_basis"] for read in reads if read["gap_days"]} == {"simulated"}
    results = json.loads((demo / "finished/results/analysis/results.json").read_text())
    assert any("imulated" in warning for warning in results["warnings"])
    assert "imulated" in (demo / "finished/results/analysis/report.html").read_text()
    assert "imulated" in (demo / "finished/results/tables/README.md").read_text()
    assert "imulated" in (demo / "finished/study.toml").read_text()


def test_unaided_reads_know_of_no_ai(reads: list[dict[str, str]]) -> None:
    for read in (read for read in reads if read["arm"] == "unaided"):
        assert read["revealed"] == "0"
        assert read["ai_initial"] == "none"
        assert not any(read[name] for name in ("system", "ai_status", "ai_first_shown_s"))


def test_aided_reads_say_what_was_shown_and_for_how_long(reads: list[dict[str, str]]) -> None:
    aided = [read for read in reads if read["arm"] == "aided"]
    assert {read["system"] for read in aided} == {"zhou-lite"}
    # A case whose marks all lie below the arm's threshold shows none.
    shown = [float(read["ai_shown_s"]) for read in aided if read["ai_shown_s"]]
    assert any(seconds > 0 for seconds in shown)
    assert all(seconds >= 0 for seconds in shown)


def test_times_add_up(reads: list[dict[str, str]]) -> None:
    for read in reads:
        raw, paused, reading, idle, active = (
            float(read[f"{kind}_s"]) for kind in ("raw", "paused", "reading", "idle", "active")
        )
        assert reading == pytest.approx(raw - paused)
        assert active == pytest.approx(reading - idle)
        painted, validated = (
            datetime.fromisoformat(read[name]) for name in ("painted_utc", "validated_utc")
        )
        assert validated - painted == pytest.approx(
            timedelta(seconds=raw), abs=timedelta(milliseconds=5)
        )


def test_the_record_is_whole(demo: Path) -> None:
    problems = verify_study(StudyFolder(demo / "finished"))
    assert not [problem for problem in problems if problem.grave]
    assert any("simulated" in str(problem).lower() for problem in problems)


def test_the_screenshots_show_images(demo: Path) -> None:
    pictures = sorted((demo / "finished" / "results" / "screenshots").rglob("*four-views.png"))
    assert pictures
    for picture in pictures:
        image = QImage(str(picture)).convertToFormat(QImage.Format.Format_Grayscale8)
        assert (image.width(), image.height()) == (1920, 1080)
        middle = image.copy(image.width() // 2 - 60, 100, 120, image.height() - 200)
        assert (
            max(middle.pixelColor(x, y).lightness() for x in (5, 115) for y in range(0, 800, 40))
            > 30
        )


def test_the_link_file_lies_beside_the_study_sealed_and_private(demo: Path) -> None:
    study = StudyFolder(demo / "finished")
    assert all(row.original_patient.startswith("PHANTOM-") for row in LinkFile.read(study).rows)
    assert b"PHANTOM-" not in study.link_file.read_bytes()
    if os.name == "posix":
        assert study.link_file.stat().st_mode & 0o077 == 0


def test_no_identifier_of_the_source_is_anywhere_in_the_study(demo: Path) -> None:
    for path in (demo / "finished").rglob("*"):
        if path.is_file():
            assert b"PHANTOM" not in path.read_bytes(), path


def test_a_second_start_finds_the_example_and_makes_nothing_anew(demo: Path) -> None:
    record = demo / "finished" / "record.sqlite"
    before = record.stat().st_mtime_ns
    answer = run_demo(demo)
    assert answer.returncode == 0
    assert record.stat().st_mtime_ns == before


def test_a_folder_that_is_no_example_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    answer = run_demo(tmp_path)
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1
    assert (tmp_path / "mine.txt").read_text() == "mine"
