"""Damaged files of images/ are told in one line by everything that reads them."""

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from study_design.cases.image_placing import ImagePlace, place_images
from study_design.cases.text_judgement import TextBox, blank_text
from study_design.errors import CrossreadError
from study_design.exchange.ai_files.cad_report_writer import write_cad_reports
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.dicom_export import export_dicom
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

NOW = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
MUTANTS = 40


@pytest.fixture
def unlocked(masters: dict[str, StudyFolder], tmp_path: Path) -> StudyFolder:
    shutil.copytree(masters["new"].path, tmp_path / "study")
    return StudyFolder(tmp_path / "study")


def place(folder: StudyFolder, _out: Path) -> None:
    places = [ImagePlace("C001_R-CC", View.L_CC), ImagePlace("C001_L-CC", View.R_CC)]
    place_images(folder, places, by=Actor("Ann"), why="swapped", now=NOW)


def blank(folder: StudyFolder, _out: Path) -> None:
    blank_text(folder, "C001_R-CC", TextBox(1, 1, 5, 5), by=Actor("Ann"), why="a name", now=NOW)


def cad(folder: StudyFolder, out: Path) -> None:
    write_cad_reports(folder, read_system_results(folder.detections / "demo.json"), out, now=NOW)


ACTS: dict[str, Callable[[StudyFolder, Path], object]] = {
    "export": export_dicom,
    "CAD SR": cad,
    "place": place,
    "blank": blank,
}


@pytest.mark.parametrize("act", ACTS)
def test_whatever_is_wrong_with_a_header_is_one_line(
    unlocked: StudyFolder, tmp_path: Path, act: str
) -> None:
    path = unlocked.images / "C001_R-CC.dcm"
    sound = path.read_bytes()
    kept = {one: one.read_bytes() for one in unlocked.path.rglob("*") if one.is_file()}
    lines: list[str] = []
    for number in range(MUTANTS):
        chance = random.Random(f"{act} {number}")
        content = bytearray(sound)
        for _ in range(chance.choice((1, 4, 40))):
            content[chance.randrange(132, 1400)] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            ACTS[act](unlocked, tmp_path / "out")
        except CrossreadError as error:
            lines.append(str(error))
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        for one, was in kept.items():
            one.write_bytes(was)
    assert lines
    assert not any("\n" in line for line in lines)
