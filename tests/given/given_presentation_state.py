"""What tests of `presentation_state` begin with."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, GrayscaleSoftcopyPresentationStateStorage

from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_import import ForeseenDetections
from study_design.tables.foreign.column_map import ColumnMap
from study_design.vocabulary import AbnormalityType

COLUMNS, ROWS = 300, 400


MASS, CALCIFICATION = AbnormalityType.MASS, AbnormalityType.CALCIFICATION


def outline(x: float, y: float, size: float, units: str = "PIXEL", gap: float = 0.0) -> Dataset:
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y + gap)]
    graphic = Dataset()
    graphic.GraphicAnnotationUnits = units
    graphic.GraphicType, graphic.GraphicFilled = "POLYLINE", "N"
    graphic.GraphicData = [float(value) for corner in corners for value in corner]
    return graphic


def text(words: str, x: float, y: float, units: str = "PIXEL") -> Dataset:
    made = Dataset()
    made.UnformattedTextValue = words
    made.AnchorPoint, made.AnchorPointAnnotationUnits = [x, y], units
    return made


def headline(words: str) -> Dataset:
    made = Dataset()
    made.UnformattedTextValue = words
    made.BoundingBoxTopLeftHandCorner, made.BoundingBoxBottomRightHandCorner = [0, 0], [0.3, 0.1]
    made.BoundingBoxAnnotationUnits = "DISPLAY"
    return made


def annotation(
    outlines: Sequence[Dataset], texts: Sequence[Dataset], image: str | None = None
) -> Dataset:
    made = Dataset()
    made.GraphicLayer = "AI"
    made.GraphicObjectSequence, made.TextObjectSequence = list(outlines), list(texts)
    made.ReferencedImageSequence = [reference(image)] if image else []
    return made


def reference(uid: str) -> Dataset:
    made = Dataset()
    made.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    made.ReferencedSOPInstanceUID = uid
    return made


@pytest.fixture
def foresee(desk: Any, tmp_path: Path) -> Any:
    """Write a state of the left CC view (and of others) and say what it would bring."""

    def foresee(
        *annotations: Dataset,
        images: Sequence[str] = ("C001_L-CC",),
        mirrored: bool = False,
        change: Callable[[Dataset], None] = lambda _: None,
        without_row: WithoutRow | None = None,
        column_map: ColumnMap | None = None,
    ) -> ForeseenDetections:
        state = Dataset()
        state.file_meta = FileMetaDataset()
        state.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        state.SOPClassUID = GrayscaleSoftcopyPresentationStateStorage
        state.SOPInstanceUID = "1.2.3.4"
        series, area = Dataset(), Dataset()
        series.ReferencedImageSequence = [reference(desk.uid(image)) for image in images]
        state.ReferencedSeriesSequence = [series]
        across = (COLUMNS, 1) if mirrored else (1, COLUMNS)
        area.DisplayedAreaTopLeftHandCorner = [across[0], 1]
        area.DisplayedAreaBottomRightHandCorner = [across[1], ROWS]
        state.DisplayedAreaSelectionSequence = [area]
        state.GraphicAnnotationSequence = list(annotations)
        change(state)
        state.save_as(tmp_path / "state.dcm", enforce_file_format=True)
        asking = replace(desk, without_row=without_row)
        return asking.foresee(tmp_path / "state.dcm", column_map=column_map)  # type: ignore[no-any-return]

    return foresee


def only(foreseen: ForeseenDetections) -> Any:
    """The only detection of a state that is free of problems."""
    assert not foreseen.problems
    (found,) = foreseen.results.cases[0].detections
    return found


def figure(kind: str, points: Sequence[float], units: str = "PIXEL", **more: Any) -> Dataset:
    made = Dataset()
    made.GraphicAnnotationUnits, made.GraphicType = units, kind
    made.GraphicDimensions, made.NumberOfGraphicPoints = 2, len(points) // 2
    made.GraphicData = [float(value) for value in points]
    for keyword, value in more.items():
        setattr(made, keyword, value)
    return made
