"""Guesses which column of a foreign table holds what, by the names that products use.

VinDr-Mammo's columns are among them (Nguyen 2023, Scientific Data 10:277). A guess is told to
whoever brings the table in, and a map file goes before it.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from study_design.tables.foreign.column_map import Columns
from study_design.tables.foreign.score_signs import without_scale
from study_design.tables.foreign.sheet_columns import CASE_NAMES, SIDE_NAMES, VIEW_NAMES

# Each meaning with the names it goes by, the surest first, as `plain_header` compares.
_NAMES = {
    "image": "image id, image, sop instance uid, sopinstanceuid, sop uid, image name, image file, "
    "file name, filename, file, image path, img path, path, dicom, png, dicom path, "
    "anon dicom path, refnum, reference number",
    "case": "case, study id, study instance uid, studyinstanceuid, accession number, accession, "
    f"patient id, patient, exam, exam id, study, {CASE_NAMES}",
    "view": f"view, {VIEW_NAMES}",
    "laterality": f"laterality, {SIDE_NAMES}",
    "box": "box, bbox, boxes, bboxes, pred boxes, bounding box, bounding boxes, coords, "
    "coordinates, roi coords, roi, rect, detection boxes",
    "score": "score, confidence, probability, prob, conf, scores, pred scores, abnormality score, "
    "lesion score, malignancy score, prediction, pred, detection scores, malignant score, "
    "cancer score, suspicion score, risk score, ai score, malignancy probability, suspicion, "
    "probability of malignancy, likelihood, likelihood of malignancy, p malignant, konfidenz, "
    "wahrscheinlichkeit, malignitätswahrscheinlichkeit, probabilité, confiance, "
    "probabilité de malignité, 置信度, 概率, 恶性概率, 评分, 得分, 確信度, 信頼度, スコア, 確率",
    "types": "types, type, class name, finding categories, category, class, label, labels, "
    "pred labels, lesion type, abnormality, finding, findings, category name, finding type, "
    "region type, abnormality type, typ, art, befundart, befund, type de lésion, 类型, 病灶类型, "
    "病变类型, 種類, 所見, 유형",
    "status": "status, result, processing status",
    "detection": "detection, detection id, finding id, lesion id, lesion",
    "malignancy": "malignancy",
    "birads": "finding birads, birads, bi rads",
    "morphology": "morphology",
    "quadrant": "quadrant",
    "depth": "depth",
    "picture_width": "picture width, image width, img width, orig width",
    "picture_height": "picture height, image height, img height, orig height",
}
# An order of four numbers as a column's name ends with it: bbox_xywh.
SHORT_ORDERS = ("xyxy", "ltrb", "yxyx", "tlbr", "xxyy", "yyxx", "xywh", "ltwh", "cxcywh")
_BOXES = (
    {"x0": "x0, x min, xmin, left", "y0": "y0, y min, ymin, top", "x1": "x max, xmax, right, x1",
     "y1": "y max, ymax, bottom, y1"},
    {"x0": "x1", "y0": "y1", "x1": "x2", "y1": "y2"},
    {"x0": "min col, col min, min column, column min", "y0": "min row, row min",
     "x1": "max col, col max, max column, column max", "y1": "max row, row max"},
    # scikit-image: min_row, min_col, max_row, max_col.
    {"y0": "bbox-0", "x0": "bbox-1", "y1": "bbox-2", "x1": "bbox-3"},
    {"x_centre": "x centre, x center, cx, xc, center x, centre x",
     "y_centre": "y centre, y center, cy, yc, center y, centre y",
     "width": "width px, width, w, box width, bbox width",
     "height": "height px, height, h, box height, bbox height"},
    {"x_centre": "x centre, x center, cx, xc, center x, centre x, x px, x",
     "y_centre": "y centre, y center, cy, yc, center y, centre y, y px, y",
     "radius": "radius px, radius, rayon, 半径"},
    {"x0": "x px, x, left, xmin, x min, bbox x, x0, x1",
     "y0": "y px, y, top, ymin, y min, bbox y, y0, y1",
     "width": "width px, width, w, bbox width, bbox w, box width",
     "height": "height px, height, h, bbox height, bbox h, box height"},
)  # fmt: skip


def guessed_columns(header: Sequence[str]) -> Columns:
    """Return what the columns of a table hold by their names; empty where no name is known.

    `x1` is the left edge beside `x2` and the right edge beside `x0`.
    """
    plain = {plain_header(name): name for name in reversed(header)}
    found = {meaning: _first(plain, names) for meaning, names in _NAMES.items()}
    found["box"] = found["box"] or _with_order(header)
    found["score"] = found["score"] or _first(
        {plain_header(without_scale(name)): name for name in reversed(header)}, _NAMES["score"]
    )
    for names in _BOXES:
        edges = {meaning: _first(plain, known) for meaning, known in names.items()}
        if all(edges.values()):
            found |= edges
            break
    else:
        return Columns(**found)
    # VinDr's `width` and `height` are the picture's, beside corners.
    if "x1" in edges:
        found["picture_width"] = found["picture_width"] or plain.get("width", "")
        found["picture_height"] = found["picture_height"] or plain.get("height", "")
    return Columns(**(found | {"box": ""}))


@lru_cache(maxsize=16384)
def plain_header(name: str) -> str:
    """Return a column's name without what tells none apart: capitals, accents, spaces, signs."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = unicodedata.normalize("NFC", re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", apart))
    return re.sub(r"[\W_]+", "", plain)


def _with_order(header: Sequence[str]) -> str:
    """Return the column of boxes whose name goes on with an order: `bbox (x, y, w, h)`."""
    names = [plain_header(name) for name in _NAMES["box"].split(",")]
    ends = [f"{name}{short}" for name in names for short in SHORT_ORDERS]
    return next(
        (
            column
            for column in header
            if plain_header(column) in ends or plain_header(re.split(r"[(\[{]", column)[0]) in names
        ),
        "",
    )


def _first(plain: dict[str, str], names: str) -> str:
    """Return the column of the first name that the table has."""
    return next(
        (plain[name] for one in names.split(",") if (name := plain_header(one)) in plain), ""
    )
