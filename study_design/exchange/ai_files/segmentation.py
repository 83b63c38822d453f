"""Reads segmentations (SEG): a box round each segment of each frame.

Frames of one segment on several images are places of one abnormality. A fractional segment covers
what is at least half likely and scores its highest probability; a binary one has no score.
Source: PS3.3 A.51, C.8.20.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels
from pydicom.uid import SegmentationStorage

from study_design.errors import BadInputError
from study_design.exchange.ai_files import cad_codes as cad
from study_design.exchange.ai_files.dicom_objects import DicomObject, imported_from
from study_design.exchange.ai_files.reported import (
    Corners,
    PictureSize,
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.exchange.ai_files.sr_tree import code_of
from study_design.exchange.foreign_tables.type_words import Meaning, TypeWord, meaning_of
from study_design.vocabulary import AiStatus

KIND = "segmentation (SEG)"
_LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.7"  # younger than pydicom 3.0
SOP_CLASSES = (str(SegmentationStorage), _LABEL_MAP)
HALF = 0.5
# Twice the largest mammogram: more is no segmentation of one.
MOST_PIXELS = 80_000_000


@dataclass(frozen=True, slots=True)
class _Segment:
    """What a segment stands for."""

    name: str
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Area:
    """Where a segment is on one frame, and its score."""

    segment: int
    mask: NDArray[np.bool_]
    score: float | None


def read_segmentations(
    objects: Sequence[DicomObject], words: tuple[TypeWord, ...] = ()
) -> ReportedRun:
    """Return what segmentations report, on the scale 0-1 where they are fractional."""
    boxes: list[ReportedBox] = []
    cases: list[ReportedCase] = []
    problems: list[Problem] = []
    for one in objects:
        try:
            found = list(_boxes(one, words))
        except (BadInputError, ValueError, AttributeError, NotImplementedError) as error:
            problems.append(Problem(one.path.name, f"expected a segmentation, got: {error}"))
            continue
        boxes += found
        if not found:
            exam = ReportedImage("", one.study_uid)
            cases.append(ReportedCase(one.path.name, exam, AiStatus.NONE))
    return ReportedRun(
        KIND,
        tuple(one.path for one in objects),
        tuple(boxes),
        tuple(cases),
        scale="0-1" if any(box.score is not None for box in boxes) else "",
        provenance=imported_from(objects, KIND),
        problems=tuple(problems),
    )


def _boxes(found: DicomObject, words: tuple[TypeWord, ...]) -> Iterator[ReportedBox]:
    """Return the boxes of all frames."""
    dataset = found.dataset
    if int(dataset.Rows) * int(dataset.Columns) > MOST_PIXELS:
        raise BadInputError(f"frames of more than {MOST_PIXELS} pixels")
    segments = {int(item.SegmentNumber): _segment(item, words) for item in dataset.SegmentSequence}
    size = PictureSize(float(dataset.Columns), float(dataset.Rows))
    for number, frame in enumerate(iter_pixels(dataset), start=1):
        place = f"{found.path.name}, frame {number}"
        on = ReportedImage(_image(dataset, number), size=size)
        for area in _areas(dataset, number, frame):
            segment = segments.get(area.segment)
            if segment is None:
                raise BadInputError(f"frame {number} of a segment {area.segment} that is not there")
            if Meaning.LEFT_OUT in segment.meanings or not area.mask.any():
                continue
            yield ReportedBox(
                place,
                on,
                _corners(area.mask),
                area.score,
                tuple(kind for meaning in segment.meanings for kind in meaning.types),
                detection=f"{found.path.stem}/{segment.name}",
            )


def _segment(item: Dataset, words: tuple[TypeWord, ...]) -> _Segment:
    """Return what a segment stands for: by its code, otherwise by its label."""
    meanings = cad.meanings_of(code_of(item, "SegmentedPropertyTypeCodeSequence"), words)
    label = str(item.get("SegmentLabel", ""))
    if meanings == (Meaning.OTHER,):
        meanings = (meaning_of(label, words) or Meaning.OTHER,)
    name = str(item.get("TrackingID") or f"{item.SegmentNumber} {label}".strip())
    return _Segment(name, meanings)


def _areas(dataset: Dataset, number: int, frame: NDArray[np.generic]) -> Iterator[_Area]:
    """Return where segments are on a frame."""
    if dataset.SegmentationType == "LABELMAP":
        for value in np.unique(frame):
            if value:
                yield _Area(int(value), frame == value, None)
        return
    (identification,) = _group(dataset, number, "SegmentIdentificationSequence")
    segment = int(identification.ReferencedSegmentNumber)
    if dataset.SegmentationType == "BINARY":
        yield _Area(segment, frame != 0, None)
        return
    fraction = frame.astype(np.float64) / float(dataset.MaximumFractionalValue)
    yield _Area(segment, fraction >= HALF, float(fraction.max()))


def _image(dataset: Dataset, number: int) -> str:
    """Return the image that a frame was made from: its own, or the only one of the object."""
    for derivation in _group(dataset, number, "DerivationImageSequence"):
        for source in derivation.get("SourceImageSequence") or ():
            return str(source.ReferencedSOPInstanceUID)
    images = [
        str(instance.ReferencedSOPInstanceUID)
        for series in dataset.get("ReferencedSeriesSequence") or ()
        for instance in series.get("ReferencedInstanceSequence") or ()
    ]
    if len(images) != 1:
        raise BadInputError(f"frame {number} that names none of its {len(images)} images")
    return images[0]


def _group(dataset: Dataset, number: int, keyword: str) -> Sequence[Dataset]:
    """Return a functional group of a frame: its own, or the one that all share."""
    frames = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    own = frames[number - 1].get(keyword) if number <= len(frames) else None
    shared = dataset.get("SharedFunctionalGroupsSequence") or ()
    return own or next((item.get(keyword) for item in shared if item.get(keyword)), ())


def _corners(mask: NDArray[np.bool_]) -> Corners:
    """Return the box round the pixels of a mask, their outer edges included."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Corners(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
