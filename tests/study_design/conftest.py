"""A small study on disk, as import would leave it, and what tests do with it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.exchange.detection_json import write_system_results
from study_design.exchange.truth_import import import_truth
from study_design.geometry import Box
from study_design.images.case_list import CASES
from study_design.images.deidentification.deidentify import wrap_picture
from study_design.images.image_store import codes_sha256, write_image
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.images.messages import Pseudonyms
from study_design.images.pixels.decode import StoredPixels
from study_design.life.joining import add_reader
from study_design.life.lock import lock_study
from study_design.life.new_study import new_study
from study_design.life.plan_study import plan_study
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.washout import gap_days
from study_design.record.actor import Actor
from study_design.record.acts import utc_text
from study_design.record.events import Event, EventPayload
from study_design.record.payloads.reading import (
    AnswerGiven,
    MarkPlaced,
    ReadOpened,
    ReadPainted,
    ReadValidated,
)
from study_design.record.reads.replay import reads_of
from study_design.record.record import Record
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import Cell, write_csv
from study_design.vocabulary import (
    AbnormalityType,
    AiInitial,
    AiStatus,
    GapBasis,
    ReaderKind,
    View,
)

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def case_rows(case: str, views: tuple[View, ...] = tuple(View)) -> list[dict[str, Cell]]:
    return [
        {
            "case": case,
            "patient": f"P{case[1:]}",
            "exam": f"E{case[1:]}",
            "exam_role": "current",
            "view": view.value,
            "image": f"{case}_{view.value}",
            "sha256": codes_sha256(codes_of(f"{case}_{view.value}")),
            "rows": 400,
            "columns": 300,
            "spacing_mm": 0.5,
            "mirrored": False,
            "excluded": False,
        }
        for view in views
    ]


@cache
def codes_of(image: str) -> NDArray[np.uint16]:
    """Pixels of an image, another picture for each name."""
    draw = np.random.default_rng(list(image.encode()))
    return np.tile(draw.integers(0, 4096, 300).astype(np.uint16), (400, 1))


def _write_pictures(folder: StudyFolder, case: str) -> None:
    """Write what import leaves of a case: DICOM files and decoded pixels."""
    folder.images.mkdir(exist_ok=True)
    for view in View:
        image = f"{case}_{view.value}"
        codes = codes_of(image)
        names = Pseudonyms(case, f"P{case[1:]}", image, view, f"2.25.{int(case[1:])}", "2.25.1")
        dataset = wrap_picture(StoredPixels(codes, 12), names, 0.5)
        dataset.save_as(folder.images / f"{image}.dcm", enforce_file_format=True)
        facts = Mammogram(
            image, case, view, 400, 300, 12, codes_sha256(codes), (VoiWindow(2048, 4096),)
        )
        write_image(folder, replace(facts, spacing_mm=0.5), codes, codes == 0)


def case_one_result() -> CaseResult:
    box = DetectionBox("B1", View.R_CC, "C001_R-CC", Box(10.0, 20.0, 30.5, 40.25))
    found = Detection("D1", (AbnormalityType.MASS,), 0.875, (box,), depth=0.5)
    return CaseResult("C001", AiStatus.FINDING, (found,), score_exam=0.875, score_right=0.875)


@pytest.fixture
def now() -> datetime:
    return NOW


def _write_cases(folder: StudyFolder, cases: list[str], *more: dict[str, Cell]) -> None:
    rows = [row for case in cases for row in case_rows(case)]
    write_csv(folder.cases_csv, CASES.columns, [*rows, *more])


def _system_results() -> SystemResults:
    others = (CaseResult("C002", AiStatus.NONE), CaseResult("C003", AiStatus.FAILED))
    return SystemResults("demo", "1.0", "0-1", True, "made by a test", (case_one_result(), *others))


@pytest.fixture
def write_cases() -> Callable[..., None]:
    """Write cases.csv: complete cases by name, then further rows."""
    return _write_cases


@pytest.fixture
def views_of() -> Callable[..., list[dict[str, Cell]]]:
    """Return the rows of a case with some views."""
    return case_rows


@pytest.fixture
def system_results() -> SystemResults:
    """What the system of the small study says; it never saw C004."""
    return _system_results()


def _new(path: Path) -> StudyFolder:
    folder = new_study(path, template="zhou2023", by=Actor("Coordinator"), now=NOW, simulated=True)
    cases = ["C001", "C002", "C003", "C004"]
    _write_cases(folder, cases)
    for case in cases:
        _write_pictures(folder, case)
    for name, group in (("junior1", "junior"), ("senior1", "senior")):
        add_reader(folder, ReaderProfile(name, ReaderKind.SIMULATED, group, years=2.0))
    write_system_results(folder.detections / "demo.json", _system_results())
    return folder


def _locked(path: Path) -> StudyFolder:
    folder = _new(path)
    sheet = path.with_name("truth.csv")
    sheet.write_text(
        "case;truth;breast_right;breast_left;density;scanner\n"
        "C001;1;malignant;normal;b;A\nC002;0;normal;normal;c;A\n"
        "C003;0;benign;normal;;B\nC004;1;unknown;malignant;d;B\n"
    )
    import_truth(folder, sheet, resolve=lambda _: None)
    plan_study(folder)
    lock_study(folder, by=Actor("Coordinator"), now=NOW)
    return folder


def events_of_read(cell: Assignment, at: datetime, gap: float | None) -> list[Event]:
    """One read as a station writes it: opened, painted, a mark on C001, answers, validated."""
    aided = cell.arm == "aided"
    status = {"C001": "finding", "C002": "none", "C003": "failed"}.get(cell.case, "not_processed")
    opened = ReadOpened(
        cell=cell.cell,
        kind=ReaderKind.SIMULATED,
        group=cell.group,
        site="",
        arm=cell.arm,
        revealed=aided,
        step=1,
        role=cell.role,
        repeat=cell.repeat,
        period=cell.period,
        block=cell.block,
        position=cell.position,
        case=cell.case,
        system="demo" if aided else "",
        system_version="1.0" if aided else "",
        threshold=None,
        ai_status=AiStatus(status) if aided else None,
        ai_initial=AiInitial.HIDDEN if aided else AiInitial.NONE,
        gap_days=gap,
        gap_basis=GapBasis.SIMULATED,
        seen_before=gap is not None,
        protocol_version=1,
        software_version="0.1.0",
        again=0,
    )
    points = ((10.25, 20.5), (30.75, 40.0))
    mark = MarkPlaced(1, 1, View.R_CC, "C001_R-CC", "box", points, (AbnormalityType.MASS,))
    acts: list[EventPayload] = [
        opened,
        ReadPainted(0.2),
        *([mark] if cell.case == "C001" else []),
        AnswerGiven("rating", 10 + cell.position / 3),
        AnswerGiven("birads_exam", "2"),
        ReadValidated(30.1, 0.2, 0.0, 0.1, None, 0.0, ""),
    ]
    return [
        Event(
            event=f"{cell.cell}/{number}",
            at_utc=utc_text(at + timedelta(seconds=number)),
            utc_offset_min=60,
            elapsed_s=float(number),
            sitting="sitting",
            actor=cell.reader,
            payload=payload,
            read=f"read-{cell.cell}",
            once=f"{cell.cell}/1" if isinstance(payload, ReadValidated) else None,
        )
        for number, payload in enumerate(acts)
    ]


def _read(store: Record, cell: Assignment, at: datetime) -> None:
    earlier = reads_of(store.events(actor=cell.reader))
    for event in events_of_read(cell, at, gap_days(earlier, cell.case, at)):
        store.append(event)


@pytest.fixture
def read_events() -> Callable[[Assignment, datetime], list[Event]]:
    """Return the events of a first read of a cell."""
    return lambda cell, at: events_of_read(cell, at, None)


@pytest.fixture
def read_cell() -> Callable[[Record, Assignment, datetime], None]:
    """Write the events of one read."""
    return _read


def _read_to_the_end(path: Path) -> StudyFolder:
    folder = _locked(path)
    with open_store(folder) as store:
        for number, cell in enumerate(read_plan(folder)):
            _read(store, cell, NOW + timedelta(days=22 * (cell.period - 1) + 1, minutes=5 * number))
    return folder


@pytest.fixture(scope="session")
def masters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, StudyFolder]:
    """Make each state of the small study once; tests get copies."""
    makers = {"new": _new, "locked": _locked, "read": _read_to_the_end}
    return {state: make(tmp_path_factory.mktemp(state) / "study") for state, make in makers.items()}


def _copy(folder: StudyFolder, tmp_path: Path) -> StudyFolder:
    shutil.copytree(folder.path, tmp_path / "study")
    return StudyFolder(tmp_path / "study")


@pytest.fixture
def study(masters: dict[str, StudyFolder], tmp_path: Path) -> StudyFolder:
    """Four cases, a junior and a senior simulated reader, one system; nothing planned yet."""
    return _copy(masters["new"], tmp_path)


@pytest.fixture
def locked_study_maker() -> Callable[[Path], StudyFolder]:
    """Make the small study with truth, plan and lock at a path, under the account of the moment."""
    return _locked


@pytest.fixture
def locked_study(masters: dict[str, StudyFolder], tmp_path: Path) -> StudyFolder:
    """The small study with truth, plan and lock."""
    return _copy(masters["locked"], tmp_path)


@pytest.fixture
def read_study(masters: dict[str, StudyFolder], tmp_path: Path) -> StudyFolder:
    """The small study, read to its end: the second period begins after 22 days."""
    return _copy(masters["read"], tmp_path)
