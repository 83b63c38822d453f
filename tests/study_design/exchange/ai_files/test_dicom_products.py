"""TID 1500, SEG and GSPS come in; an independent library writes the objects that are read here."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from study_design.errors import BadInputError
from study_design.exchange.ai_files.sr_items import coded_item
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AbnormalityType, AiStatus, View

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    hd = pytest.importorskip("highdicom", reason="highdicom writes the objects")

SHARED = Path(__file__).resolve().parents[4] / ".." / "shared" / "data" / "images" / "dicom_sr_seg"
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


def test_measurement_groups_are_detections_joined_by_their_tracking(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    cc, mlo = header("C001_R-CC"), header("C001_R-MLO")
    groups = [group(cc, "lesion 1", 87.5), group(mlo, "lesion 1", 60.0), group(mlo, "other", 5.0)]
    path = measurement_report(tmp_path / "r.dcm", [cc, mlo], groups)
    foreseen = desk.foresee(path)
    assert not foreseen.problems
    both, other = foreseen.results.cases[0].detections
    assert [box.view for box in both.boxes] == [View.R_CC, View.R_MLO]
    assert both.boxes[0].where == Box(40.0, 50.0, 20.0, 20.0)
    assert (both.types, both.score, both.birads) == ((MASS,), 87.5, "4C")
    assert (other.score, foreseen.results.scale) == (5.0, "0-100")
    assert "1 detections have several scores: the highest was taken" in foreseen.warnings
    assert "measurement report (TID 1500) of Maker Product" in foreseen.results.provenance


def test_two_scales_or_two_possible_scores_are_named(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    image = header("C001_R-CC")
    no_unit = codes.UCUM.NoUnits
    groups = [group(image, "a", 50.0), group(image, "b", 0.5, no_unit)]
    path = measurement_report(tmp_path / "r.dcm", [image], groups)
    with pytest.raises(BadInputError, match="expected one scale of scores, got 0-1 and 0-100"):
        desk.bring_in(path)
    dataset = dcmread(path)
    (number,) = [
        item
        for item in dataset.ContentSequence[-1].ContentSequence[0].ContentSequence
        if item.ValueType == "NUM" and "score" in item.ConceptNameCodeSequence[0].CodeMeaning
    ]
    dataset.ContentSequence[-1].ContentSequence[0].ContentSequence.append(number)
    dataset.save_as(path)
    with pytest.raises(BadInputError, match="expected one score, got Abnormality score, Abnorm"):
        desk.bring_in(path)


def test_a_report_without_groups_says_nothing_unless_it_says_so_in_words(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    images = [header(f"C002_{view}") for view in View]
    path = measurement_report(tmp_path / "r.dcm", images, [group(images[0], "a", 1.0)])
    dataset = dcmread(path)
    dataset.ContentSequence[-1].ContentSequence = []
    dataset.save_as(path)
    asking = replace(desk, without_row=None)
    assert "nothing of 4 of 4 cases" in asking.foresee(path).question
    dataset.ContentSequence.append(
        coded_item("CONTAINS", codes.DCM.Finding, Code("N", "99MAKER", "No findings"))
    )
    dataset.save_as(path)
    foreseen = asking.foresee(path)
    assert foreseen.results.cases[0].status is AiStatus.NONE
    del dataset.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    dataset.save_as(path)
    assert "0 of 4" not in asking.foresee(path).question


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


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_a_segment_gives_a_box_round_its_pixels(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, kind: str
) -> None:
    image = header("C001_L-CC")
    mask = np.zeros((1, 400, 300), np.float64 if kind == "FRACTIONAL" else np.uint8)
    mask[0, 100:140, 20:50] = 0.8 if kind == "FRACTIONAL" else 1
    if kind == "FRACTIONAL":
        mask[0, 0:10, 0:10] = 0.2
    path = segmentation(tmp_path / "s.dcm", image, mask, kind, "mass")
    read = desk.bring_in(path)
    (found,) = read.cases[0].detections
    assert found.boxes[0].where == Box(20.0, 100.0, 30.0, 40.0)
    assert (found.detection, found.types) == ("s/T1", (MASS,))
    assert found.score == pytest.approx(0.8 if kind == "FRACTIONAL" else 1.0, abs=0.002)


def test_a_label_may_be_given_a_meaning(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    mask = np.zeros((1, 400, 300), np.uint8)
    mask[0, 1:4, 2:5] = 1
    path = segmentation(tmp_path / "s.dcm", header("C001_L-CC"), mask)
    assert desk.bring_in(path).cases[0].detections[0].types == ()
    words = ColumnMap().with_type("a thing", Meaning.DISTORTION)
    read = desk.bring_in(path, column_map=words)
    assert read.cases[0].detections[0].types == (AbnormalityType.DISTORTION,)


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_an_empty_segment_speaks_of_its_image_and_not_of_the_exam(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, kind: str
) -> None:
    asking = replace(desk, without_row=None)
    mask = np.zeros((1, 400, 300), np.float64 if kind == "FRACTIONAL" else np.uint8)
    paths = [
        segmentation(tmp_path / f"{view}.dcm", header(f"C001_{view}"), mask, kind, "mass")
        for view in View
    ]
    for count in (1, 3):
        question = asking.foresee(*paths[:count]).question
        assert f"got {count} of 4 images of case C001 alone, without a finding" in question
    with pytest.raises(BadInputError, match="1 of 4 images of case C001 alone"):
        asking.bring_in(paths[0])
    assert asking.foresee(*paths).results.cases[0].status is AiStatus.NONE


@pytest.mark.parametrize(
    ("category", "code", "label"),
    [
        (ANATOMY, codes.SCT.Breast, "Breast"),
        (ANATOMY, codes.SCT.Skin, "Skin"),
        (ANATOMY, codes.SCT.Nipple, "Nipple"),
        (ANATOMY, codes.SCT.PectoralisMajorMuscle, "Pectoral"),
        (Code("123037004", "SCT", "Anatomical Structure"), THING, "region"),
        (codes.SCT.Tissue, THING, "parenchyma"),
        (ABNORMAL, codes.SCT.Nipple, "x"),
        (ABNORMAL, THING, "pectoral muscle"),
    ],
)
def test_a_part_of_the_breast_is_no_finding_and_says_nothing_of_findings(
    desk: Any,
    header: Callable[[str], Dataset],
    tmp_path: Path,
    category: Code,
    code: Code,
    label: str,
) -> None:
    asking = replace(desk, without_row=None)
    mask = np.ones((1, 400, 300), np.uint8)
    paths = [
        segmentation(tmp_path / f"{view}.dcm", header(f"C001_{view}"), mask, "BINARY", label,
                     category, code)
        for view in View
    ]  # fmt: skip
    foreseen = asking.foresee(*paths)
    assert not foreseen.problems
    assert "4 segments of parts of the breast were left out" in foreseen.warnings
    assert "got nothing of 4 of 4 cases" in foreseen.question


@pytest.mark.parametrize(
    ("category", "code", "line"),
    [
        (ANATOMY, codes.SCT.Mass, "got 'lump' in the category 'Anatomical Structure'"),
        (Code("9", "99MAKER", "Region"), THING, r"got 'thing' \(1, 99MAKER\)"),
    ],
)
def test_a_segment_of_which_type_and_category_disagree_or_say_nothing_is_asked(
    desk: Any,
    header: Callable[[str], Dataset],
    tmp_path: Path,
    category: Code,
    code: Code,
    line: str,
) -> None:
    mask = np.zeros((1, 400, 300), np.uint8)
    mask[0, 1:4, 2:5] = 1
    image = header("C001_L-CC")
    path = segmentation(tmp_path / "s.dcm", image, mask, "BINARY", "lump", category, code)
    foreseen = desk.foresee(path)
    assert "lump" in foreseen.words
    with pytest.raises(BadInputError, match=rf"s\.dcm, frame 1: segment 1: .*{line}"):
        desk.bring_in(path)
    words = ColumnMap().with_type("lump", Meaning.MASS)
    assert desk.bring_in(path, column_map=words).cases[0].detections[0].types == (MASS,)


def test_what_is_nowhere_half_likely_is_told_and_a_share_of_a_pixel_is_no_score(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    mask = np.full((1, 400, 300), 0.25)
    path = segmentation(tmp_path / "s.dcm", header("C001_L-CC"), mask, "FRACTIONAL", "mass")
    faint = "1 segments that are nowhere half likely count as not there"
    assert faint in desk.foresee(path).warnings
    mask[0, 10:20, 10:20] = 0.75
    path = segmentation(tmp_path / "s.dcm", header("C001_L-CC"), mask, "FRACTIONAL", "mass")
    dataset = dcmread(path)
    dataset.SegmentationFractionalType = "OCCUPANCY"
    dataset.save_as(path)
    assert desk.bring_in(path).cases[0].detections[0].score == 1.0


def test_a_region_outside_every_group_and_one_in_millimetres_are_named(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    image = header("C001_R-CC")
    path = measurement_report(tmp_path / "r.dcm", [image], [group(image, "a", 50.0)])
    dataset = dcmread(path)
    of_group = dataset.ContentSequence[-1].ContentSequence[0].ContentSequence
    region = next(item for item in of_group if item.ValueType == "SCOORD")
    dataset.ContentSequence.append(region)
    dataset.save_as(path)
    with pytest.raises(BadInputError, match="a region in a measurement group, got one outside"):
        desk.bring_in(path)
    del dataset.ContentSequence[-1]
    region.ValueType = "SCOORD3D"
    dataset.save_as(path)
    with pytest.raises(BadInputError, match="in pixels of an image, got one in millimetres"):
        desk.bring_in(path)


def state(path: Path, images: list[Dataset], annotations: list[Any], layers: list[Any]) -> Path:
    made = hd.pr.GrayscaleSoftcopyPresentationState(
        images,
        content_label="AI",
        graphic_annotations=annotations,
        graphic_layers=layers,
        **equipment(),
    )
    made.save_as(path)
    return path


def outline(x: float, y: float, size: float) -> Any:
    corners = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return hd.pr.GraphicObject("POLYLINE", np.array(corners), "PIXEL")


def label(words: str, x: float, y: float) -> Any:
    return hd.pr.TextObject(words, "PIXEL", anchor_point=(x, y))


@pytest.fixture
def layer() -> Any:
    return hd.pr.GraphicLayer(
        "MASSES", 1, "Mass", hd.color.CIELabColor(l_star=50.0, a_star=20.0, b_star=-10.0)
    )


def test_outlines_take_the_scores_that_stand_beside_them(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image, other = header("C001_L-CC"), header("C001_R-CC")
    annotation = hd.pr.GraphicAnnotation(
        [image],
        layer,
        graphic_objects=[
            outline(10, 20, 30),
            outline(100, 200, 40),
            hd.pr.GraphicObject("POLYLINE", np.array([[5.0, 5.0], [90.0, 90.0]]), "PIXEL"),
        ],
        text_objects=[label("Calc 12.5%", 145, 240), label("No 1: 87 %", 12, 15)],
    )
    path = state(tmp_path / "p.dcm", [image, other], [annotation], [layer])
    read = desk.bring_in(path)
    mass, calc = read.cases[0].detections
    assert (mass.boxes[0].where, mass.score) == (Box(10.0, 20.0, 30.0, 30.0), 87.0)
    assert (calc.boxes[0].where, calc.score) == (Box(100.0, 200.0, 40.0, 40.0), 12.5)
    assert mass.types == (MASS,)
    assert calc.types == (AbnormalityType.CALCIFICATION,)
    assert (read.scale, read.version) == ("0-100", "1.0")


def test_a_colour_may_be_given_a_meaning(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image = header("C001_L-CC")
    annotation = hd.pr.GraphicAnnotation([image], layer, graphic_objects=[outline(10, 20, 30)])
    path = state(tmp_path / "p.dcm", [image], [annotation], [layer])
    assert desk.foresee(path).results.cases[0].detections[0].types == (MASS,)
    words = ColumnMap().with_type("colour 50 20 -10", Meaning.ASYMMETRY)
    found = desk.foresee(path, column_map=words).results.cases[0].detections[0]
    assert found.types == (AbnormalityType.ASYMMETRY,)


def test_two_states_of_one_image_and_places_on_the_screen_are_named(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image = header("C001_L-CC")
    annotation = hd.pr.GraphicAnnotation([image], layer, graphic_objects=[outline(10, 20, 30)])
    first = state(tmp_path / "a.dcm", [image], [annotation], [layer])
    second = state(tmp_path / "b.dcm", [image], [], [layer])
    with pytest.raises(BadInputError, match=r"b\.dcm: expected one run of the system on 1\.2"):
        desk.bring_in(first, second)
    dataset = dcmread(first)
    dataset.GraphicAnnotationSequence[0].GraphicObjectSequence[0].GraphicAnnotationUnits = "DISPLAY"
    del dataset.DisplayedAreaSelectionSequence
    dataset.save_as(first)
    with pytest.raises(BadInputError, match="expected units PIXEL, got DISPLAY"):
        desk.bring_in(first)


def test_kinds_are_not_mixed_and_other_objects_are_refused(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image = header("C001_L-CC")
    one = state(tmp_path / "a.dcm", [image], [], [layer])
    mask = np.ones((1, 400, 300), np.uint8)
    two = segmentation(tmp_path / "b.dcm", image, mask)
    with pytest.raises(BadInputError, match="objects of one kind, got presentation state"):
        desk.bring_in(one, two)
    with pytest.raises(BadInputError, match=r"C001_L-CC\.dcm: expected results of an AI .* MG"):
        desk.bring_in(desk.folder.images / "C001_L-CC.dcm")
    (tmp_path / "x.csv").write_text("a\n")
    with pytest.raises(BadInputError, match=r"a\.dcm \(DICOM\) and x\.csv"):
        desk.bring_in(one, tmp_path / "x.csv")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("highdicom_sr_document.dcm", "item 1.8.1: expected a code .*, got 'Spinal cord'"),
        ("highdicom_seg_image_cr_binary.dcm", "expected an image of the study, got 1.3"),
    ],
)
def test_objects_of_others_are_read_and_what_is_foreign_is_named(
    desk: Any, name: str, line: str
) -> None:
    foreseen = desk.foresee(SHARED / name)
    assert len(foreseen.problems) == 1
    with pytest.raises(BadInputError, match=line):
        desk.bring_in(SHARED / name)
