"""Detectors that write one file a picture, named after it, read as one table.

Text files with a box a line (YOLO: class, centre, size, score, as shares of the picture; names of
classes in classes.txt), or JSON files with lists of boxes, scores and labels (MMDetection). An
empty file says that nothing was found.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from study_design.exchange.ai_files.records import records_table
from study_design.foreign_text import parsed_json, read_bounded
from study_design.tables.csv_file import CsvTable

_CLASSES = "classes.txt"
_LINE = ("class", "x_centre", "y_centre", "width", "height", "score")
_BOXES = ("bboxes", "boxes", "bbox")


def picture_table(files: Sequence[Path]) -> CsvTable | None:
    """Return the boxes in files of one picture each; None where the files are something else."""
    if not files:
        return None
    if all(path.suffix.lower() == ".txt" for path in files):
        return _of_lines(files)
    if all(path.suffix.lower() == ".json" for path in files):
        return _of_json(files)
    return None


def _of_lines(files: Sequence[Path]) -> CsvTable | None:
    """Return the boxes in text files; None where a line is not a class and four or five numbers."""
    names = {path.name.lower(): path for path in files}
    classes = _lines(names[_CLASSES]) if _CLASSES in names else []
    rows: list[dict[str, str]] = []
    for path in files:
        if path.name.lower() == _CLASSES:
            continue
        lines = [line.split() for line in _lines(path) if line.strip()]
        if not all(len(cells) in (5, 6) and _are_numbers(cells) for cells in lines):
            return None
        rows += [_row(path, cells, classes) for cells in lines or [[]]]
    has_scores = any(row["score"] for row in rows)
    columns = ("image", *(_LINE if has_scores else _LINE[:-1]))
    return CsvTable(_named(files), columns, tuple(rows))


def _lines(path: Path) -> list[str]:
    """Return the lines of a text file."""
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _are_numbers(cells: Sequence[str]) -> bool:
    """Tell whether all cells are numbers."""
    try:
        return all(float(cell) is not None for cell in cells)
    except ValueError:
        return False


def _row(path: Path, cells: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """Return the row of a line; of an empty file, one without a box."""
    row = dict.fromkeys(_LINE, "") | dict(zip(_LINE, cells, strict=False))
    if row["class"].isdigit() and int(row["class"]) < len(classes):
        row["class"] = classes[int(row["class"])].strip()
    return {"image": path.stem, **row}


def _of_json(files: Sequence[Path]) -> CsvTable | None:
    """Return the boxes in JSON files; None where one holds none."""
    records = []
    for path in files:
        try:
            content = parsed_json(read_bounded(path))
        except ValueError:
            return None
        if not isinstance(content, Mapping) or not any(key in content for key in _BOXES):
            return None
        records.append({"image": path.stem, **content})
    return records_table(_named(files), records)


def _named(files: Sequence[Path]) -> Path:
    """Return what the table is called: a single file, or the folder."""
    return files[0] if len(files) == 1 else files[0].parent
