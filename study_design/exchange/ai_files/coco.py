"""COCO JSON: images, annotations and categories in one file, or a list of results alone.

Boxes are x, y, width, height from the upper left corner, in pixels of the picture that `images`
describes. An image that is listed and has no annotation was looked at and nothing was found.
Source: cocodataset.org, data format and results format.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from study_design.exchange.ai_files.reported import (
    Corners,
    PictureSize,
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.exchange.foreign_tables.column_map import ColumnMap
from study_design.exchange.foreign_tables.type_words import Meaning, meaning_of
from study_design.vocabulary import AiStatus

Record = dict[str, Any]


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
    problems: list[Problem] = []
    left_out = 0
    annotations = _records(whole["annotations"])
    for number, one in enumerate(annotations, start=1):
        place = f"{path.name}, annotation {one.get('id', number)}"
        identifier = _name(one, "category_id")
        word = words.get(identifier, "" if identifier is None else str(identifier))
        meaning = meaning_of(word, column_map.types) if word else Meaning.OTHER
        on = images.get(_name(one, "image_id"))
        on = ReportedImage(str(one.get("image_id"))) if on is None and not images else on
        wrong = _wrong(one, word, meaning, on)
        if wrong or on is None or meaning is None:
            problems.append(Problem(place, wrong))
        elif meaning is Meaning.LEFT_OUT:
            left_out += 1
        else:
            x, y, width, height = (_number(value) for value in one["bbox"])
            corners = Corners.sized(x, y, width, height)
            score = _number(one["score"]) if "score" in one else None
            boxes.append(ReportedBox(place, on, corners, score, meaning.types))
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
        warnings=(f"{path.name}: {left_out} boxes left out by their category",) * bool(left_out),
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
    if "score" in one and not math.isfinite(_number(one["score"])):
        return f"expected a number as score, got {one['score']!r}"
    return ""


def _number(value: object) -> float:
    """Return a number; NaN for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else math.nan  # type: ignore[arg-type]
