"""Reads Mammography CAD SR (TID 4000), of any maker and our own.

Image Library -> CAD Processing and Findings Summary -> Individual Impression -> Composite Feature
or Single Image Finding -> Center or Outline. A finding that is not for presentation is left out, as
the product does not show it either. What is nested in a finding, as the specks of a cluster, is
part of it. "No algorithm succeeded" is a failure, never nothing found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from study_design.errors import BadInputError
from study_design.exchange.ai_files import cad_codes as cad
from study_design.exchange.ai_files.dicom_objects import DicomObject, imported_from
from study_design.exchange.ai_files.reported import (
    Corners,
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
    ScoreScale,
)
from study_design.exchange.ai_files.sr_tree import ContentItem, content_tree
from study_design.exchange.ai_files.type_words import Meaning, TypeWord
from study_design.vocabulary import AbnormalityType, AiStatus, Projection, Side, View

KIND = "mammography CAD SR"
_SIDES = (
    (Side.RIGHT, (codes.SCT.Right, codes.SCT.RightBreast)),
    (Side.LEFT, (codes.SCT.Left, codes.SCT.LeftBreast)),
)
_PROJECTIONS = (
    (Projection.CC, codes.SCT.CranioCaudal),
    (Projection.MLO, codes.SCT.MedioLateralObliqueProjection),
)
_STATUSES = (
    (AiStatus.FINDING, (cad.WITH_FINDINGS, cad.PARTLY_WITH)),
    (AiStatus.NONE, (cad.WITHOUT_FINDINGS,)),
    (AiStatus.FAILED, (cad.PARTLY_WITHOUT, cad.NONE_SUCCEEDED)),
)


@dataclass(frozen=True, slots=True)
class _Scores:
    """Score, score of malignancy and scale of a finding."""

    score: float | None
    malignancy: float | None
    scale: ScoreScale | None


@dataclass(frozen=True, slots=True)
class _Report:
    """What one report says."""

    case: ReportedCase
    boxes: tuple[ReportedBox, ...]
    scales: frozenset[str]
    problems: tuple[Problem, ...]
    hidden: int
    no_abnormality: int
    version: str
    provenance: str
    simulated: bool


def read_cad_reports(
    objects: Sequence[DicomObject], words: tuple[TypeWord, ...] = ()
) -> ReportedRun:
    """Return what CAD reports say: one report an exam.

    The scale follows from the units: per cent is 0-100, no unit 0-1, {0:10} what it says.
    """
    reports: list[_Report] = []
    problems: list[Problem] = []
    for one in objects:
        try:
            reports.append(_Reader(one, words).report())
        except BadInputError as error:
            problems.append(Problem(one.path.name, str(error)))
    problems += [problem for report in reports for problem in report.problems]
    scales = sorted(frozenset().union(*(report.scales for report in reports)))
    versions = sorted({report.version for report in reports})
    for what, found in (("scale of scores", scales), ("version", versions)):
        if len(found) > 1:
            got = " and ".join(repr(one) for one in found)
            problems.append(Problem(objects[0].path.name, f"expected one {what}, got {got}"))
    own = sorted({report.provenance for report in reports} - {""})
    return ReportedRun(
        KIND,
        tuple(one.path for one in objects),
        tuple(box for report in reports for box in report.boxes),
        tuple(report.case for report in reports),
        version=versions[0] if versions else "",
        scale=scales[0] if scales else "",
        simulated=any(report.simulated for report in reports),
        provenance="; ".join([imported_from(objects, KIND), *own]),
        problems=tuple(problems),
        warnings=_warnings(reports),
    )


def _warnings(reports: Sequence[_Report]) -> tuple[str, ...]:
    """Return what was left out, in numbers."""
    hidden = sum(report.hidden for report in reports)
    others = sum(report.no_abnormality for report in reports)
    return (
        *((f"{hidden} findings that are not for presentation were left out",) * bool(hidden)),
        *((f"{others} outlines of nipple, breast or picture were left out",) * bool(others)),
    )


class _Reader:
    """Reads one report."""

    def __init__(self, report: DicomObject, words: tuple[TypeWord, ...]) -> None:
        self._file = report
        self._words = words
        self._root = content_tree(report.dataset)
        self._images = dict(self._library())
        self._taken: set[str] = set()
        self._hidden = self._others = 0
        self._problems: list[Problem] = []
        self._scales: set[str] = set()

    def report(self) -> _Report:
        """Return what the report says, or refuse it."""
        summary = next(self._root.all(cad.SUMMARY), None)
        if summary is None:
            raise BadInputError("expected a CAD Processing and Findings Summary, got none")
        boxes = tuple(box for item in summary.children for box in self._below(item))
        stated = self._root.first(cad.SCALE)
        if stated is not None:
            self._scales = {stated.text}
        provenance = self._root.first(cad.PROVENANCE)
        return _Report(
            self._case(summary, bool(boxes)),
            boxes,
            frozenset(self._scales),
            tuple(self._problems),
            self._hidden,
            self._others,
            self._version(),
            provenance.text if provenance else "",
            self._root.first(cad.SIMULATED) is not None,
        )

    def _library(self) -> Iterator[tuple[str, ReportedImage]]:
        """Return the images that the report speaks of, with the view that it names."""
        for library in self._root.all(cad.IMAGE_LIBRARY):
            for item in library.walk():
                if item.image:
                    view = _view(item)
                    yield item.image, ReportedImage(item.image, self._file.study_uid, view)

    def _below(self, item: ContentItem) -> Iterator[ReportedBox]:
        """Return the boxes of the findings at and below an item."""
        if item.is_of(cad.COMPOSITE):
            findings = tuple(_findings(item))
            yield from self._feature(item, findings)
        elif item.is_of(cad.FINDING):
            yield from self._feature(item, (item,))
        else:
            for child in item.children:
                yield from self._below(child)

    def _feature(
        self, feature: ContentItem, findings: tuple[ContentItem, ...]
    ) -> Iterator[ReportedBox]:
        """Return the boxes of one abnormality; a finding met before is not told again."""
        new = [item for item in findings if item.identifier not in self._taken]
        self._taken |= {item.identifier for item in findings}
        meanings = cad.meanings_of(feature.code, self._words)
        if not new or Meaning.LEFT_OUT in meanings:
            self._others += bool(new)
            return
        if _is_hidden(feature) or all(_is_hidden(item) for item in new):
            self._hidden += 1
            return
        types = _types(feature, new, self._words)
        scores = self._scores(feature, new)
        name = _text(feature, cad.DETECTION)
        if not name and len(new) > 1:
            name = f"{self._file.path.stem}/{feature.identifier}"
        for finding in new:
            if not _is_hidden(finding):
                yield from self._boxes(feature, finding, types, scores, name)

    def _boxes(
        self,
        feature: ContentItem,
        finding: ContentItem,
        types: tuple[AbnormalityType, ...],
        scores: _Scores,
        name: str,
    ) -> Iterator[ReportedBox]:
        """Return the box of a finding; one without a place is noted."""
        place = f"{self._file.path.name}, item {finding.identifier}"
        outlines = list(finding.those(cad.OUTLINE)) or list(finding.those(cad.CENTRE))
        on = {self._image_of(item) for item in outlines}
        if not outlines or len(on) > 1:
            words = "expected a Center or an Outline on one image, got none or several"
            self._problems.append(Problem(place, words))
            return
        yield ReportedBox(
            place,
            on.pop(),
            _around(item.graphic.corners for item in outlines if item.graphic),
            scores.score,
            types,
            detection=name,
            box=_text(finding, cad.BOX),
            malignancy=scores.malignancy,
            birads=_text(feature, cad.BIRADS) or None,
            morphology=_text(feature, cad.MORPHOLOGY),
            quadrant=_text(feature, cad.REGION),
            depth=_number(feature, cad.DEPTH),
        )

    def _image_of(self, outline: ContentItem) -> ReportedImage:
        """Return the image that an outline is selected from."""
        uid = next((child.image for child in outline.children if child.image), "")
        if not uid and len(self._images) == 1:
            uid = next(iter(self._images))
        return self._images.get(uid, ReportedImage(uid, self._file.study_uid))

    def _scores(self, feature: ContentItem, findings: Sequence[ContentItem]) -> _Scores:
        """Return the scores of a feature, or the highest of its findings; note their scale."""
        told = _told_scores(feature)
        if told.score is None:
            of_findings = [_told_scores(item) for item in findings]
            scored = [one for one in of_findings if one.score is not None]
            told = max(scored, key=lambda one: one.score or 0.0) if scored else told
        if told.scale is not None:
            self._scales.add(str(told.scale))
        return told

    def _case(self, summary: ContentItem, found: bool) -> ReportedCase:
        """Return what the report says of the exam as a whole."""
        own = _text(self._root, cad.STATUS)
        status = AiStatus(own) if own in tuple(AiStatus) else _status(summary, self._root)
        if status is AiStatus.FINDING and not found and not own:
            status = AiStatus.NONE
        return ReportedCase(
            self._file.path.name,
            ReportedImage("", self._file.study_uid),
            status,
            score_exam=_number(self._root, cad.SCORE_EXAM),
            score_right=_number(self._root, cad.SCORE_RIGHT),
            score_left=_number(self._root, cad.SCORE_LEFT),
            seconds=_number(self._root, cad.SECONDS),
            scores_told=bool(own),
            run=f"{self._file.path.name} ({self._file.sop_uid})",
        )

    def _version(self) -> str:
        """Return the versions of all algorithms, each once."""
        found = [item.text for item in self._root.all(cad.ALGORITHM_VERSION) if item.text]
        return ", ".join(dict.fromkeys(found)) or self._file.text("SoftwareVersions")


def _findings(feature: ContentItem) -> Iterator[ContentItem]:
    """Return the findings that a composite feature joins, nested features included."""
    for child in feature.children:
        if child.is_of(cad.FINDING):
            yield child
        else:
            yield from _findings(child)


def _view(item: ContentItem) -> View | None:
    """Return the view that the Image Library names for an image."""
    side = _coded(item.first(cad.LATERALITY))
    projection = _coded(item.first(cad.VIEW))
    of_side = next((one for one, known in _SIDES if side is not None and side in known), None)
    found = next((one for one, code in _PROJECTIONS if projection and projection == code), None)
    return View.of(of_side, found) if of_side and found else None


def _coded(item: ContentItem | None) -> Code | None:
    """Return the code of an item that may be absent."""
    return item.code if item is not None else None


def _types(
    feature: ContentItem, findings: Sequence[ContentItem], words: tuple[TypeWord, ...]
) -> tuple[AbnormalityType, ...]:
    """Return the types of an abnormality: of the feature, otherwise of its findings."""
    own = [
        kind for item in feature.those(cad.TYPE) for kind in AbnormalityType if item.text == kind
    ]
    if own or feature.first(cad.DETECTION) is not None:
        return tuple(own)
    for items in ([feature], findings):
        meanings = [meaning for item in items for meaning in cad.meanings_of(item.code, words)]
        types = tuple(dict.fromkeys(kind for meaning in meanings for kind in meaning.types))
        if types:
            return types
    return ()


def _is_hidden(item: ContentItem) -> bool:
    """Tell whether an item is not for presentation."""
    intent = _coded(item.first(cad.INTENT))
    return intent is not None and intent == cad.NOT_SHOWN


def _told_scores(item: ContentItem) -> _Scores:
    """Return the scores that an item has itself: its certainty, its probability of cancer."""
    certainty = item.first(cad.CERTAINTY, cad.CERTAINTY_OF_FEATURE, cad.CERTAINTY_OF_IMPRESSION)
    probability = item.first(cad.PROBABILITY)
    told = certainty or probability
    if told is None:
        return _Scores(None, None, None)
    malignancy = probability.number if certainty and probability else None
    return _Scores(told.number, malignancy, cad.scale_of(told.unit))


def _status(summary: ContentItem, root: ContentItem) -> AiStatus:
    """Return the status by the summary; detections that were not attempted are not a failure."""
    detected = _coded(root.first(cad.DETECTIONS))
    if detected is not None and detected == cad.NOT_ATTEMPTED:
        return AiStatus.NOT_PROCESSED
    for status, known in _STATUSES:
        if summary.code is not None and summary.code in known:
            return status
    raise BadInputError(
        "expected a summary that says whether algorithms succeeded and found something, got "
        f"{summary.code.meaning if summary.code else 'no code'!r}"
    )


def _text(item: ContentItem, concept: Code) -> str:
    """Return the text of a child; empty where there is none."""
    child = item.first(concept)
    return child.text if child is not None else ""


def _number(item: ContentItem, concept: Code) -> float | None:
    """Return the number of a child; None where there is none."""
    child = item.first(concept)
    return child.number if child is not None else None


def _around(corners: Iterator[Corners]) -> Corners:
    """Return the box around boxes."""
    return Corners.around(
        point for one in corners for point in ((one.x0, one.y0), (one.x1, one.y1))
    )
