"""Writes AI results as Mammography CAD SR (TID 4000), one report a case.

Boxes go out as closed outlines, whose coordinates DICOM keeps as 32 bit numbers; scores go out
exactly. What the template has no place for stands beside it under codes of our own, so that
`cad_report` reads back what was written. Source: PS3.3 A.35.5, PS3.16 TID 4000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files import cad_codes as cad
from study_design.exchange.ai_files.sr_items import (
    code_item,
    coded_item,
    container,
    content_item,
    figure_item,
    measured_items,
    template,
    text_item,
    text_items,
)
from study_design.images.case_list import CURRENT, CaseImage
from study_design.images.case_sheet import CaseSheet, read_case_sheet
from study_design.images.kept_file import kept_file
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.units import ScoreScale
from study_design.vocabulary import AbnormalityType, AiStatus, Projection, Side

_SIDES = {Side.RIGHT: codes.SCT.Right, Side.LEFT: codes.SCT.Left}
_PROJECTIONS = {
    Projection.CC: codes.SCT.CranioCaudal,
    Projection.MLO: codes.SCT.MedioLateralObliqueProjection,
}
_TYPES = {
    AbnormalityType.MASS: cad.DENSITY,
    AbnormalityType.CALCIFICATION: cad.CLUSTER,
    AbnormalityType.ASYMMETRY: cad.ASYMMETRY,
    AbnormalityType.DISTORTION: cad.DISTORTION,
}
_SUMMARIES = {
    AiStatus.FINDING: (cad.WITH_FINDINGS, cad.SUCCEEDED),
    AiStatus.NONE: (cad.WITHOUT_FINDINGS, cad.SUCCEEDED),
    AiStatus.FAILED: (cad.NONE_SUCCEEDED, cad.FAILED),
    AiStatus.NOT_PROCESSED: (cad.NONE_SUCCEEDED, cad.NOT_ATTEMPTED),
}
_NO_UNIT = Code("1", "UCUM", "no units")


@dataclass(frozen=True, slots=True)
class _Image:
    """An image that a report speaks of, with its header."""

    listed: CaseImage
    header: FileDataset


def write_cad_reports(
    folder: StudyFolder, results: SystemResults, out: Path, *, now: datetime
) -> tuple[Path, ...]:
    """Write one report for each case, `CASE.dcm`; return the files.

    Raises
    ------
    BadInputError
        Where a case has no image in the study, or the scale is none.
    """
    scale = ScoreScale.of(results.scale)
    if scale is None:
        raise BadInputError(f"Expected a scale like 0-1, got {results.scale!r}. Import them again.")
    sheet = read_case_sheet(folder)
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for result in results.cases:
        path = out / f"{result.case}.dcm"
        content = DicomBytesIO()  # on a full disk pydicom hides what the system said
        with kept_file(folder.images / f"{result.case}-*.dcm"):
            images = _images(folder, sheet, result.case)
            report = _Writer(results, scale, images, now).report(result)
            report.save_as(content, enforce_file_format=True)
        path.write_bytes(content.getvalue())
        paths.append(path)
    return tuple(paths)


def _images(folder: StudyFolder, sheet: CaseSheet, case: str) -> tuple[_Image, ...]:
    """Return the images of a case that show a view, with their headers."""
    shown = [i for i in sheet.images if i.case == case and i.view and i.exam_role == CURRENT]
    if not shown:
        raise BadInputError(f"Expected images of case {case}, got none. Import them first.")
    return tuple(
        _Image(image, dcmread(folder.images / f"{image.image}.dcm", stop_before_pixels=True))
        for image in shown
    )


class _Writer:
    """Writes the report of one case."""

    def __init__(
        self,
        results: SystemResults,
        scale: ScoreScale,
        images: Sequence[_Image],
        now: datetime,
    ) -> None:
        self._results = results
        self._unit = cad.unit_of(scale)
        self._images = images
        self._now = now

    def report(self, result: CaseResult) -> FileDataset:
        """Return the report of a case."""
        report = self._document(result)
        summary, detected = _SUMMARIES[result.status]
        features = [self._feature(found) for found in result.detections]
        impression = container(cad.IMPRESSION, features)
        report.ContentSequence = [
            container(cad.IMAGE_LIBRARY, [_library_entry(image) for image in self._images]),
            coded_item("CONTAINS", cad.SUMMARY, summary, [impression] if features else []),
            coded_item("CONTAINS", cad.DETECTIONS, detected),
            *self._algorithm(),
            *self._case_scores(result),
        ]
        return report

    def _document(self, result: CaseResult) -> FileDataset:
        """Return a report without content."""
        first = self._images[0].header
        names = [str(first.StudyInstanceUID), self._results.system, self._results.version]
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = cad.CAD_SR
        report = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        report.SOPClassUID = cad.CAD_SR
        report.SOPInstanceUID = generate_uid(entropy_srcs=[*names, self._now.isoformat()])
        meta.MediaStorageSOPInstanceUID = report.SOPInstanceUID
        report.SpecificCharacterSet = "ISO_IR 192"
        for keyword in ("PatientID", "PatientName", "StudyInstanceUID"):
            setattr(report, keyword, first.get(keyword))
        for keyword in (
            "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
            "AccessionNumber", "ReferringPhysicianName",
        ):  # fmt: skip
            setattr(report, keyword, None)
        report.Modality = "SR"
        report.SeriesInstanceUID = generate_uid(entropy_srcs=[*names, "series"])
        report.SeriesNumber = report.InstanceNumber = 1
        report.SeriesDescription = result.case
        report.Manufacturer = "Crossread"
        report.ManufacturerModelName = self._results.system
        report.SoftwareVersions = self._results.version
        report.ContentDate = self._now.strftime("%Y%m%d")
        report.ContentTime = self._now.strftime("%H%M%S")
        report.ReferencedPerformedProcedureStepSequence = []
        report.PerformedProcedureCodeSequence = []
        report.CurrentRequestedProcedureEvidenceSequence = [_evidence(self._images)]
        report.CompletionFlag = "COMPLETE"
        report.VerificationFlag = "UNVERIFIED"
        report.ValueType = "CONTAINER"
        report.ContinuityOfContent = "SEPARATE"
        report.ConceptNameCodeSequence = [code_item(cad.REPORT)]
        report.ContentTemplateSequence = [template("4000")]
        return report

    def _algorithm(self) -> list[Dataset]:
        """Return the items that say what made the results."""
        results = self._results
        return [
            text_item("HAS OBS CONTEXT", cad.ALGORITHM, results.system),
            *text_items("HAS OBS CONTEXT", cad.ALGORITHM_VERSION, results.version),
            text_item("HAS OBS CONTEXT", cad.SCALE, results.scale),
            *text_items("HAS OBS CONTEXT", cad.PROVENANCE, results.provenance),
            *(
                text_item("HAS OBS CONTEXT", concept, "yes")
                for concept, holds in (
                    (cad.SIMULATED, results.simulated),
                    (cad.PHANTOM_TRAINED, results.phantom_trained),
                )
                if holds
            ),
        ]

    def _case_scores(self, result: CaseResult) -> list[Dataset]:
        """Return the items that say what holds of the whole case."""
        return [
            text_item("CONTAINS", cad.STATUS, result.status.value),
            *self._numbers(
                "CONTAINS",
                (cad.SCORE_EXAM, result.score_exam),
                (cad.SCORE_RIGHT, result.score_right),
                (cad.SCORE_LEFT, result.score_left),
            ),
            *measured_items("CONTAINS", cad.SECONDS, result.seconds, Code("s", "UCUM", "second")),
        ]

    def _feature(self, found: Detection) -> Dataset:
        """Return a detection: a finding where it has one box, otherwise a feature joining them."""
        code = _type_code(found.types)
        if len(found.boxes) == 1:
            told = self._told(found)
            return self._finding("CONTAINS", code, found.boxes[0], told)
        findings = [self._finding("INFERRED FROM", code, box, []) for box in found.boxes]
        return coded_item("CONTAINS", cad.COMPOSITE, code, [*self._told(found), *findings])

    def _told(self, found: Detection) -> list[Dataset]:
        """Return what is told of a detection."""
        properties = "HAS PROPERTIES"
        return [
            *self._numbers(
                properties, (cad.CERTAINTY, found.score), (cad.PROBABILITY, found.malignancy)
            ),
            text_item(properties, cad.DETECTION, found.detection),
            *(text_item(properties, cad.TYPE, kind.value) for kind in found.types),
            *text_items(properties, cad.BIRADS, found.birads or ""),
            *text_items(properties, cad.MORPHOLOGY, found.morphology),
            *text_items(properties, cad.REGION, found.quadrant),
            *measured_items(properties, cad.DEPTH, found.depth, _NO_UNIT),
        ]

    def _finding(
        self, relationship: str, code: Code, box: DetectionBox, told: list[Dataset]
    ) -> Dataset:
        """Return a finding on one image."""
        intent = coded_item("HAS CONCEPT MOD", cad.INTENT, cad.SHOWN)
        place = next(
            n for n, image in enumerate(self._images, 1) if image.listed.image == box.image
        )
        where = box.where
        left, top = where.x_px, where.y_px
        right, bottom = left + where.width_px, top + where.height_px
        outline = [left, top, right, top, right, bottom, left, bottom, left, top]
        return coded_item(
            relationship,
            cad.FINDING,
            code,
            [
                intent,
                text_item("HAS PROPERTIES", cad.BOX, box.box),
                *told,
                figure_item(cad.CENTRE, "POINT", [where.centre.x_px, where.centre.y_px], place),
                figure_item(cad.OUTLINE, "POLYLINE", outline, place),
            ],
        )

    def _numbers(self, relationship: str, *scores: tuple[Code, float | None]) -> list[Dataset]:
        """Return items for the scores that there are."""
        return [
            item
            for concept, score in scores
            for item in measured_items(relationship, concept, score, self._unit)
        ]


def _type_code(types: Sequence[AbnormalityType]) -> Code:
    """Return the code of a finding; of several types the first, but for mass and calcification."""
    if set(types) == {AbnormalityType.MASS, AbnormalityType.CALCIFICATION}:
        return cad.MASS_WITH_CALCIFICATIONS
    return _TYPES[types[0]] if types else cad.SELECTED_REGION


def _library_entry(image: _Image) -> Dataset:
    """Return the entry of an image in the Image Library."""
    item = content_item("CONTAINS", "IMAGE")
    item.ReferencedSOPSequence = [_reference(image)]
    view = image.listed.view
    if view is not None:
        item.ContentSequence = [
            coded_item("HAS ACQ CONTEXT", cad.LATERALITY, _SIDES[view.side]),
            coded_item("HAS ACQ CONTEXT", cad.VIEW, _PROJECTIONS[view.projection]),
        ]
    return item


def _evidence(images: Sequence[_Image]) -> Dataset:
    """Return the references to all images that a report speaks of."""
    study = Dataset()
    study.StudyInstanceUID = images[0].header.StudyInstanceUID
    study.ReferencedSeriesSequence = []
    for uid in dict.fromkeys(image.header.SeriesInstanceUID for image in images):
        series = Dataset()
        series.SeriesInstanceUID = uid
        series.ReferencedSOPSequence = [
            _reference(image) for image in images if image.header.SeriesInstanceUID == uid
        ]
        study.ReferencedSeriesSequence.append(series)
    return study


def _reference(image: _Image) -> Dataset:
    """Return the reference to an image."""
    reference = Dataset()
    reference.ReferencedSOPClassUID = image.header.SOPClassUID
    reference.ReferencedSOPInstanceUID = image.header.SOPInstanceUID
    return reference
