"""Files as AI products and papers write them, brought to an imported study by the real command."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    GrayscaleSoftcopyPresentationStateStorage,
    SecondaryCaptureImageStorage,
)

from study_design.cases.case_import import import_images
from study_design.detections import SystemResults
from study_design.exchange.detection_json import read_system_results
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from tests.reader_app.commands.conftest import LOCKED_AT

R_CC, L_CC = "PHANTOM-5101-1.dcm", "PHANTOM-5101-2.dcm"
BOX = (50.0, 60.0, 20.0, 25.0)
REST = ("--without-row", "none")


@dataclass(frozen=True)
class Product:
    """Brings files of a product in: what the command said, and what is in the study then."""

    study: StudyFolder
    home: Path
    crossread: Callable[..., Any]
    rows: int
    columns: int

    def __call__(self, files: dict[str, str | bytes], *words: object) -> Any:
        paths = []
        for name, content in files.items():
            paths.append(self.home / name)
            paths[-1].parent.mkdir(exist_ok=True)
            raw = content if isinstance(content, bytes) else content.encode()
            paths[-1].write_bytes(raw)
        named = {self.home / path.relative_to(self.home).parts[0] for path in paths}
        return self.crossread("detections", self.study.path, *sorted(named), *SYSTEM, *words)

    @property
    def results(self) -> SystemResults:
        return read_system_results(self.study.detections / "product.json")

    def refused(self, files: dict[str, str | bytes], *words: object) -> str:
        """Return the one line of a refusal; nothing came in."""
        done = self(files, *words)
        assert (done.status, done.err.count("\n")) == (1, 1), done.err
        assert not list(self.study.detections.glob("*"))
        return str(done.err)


SYSTEM = ("--system", "product")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exam of a patient, PHANTOM-5101, accession PH5101, as it is imported."""
    home = tmp_path_factory.mktemp("imported")
    exam = render(draw_exam(5101, lesions=(), storage=Storage.HUNG), spacing_mm=1.0)
    files = [file.path for file in write_dicom(exam, home / "source").files]
    study = new_study(home / "STUDY", template="zhou2023", by=Actor("Ann"), now=LOCKED_AT)
    import_images(study, files)
    return home


@pytest.fixture
def product(imported: Path, crossread: Callable[..., Any], tmp_path: Path) -> Any:
    study = StudyFolder(imported / "STUDY")
    shape = dcmread(imported / "source" / R_CC).pixel_array.shape
    (tmp_path / "files").mkdir()
    yield Product(study, tmp_path / "files", crossread, *shape)
    for path in study.detections.glob("*"):
        path.unlink()


Found = Sequence[tuple[str, tuple[str, ...], float, tuple[float, ...]]]


def found_by(results: SystemResults) -> Found:
    """View, types, score and box of every detection."""
    return [
        (
            box.view.value,
            tuple(kind.value for kind in found.types),
            found.score,
            (box.where.x_px, box.where.y_px, box.where.width_px, box.where.height_px),
        )
        for case in results.cases
        for found in case.detections
        for box in found.boxes
    ]


RECORD = {"x1": 50, "y1": 60, "x2": 70, "y2": 85, "score": 0.8, "label": "mass"}
MASS = [("R-CC", ("mass",), 0.8, BOX)]
READ: dict[str, tuple[dict[str, str | bytes], str, Found]] = {
    "percent in the header, side and view apart": (
        {
            "a.csv": "Accession No.;Laterality;View;Lesion type;X;Y;Width;Height;"
            "Abnormality Score (%)\nPH5101;R;CC;Mass;50;60;20;25;87\n"
        },
        "0-100",
        [("R-CC", ("mass",), 87.0, BOX)],
    ),
    "a German spreadsheet": (
        {
            "a.csv": "Fallnummer;Seite;Ansicht;xmin;ymin;xmax;ymax;Befund;Wahrscheinlichkeit\n"
            "PH5101;rechts;CC;50,5;60;70,5;85;Herdbefund;0,87\n"
        },
        "0-1",
        [("R-CC", ("mass",), 0.87, (50.5, 60.0, 20.0, 25.0))],
    ),
    "a Chinese table": (
        {
            "a.csv": (
                "检查号,侧别,体位,x,y,w,h,类型,置信度\nPH5101,右,CC,50,60,20,25,钙化,0.9\n"
            ).encode("gb18030")
        },
        "0-1",
        [("R-CC", ("calcification",), 0.9, BOX)],
    ),
    "JSON Lines": (
        {"a.jsonl": "".join(json.dumps({"image": one, **RECORD}) + "\n" for one in (R_CC, L_CC))},
        "0-1",
        [*MASS, ("L-CC", ("mass",), 0.8, BOX)],
    ),
    "detections within a record, an empty list among them": (
        {
            "a.json": json.dumps(
                [{"image": R_CC, "detections": [RECORD]}, {"image": L_CC, "detections": []}]
            )
        },
        "0-1",
        MASS,
    ),
    "predictions under a name, with what holds for all": (
        {
            "a.json": json.dumps(
                {"created": "2026-01-01", "predictions": [{"file_name": R_CC, **RECORD}]}
            )
        },
        "0-1",
        MASS,
    ),
    "a status that the program ran": (
        {
            "a.csv": f"image,status,x,y,w,h,score,class\n{R_CC},OK,50,60,20,25,0.8,mass\n"
            f"{L_CC},OK,,,,,,\n"
        },
        "0-1",
        MASS,
    ),
    "COCO results with their data set": (
        {
            "set.json": json.dumps(
                {
                    "images": [{"id": 7, "file_name": R_CC}],
                    "categories": [{"id": 1, "name": "mass"}],
                    "annotations": [],
                }
            ),
            "results.json": json.dumps(
                [{"image_id": 7, "category_id": 1, "bbox": list(BOX), "score": 0.8}]
            ),
        },
        "0-1",
        MASS,
    ),
}


@pytest.mark.parametrize("form", READ)
def test_a_form_that_is_known_is_read_rightly(product: Product, form: str) -> None:
    files, scale, wanted = READ[form]
    done = product(files, *REST)
    assert done.status == 0, done.err
    assert product.results.scale == scale
    got = found_by(product.results)
    assert [one[:3] for one in got] == [one[:3] for one in wanted]
    for (*_, box), (*_, right) in zip(got, wanted, strict=True):
        assert box == pytest.approx(right)


def test_shares_of_the_picture_and_files_of_one_picture_are_read(product: Product) -> None:
    files: dict[str, str | bytes] = {
        f"yolo/PHANTOM-5101-{number}.txt": "" for number in range(1, 5)
    }
    files["yolo/PHANTOM-5101-1.txt"] = "1 0.5 0.4 0.1 0.2 0.83\n"
    files["yolo/classes.txt"] = "mass\ncalcification\n"
    assert product(files).status == 0
    ((view, types, score, box),) = found_by(product.results)
    assert (view, types, score) == ("R-CC", ("calcification",), 0.83)
    across, down = product.columns, product.rows
    assert box == pytest.approx((0.45 * across, 0.3 * down, 0.1 * across, 0.2 * down))


def test_scores_of_exams_come_in_as_our_own_table_without_boxes(product: Product) -> None:
    table = "case,status,score_exam,score_right,score_left,scale\nPH5101,finding,93,93,7,0-100\n"
    done = product({"ai_cases.csv": table})
    assert (done.status, done.out) == (0, "product: 0 boxes on 1 case.\n"), done.err
    (case,) = product.results.cases
    assert (case.case, case.score_exam, case.score_left) == ("C001", 93.0, 7.0)


HEAD = "image,x,y,w,h,score"
REFUSED: dict[str, tuple[str, str | bytes, str]] = {
    "exam scores in percent": (
        "s.csv",
        "Accession,Case Score\nPH5101,93%\n",
        "s.csv: row 2, Case Score: expected boxes, got '93%', of exams as a whole. Scores of exams",
    ),
    "image scores": ("s.csv", f"file_name,prob\n{R_CC},0.9\n", "got '0.9', of images as a whole"),
    "verdicts": ("s.csv", "accession,result\nPH5101,normal\n", "got 'normal', of exams as a whole"),
    "two scores": (
        "s.csv",
        f"{HEAD},ExamScore\n{R_CC},50,60,20,25,71,9\n",
        "s.csv, row 2: expected the score .* perhaps in ExamScore",
    ),
    "score of a lesion and beside it": (
        "s.json",
        json.dumps([{"image": R_CC, "score": 0.9, "marks": [RECORD]}]),
        "expected the score .* perhaps in score beside",
    ),
    "four numbers in one cell": (
        "s.json",
        json.dumps([{"image": R_CC, "detections": [{"bbox": [50, 60, 70, 85], "score": 0.8}]}]),
        "bbox: expected to be told what the four numbers of a box are",
    ),
    "four corners": (
        "s.csv",
        f"image,x1,y1,x2,y2,x3,y3,score\n{R_CC},50,60,70,60,70,85,0.8\n",
        "s.csv, row 2: x3: expected all of a box",
    ),
    "polygons": (
        "s.csv",
        f'image,polygon,score\n{R_CC},"[[50,60],[70,60],[70,85]]",0.8\n',
        "expected columns for x0, y0, x1, y1 .* got image, polygon, score",
    ),
    "millimetres": (
        "s.csv",
        f"image,x_mm,y_mm,width_mm,height_mm,score\n{R_CC},5,6,2,2,0.8\n",
        "expected columns for x0, y0",
    ),
    "minus ones": (
        "s.csv",
        f"{HEAD}\n{R_CC},-1,-1,-1,-1,0.1\n{L_CC},50,60,20,25,0.8\n",
        "s.csv, row 2: expected a box, or empty cells where there is none, got -1 alone",
    ),
    "log odds": ("s.csv", f"{HEAD}\n{R_CC},50,60,20,25,-1.3\n", "scores of 0 or more, got -1.3"),
    "a heat map": ("h.png", b"", r"h\.png: expected a table, got a picture \(PNG\)"),
    "an array": ("h.npy", b"\x93NUMPY\x01\0", "h.npy: expected a table, got an array of NumPy"),
    "a pickle": ("h.pkl", b"\x80\x04\x95abc", "h.pkl: expected a table, got a pickle of Python"),
    "Pascal VOC": ("a.xml", "<annotation><object/></annotation>", "a.xml: .* got XML"),
    "XML with its head": ("a.xml", '<?xml version="1.0"?>\n<results/>', "a.xml: .* got XML"),
    "a web page": ("a.htm", "<?xml version='1.0'?><html><table/></html>", "got a web page"),
    "LabelMe": (
        "l.json",
        json.dumps({"imagePath": R_CC, "shapes": [{"label": "mass", "points": [[1, 2], [3, 4]]}]}),
        "l.json: ",
    ),
    "a report": (
        "r.json",
        '{"resourceType": "DiagnosticReport"}',
        "r.json: expected JSON of boxes",
    ),
    "broken JSON": (
        "b.json",
        '[{"image": 1,',
        "b.json: expected JSON, got: .* Write the file again",
    ),
    "a header alone": ("s.csv", f"{HEAD}\n", "expected a row on every image of every case"),
    "a COCO list of another study": (
        "c.json",
        json.dumps([{"image_id": 99, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]),
        "c.json, annotation 1: expected an image of the study, got 99",
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_a_form_that_is_not_understood_is_refused_by_one_line(product: Product, form: str) -> None:
    name, content, line = REFUSED[form]
    if name.endswith(".png"):
        Image.fromarray(np.zeros((64, 64), np.uint8)).save(product.home / name)
        content = (product.home / name).read_bytes()
    words = () if form == "a header alone" else REST
    refusal = product.refused({name: content}, *words)
    assert re.search(line, refusal), refusal


def state_of(
    mammogram: Path, to: Path, *graphics: tuple[str, list[float]], text: str = ""
) -> bytes:
    """A presentation state that draws compound graphics alone on a mammogram."""
    image = dcmread(mammogram)
    made, series, shown, drawn = Dataset(), Dataset(), Dataset(), Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = GrayscaleSoftcopyPresentationStateStorage
    made.SOPInstanceUID = f"{image.SOPInstanceUID[:60]}.9"
    shown.ReferencedSOPClassUID = image.SOPClassUID
    shown.ReferencedSOPInstanceUID = image.SOPInstanceUID
    series.ReferencedImageSequence = [shown]
    made.ReferencedSeriesSequence = [series]
    drawn.GraphicLayer = "AI"
    drawn.CompoundGraphicSequence = []
    for number, (kind, points) in enumerate(graphics, start=1):
        one = Dataset()
        one.CompoundGraphicType, one.CompoundGraphicInstanceID = kind, number
        one.CompoundGraphicUnits, one.GraphicDimensions = "PIXEL", 2
        one.NumberOfGraphicPoints, one.GraphicData = len(points) // 2, points
        drawn.CompoundGraphicSequence.append(one)
    if text:
        said = Dataset()
        said.UnformattedTextValue, said.AnchorPointAnnotationUnits = text, "PIXEL"
        said.AnchorPoint = graphics[0][1][:2]
        drawn.TextObjectSequence = [said]
    made.GraphicAnnotationSequence = [drawn]
    made.save_as(to, enforce_file_format=True)
    return to.read_bytes()


def test_a_rectangle_of_a_presentation_state_is_a_box_and_an_arrow_to_it_is_told(
    product: Product, imported: Path, tmp_path: Path
) -> None:
    box, near, far = [50.0, 60.0, 70.0, 85.0], [71.0, 70.0, 150.0, 200.0], [160.0, 5.0, 150.0, 9.0]
    outline = ("RECTANGLE", box)
    draw = (imported / "source" / R_CC, tmp_path / "made.dcm")
    for lone in (("ARROW", near), ("RULER", far)):
        line = product.refused({"a.dcm": state_of(*draw, lone)}, *REST)
        assert f"got the compound graphic {lone[0]} alone, which may be a mark" in line
    line = product.refused({"a.dcm": state_of(*draw, outline, ("ARROW", far))}, *REST)
    assert "got the compound graphic ARROW alone" in line
    state = state_of(*draw, outline, ("ARROW", near), text="Mass 87%")
    done = product({"a.dcm": state}, *REST)
    assert done.status == 0, done.err
    assert "1 line that does not close (arrow, ruler) was left out" in done.err
    assert found_by(product.results) == [("R-CC", ("mass",), 87.0, BOX)]


def test_a_picture_of_marks_is_named_as_what_it_is(
    product: Product, imported: Path, tmp_path: Path
) -> None:
    image = dcmread(imported / "source" / R_CC)
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    image.Modality = "OT"
    image.save_as(tmp_path / "capture.dcm")
    line = product.refused({"c.dcm": (tmp_path / "capture.dcm").read_bytes()}, *REST)
    assert line.startswith("c.dcm: expected results of an AI (")
    assert "got Secondary Capture Image Storage of modality OT" in line
