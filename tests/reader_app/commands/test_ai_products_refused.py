"""AI files that are not understood are refused or named by one line of the real command."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from given_ai_products import BOX, L_CC, R_CC, RECORD, REST, Product, found_by
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    GrayscaleSoftcopyPresentationStateStorage,
    SecondaryCaptureImageStorage,
)

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
