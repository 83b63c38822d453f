"""Reads Mammography CAD SR (TID 4000), of any maker and our own.

Image Library -> CAD Processing and Findings Summary -> Individual Impression -> Composite Feature
or Single Image Finding -> Center or Outline. A finding that is not for presentation is left out, as
the product does not show it either. What is nested in a finding, as the specks of a cluster, is
part of it. "No algorithm succeeded" is a failure, never nothing found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.ai_files import cad_codes as cad
from study_design.exchange.ai_files.cad_items import (
    StatedScores,
    box_around,
    findings_of,
    is_hidden,
    number_of,
    summary_status,
    text_of,
    told_scores,
    types_of,
    view_of,
)
from study_design.exchange.ai_files.dicom_objects import DicomObject, imported_from
from study_design.exchange.ai_files.reported import (
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.exchange.ai_files.sr_tree import ContentItem, content_tree
from study_design.tables.foreign.type_words import Meaning, TypeWord
from study_design.vocabulary import AbnormalityType, AiStatus

KIND = "mammography CAD SR"
# The scale that scores without a unit are taken for.
_NO_UNIT = "0-1"


@dataclass(frozen=True, slots=True)
class _Report:
    """What one report says."""

    case: ReportedCase
    boxes: tuple[ReportedBox, ...]
    scales: frozenset[str]
    scale_stated: bool
    problems: tuple[Problem, ...]
    hidden: int
    no_abnormality: int
    version: str
    provenance: str
    simulated: bool
    phantom_trained: bool
    words: tuple[str, ...]


def read_cad_reports(
    objects: Sequence[DicomObject], words: tuple[TypeWord, ...] = ()
) -> ReportedRun:
    """Return what CAD reports say: one report an exam.

    The scale follows from the units: per cent is 0-100, no unit 0-1, {0:10} what it says. Where all
    scores are without a unit and some are above 1, their scale is not told.
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
        scale="" if _is_untold(reports, scales) else next(iter(scales), ""),
        simulated=any(report.simulated for report in reports),
        phantom_trained=any(report.phantom_trained for report in reports),
        provenance="; ".join([imported_from(objects, KIND), *own]),
        words=tuple(dict.fromkeys(word for report in reports for word in report.words)),
        problems=tuple(problems),
        warnings=_warnings(reports),
    )


def _is_untold(reports: Sequence[_Report], scales: Sequence[str]) -> bool:
    """Tell whether scores without a unit are above 1, as makers write 87 of 100."""
    scores = [box.score for report in reports for box in report.boxes if box.score is not None]
    stated = any(report.scale_stated for report in reports)
    return list(scales) == [_NO_UNIT] and not stated and max(scores, default=0.0) > 1


def _warnings(reports: Sequence[_Report]) -> tuple[str, ...]:
    """Return what was left out, in numbers."""
    hidden = sum(report.hidden for report in reports)
    others = sum(report.no_abnormality for report in reports)
    return (
        *(
            (f"{counted(hidden, 'finding')} that are not for presentation were left out",)
            * bool(hidden)
        ),
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
        self._words_met: dict[str, None] = {}

    def report(self) -> _Report:
        """Return what the report says, or refuse it."""
        summaries = list(self._root.all(cad.SUMMARY))
        if len(summaries) != 1:
            raise BadInputError(
                f"expected one CAD Processing and Findings Summary, got {len(summaries) or 'none'}"
            )
        summary = summaries[0]
        boxes = tuple(box for item in summary.children for box in self._below(item))
        self._name_strays(summary)
        stated = self._root.first(cad.SCALE)
        if stated is not None:
            self._scales = {stated.text}
        provenance = self._root.first(cad.PROVENANCE)
        return _Report(
            self._case(summary, bool(boxes)),
            boxes,
            frozenset(self._scales),
            stated is not None,
            tuple(self._problems),
            self._hidden,
            self._others,
            self._version(),
            provenance.text if provenance else "",
            self._root.first(cad.SIMULATED) is not None,
            self._root.first(cad.PHANTOM_TRAINED) is not None,
            tuple(self._words_met),
        )

    def _library(self) -> Iterator[tuple[str, ReportedImage]]:
        """Return the images that the report speaks of, with the view that it names."""
        for library in self._root.all(cad.IMAGE_LIBRARY):
            for item in library.walk():
                if item.image:
                    view = view_of(item)
                    yield item.image, ReportedImage(item.image, self._file.study_uid, view)

    def _below(self, item: ContentItem) -> Iterator[ReportedBox]:
        """Return the boxes of the findings at and below an item."""
        if item.is_of(cad.COMPOSITE, cad.FINDING):
            findings = tuple(findings_of(item)) if item.is_of(cad.COMPOSITE) else (item,)
            try:
                yield from self._feature(item, findings)
            except BadInputError as error:
                self._wrong(item, str(error))
        else:
            for child in item.children:
                yield from self._below(child)

    def _name_strays(self, summary: ContentItem) -> None:
        """Name figures below the summary that belong to no finding: a mark would be lost."""
        read = {
            item.identifier
            for finding in summary.all(cad.COMPOSITE, cad.FINDING)
            for item in finding.walk()
        }
        for item in summary.walk():
            if item.graphic is not None and item.identifier not in read:
                self._wrong(item, "expected a figure of a finding, got one of something else")

    def _wrong(self, item: ContentItem, words: str) -> None:
        """Note what is wrong with an item."""
        self._problems.append(Problem(f"{self._file.path.name}, item {item.identifier}", words))

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
        if is_hidden(feature) or all(is_hidden(item) for item in new):
            self._hidden += 1
            return
        types = types_of(feature, new, self._words)
        self._words_met |= {feature.code.meaning: None} if feature.code else {}
        if not meanings and not types:
            raise cad.unknown_code(feature.code)
        scores = self._scores(feature, new)
        name = text_of(feature, cad.DETECTION)
        if not name and len(new) > 1:
            name = f"{self._file.path.stem}/{feature.identifier}"
        for finding in new:
            if not is_hidden(finding):
                yield from self._boxes(feature, finding, types, scores, name)

    def _boxes(
        self,
        feature: ContentItem,
        finding: ContentItem,
        types: tuple[AbnormalityType, ...],
        scores: StatedScores,
        name: str,
    ) -> Iterator[ReportedBox]:
        """Return the box of a finding; one without a place is noted."""
        figures = list(finding.those(cad.OUTLINE)) or list(finding.those(cad.CENTRE))
        outlines = [item.graphic for item in figures if item.graphic is not None]
        on = {self._image_of(item) for item in figures}
        if not outlines or len(on) > 1:
            words = "expected a Center or an Outline on one image, got none or several"
            self._wrong(finding, words)
            return
        faults = [figure.fault for figure in outlines if figure.fault]
        if faults:
            self._wrong(finding, faults[0])
            return
        yield ReportedBox(
            f"{self._file.path.name}, item {finding.identifier}",
            on.pop(),
            box_around(figure.corners for figure in outlines),
            scores.score,
            types,
            detection=name,
            box=text_of(finding, cad.BOX),
            malignancy=scores.malignancy,
            birads=text_of(feature, cad.BIRADS) or None,
            morphology=text_of(feature, cad.MORPHOLOGY),
            quadrant=text_of(feature, cad.REGION),
            depth=number_of(feature, cad.DEPTH),
        )

    def _image_of(self, outline: ContentItem) -> ReportedImage:
        """Return the image that an outline is selected from."""
        uid = next((child.image for child in outline.children if child.image), "")
        if not uid and len(self._images) == 1:
            uid = next(iter(self._images))
        return self._images.get(uid, ReportedImage(uid, self._file.study_uid))

    def _scores(self, feature: ContentItem, findings: Sequence[ContentItem]) -> StatedScores:
        """Return the scores of a feature, or the highest of its findings; note their scale."""
        told = told_scores(feature)
        if told.score is None:
            of_findings = [told_scores(item) for item in findings]
            scored = [one for one in of_findings if one.score is not None]
            told = max(scored, key=lambda one: one.score or 0.0) if scored else told
        self._scales |= {told.scale} if told.scale else set()
        return told

    def _case(self, summary: ContentItem, found: bool) -> ReportedCase:
        """Return what the report says of the exam as a whole."""
        own = text_of(self._root, cad.STATUS)
        status = AiStatus(own) if own in tuple(AiStatus) else summary_status(summary, self._root)
        if status is AiStatus.FINDING and not found and not own and not self._problems:
            if not self._hidden and not self._others:
                raise BadInputError(
                    "expected the findings that the summary tells of, got none that can be read"
                )
            status = AiStatus.NONE  # a product that hides all of its findings shows none
        return ReportedCase(
            self._file.path.name,
            ReportedImage("", self._file.study_uid),
            status,
            score_exam=number_of(self._root, cad.SCORE_EXAM),
            score_right=number_of(self._root, cad.SCORE_RIGHT),
            score_left=number_of(self._root, cad.SCORE_LEFT),
            seconds=number_of(self._root, cad.SECONDS),
            scores_told=bool(own),
            run=f"{self._file.path.name} ({self._file.sop_uid})",
            looked_at=None if own else tuple(self._images.values()),
        )

    def _version(self) -> str:
        """Return the versions of all algorithms, each once."""
        found = [item.text for item in self._root.all(cad.ALGORITHM_VERSION) if item.text]
        return ", ".join(dict.fromkeys(found)) or self._file.text("SoftwareVersions")
