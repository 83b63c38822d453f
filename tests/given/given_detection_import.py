"""What tests of `detection_import` begin with."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import strategies as st

from study_design.detections import Detection
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_import import (
    DetectionImport,
    DetectionSource,
    import_detections,
)
from study_design.exchange.detection_json import (
    read_system_results,
)
from study_design.geometry import Box
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType, AiStatus, View

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


HEADER = "case,view,types,x_px,y_px,width_px,height_px,score"


ROW = "C001,R-CC,mass,10,20,30,40,0.9"


def bring_in(
    folder: StudyFolder,
    *paths: Path,
    system: str = "other",
    without_row: WithoutRow | None = WithoutRow.NOT_PROCESSED,
    leave_out_others: bool = False,
) -> DetectionImport:
    images = {"1.2.3": "C001_R-CC"}
    source = DetectionSource(
        paths,
        system,
        {"MRN-1": "C001"}.get,
        images.get,
        without_row=without_row,
        leave_out_others=leave_out_others,
    )
    return import_detections(folder, source, by=Actor("Coordinator"), now=NOW)


def statuses(folder: StudyFolder, system: str = "other") -> dict[str, AiStatus]:
    results = read_system_results(folder.detections / f"{system}.json")
    return {result.case: result.status for result in results.cases}


@pytest.fixture
def boxes_csv(tmp_path: Path) -> Path:
    path = tmp_path / "boxes.csv"
    path.write_text(f"{HEADER}\n{ROW}\n")
    return path


scores = st.floats(0, 1)


boxes = st.builds(Box, st.floats(0, 200), st.floats(0, 300), st.floats(0, 99), st.floats(0, 99))


found = st.builds(
    Detection,
    st.just(""),
    st.lists(st.sampled_from(AbnormalityType), unique=True).map(tuple),
    scores,
    st.lists(st.tuples(st.sampled_from(View), boxes), min_size=1, max_size=2).map(tuple),
    malignancy=st.none() | scores,
    birads=st.none() | st.sampled_from(["4C", "5"]),
    depth=st.none() | scores,
)
