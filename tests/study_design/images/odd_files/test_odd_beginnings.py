"""A file is DICOM by the prefix behind its preamble, whichever way it comes into a study."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from study_design.cases.case_import import import_images
from study_design.images.case_list import read_images
from study_design.images.image_store import load_mammogram, load_pixels
from study_design.life.new_study import new_study
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

PREAMBLES = (
    "II*<0008000000>",
    "MM<002A00000008>",
    "II+<0008000000>",
    "MM<002B00080000>",
    "<89>PNG<0D0A1A0A>",
    "<FFD8FFE0>",
    "PK<0304>",
    "<1F8B0800>",
    "%PDF-1.4",
)
# Stored upside down, which only its header tells.
UPSIDE_DOWN = "PatientOrientation=CS:P\\R"


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now)


@pytest.fixture
def made(make_odd_file: Callable[..., Any], request: pytest.FixtureRequest) -> list[Any]:
    """Return a file of each preamble, numbered from the place of the test on."""
    first = 900 + 20 * request.param
    return [
        make_odd_file(number, f"preamble={preamble}; {UPSIDE_DOWN}; name=image{number}.zip")
        for number, preamble in enumerate(PREAMBLES, start=first)
    ]


def all_are_dicom(study: StudyFolder, made: list[Any]) -> None:
    images = [load_mammogram(study, image.image) for image in read_images(study)]
    assert len(images) == len(PREAMBLES)
    expected = {one.values.tobytes() for one in made}
    found = {load_pixels(study, image).codes.astype(np.int64).tobytes() for image in images}
    assert found == expected
    for image in images:
        assert (image.flip_horizontal, image.flip_vertical) == (False, True)
        assert image.windows[0].explanation == "NORMAL"
        assert image.spacing_mm == pytest.approx(0.1)


@pytest.mark.parametrize("made", [0], indirect=True)
def test_in_a_folder(study: StudyFolder, made: list[Any]) -> None:
    import_images(study, [one.path.parent for one in made])
    all_are_dicom(study, made)


@pytest.mark.parametrize("made", [1], indirect=True)
def test_in_an_archive(study: StudyFolder, made: list[Any], tmp_path: Path) -> None:
    archive = tmp_path / "disc.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for one in made:
            opened.write(one.path, one.path.name)
    import_images(study, [archive])
    all_are_dicom(study, made)


@pytest.mark.parametrize("made", [2], indirect=True)
def test_named_by_a_manifest(study: StudyFolder, made: list[Any], tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.csv"
    rows = [f"CASE-{number},R,CC,{one.path}" for number, one in enumerate(made)]
    manifest.write_text("\n".join(["case,laterality,view,path", *rows, ""]))
    import_images(study, [one.path.parent for one in made], manifest=manifest)
    all_are_dicom(study, made)
