"""Consent withdrawn: nothing of the pictures is left, and everything else goes on."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydicom
import pytest

from study_design.cases.case_erasure import ERASED, erase_case, erasures, finish_erasures
from study_design.cases.case_import import import_images
from study_design.errors import BadInputError
from study_design.exchange.dicom_export import export_dicom
from study_design.images.arriving.file_names import read_names
from study_design.images.case_list import cases_of, read_images
from study_design.images.link_file import LinkFile
from study_design.life.backup import backup_study, restore_study
from study_design.life.freezing import freeze_study
from study_design.life.integrity import verify_study
from study_design.life.opened import opened
from study_design.life.plan_study import draw_plan
from study_design.life.unlock import unlock_study
from study_design.protocol.plan import read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature, signed_act
from study_design.record.payloads.staff import CaseErased
from study_design.record.reads.deviations import deviations_of
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.results import study_tables
from study_design.study_folder import StudyFolder

NOW = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
WISH = Signature(Actor("Dr A"), "she withdrew her consent", NOW)


def holding(folder: StudyFolder, image: str) -> list[str]:
    """The names of files that hold an image."""
    return sorted(p.name for p in folder.path.rglob("*") if p.stem == image)


def grave(folder: StudyFolder) -> list[str]:
    return [problem.what for problem in verify_study(folder) if problem.grave]


def test_pictures_go_and_the_record_stays_verifiable(read_study: StudyFolder) -> None:
    done = erase_case(read_study, "C002", WISH)
    assert len(done.images) == 4
    assert not any(holding(read_study, image) for image in done.images)
    assert holding(read_study, "C001_R-CC")
    assert grave(read_study) == []
    assert (
        "Note: Case C002: its 4 images were erased on 2026-12-24, for consent was withdrawn."
        in [str(problem) for problem in verify_study(read_study)]
    )
    with open_store(read_study) as store:
        events = store.events()
    study, plan = read_study_file(read_study.study_toml), read_plan(read_study)
    told = [
        (one.category, one.what, one.signed)
        for one in deviations_of(events, reads_of(events), plan, study)
    ]
    assert ("withdrawal", f"case C002 withdrawn: {WISH.reason}", True) in told
    assert ("withdrawal", f"4 images of case C002 erased: {WISH.reason}", True) in told
    assert study_tables(read_study).withdrawn == ("C002",)


def test_a_frozen_study_loses_the_pictures_and_keeps_its_analysis(read_study: StudyFolder) -> None:
    freeze_study(read_study, by=Actor("A"), now=NOW)
    before = study_tables(read_study).reads
    erase_case(read_study, "C002", WISH)
    assert study_tables(read_study).reads.equals(before)
    assert grave(read_study) == []


def test_a_backup_made_afterwards_holds_no_picture_and_is_restored(
    read_study: StudyFolder, tmp_path: Path
) -> None:
    erase_case(read_study, "C002", WISH)
    backup_study(read_study, tmp_path / "b.zip")
    back = tmp_path / "back"
    restore_study(tmp_path / "b.zip", back, by=Actor("A"), now=NOW)
    assert not list(back.rglob("C002_*"))
    assert [case.case for case in erasures(StudyFolder(back))] == ["C002"]


def test_pictures_that_an_older_backup_brings_back_are_named(
    study_of_exams: Any, tmp_path: Path
) -> None:
    folder, _ = study_of_exams
    backup_study(folder, tmp_path / "old.zip")
    erase_case(folder, "C001", WISH)
    shutil.rmtree(folder.path)
    restore_study(tmp_path / "old.zip", folder.path, by=Actor("A"), now=NOW)
    back = "Case C001 was erased once, for consent was withdrawn, and its images are back: "
    assert any(one.startswith(back) for one in grave(folder))
    erase_case(folder, "C001", WISH)
    assert not any("C001" in one for one in grave(folder))
    assert not list(folder.path.rglob("C001-*"))


@pytest.mark.parametrize("place", ["images/C002_R-CC.dcm", "cache/C002_L-MLO.npy"])
def test_what_a_killed_program_left_goes_when_the_study_is_opened_again(
    read_study: StudyFolder, place: str
) -> None:
    path = read_study.path / place
    content = path.read_bytes()
    erase_case(read_study, "C002", WISH)
    path.write_bytes(content)
    number = erasures(read_study)[0].number
    assert grave(read_study) == [
        f"{place} was erased by event {number} and is still there. Delete it."
    ]
    opened(read_study.path)
    assert not path.exists()
    assert grave(read_study) == []


def test_a_program_killed_right_after_the_record_said_so_is_followed_by_the_next(
    study_of_exams: Any,
) -> None:
    folder, _ = study_of_exams
    images = {i.image: i.sha256 for i in read_images(folder) if i.case == "C001"}
    with open_store(folder) as store:
        store.append(signed_act(CaseErased("C001", images), WISH))
    assert len(grave(folder)) == 16
    assert opened(folder.path) == folder
    assert grave(folder) == []
    assert not list(folder.path.rglob("C001-*"))
    assert all(row.is_erased for row in LinkFile.read(folder).of_case("C001"))
    assert len(list(folder.images.iterdir())) == 4
    assert [entry.excluded for entry in cases_of(folder)] == [True, False]


def test_copies_within_the_study_go_too_and_pages_without_pictures_stay(
    read_study: StudyFolder,
) -> None:
    results = read_study.results / "sheets"
    results.mkdir(parents=True)
    sheet, page, figure = results / "sheet.html", results / "audit.html", results / "roc.svg"
    sheet.write_text("<b>C002_R-CC</b><img src='data:image/png;base64,AAAA'>")
    page.write_text("case withdrawn: C002_R-CC")
    figure.write_text("<svg><text>C002_R-CC</text></svg>")
    copy = results / "C002_R-CC.png"
    copy.write_bytes(b"\x89PNG")
    other = results / "C002_R-CC2.png"
    other.write_bytes(b"\x89PNG")
    done = erase_case(read_study, "C002", WISH)
    assert set(done.copies) == {sheet, copy}
    assert [path.exists() for path in (sheet, copy, page, figure, other)] == [
        *(False, False, True, True, True)
    ]


def test_a_case_of_an_unlocked_study_is_excluded_and_erased(study_of_exams: Any) -> None:
    folder, paths = study_of_exams
    erase_case(folder, "C001", WISH)
    first, second = cases_of(folder)
    assert (first.excluded, first.reason, second.excluded) == (True, ERASED, False)
    assert not list(folder.path.rglob("C001-*"))
    link = LinkFile.read(folder)
    assert all(row.is_erased and not row.original_patient for row in link.of_case("C001"))
    identity = "".join(map(str, link.of_case("C001")))
    assert "PAT" not in identity
    assert "source" not in identity
    assert len(read_names(folder)) == 4
    again = import_images(folder, paths)
    assert len(read_names(folder)) == 4
    told = {file.reason for file in again.files if file.verdict.value == "extra"}
    assert told == {"of an exam that was erased, for consent was withdrawn"}
    assert not list(folder.path.rglob("C003-*"))
    assert grave(folder) == []


@pytest.fixture
def study_of_exams(
    make_exam: Callable[..., list[Path]], study: StudyFolder
) -> tuple[StudyFolder, list[Path]]:
    paths = make_exam("PAT-1") + make_exam("PAT-2")
    import_images(study, paths)
    return study, paths


def test_an_unlocked_plan_leaves_an_erased_case_out(locked_study: StudyFolder) -> None:
    erase_case(locked_study, "C002", WISH)
    unlock_study(locked_study, WISH)
    planned = draw_plan(locked_study, read_study_file(locked_study.study_toml))
    assert {cell.case for cell in planned.assignments} == {"C001", "C003", "C004"}


def test_images_for_a_vendor_leave_an_erased_case_out(study_of_exams: Any, tmp_path: Path) -> None:
    folder, _ = study_of_exams
    erase_case(folder, "C001", WISH)
    export_dicom(folder, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()} == {"C002"}


@pytest.mark.parametrize("has_link", [True, False])
def test_images_that_went_out_into_the_study_itself_go_too(
    study_of_exams: Any, *, has_link: bool
) -> None:
    folder, _ = study_of_exams
    out = folder.results / "vendor"
    export_dicom(folder, out)
    if not has_link:
        folder.link_file.unlink()
    erase_case(folder, "C001", WISH)
    assert {path.parent.name for path in out.rglob("*.dcm")} == {"C002"}


@pytest.fixture
def refused(study_of_exams: Any, make_dicom: Callable[..., Path]) -> dict[str, Path]:
    """Objects that were refused or wait beside a study of two patients, C001 the first."""
    folder, paths = study_of_exams
    if "PAT-1" not in {row.original_patient for row in LinkFile.read(folder).of_case("C001")}:
        paths = paths[4:] + paths[:4]  # names of cases tell nothing, not even an order
    (first,) = {row.original_patient for row in LinkFile.read(folder).of_case("C001")}
    uid = pydicom.dcmread(paths[0]).StudyInstanceUID
    second = pydicom.dcmread(paths[4]).StudyInstanceUID
    sources = {
        "exam": make_dicom("a.dcm", "R-CC", patient="PAT-9", StudyInstanceUID=uid, Modality="OT"),
        "patient": make_dicom("b.dcm", "R-CC", patient=first, StudyInstanceUID="1.2.3.4567"),
        "other exam": make_dicom("c.dcm", "R-CC", patient=first, StudyInstanceUID=second),
        "other person": make_dicom(
            "e.dcm", "R-CC", patient=first, StudyInstanceUID="1.2.3.8", PatientName="Else^Somebody"
        ),
        "other": make_dicom("d.dcm", "R-CC", patient="PAT-3", StudyInstanceUID=second),
        "same image": paths[1],
    }
    places = {}
    for number, (name, source) in enumerate(sources.items()):
        way = "pacs" if name == "patient" else "refused"
        places[name] = folder.path.with_name("STUDY.incoming") / way / f"1.2.{number}.dcm"
        places[name].parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, places[name])
    home = places["exam"].parent
    for name, content in {
        "damaged": b"no header, and then \0" + uid.encode() + b"\0",
        "damaged, of another": b"no header, and then \0" + uid.encode() + b"1\0",
    }.items():
        places[name] = home / f"1.3.{len(name)}.dcm"
        places[name].write_bytes(content)
    return places


def test_what_was_refused_or_waits_of_the_case_goes_and_is_told(
    study_of_exams: Any, refused: dict[str, Path]
) -> None:
    done = erase_case(study_of_exams[0], "C001", WISH)
    gone = {name for name, path in refused.items() if not path.exists()}
    assert gone == {"exam", "patient", "same image", "damaged"}
    assert set(done.waiting) == {refused[name] for name in gone}
    assert done.untold == (refused["damaged, of another"],)
    assert not refused["patient"].parent.exists()


def test_what_was_refused_goes_where_an_erasure_was_killed(
    study_of_exams: Any, refused: dict[str, Path]
) -> None:
    folder, _ = study_of_exams
    images = {i.image: i.sha256 for i in read_images(folder) if i.case == "C001"}
    with open_store(folder) as store:
        store.append(signed_act(CaseErased("C001", images), WISH))
    opened(folder.path)
    assert not refused["exam"].exists()
    assert not refused["damaged"].exists()
    assert refused["other"].exists()


def test_erasing_again_finds_what_came_of_the_exam_since(
    study_of_exams: Any, refused: dict[str, Path]
) -> None:
    folder, _ = study_of_exams
    again = refused["same image"].read_bytes()
    erase_case(folder, "C001", WISH)
    refused["same image"].write_bytes(again)
    assert erase_case(folder, "C001", WISH).waiting == (refused["same image"],)


def test_without_the_link_file_all_that_waits_is_named(
    study_of_exams: Any, refused: dict[str, Path]
) -> None:
    folder, _ = study_of_exams
    folder.link_file.write_bytes(b"of another account")
    done = erase_case(folder, "C001", WISH)
    assert (set(done.untold), done.waiting) == (set(refused.values()), ())


def test_nothing_is_erased_under_a_wrong_name_or_twice(read_study: StudyFolder) -> None:
    with pytest.raises(BadInputError, match="the name of a case"):
        erase_case(read_study, "C999", WISH)
    erase_case(read_study, "C002", WISH)
    with open_store(read_study) as store:
        events = len(store.events())
    erase_case(read_study, "C002", WISH)
    finish_erasures(read_study)
    with open_store(read_study) as store:
        assert len(store.events()) == events
