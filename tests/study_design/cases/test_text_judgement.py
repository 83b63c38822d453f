"""Text in the pixels is a problem of its exam until a person finds it harmless or blanks it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread

from study_design.cases.case_import import import_images
from study_design.cases.text_judgement import accept_text, blank_text, search_text
from study_design.cases.text_sheet import write_text_sheet
from study_design.errors import BadInputError
from study_design.images.case_list import cases_of, read_images
from study_design.images.found_text import (
    FoundText,
    TextBox,
    TextVerdict,
    read_found_text,
    write_found_text,
)
from study_design.images.image_store import codes_sha256, load_mammogram, load_pixels
from study_design.record.actor import Actor
from study_design.record.acts import moment_of
from study_design.record.events import EventType
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

NOW = moment_of("2026-11-02T08:00:00Z")
IMAGE = "C001-L-CC"


@pytest.fixture
def lettered(make_dicom: Any, study: StudyFolder) -> StudyFolder:
    """Return a study with one image that has a name in its air."""
    y, x = np.mgrid[:400, :300]
    inside = ((y - 200) / 160) ** 2 + (x / 150) ** 2 < 1
    pixels = np.where(inside, 800 + (7 * x + 13 * y) % 1200, 0).astype(np.uint16)
    canvas = Image.new("1", (300, 400))
    ImageDraw.Draw(canvas).text((180, 10), "DOE JANE", fill=1, font=ImageFont.load_default(16))
    pixels[np.asarray(canvas)] = 2500
    import_images(study, [make_dicom("name.dcm", "L-CC", pixels=pixels, BurnedInAnnotation="NO")])
    return study


def judged(folder: StudyFolder) -> list[tuple[str, Any, Any]]:
    with open_store(folder) as store:
        events = [stored.event for stored in store.events()]
    return [
        (event.actor, event.payload.verdict, event.payload.boxes)
        for event in events
        if event.type is EventType.BURNED_IN_JUDGED
    ]


def text_problems_of(folder: StudyFolder) -> list[str]:
    return [p for p in cases_of(folder)[0].problems if p.startswith("text found")]


def test_text_found_at_import_is_a_problem_of_the_exam(lettered: StudyFolder) -> None:
    (found,) = read_found_text(lettered)
    assert (found.image, found.verdict) == (IMAGE, TextVerdict.OPEN)
    assert text_problems_of(lettered) == [
        f"text found on {IMAGE} at {found.box}, though its header says that there is none: look at "
        "it with crossread burned-in"
    ]
    assert dcmread(lettered.images / f"{IMAGE}.dcm").BurnedInAnnotation == "YES"
    assert search_text(lettered, IMAGE) == (found.box,)


def test_a_person_finds_it_harmless_and_the_record_says_so(lettered: StudyFolder) -> None:
    with pytest.raises(BadInputError, match="Add --reason"):
        accept_text(lettered, [IMAGE], by=Actor("Dr A"), why=" ", now=NOW)
    assert accept_text(lettered, [IMAGE], by=Actor("Dr A"), why="lead marker", now=NOW) == 1
    assert text_problems_of(lettered) == []
    ((by, verdict, _),) = judged(lettered)
    assert (by, verdict) == ("Dr A", "harmless")
    assert dcmread(lettered.images / f"{IMAGE}.dcm").BurnedInAnnotation == "NO"
    with pytest.raises(BadInputError, match="got none of them"):
        accept_text(lettered, [IMAGE], by=Actor("Dr A"), why="again", now=NOW)


def test_blanked_text_is_gone_from_every_file_and_checksums_hold(lettered: StudyFolder) -> None:
    before = load_pixels(lettered, load_mammogram(lettered, IMAGE)).codes
    (box,) = blank_text(lettered, IMAGE, by=Actor("Dr A"), why="a name", now=NOW)
    loaded = load_pixels(lettered, load_mammogram(lettered, IMAGE))
    part = np.s_[box.y_px : box.y_px + box.height_px, box.x_px : box.x_px + box.width_px]
    assert (loaded.codes[part] == 0).all()
    assert loaded.air[part].all()
    outside = np.ones_like(before, dtype=bool)
    outside[part] = False
    np.testing.assert_array_equal(loaded.codes[outside], before[outside])
    dataset = dcmread(lettered.images / f"{IMAGE}.dcm")
    np.testing.assert_array_equal(dataset.pixel_array, loaded.codes)
    assert "113101" in {m.CodeValue for m in dataset.DeidentificationMethodCodeSequence}
    (listed,) = read_images(lettered)
    assert listed.sha256 == codes_sha256(loaded.codes) != codes_sha256(before)
    assert text_problems_of(lettered) == []
    assert search_text(lettered, IMAGE) == ()
    ((_, verdict, boxes),) = judged(lettered)
    assert (verdict, boxes) == ("blanked", ((box.x_px, box.y_px, box.width_px, box.height_px),))


@pytest.mark.parametrize("box", [TextBox(290, 0, 20, 5), TextBox(0, 0, 0, 5)])
def test_a_box_beyond_the_image_is_refused_and_nothing_is_recorded(
    lettered: StudyFolder, box: TextBox
) -> None:
    with pytest.raises(BadInputError, match="inside 300 x 400 pixels"):
        blank_text(lettered, IMAGE, box, by=Actor("Dr A"), why="x", now=NOW)
    assert judged(lettered) == []


def test_an_image_without_text_needs_a_box(lettered: StudyFolder) -> None:
    blank_text(lettered, IMAGE, by=Actor("Dr A"), why="a name", now=NOW)
    with pytest.raises(BadInputError, match="--box X,Y,WIDTH,HEIGHT"):
        blank_text(lettered, IMAGE, by=Actor("Dr A"), why="a name", now=NOW)
    part = TextBox(0, 0, 5, 5)
    assert blank_text(lettered, IMAGE, part, by=Actor("Dr A"), why="a scar", now=NOW) == (part,)
    with pytest.raises(BadInputError, match="got 'C009-L-CC'"):
        blank_text(lettered, "C009-L-CC", by=Actor("Dr A"), why="x", now=NOW)


def test_the_contact_sheet_shows_each_place_and_needs_no_other_file(
    lettered: StudyFolder, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.html"
    assert write_text_sheet(lettered, sheet) == 1
    page = sheet.read_text()
    assert page.count("<img") == page.count("data:image/png;base64,") == 2
    assert f"{read_found_text(lettered)[0].box}: open" in page


def test_the_list_comes_back_as_it_was_written(study: StudyFolder) -> None:
    found = (
        FoundText("A", TextBox(1, 2, 3, 4), TextVerdict.HARMLESS, "Dr A", "=marker"),
        FoundText("B", TextBox(5, 6, 7, 8)),
    )
    write_found_text(study, reversed(found))
    assert read_found_text(study) == found
    study.burned_in_csv.write_text(study.burned_in_csv.read_text().replace("open", "maybe"))
    with pytest.raises(BadInputError, match="row 3: expected one of open, harmless, blanked"):
        read_found_text(study)
