"""Files that are odd and mostly legal, one a row of table.txt, through the real import.

A row says what is odd, how the file is made, its verdict, and what differs from a plain file: its
windows, spacing, values, identifier and hanging. Whatever a row does not name must be as in any
file, without a note and without a doubt.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.cases.case_import import import_images
from study_design.images.arriving.import_report import FileReport
from study_design.images.image_store import LoadedImage, load_mammogram, load_pixels
from study_design.images.link_file import LinkFile, LinkRow
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.life.new_study import new_study
from study_design.record.actor import Actor

TABLE = Path(__file__).with_name("table.txt")
FEWEST_ROWS = 200
PLAIN = {
    "windows": "2000/3400 NORMAL",
    "function": "LINEAR",
    "spacing": "0.1",
    "hangs": "as stored",
    "view": "R-CC",
    "bright": "high",
    "padding": "none",
}


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    made: str
    verdict: str
    must: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What an import made of the file of a row; the last three only where it is in the study."""

    report: FileReport
    values: Any
    loaded: LoadedImage | None
    kept: Dataset
    link: LinkRow | None


def read_table() -> list[Row]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = []
    for line in lines:
        if line and not line.startswith("#"):
            what, made, verdict, must = (part.strip() for part in line.split("|"))
            said = (one.strip().partition(" ") for one in must.split(";") if one.strip())
            rows.append(Row(what, made, verdict, {key: value for key, _, value in said}))
    return rows


ROWS = read_table()


@pytest.fixture(scope="module")
def found(
    tmp_path_factory: pytest.TempPathFactory, make_odd_file: Callable[..., Any]
) -> list[Found]:
    """Import the files of all rows at once."""
    made = [make_odd_file(number, row.made) for number, row in enumerate(ROWS, start=1)]
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    path = tmp_path_factory.mktemp("study") / "STUDY"
    study = new_study(path, template="zhou2023", by=Actor("Coordinator"), now=now)
    report = import_images(study, [one.path for one in made], keep_going=True)
    links = {row.image: row for row in LinkFile.read(study).rows}
    results = []
    for one, told in zip(made, report.files, strict=True):
        loaded, kept = None, Dataset()
        if told.image and told.verdict != "duplicate":
            loaded = load_pixels(study, load_mammogram(study, told.image))
            kept = dcmread(study.images / f"{told.image}.dcm")
        results.append(Found(told, one.values, loaded, kept, links.get(told.image)))
    return results


def spelled(window: VoiWindow) -> str:
    if window.table is not None:
        entries = window.table.entries
        return f"table {window.table.first}+{entries.size} {window.explanation}"
    return f"{window.centre:g}/{window.width:g} {window.explanation}"


def hanging(mammogram: Mammogram) -> str:
    flips = {
        "turned": mammogram.transposed,
        "left-right": mammogram.flip_horizontal,
        "up-down": mammogram.flip_vertical,
    }
    return " ".join(name for name, is_so in flips.items() if is_so) or "as stored"


def kept_padding(dataset: Dataset) -> str:
    said = (dataset.get("PixelPaddingValue"), dataset.get("PixelPaddingRangeLimit"))
    return "..".join(str(one) for one in said if one is not None) or "none"


def told_of(found: Found, loaded: LoadedImage) -> dict[str, str]:
    mammogram = loaded.mammogram
    return {
        "windows": ", ".join(map(spelled, mammogram.windows)),
        "function": mammogram.windows[0].function.value,
        "spacing": "none" if mammogram.spacing_mm is None else f"{mammogram.spacing_mm:.4g}",
        "hangs": hanging(mammogram),
        "view": str(mammogram.view),
        "bright": "low" if mammogram.low_is_bright else "high",
        "padding": kept_padding(found.kept),
    }


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row.what for row in ROWS])
def test_an_odd_file_is_taken_for_what_it_is(found: list[Found], number: int) -> None:
    row, one = ROWS[number], found[number]
    must = row.must
    assert one.report.verdict == row.verdict, one.report.reason
    if row.verdict == "accepted" and "says" not in must and "doubt" not in must:
        assert one.report.reason == ""
    assert must.get("says", "") in one.report.reason
    if one.loaded is None or one.link is None:
        return
    loaded = one.loaded
    told = told_of(one, loaded)
    if row.verdict == "accepted":
        assert told == {key: must.get(key, value) for key, value in PLAIN.items()}
    doubts = "; ".join(loaded.mammogram.doubts)
    assert must.get("doubt", "") in doubts
    assert bool(doubts) is ("doubt" in must), doubts
    stored = loaded.codes.astype(np.int64) + loaded.mammogram.code_offset
    expected = one.values % int(must["modulo"]) if "modulo" in must else one.values
    np.testing.assert_array_equal(stored, expected)
    assert one.link.original_patient == must.get("id", f"ROW-{number + 1}")


TAKEN = [number for number, row in enumerate(ROWS) if row.verdict == "accepted"]


@pytest.mark.parametrize("number", TAKEN, ids=[ROWS[number].what for number in TAKEN])
def test_the_kept_file_says_what_the_reading_window_shows(found: list[Found], number: int) -> None:
    """Who is given images/ sees the same values through the same windows."""
    one = found[number]
    assert one.loaded is not None
    mammogram, kept = one.loaded.mammogram, one.kept
    stored = one.loaded.codes.astype(np.int64) + mammogram.code_offset
    np.testing.assert_array_equal(kept.pixel_array, stored)
    slope, intercept = kept.get("RescaleSlope", 1.0), kept.get("RescaleIntercept", 0.0)
    assert (slope, intercept) == (mammogram.rescale_slope, mammogram.rescale_intercept)
    shown = [w for w in mammogram.windows if w.table is None and w.explanation != "full range"]
    for keyword, values in (
        ("WindowCenter", [window.centre for window in shown]),
        ("WindowWidth", [window.width for window in shown]),
    ):
        said = kept.get(keyword)
        told = [] if said is None else [said] if isinstance(said, float) else list(said)
        assert [float(value) for value in told] == pytest.approx(values)


def test_one_patient_is_one_in_every_character_set(found: list[Found]) -> None:
    patients = defaultdict(set)
    for one in found:
        if one.link is not None and one.link.original_patient:
            patients[one.link.original_patient].add(one.link.patient)
    assert all(len(pseudonyms) == 1 for pseudonyms in patients.values())
    assert len(patients["乳腺0008"]) == 1


def test_the_table_has_its_rows() -> None:
    names = [row.what for row in ROWS]
    assert len(names) >= FEWEST_ROWS
    assert len(set(names)) == len(names)
