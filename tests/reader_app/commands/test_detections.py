"""AI results come in and go out by commands, under the names of the hospital."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reader_app.coordinator.detections_desk import map_beside
from study_design.cases.case_import import import_images
from study_design.exchange.detection_json import read_system_results
from study_design.geometry import Box
from study_design.images.link_file import LinkFile
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.record.events import EventType
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    root = tmp_path_factory.mktemp("phantoms")
    write_dicom(render(draw_exam(1, storage=Storage.HUNG), spacing_mm=1.0), root / "hospital")
    write_dicom(render(draw_exam(2, storage=Storage.ROTATED), spacing_mm=1.0), root / "hospital")
    folder = new_study(root / "study", template="zhou2023", by=Actor("Coordinator"), now=NOW)
    import_images(folder, [root / "hospital"])
    return folder


@pytest.fixture
def open_study(imported: StudyFolder, tmp_path: Path) -> StudyFolder:
    """A study of two phantom exams that is not locked."""
    folder = StudyFolder(tmp_path / "study")
    shutil.copytree(imported.path, folder.path)
    shutil.copy(imported.link_file, folder.link_file)
    return folder


@pytest.fixture
def coco(open_study: StudyFolder, tmp_path: Path) -> Path:
    """Results of a detector that names images by their original SOP Instance UID."""
    uids = [row.original_sop_uid for row in LinkFile.read(open_study).rows]
    path = tmp_path / "coco.json"
    path.write_text(
        json.dumps(
            {
                "images": [{"id": n, "file_name": f"{uid}.png"} for n, uid in enumerate(uids)],
                "categories": [{"id": 1, "name": "Mass"}],
                "annotations": [
                    {"id": 1, "image_id": 0, "category_id": 1, "bbox": [5, 6, 7, 8], "score": 87}
                ],
            }
        )
    )
    return path


def test_a_detector_s_file_comes_in_goes_out_as_cad_sr_and_comes_in_again(
    open_study: StudyFolder, coco: Path, tmp_path: Path, crossread: Callable[..., Any]
) -> None:
    done = crossread("detections", open_study.path, coco, "--system", "net")
    assert (done.status, done.out) == (0, "net: 1 box on 1 case.\n")
    assert "0-100 was guessed" in done.err
    results = read_system_results(open_study.detections / "net.json")
    assert [case.status for case in results.cases] == [AiStatus.FINDING, AiStatus.NONE]
    assert results.cases[0].detections[0].boxes[0].where == Box(5.0, 6.0, 7.0, 8.0)
    out = tmp_path / "sr"
    done = crossread("export", open_study.path, "--out", out, "--format", "cad-sr")
    assert (done.status, done.out) == (0, f"Wrote 2 files to {out}.\n")
    done = crossread("detections", open_study.path, out / "net", "--system", "again")
    assert (done.status, done.err) == (0, "")
    assert read_system_results(open_study.detections / "again.json").cases == results.cases


def test_reports_go_out_alone_and_only_where_there_are_results(
    open_study: StudyFolder, tmp_path: Path, crossread: Callable[..., Any]
) -> None:
    words = ("export", open_study.path, "--out", tmp_path / "sr", "--format", "cad-sr")
    assert "Expected AI results in study, got none" in crossread(*words).err
    assert "got --all with it" in crossread(*words, "--all").err


def test_a_refused_file_is_told_in_one_line_and_leaves_nothing(
    open_study: StudyFolder, coco: Path, crossread: Callable[..., Any]
) -> None:
    content = json.loads(coco.read_text())
    content["annotations"] *= 3
    coco.write_text(json.dumps(content))
    done = crossread("detections", open_study.path, coco, "--system", "net")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "annotation 1: expected each box once" in done.err
    assert "(and 1 more)" in done.err
    assert not list(open_study.detections.glob("*"))


def test_a_map_file_is_taken_from_the_option_or_from_beside_the_study(
    open_study: StudyFolder, tmp_path: Path, crossread: Callable[..., Any]
) -> None:
    path = LinkFile.read(open_study).rows[0].original_path
    table = tmp_path / "odd.csv"
    table.write_text(f'picture,place,p\n{path},"[1, 9, 2, 8]",0.5\n')
    words = ("detections", open_study.path, table, "--system", "odd")
    assert "expected columns for image" in crossread(*words).err
    map_file = tmp_path / "map.toml"
    map_file.write_text(
        'schema = 1\nscale = "0-1"\n[columns]\nimage = "picture"\nbox = "place"\nscore = "p"\n'
        '[coordinates]\norder = ["x0", "x1", "y0", "y1"]\n'
    )
    asked = crossread(*words, "--map", map_file)
    assert (asked.status, asked.err.count("\n")) == (1, 1)
    assert "got nothing of 1 of 2 cases (C002)" in asked.err
    words = (*words, "--without-row", "none")
    assert crossread(*words, "--map", map_file).status == 0
    found = read_system_results(open_study.detections / "odd.json").cases[0].detections[0]
    assert found.boxes[0].where == Box(1.0, 2.0, 8.0, 6.0)
    statuses = [one.status for one in read_system_results(open_study.detections / "odd.json").cases]
    assert statuses == [AiStatus.FINDING, AiStatus.NONE]
    map_file.rename(map_beside(open_study, "odd"))
    assert "as study.odd.map.toml says" in crossread(*words).out


def test_the_preview_needs_a_screen(
    open_study: StudyFolder,
    coco: Path,
    crossread: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    done = crossread("detections", open_study.path, coco, "--system", "net", "--preview")
    assert (done.status, "Expected a screen" in done.err) == (1, True)


def test_results_are_taken_out_before_the_lock_and_the_record_keeps_that(
    open_study: StudyFolder, coco: Path, crossread: Callable[..., Any]
) -> None:
    assert crossread("detections", open_study.path, coco, "--system", "net").status == 0
    both = crossread("detections", open_study.path, coco, "--remove", "net")
    assert "Expected --remove net alone" in both.err
    unknown = crossread("detections", open_study.path, "--remove", "nett")
    assert (unknown.status, "got 'nett'. There are net." in unknown.err) == (1, True)
    done = crossread("detections", open_study.path, "--remove", "net", "--by", "Ann")
    assert (done.status, done.out) == (0, "Took the results of net out of study.\n")
    assert not list(open_study.detections.glob("*"))
    with open_store(open_study) as store:
        last = store.events()[-1].event
    assert (last.actor, last.type) == ("Ann", EventType.DETECTIONS_REMOVED)


def test_files_and_a_system_are_both_needed(
    open_study: StudyFolder, coco: Path, crossread: Callable[..., Any]
) -> None:
    assert "got no files" in crossread("detections", open_study.path, "--system", "net").err
    assert "got no system" in crossread("detections", open_study.path, coco).err
