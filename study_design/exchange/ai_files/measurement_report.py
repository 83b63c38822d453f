"""Reads measurement reports (TID 1500): one region with finding and score a measurement group.

Regions that share a tracking identifier are places of one abnormality. A region that lies in a
segmentation is not here but in the SEG object. Source: PS3.16 TID 1500, TID 1410.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydicom.sr.codedict import codes

from study_design.errors import BadInputError
from study_design.exchange.ai_files import cad_codes as cad
from study_design.exchange.ai_files.dicom_objects import (
    DicomObject,
    evidence_of,
    imported_from,
)
from study_design.exchange.ai_files.reported import (
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.exchange.ai_files.sr_tree import ContentItem, Graphic, content_tree
from study_design.tables.foreign.type_words import Meaning, TypeWord, meaning_of
from study_design.vocabulary import BIRADS_CATEGORIES, AiStatus

KIND = "measurement report (TID 1500)"
TITLE = codes.DCM.ImagingMeasurementReport
_GROUP = codes.DCM.MeasurementGroup
_FINDING = codes.DCM.Finding
_CONCLUSIONS = (_FINDING, codes.DCM.Conclusion, codes.DCM.Impression)
_TRACKING = (codes.DCM.TrackingIdentifier, codes.DCM.TrackingUniqueIdentifier)
_SCORES = (
    cad.PROBABILITY,
    cad.CERTAINTY,
    cad.CERTAINTY_OF_FEATURE,
    cad.CERTAINTY_OF_IMPRESSION,
)
_BIRADS = re.compile(r"bi-?rads\D*([0-6][abc]?)\b", re.IGNORECASE)


def read_measurement_reports(
    objects: Sequence[DicomObject], words: tuple[TypeWord, ...] = ()
) -> ReportedRun:
    """Return what measurement reports say.

    The score of a group is its probability or certainty, or else its only number without a
    dimension; the unit tells the scale, as in CAD reports.
    """
    boxes: list[ReportedBox] = []
    cases: list[ReportedCase] = []
    problems: list[Problem] = []
    scales: set[str] = set()
    met: dict[str, None] = {}
    for one in objects:
        found: list[ReportedBox] = []
        tree = content_tree(one.dataset)
        for group in tree.all(_GROUP):
            place = f"{one.path.name}, item {group.identifier}"
            try:
                found += _boxes(group, one, place, scales, words)
            except BadInputError as error:
                problems.append(Problem(place, str(error)))
        problems += _strays(one, tree)
        boxes += found
        cases += _cases(one, tree, found)
        met |= dict.fromkeys(
            item.code.meaning for item in tree.all(_FINDING) if item.code and item.code.meaning
        )
    if len(scales) > 1:
        got = " and ".join(sorted(scales))
        problems.append(Problem(objects[0].path.name, f"expected one scale of scores, got {got}"))
    joined, warnings = _joined(boxes)
    return ReportedRun(
        KIND,
        tuple(one.path for one in objects),
        joined,
        tuple(cases),
        scale=scales.pop() if scales else "",
        provenance=imported_from(objects, KIND),
        words=tuple(met),
        problems=tuple(problems),
        warnings=warnings,
    )


def _strays(report: DicomObject, tree: ContentItem) -> Iterator[Problem]:
    """Name regions that lie in no measurement group, so that nothing is known of them."""
    grouped = {item.identifier for group in tree.all(_GROUP) for item in group.walk()}
    for item in tree.walk():
        if item.value_type.startswith("SCOORD") and item.identifier not in grouped:
            place = f"{report.path.name}, item {item.identifier}"
            yield Problem(place, "expected a region in a measurement group, got one outside")


def _boxes(
    group: ContentItem,
    report: DicomObject,
    place: str,
    scales: set[str],
    words: tuple[TypeWord, ...],
) -> Iterator[ReportedBox]:
    """Return the boxes of a group, or refuse it; note the scale of its score."""
    finding = group.first(_FINDING)
    code = finding.code if finding else None
    meanings = cad.meanings_of(code, words)
    if Meaning.LEFT_OUT in meanings:
        return
    if not meanings:
        raise cad.unknown_code(code)
    regions = _regions(group)
    score = _score(group)
    scales |= {cad.scale_text(score.unit)} if score else set()
    name = next((item.text for item in group.those(*_TRACKING)), "")
    for region, figure in regions:
        image = next((child.image for child in region.children if child.image), "")
        yield ReportedBox(
            place,
            ReportedImage(image, "" if image else report.study_uid),
            figure.corners,
            score.number if score else None,
            tuple(kind for meaning in meanings for kind in meaning.types),
            detection=name and f"{report.study_uid}/{name}",
            birads=_birads(group),
        )


def _regions(group: ContentItem) -> list[tuple[ContentItem, Graphic]]:
    """Return the regions of a group with their figures, or refuse one that cannot be placed."""
    if any(item.value_type == "SCOORD3D" for item in group.children):
        raise BadInputError("expected a region in pixels of an image, got one in millimetres")
    regions = [(item, item.graphic) for item in group.children if item.graphic is not None]
    if not regions:
        raise BadInputError(
            "expected a region drawn on an image, got none; where it lies in a segmentation, bring "
            "the SEG object in"
        )
    faults = [figure.fault for _, figure in regions if figure.fault]
    if faults:
        raise BadInputError(faults[0])
    return regions


def _score(group: ContentItem) -> ContentItem | None:
    """Return the score of a group; None where it has none, refused where several might be it."""
    named = next(group.those(*_SCORES), None)
    if named is not None:
        if named.number is None:
            raise cad.no_number(named.concept, named.text)
        return named
    numbers = [
        item
        for item in group.children
        if item.number is not None and cad.scale_of(item.unit) is not None
    ]
    if len(numbers) > 1:
        names = ", ".join(item.concept.meaning for item in numbers if item.concept)
        raise BadInputError(f"expected one score, got {names}")
    return numbers[0] if numbers else None


def _birads(group: ContentItem) -> str | None:
    """Return the category that an evaluation of the group names."""
    for item in group.children:
        said = " ".join(code.meaning for code in (item.concept, item.code) if code)
        found = _BIRADS.search(f"{said} {item.text}")
        if found and found[1].upper() in BIRADS_CATEGORIES:
            return found[1].upper()
    return None


def _cases(
    report: DicomObject, tree: ContentItem, boxes: Sequence[ReportedBox]
) -> Iterator[ReportedCase]:
    """Return what a report says of its images.

    A report without a region says nothing, unless an item of it says in words that nothing was
    found; then that holds for the images that it is evidence of.
    """
    run = f"{report.path.name} ({report.sop_uid})"
    name = report.path.name
    if boxes:
        for image in dict.fromkeys(box.on for box in boxes):
            yield ReportedCase(name, image, AiStatus.FINDING, run=run)
        return
    clear = any(_says_nothing_found(item) for item in tree.walk())
    status = AiStatus.NONE if clear else None
    exam = ReportedImage("", report.study_uid)
    yield ReportedCase(name, exam, status, run=run, looked_at=evidence_of(report))


def _says_nothing_found(item: ContentItem) -> bool:
    """Tell whether an item is a finding or a conclusion whose value is a word for none."""
    said = item.code.meaning if item.code else item.text
    return item.is_of(*_CONCLUSIONS) and meaning_of(said) is Meaning.NO_FINDING


def _joined(boxes: Sequence[ReportedBox]) -> tuple[tuple[ReportedBox, ...], tuple[str, ...]]:
    """Return boxes with the highest score of their detection, and its name, where they differ."""
    highest: dict[str, float] = {}
    different: set[str] = set()
    for box in boxes:
        if box.detection and box.score is not None:
            known = highest.setdefault(box.detection, box.score)
            different |= {box.detection} if known != box.score else set()
            highest[box.detection] = max(known, box.score)
    joined = tuple(
        replace(box, score=highest[box.detection]) if box.detection in different else box
        for box in boxes
    )
    words = f"{len(different)} detections have several scores: the highest was taken"
    return joined, (words,) if different else ()
