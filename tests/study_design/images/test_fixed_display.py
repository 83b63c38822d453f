"""How an image is shown is fixed at the lock: a change can be sealed anew, but not unseen."""

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from study_design.cases.exclusion import exclude_case
from study_design.errors import BadInputError, ImageError, ProtocolError
from study_design.images.case_list import read_images, write_images
from study_design.images.fixed_display import display_hashes, fix_display, fixed_display
from study_design.images.image_store import (
    LoadedImage,
    case_images,
    load_mammogram,
    load_pixels,
    write_image,
)
from study_design.images.mammogram import VoiFunction, VoiWindow
from study_design.images.value_table import value_table
from study_design.life.integrity import verify_study
from study_design.life.lock import lock_study
from study_design.life.plan_study import plan_study
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv, write_csv
from study_design.vocabulary import View

IMAGE = "C001_R-CC"

FACTS: dict[str, dict[str, Any]] = {
    "window centre": {"windows": (VoiWindow(2047, 4096),)},
    "window width": {"windows": (VoiWindow(2048, 4095),)},
    "window function": {"windows": (VoiWindow(2048, 4096, VoiFunction.SIGMOID),)},
    "window of a table": {
        "windows": (VoiWindow(2048, 4096, table=value_table(0, 12, np.arange(4096))),)
    },
    "another window first": {"windows": (VoiWindow(100, 10), VoiWindow(2048, 4096))},
    "modality table": {"modality_table": value_table(0, 12, np.arange(4096)[::-1])},
    "polarity": {"low_is_bright": True},
    "slope": {"rescale_slope": -1.0},
    "intercept": {"rescale_intercept": 7.0},
    "offset": {"code_offset": -2},
    "bits": {"bits_stored": 14},
    "flipped sideways": {"flip_horizontal": True},
    "flipped upside down": {"flip_vertical": True},
    "turned": {"transposed": True},
    "mirrored": {"mirrored": True},
    "where the spacing comes from": {"spacing_source": "invented"},
    "vendor": {"vendor": "another"},
    "doubts": {"doubts": ("nothing",)},
}


@pytest.fixture
def study(masters: dict[str, StudyFolder], tmp_path: Path) -> StudyFolder:
    """Four cases with their pictures; nothing planned yet."""
    shutil.copytree(masters["new"].path, tmp_path / "study")
    return StudyFolder(tmp_path / "study")


def shown(folder: StudyFolder) -> LoadedImage:
    """Load the image as the reading window does."""
    facts = next(m for m in case_images(folder, "C001") if m.view is View.R_CC)
    return load_pixels(folder, facts, fixed_display(folder)[IMAGE])


def grave(folder: StudyFolder) -> list[str]:
    return [problem.what for problem in verify_study(folder) if problem.grave]


@pytest.mark.parametrize("what", FACTS)
def test_a_fact_of_display_that_was_changed_and_sealed_anew_is_neither_shown_nor_passed_over(
    locked_study: StudyFolder, what: str
) -> None:
    whole = shown(locked_study)
    write_image(locked_study, replace(whole.mammogram, **FACTS[what]), whole.codes, whole.air)
    load_pixels(locked_study, load_mammogram(locked_study, IMAGE))  # its own checksums are right
    with pytest.raises(ImageError, match="how it is shown was changed since the lock"):
        shown(locked_study)
    assert grave(locked_study) == [f"cache/{IMAGE}: how it is shown was changed since the lock."]


def test_an_air_mask_that_was_changed_and_sealed_anew_is_neither_shown_nor_passed_over(
    locked_study: StudyFolder,
) -> None:
    whole = shown(locked_study)
    air = whole.air.copy()
    air[5, 5] ^= True
    write_image(locked_study, whole.mammogram, whole.codes, air)
    with pytest.raises(ImageError, match="how it is shown was changed since the lock"):
        shown(locked_study)
    assert len(grave(locked_study)) == 1


def test_facts_that_are_changed_between_the_look_and_the_loading_are_not_shown(
    locked_study: StudyFolder,
) -> None:
    fixed = fixed_display(locked_study)
    facts = replace(load_mammogram(locked_study, IMAGE), flip_horizontal=True)
    with pytest.raises(ImageError, match="changed since the lock"):
        load_pixels(locked_study, facts, fixed[IMAGE])


def test_how_the_files_are_written_does_not_matter_only_what_they_say(
    locked_study: StudyFolder,
) -> None:
    path = locked_study.cache / f"{IMAGE}.json"
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items())), indent=3))
    assert display_hashes(locked_study) == fixed_display(locked_study)
    shown(locked_study)


def test_facts_that_an_earlier_version_did_not_know_leave_its_checksum_as_it_was(
    study: StudyFolder,
) -> None:
    path = study.cache / f"{IMAGE}.json"
    facts = json.loads(path.read_text())
    facts.pop("facts_sha256")
    assert facts.pop("transposed") is False  # a fact that came in later
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    facts_sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    path.write_text(json.dumps({**facts, "facts_sha256": facts_sha256}))
    air_sha256 = (study.cache / f"{IMAGE}.air").read_bytes()[:32].hex()
    expected = hashlib.sha256(f"{facts_sha256} {air_sha256}".encode()).hexdigest()
    assert display_hashes(study)[IMAGE] == expected
    load_pixels(study, load_mammogram(study, IMAGE), expected)


def test_a_lock_writes_how_every_image_in_use_is_shown(locked_study: StudyFolder) -> None:
    table = read_csv(locked_study.cases_csv)
    assert table.columns[-1] == "display_sha256"
    assert all(len(row["display_sha256"]) == 64 for row in table.rows)
    assert fixed_display(locked_study) == display_hashes(locked_study)
    assert len(set(fixed_display(locked_study).values())) == len(table.rows)


def test_before_the_lock_nothing_is_fixed_and_what_writes_the_list_takes_it_away(
    study: StudyFolder, now: datetime
) -> None:
    fix_display(study)
    assert fixed_display(study)
    exclude_case(study, "C004", "motion", by=Actor("Coordinator"), now=now)
    assert fixed_display(study) == {}


def test_an_image_that_cannot_be_shown_stops_the_lock_unless_its_case_is_excluded(
    study: StudyFolder, now: datetime
) -> None:
    (study.cache / "C004_L-CC.air").unlink()
    plan_study(study)
    with pytest.raises(ProtocolError, match="got C004_L-CC: its files in cache/"):
        lock_study(study, by=Actor("Coordinator"), now=now)
    exclude_case(study, "C004", "damaged", by=Actor("Coordinator"), now=now)
    plan_study(study)
    lock_study(study, by=Actor("Coordinator"), now=now)
    assert "C004_L-CC" not in fixed_display(study)


@pytest.fixture
def early(locked_study: StudyFolder) -> StudyFolder:
    """The list of cases as earlier versions locked it: without the last column."""
    table = read_csv(locked_study.cases_csv)
    write_csv(
        locked_study.cases_csv,
        table.columns[:-1],
        [{n: c for n, c in row.items() if n != "display_sha256"} for row in table.rows],
    )
    return locked_study


def test_a_study_that_was_locked_before_there_was_the_column_goes_by_its_record(
    early: StudyFolder,
) -> None:
    assert len(read_images(early)) == 16
    noted = display_hashes(early)
    assert fixed_display(early) == {}
    assert fixed_display(early, noted) == noted
    whole = load_pixels(early, load_mammogram(early, IMAGE), noted[IMAGE])
    write_image(early, replace(whole.mammogram, flip_vertical=True), whole.codes, whole.air)
    with pytest.raises(ImageError, match="changed since the lock"):
        load_pixels(early, load_mammogram(early, IMAGE), noted[IMAGE])


def test_the_list_of_cases_goes_before_what_the_record_noted(locked_study: StudyFolder) -> None:
    assert fixed_display(locked_study, {IMAGE: "0" * 64}) == display_hashes(locked_study)


def test_a_list_written_outside_the_lock_keeps_all_other_columns(
    locked_study: StudyFolder,
) -> None:
    before = read_images(locked_study)
    write_images(locked_study, before)
    assert read_images(locked_study) == tuple(replace(i, display_sha256="") for i in before)


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".", "a\\b", "C:x", "", "a\x1bb", "x" * 201])
@pytest.mark.parametrize("column", ["case", "image"])
def test_a_list_whose_names_lead_elsewhere_is_refused(
    locked_study: StudyFolder, name: str, column: str
) -> None:
    text = locked_study.cases_csv.read_text()
    old = "C001_R-CC" if column == "image" else "C001,"
    locked_study.cases_csv.write_text(
        text.replace(old, name + ("," if column == "case" else ""), 1)
    )
    with pytest.raises(BadInputError, match=r"cases\.csv, row"):
        read_images(locked_study)
