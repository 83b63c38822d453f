"""Reads segmentations (SEG): a box round each segment of each frame.

Frames of one segment on several images are places of one abnormality. A fractional segment covers
what is at least half likely and scores its highest probability; a binary one has no score.
Source: PS3.3 A.51, C.8.20.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels
from pydicom.uid import SegmentationStorage

from study_design.errors import BadInputError
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
from study_design.exchange.ai_files.segment_kinds import SegmentKind, segment_kind, understood
from study_design.tables.foreign.type_words import TypeWord
from study_design.vocabulary import AiStatus

KIND = "segmentation (SEG)"
_LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.7"  # younger than pydicom 3.0
SOP_CLASSES = (str(SegmentationStorage), _LABEL_MAP)
_TYPES = ("BINARY", "FRACTIONAL", "LABELMAP")
HALF = 0.5
# Twice the largest mammogram: more is no segmentation of one.
MOST_PIXELS = 80_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Area:
    """Where a segment is on one frame, and its score."""

    segment: int
    mask: NDArray[np.bool_]
    score: float | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a frame shows of an image; `looked`: it is of a segment that is an abnormality."""

    on: ReportedImage
    boxes: tuple[ReportedBox, ...]
    problems: tuple[Problem, ...]
    looked: bool


@dataclass(slots=True)
class _Notes:
    """What is counted on the way."""

    left_out: int = 0
    faint: int = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was left out, in numbers."""
        counted = (
            (self.left_out, "segments of parts of the breast were left out"),
            (self.faint, "segments that are nowhere half likely count as not there"),
        )
        return tuple(f"{number} {words}" for number, words in counted if number)


def read_segmentations(
    objects: Sequence[DicomObject], words: tuple[TypeWord, ...] = ()
) -> ReportedRun:
    """Return what segmentations report, on the scale 0-1 where they hold probabilities.

    A frame without a pixel of an abnormality says that nothing was found on its image; an object of
    parts of the breast alone says nothing of abnormalities.
    """
    boxes: list[ReportedBox] = []
    cases: list[ReportedCase] = []
    problems: list[Problem] = []
    found_words: dict[str, None] = {}
    notes = _Notes()
    for one in objects:
        try:
            kinds = _kinds(one.dataset, words)
            found = list(_frames(one, kinds, notes))
        except (BadInputError, ValueError, AttributeError, NotImplementedError) as error:
            problems.append(Problem(one.path.name, f"expected a segmentation, got: {error}"))
            continue
        found_words |= dict.fromkeys(kind.word for kind in kinds.values() if kind.word)
        problems += [problem for frame in found for problem in frame.problems]
        boxes += [box for frame in found for box in frame.boxes]
        cases += _cases(one, found)
    return ReportedRun(
        KIND,
        tuple(one.path for one in objects),
        tuple(boxes),
        tuple(cases),
        scale="0-1" if any(box.score is not None for box in boxes) else "",
        provenance=imported_from(objects, KIND),
        words=tuple(found_words),
        problems=tuple(problems),
        warnings=notes.warnings,
    )


def _cases(found: DicomObject, frames: Sequence[_Frame]) -> Iterator[ReportedCase]:
    """Return what an object says of each image: found, nothing found, or nothing at all."""
    images = dict.fromkeys(frame.on for frame in frames)
    for image in images:
        of_image = [frame for frame in frames if frame.on == image]
        status = None
        if any(frame.boxes for frame in of_image):
            status = AiStatus.FINDING
        elif any(frame.looked for frame in of_image):
            status = AiStatus.NONE
        yield ReportedCase(found.path.name, image, status)
    if not images:  # the object is of this exam, and says nothing of it
        yield ReportedCase(found.path.name, ReportedImage("", found.study_uid), None)


def _kinds(dataset: Dataset, words: tuple[TypeWord, ...]) -> dict[int, SegmentKind]:
    """Return what the segments of an object stand for, by number."""
    if int(dataset.Rows) * int(dataset.Columns) > MOST_PIXELS:
        raise BadInputError(f"frames of more than {MOST_PIXELS} pixels")
    if dataset.SegmentationType not in _TYPES:
        raise BadInputError(f"the segmentation type {dataset.SegmentationType!r}")
    kinds = [segment_kind(item, words) for item in dataset.SegmentSequence]
    return {kind.number: kind for kind in kinds}


def _frames(
    found: DicomObject, kinds: Mapping[int, SegmentKind], notes: _Notes
) -> Iterator[_Frame]:
    """Return what each frame shows."""
    dataset = found.dataset
    size = PictureSize(float(dataset.Columns), float(dataset.Rows))
    for number, frame in enumerate(iter_pixels(dataset), start=1):
        place = f"{found.path.name}, frame {number}"
        on = ReportedImage(_image(dataset, number), size=size)
        boxes: list[ReportedBox] = []
        problems: list[Problem] = []
        areas = list(_areas(dataset, number, frame))
        present = {area.segment for area in areas}
        for area in areas:
            kind = kinds.get(area.segment)
            if kind is None:
                raise BadInputError(f"frame {number} of a segment {area.segment} that is not there")
            if not area.mask.any():
                notes.faint += (area.score or 0.0) > 0
                continue
            try:
                if understood(kind).is_left_out:
                    notes.left_out += 1
                    continue
            except BadInputError as error:
                problems.append(Problem(place, str(error)))
                continue
            boxes.append(_box(place, on, area, kind, found.path.stem))
        of_abnormality = kinds.keys() if dataset.SegmentationType == "LABELMAP" else present
        looked = any(kinds[one].is_abnormality for one in of_abnormality if one in kinds)
        yield _Frame(on, tuple(boxes), tuple(problems), looked)


def _box(place: str, on: ReportedImage, area: _Area, kind: SegmentKind, stem: str) -> ReportedBox:
    """Return the box round a segment on a frame."""
    types = tuple(one for meaning in kind.meanings for one in meaning.types)
    corners = _corners(area.mask)
    return ReportedBox(place, on, corners, area.score, types, detection=f"{stem}/{kind.name}")


def _areas(dataset: Dataset, number: int, frame: NDArray[np.generic]) -> Iterator[_Area]:
    """Return where segments are on a frame."""
    if dataset.SegmentationType == "LABELMAP":
        background = int(dataset.get("PixelPaddingValue") or 0)
        for value in np.unique(frame):
            if value != background:
                yield _Area(int(value), frame == value, None)
        return
    identified = _group(dataset, number, "SegmentIdentificationSequence")
    if len(identified) != 1:
        raise BadInputError(f"frame {number} that names {len(identified)} segments")
    segment = int(identified[0].ReferencedSegmentNumber)
    if dataset.SegmentationType == "BINARY":
        yield _Area(segment, frame != 0, None)
        return
    fraction = frame.astype(np.float64) / float(dataset.MaximumFractionalValue)
    # A share of a pixel that is covered is no probability.
    is_score = str(dataset.get("SegmentationFractionalType", "PROBABILITY")) == "PROBABILITY"
    yield _Area(segment, fraction >= HALF, float(fraction.max()) if is_score else None)


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
