"""An image put into another slot is hung anew, and everything of the study says its new view."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydicom import dcmread

from study_design.cases.case_import import import_images
from study_design.cases.image_placing import ImagePlace, place_images
from study_design.errors import BadInputError
from study_design.images.case_list import cases_of, read_images
from study_design.images.image_store import case_images, load_pixels
from study_design.record.actor import Actor
from study_design.record.events import EventType
from study_design.record.payloads.staff import ImagePlaced
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

MakeExam = Callable[..., list[Path]]


@pytest.fixture
def one_exam(study: StudyFolder, make_exam: MakeExam) -> StudyFolder:
    import_images(study, make_exam())
    return study


def place(folder: StudyFolder, *places: ImagePlace, why: str = "seen") -> None:
    place_images(folder, places, by=Actor("Dr A"), why=why, now=datetime(2026, 11, 2, tzinfo=UTC))


def view_of(folder: StudyFolder, image: str) -> View | None:
    return next(listed.view for listed in read_images(folder) if listed.image == image)


def test_two_images_change_places_at_once_and_hang_as_their_new_views(
    one_exam: StudyFolder,
) -> None:
    before = {m.image: m for m in case_images(one_exam, "C001")}
    place(one_exam, ImagePlace("C001-R-CC", View.L_CC), ImagePlace("C001-L-CC", View.R_CC))
    after = {m.image: m for m in case_images(one_exam, "C001")}
    assert (after["C001-R-CC"].view, after["C001-L-CC"].view) == (View.L_CC, View.R_CC)
    assert after["C001-R-CC"].flip_horizontal != before["C001-R-CC"].flip_horizontal
    assert after["C001-R-CC"].sha256 == before["C001-R-CC"].sha256
    load_pixels(one_exam, after["C001-R-CC"])
    header = dcmread(one_exam.images / "C001-R-CC.dcm")
    assert (header.ImageLaterality, header.ViewPosition, header.InstanceNumber) == ("L", "CC", 2)


def test_an_image_out_of_use_leaves_its_slot_empty_and_can_come_back(one_exam: StudyFolder) -> None:
    place(one_exam, ImagePlace("C001-R-MLO", None))
    assert cases_of(one_exam)[0].problems[0].startswith("R-MLO is missing")
    assert "ImageLaterality" not in dcmread(one_exam.images / "C001-R-MLO.dcm")
    place(one_exam, ImagePlace("C001-R-MLO", View.R_MLO))
    assert cases_of(one_exam)[0].problems == ()
    assert len(case_images(one_exam, "C001")) == 4


def test_an_orientation_that_names_the_other_breast_does_not_hang_the_image(
    study: StudyFolder, make_dicom: Callable[..., Path]
) -> None:
    # A left breast, its chest wall at the left edge, under the orientation of a right one.
    import_images(study, [make_dicom("a.dcm", "L-MLO", PatientOrientation=["P", "FL"])])
    assert [image.waits for image in read_images(study)] == [True]
    place(study, ImagePlace("C001-X1", View.L_MLO))
    (mammogram,) = case_images(study, "C001")
    assert not mammogram.flip_horizontal
    assert [image.reason for image in read_images(study)] == [""]


def test_every_placing_is_recorded_with_who_and_why(one_exam: StudyFolder) -> None:
    place(one_exam, ImagePlace("C001-R-MLO", None), ImagePlace("C001-R-CC", View.R_CC))
    with open_store(one_exam) as store:
        events = [s.event for s in store.events() if s.event.type is EventType.IMAGE_PLACED]
    assert [(e.actor, e.payload) for e in events] == [
        ("Dr A", ImagePlaced("C001-R-MLO", "", "seen"))
    ]


def test_a_filled_slot_an_unknown_image_and_no_reason_are_refused_and_change_nothing(
    one_exam: StudyFolder,
) -> None:
    with pytest.raises(BadInputError, match="one image as L-CC of C001"):
        place(one_exam, ImagePlace("C001-R-CC", View.L_CC))
    with pytest.raises(BadInputError, match="C009"):
        place(one_exam, ImagePlace("C009-R-CC", None))
    with pytest.raises(BadInputError, match="reason"):
        place(one_exam, ImagePlace("C001-R-CC", None), why=" ")
    assert view_of(one_exam, "C001-R-CC") is View.R_CC
