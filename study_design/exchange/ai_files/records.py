"""Records in JSON as a table: the objects of a list, or those under the names of images."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from study_design.exchange.ai_files.mapped_table import NUMBERS_OF_A_BOX
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.box_orders import known_order
from study_design.tables.foreign.known_columns import guessed_columns

Record = dict[str, Any]


def read_records(path: Path, content: object) -> CsvTable | None:
    """Return a JSON list of objects as a table, lists within as text; None where it is none.

    An object whose values are objects or lists of objects counts too: its keys are in `image`.
    """
    records = _records(content)
    return records_table(path, records) if records else None


def records_table(path: Path, nested: Sequence[Record]) -> CsvTable:
    """Return records as a table; what an object within a record holds stands in columns too."""
    nested = _opened(nested)
    names = {key: edges for record in nested for key, v in record.items() if (edges := _edges(v))}
    records = [_flat(record, names) for record in nested]
    columns = tuple(dict.fromkeys(key for record in records for key in record))
    rows = tuple({key: _cell(record.get(key)) for key in columns} for record in records)
    return CsvTable(path, columns, rows)


def _flat(record: Record, names: Mapping[str, tuple[str, ...]]) -> Record:
    """Return a record with the objects in it opened, and lists of boxes named by their order.

    `names`: what the numbers are in the lists of any record; a list may be empty in this one.
    Where two objects name something alike, as the width of a picture and of a box, it goes by both
    names.
    """
    inner = Counter(
        name
        for key, value in record.items()
        for name in (value if isinstance(value, dict) else [key])
    )
    flat: Record = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= {(f"{key} {name}" if inner[name] > 1 else name): v for name, v in value.items()}
        elif value == [] or _edges(value):
            edges = _edges(value) or names.get(key, ())
            flat[f"{key} ({', '.join(edges)})" if edges else key] = [
                list(one.values()) for one in value
            ]
        else:
            flat[key] = value
    return flat


def _opened(records: Sequence[Record]) -> Sequence[Record]:
    """Return a record for each object in the only list of objects that records hold.

    What stands beside the list is told of each; a list that is empty leaves a record without it. A
    name that stands within and beside is called `NAME beside` there, so that nobody mixes them up.
    """
    lists = {
        key
        for record in records
        for key, value in record.items()
        if isinstance(value, list) and value and not _edges(value) and isinstance(value[0], dict)
    }
    if len(lists) != 1:
        return records
    (within,) = lists
    if not all(isinstance(record.get(within, []), list) for record in records):
        return records
    names = {name for record in records for one in record.get(within, []) for name in one}
    found: list[Record] = []
    for record in records:
        beside = {
            f"{key} beside" if key in names and key != "image" else key: value
            for key, value in record.items()
            if key != within
        }
        found += [{**one, **beside} for one in record.get(within) or [{}]]
    return found


def _edges(value: object) -> tuple[str, ...]:
    """Return what the four numbers of each box in a list of objects are; empty for others."""
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        return ()
    edges = tuple(value[0])
    alike = len(edges) == NUMBERS_OF_A_BOX and all(tuple(one) == edges for one in value)
    return edges if alike and known_order(", ".join(edges)) else ()


def _records(content: object) -> Sequence[Record]:
    """Return the objects in the content of a JSON file; none where it is of another form."""
    if isinstance(content, list):
        return content if all(isinstance(one, dict) for one in content) else ()
    if not isinstance(content, dict):
        return ()
    lists = [value for value in content.values() if isinstance(value, list | dict)]
    if len(lists) == 1 and isinstance(lists[0], list) and _name_images(lists[0]):
        rest = {key: value for key, value in content.items() if value is not lists[0]}
        return [{**rest, **one} for one in lists[0]]
    records: list[Record] = []
    for key, value in content.items():
        within = value if isinstance(value, list) else [value]
        if not all(isinstance(one, dict) for one in within):
            return ()
        records += [{"image": key, **one} for one in within]
    return records


def _name_images(records: Sequence[object]) -> bool:
    """Tell whether all of some objects say of which image or case they are."""
    if not records or not all(isinstance(one, dict) for one in records):
        return False
    known = [guessed_columns(tuple(map(str, one))) for one in records if isinstance(one, dict)]
    return all(columns.image or columns.case for columns in known)


def _cell(value: object) -> str:
    """Return a value as the text of a cell."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
