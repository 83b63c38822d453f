"""What tests of `dicom_products` begin with."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from study_design.vocabulary import AbnormalityType

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    hd = pytest.importorskip("highdicom", reason="highdicom writes the objects")

MASS = AbnormalityType.MASS


SERIES = generate_uid()


@pytest.fixture
def header(desk: Any) -> Callable[[str], Dataset]:
    """Return the image of a name with what a header of a scanner has besides."""

    def read(image: str) -> Dataset:
        dataset = dcmread(desk.folder.images / f"{image}.dcm")
        dataset.StudyDate, dataset.StudyTime, dataset.AccessionNumber = "20260101", "120000", "1"
        dataset.PatientName = "P001^"
        dataset.PatientBirthDate, dataset.PatientSex = "", ""
        dataset.ReferringPhysicianName, dataset.StudyID = "", ""
        return dataset

    return read


def equipment() -> dict[str, Any]:
    return {
        "series_instance_uid": SERIES,
        "series_number": 1,
        "sop_instance_uid": generate_uid(),
        "instance_number": 1,
        "manufacturer": "Maker",
        "manufacturer_model_name": "Product",
        "software_versions": "1.0",
        "device_serial_number": "1",
    }


def group(image: Dataset, name: str, score: float, unit: Code = codes.UCUM.Percent) -> Any:
    region = hd.sr.ImageRegion(
        hd.sr.GraphicTypeValues.CIRCLE,
        np.array([[50.0, 60.0], [60.0, 60.0]]),
        hd.sr.SourceImageForRegion(image.SOPClassUID, image.SOPInstanceUID),
    )
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        hd.sr.TrackingIdentifier(generate_uid(), name),
        referenced_region=region,
        finding_type=codes.SCT.MammographicBreastMass,
        measurements=[
            hd.sr.Measurement(Code("X1", "99MAKER", "Abnormality score"), score, unit),
            hd.sr.Measurement(codes.SCT.Diameter, 12.0, codes.UCUM.Millimeter),
        ],
        qualitative_evaluations=[
            hd.sr.QualitativeEvaluation(
                codes.DCM.AssessmentCategory, Code("X2", "99MAKER", "BI-RADS 4C")
            )
        ],
    )


def measurement_report(path: Path, images: list[Dataset], groups: list[Any]) -> Path:
    context = hd.sr.ObservationContext(
        hd.sr.ObserverContext(
            codes.DCM.Device, hd.sr.DeviceObserverIdentifyingAttributes(generate_uid())
        )
    )
    content = hd.sr.MeasurementReport(
        context,
        codes.SCT.Mammography,
        imaging_measurements=groups,
    )
    report = hd.sr.ComprehensiveSR(images, content, **equipment())
    report.save_as(path)
    return path


ABNORMAL = codes.SCT.MorphologicallyAbnormalStructure


ANATOMY = codes.SCT.AnatomicalStructure


THING = Code("1", "99MAKER", "thing")


def segmentation(
    path: Path,
    image: Dataset,
    mask: Any,
    kind: str = "BINARY",
    label: str = "a thing",
    category: Code = ABNORMAL,
    code: Code | None = None,
) -> Path:
    known = codes.SCT.MammographicBreastMass if label == "mass" else THING
    description = hd.seg.SegmentDescription(
        1,
        label,
        category,
        code or known,
        hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        hd.AlgorithmIdentificationSequence("net", codes.DCM.ArtificialIntelligence, "1"),
        tracking_uid=generate_uid(),
        tracking_id="T1",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hd.seg.Segmentation(
            [image], mask, kind, [description], omit_empty_frames=False, **equipment()
        ).save_as(path)
    return path


def label(words: str, x: float, y: float) -> Any:
    return hd.pr.TextObject(words, "PIXEL", anchor_point=(x, y))
