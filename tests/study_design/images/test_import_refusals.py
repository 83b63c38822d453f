"""What an import refuses or finds again, manifests, and the real files."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from given_import_refusals import verdicts

from study_design.cases.case_import import import_images
from study_design.cases.exclusion import exclude_case
from study_design.errors import BadInputError, ProtocolError
from study_design.images.arriving.import_report import (
    UNKEPT,
    RefusedFilesError,
)
from study_design.images.case_list import cases_of
from study_design.images.image_store import case_images
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.payloads.staff import CaseExcluded, ProtocolLocked
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def test_identical_pixels_and_identical_uids_are_duplicates(
    make_exam: Any, study: StudyFolder, tmp_path: Path
) -> None:
    paths = make_exam()
    copied = Path(shutil.copy(paths[0], tmp_path / "copied.dcm"))
    resent = make_exam("PAT-1", folder="again")[1]
    report = import_images(study, [*paths, copied, resent])
    assert list(verdicts(report).values()).count("accepted") == 4 - 1  # one name occurs twice
    assert [file.verdict.value for file in report.files[4:]] == ["duplicate", "duplicate"]


def test_a_refused_file_keeps_everything_out_unless_told_otherwise(
    make_exam: Any, study: StudyFolder, tmp_path: Path
) -> None:
    rubbish = tmp_path / "rubbish.dcm"
    rubbish.write_bytes(b"\0" * 900)
    paths = [*make_exam(), rubbish]
    with pytest.raises(RefusedFilesError, match=r"rubbish.dcm \(not a DICOM file\)") as caught:
        import_images(study, paths)
    assert not study.cases_csv.exists()
    assert not study.link_file.exists()
    report = caught.value.report
    assert not report.is_imported
    assert {file.verdict.value for file in report.files} == {"refused"}
    assert report.files[0].reason == UNKEPT
    assert len(cases_of(study)) == 0
    report = import_images(study, paths, keep_going=True)
    assert verdicts(report)["rubbish.dcm"] == "refused"
    assert report.exams[0].problems == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a DICOM file: it is empty"),
        (bytes(900), "not a DICOM file"),
        (b"%PDF-1.4" + bytes(900), "not a DICOM file but a PDF document"),
        (b"\xff\xd8\xff\xe0" + bytes(900), "not a DICOM file but a JPEG picture"),
        (
            bytes(128) + b"DICM" + b"\x08\x00\x05\x00UT\0\0\xf0\xff\xff\xff" + bytes(9),
            "begins as DICOM does, but then asks for more memory than any mammogram",
        ),
        (bytes(128) + b"DICM" + bytes(range(255)), "no SOP Class UID"),
    ],
)
def test_what_is_no_dicom_is_refused_for_what_it_is(
    study: StudyFolder, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "image.dcm"
    path.write_bytes(content)
    with pytest.raises(RefusedFilesError) as caught:
        import_images(study, [path])
    assert caught.value.report.files[0].reason.startswith(reason)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no text")
def test_a_name_that_is_no_text_is_refused_in_words(
    make_dicom: Any, study: StudyFolder, tmp_path: Path
) -> None:
    path = make_dicom().rename(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.dcm"))
    with pytest.raises(RefusedFilesError, match=r"\?.dcm \(its name is not valid text"):
        import_images(study, [path])


def test_pixels_that_end_early_are_refused_after_the_header_passed(
    make_dicom: Any, study: StudyFolder
) -> None:
    path = make_dicom()
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RefusedFilesError, match="end early"):
        import_images(study, [path])


@pytest.mark.parametrize("is_same_sop", [True, False])
def test_a_file_refused_at_its_pixels_leaves_its_slot_to_a_good_one(
    make_dicom: Any, study: StudyFolder, *, is_same_sop: bool
) -> None:
    damaged = make_dicom("a.dcm")
    good = make_dicom("b.dcm")
    if is_same_sop:
        shutil.copy(damaged, good)
    damaged.write_bytes(damaged.read_bytes()[:-100])
    report = import_images(study, [damaged, good], keep_going=True)
    assert verdicts(report) == {"a.dcm": "refused", "b.dcm": "accepted"}
    assert [mammogram.view for mammogram in case_images(study, "C001")] == [View.R_CC]


def test_text_and_hidden_files_in_a_folder_do_no_harm(
    make_exam: Any, study: StudyFolder, tmp_path: Path
) -> None:
    make_exam()
    (tmp_path / "source" / "LICENSE").write_text("Do what you like.")
    (tmp_path / "source" / ".DS_Store").write_bytes(b"\0\1")
    report = import_images(study, [tmp_path / "source"])
    assert verdicts(report)["LICENSE"] == "extra"
    assert len(report.files) == 5


def test_progress_tells_of_headers_then_pixels(make_exam: Any, study: StudyFolder) -> None:
    steps: list[tuple[str, int, int]] = []
    import_images(
        study, make_exam(), progress=lambda step: steps.append((step.act, step.done, step.total))
    )
    assert steps == [(act, n, 4) for act in ("headers", "pixels") for n in (1, 2, 3, 4)]


def test_a_locked_study_takes_no_images(make_exam: Any, study: StudyFolder) -> None:
    import_images(study, make_exam())
    with open_store(study) as store:
        locked = ProtocolLocked(1, {}, "1")
        store.append(staff_act(locked, by=Actor("Coordinator"), now=NOW))
    with pytest.raises(ProtocolError, match="locked"):
        import_images(study, make_exam("PAT-2"))
    with pytest.raises(ProtocolError, match="locked"):
        exclude_case(study, "C001", "motion", by=Actor("Coordinator"), now=NOW)


def test_a_path_that_does_not_exist_is_named(study: StudyFolder, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="nowhere"):
        import_images(study, [tmp_path / "nowhere"])


def test_what_an_interrupted_import_left_is_swept_away(make_exam: Any, study: StudyFolder) -> None:
    (study.path / ".import-left").mkdir()
    import_images(study, make_exam())
    assert not list(study.path.glob(".import-*"))


def test_excluding_a_case_keeps_it_listed_with_the_reason(
    make_exam: Any, study: StudyFolder
) -> None:
    import_images(study, make_exam())
    exclude_case(study, "C001", "motion\nblur", by=Actor("Coordinator"), now=NOW)
    assert [(entry.excluded, entry.reason) for entry in cases_of(study)] == [(True, "motion blur")]
    with open_store(study) as store:
        last = store.last()
    assert last is not None
    assert last.event.payload == CaseExcluded("C001", "motion blur")
    with pytest.raises(BadInputError, match="C009"):
        exclude_case(study, "C009", "motion", by=Actor("Coordinator"), now=NOW)
    with pytest.raises(BadInputError, match="reason"):
        exclude_case(study, "C001", " ", by=Actor("Coordinator"), now=NOW)
    with pytest.raises(BadInputError, match="excluded already: motion blur"):
        exclude_case(study, "C001", "implant", by=Actor("Coordinator"), now=NOW)
