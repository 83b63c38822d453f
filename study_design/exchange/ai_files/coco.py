"""COCO JSON: images, annotations and categories in one file, or a list of results alone.

Boxes are x, y, width, height from the upper left corner, in pixels of the picture that `images`
describes; Detectron2's `bbox_mode` 0 says corners. An image that is listed and has no annotation
was looked at and nothing was found, unless boxes stand elsewhere in the file: those are named.
Source: cocodataset.org, data format and results format.
"""

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.ai_files.reported import (
    Corners,
    PictureSize,
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.tables.csv_file import number
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning, meaning_of
from study_design.vocabulary import AiStatus

Record = dict[str, Any]

_READ = ("images", "annotations", "categories", "info", "licenses")
_SCORES = ("score", "confidence", "probability", "prob", "conf")
_MAY_BE_SCORE = re.compile(r"score|conf|prob|suspic|malig", re.IGNORECASE)
_MAY_BE_BOX = re.compile(
    r"box|roi|coord|rect|region|poly|contour|segm|mark|det|pred|lesion|find|annot", re.IGNORECASE
)
# BoxMode.XYXY_ABS and XYWH_ABS of Detectron2.
_CORNERS_MODE, _SIZED_MODE = 0, 1


def is_coco(content: object) -> bool:
    """Tell whether the content of a JSON file is a COCO data set or a list of COCO results."""
    if isinstance(content, dict):
        return "annotations" in content and "images" in content
    return bool(_records(content)) and all(
        "image_id" in one and "bbox" in one for one in _records(content)
    )


def read_coco(path: Path, content: object, column_map: ColumnMap) -> ReportedRun:
    """Return what a COCO file reports; a map file may say the scale and what categories mean."""
    whole: Record = content if isinstance(content, dict) else {"annotations": content}
    images = {_name(one, "id"): _image(one) for one in _records(whole.get("images"))}
    words = {
        _name(one, "id"): str(one.get("name", "")) for one in _records(whole.get("categories"))
    }
    boxes: list[ReportedBox] = []
    problems = [Problem(path.name, words_) for words_ in _elsewhere(whole)]
    left_out = 0
    annotations = _records(whole["annotations"])
    for place_, one in enumerate(annotations, start=1):
        place = f"{path.name}, annotation {one.get('id', place_)}"
        identifier = _name(one, "category_id")
        word = words.get(identifier, "" if identifier is None else str(identifier))
        meaning = meaning_of(word, column_map.types) if word else Meaning.OTHER
        on = images.get(_name(one, "image_id"))
        on = ReportedImage(str(one.get("image_id"))) if on is None and not images else on
        wrong = _wrong(one, word, meaning, on)
        if wrong or on is None or meaning is None:
            problems.append(Problem(place, wrong, on))
        elif meaning is Meaning.LEFT_OUT:
            left_out += 1
        else:
            key = _score_key(one)
            score = _score(one[key]) if key else None
            boxes.append(ReportedBox(place, on, _corners(one), score, meaning.types))
    found = {box.on.image for box in boxes}
    return ReportedRun(
        "COCO JSON",
        (path,),
        tuple(boxes),
        tuple(
            ReportedCase(f"{path.name}, image {image.image}", image, AiStatus.NONE)
            for image in images.values()
            if image.image not in found
        ),
        scale=column_map.scale,
        provenance=f"imported from {path.name} (COCO JSON)",
        words=tuple(dict.fromkeys(word for word in words.values() if word)),
        problems=tuple(problems),
        warnings=(f"{path.name}: {counted(left_out, 'box')} left out by their category",)
        * bool(left_out),
    )


def _records(value: object) -> Sequence[Record]:
    """Return the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _name(one: Record, key: str) -> str | float | None:
    """Return an identifier, a number or a text; a list or a table in its place as its spelling."""
    value = one.get(key)
    return value if value is None or isinstance(value, str | int | float) else repr(value)


def _image(one: Record) -> ReportedImage:
    """Return an entry of `images`; the file name tells which it is, without one its id does."""
    width, height = _number(one.get("width")), _number(one.get("height"))
    size = PictureSize(width, height) if width > 0 and height > 0 else None
    name = str(one.get("file_name") or one.get("id"))
    return ReportedImage(re.split(r"[/\\]", name)[-1], size=size)


def _wrong(one: Record, word: str, meaning: Meaning | None, on: ReportedImage | None) -> str:
    """Return what is wrong with an annotation; empty where nothing is."""
    box = one.get("bbox")
    if on is None:
        return f"expected an image that the file lists, got image_id {one.get('image_id')!r}"
    if not isinstance(box, list) or len(box) != 4:
        return f"expected a bbox of x, y, width, height, got {box!r}"
    if meaning is None or meaning is Meaning.NO_FINDING:
        return f"expected a category that is an abnormality, got {word!r}"
    if one.get("bbox_mode", _SIZED_MODE) not in (_CORNERS_MODE, _SIZED_MODE):
        return f"expected bbox_mode 0 or 1, in pixels, got {one['bbox_mode']!r}"
    return _wrong_score(one)


def _wrong_score(one: Record) -> str:
    """Return what is wrong with the score of an annotation; empty where nothing is."""
    key = _score_key(one)
    if key and not math.isfinite(_score(one[key])):
        return f"expected a number as {key}, got {one[key]!r}"
    strange = [name for name in one if not key and _MAY_BE_SCORE.search(str(name))]
    if strange:
        return f"expected the score in score, got it perhaps in {strange[0]}: rename the key"
    return ""


def _score_key(one: Record) -> str:
    """Return the key that holds the score of an annotation; empty where none does."""
    return next((key for key in _SCORES if key in one), "")


def _score(value: object) -> float:
    """Return a score, which may be written as text; NaN where it is none."""
    if not isinstance(value, str):
        return _number(value)
    try:
        return number(value.strip(), "score")
    except BadInputError:
        return math.nan


def _corners(one: Record) -> Corners:
    """Return the box of an annotation."""
    x, y, third, fourth = (_number(value) for value in one["bbox"])
    if one.get("bbox_mode", _SIZED_MODE) == _CORNERS_MODE:
        return Corners(x, y, third, fourth)
    return Corners.sized(x, y, third, fourth)


def _elsewhere(whole: Record) -> Iterator[str]:
    """Name what else in the file may hold boxes: it would be lost, and its images free of them."""
    for key, value in whole.items():
        if key not in _READ and isinstance(value, list | dict) and value:
            yield f"expected boxes in annotations alone, got {key} too: move its boxes or remove it"
    for one in _records(whole.get("images")):
        for key, value in one.items():
            if isinstance(value, list | dict) and value and _MAY_BE_BOX.search(str(key)):
                yield f"expected boxes in annotations, got {key} in image {one.get('id')!r}"
                return


def _number(value: object) -> float:
    """Return a number; NaN for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else math.nan  # type: ignore[arg-type]
