"""Files of AI results, told apart by what is in them and never by their names."""

import struct
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom import dcmread
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import UID

from study_design.errors import BadInputError
from study_design.exchange.ai_files import (
    cad_report,
    measurement_report,
    presentation_state,
    segmentation,
)
from study_design.exchange.ai_files.cad_codes import CAD_SR, REPORT
from study_design.exchange.ai_files.coco import is_coco, read_coco
from study_design.exchange.ai_files.dicom_objects import DicomObject
from study_design.exchange.ai_files.mapped_table import (
    map_for,
    read_mapped_table,
)
from study_design.exchange.ai_files.picture_files import picture_table
from study_design.exchange.ai_files.records import read_records
from study_design.exchange.ai_files.reported import ReportedRun
from study_design.exchange.ai_files.sr_tree import code_of
from study_design.foreign_text import parsed_json
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.column_map import ColumnMap, Columns
from study_design.tables.table_file import table_in

_OWN_COLUMNS = ({"case", "view", "x_px", "y_px"}, {"case", "status", "score_exam"})
# What pydicom raises over objects that are not what they say.
DAMAGED = (
    InvalidDicomError,
    OSError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    BytesLengthException,
    struct.error,
)
LONGEST_REASON = 120
_MAMMOGRAMS = ("MG", "DX", "CR")
# Results, and the data set whose images and categories they name by number.
COCO_FILES = 2
# Which SOP classes, or titles of a structured report, an object of a kind has.
_KINDS = (
    (cad_report.KIND, (CAD_SR,), (REPORT,)),
    (measurement_report.KIND, (), (measurement_report.TITLE,)),
    (segmentation.KIND, segmentation.SOP_CLASSES, ()),
    (presentation_state.KIND, presentation_state.SOP_CLASSES, ()),
)
_STRUCTURED_REPORT = "1.2.840.10008.5.1.4.1.1.88."
_READERS = {
    cad_report.KIND: cad_report.read_cad_reports,
    measurement_report.KIND: measurement_report.read_measurement_reports,
    segmentation.KIND: segmentation.read_segmentations,
    presentation_state.KIND: presentation_state.read_presentation_states,
}


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Files in the study's own form: one JSON file, or the tables of an export."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ForeignFiles:
    """What foreign files report; of a table also its columns and the map by which it was read.

    `run` is None where the map lacks a column; `lacks` says which.
    """

    run: ReportedRun | None
    column_map: ColumnMap
    table: CsvTable | None = None
    lacks: str = ""


def open_files(paths: Sequence[Path], given: ColumnMap) -> OwnFiles | ForeignFiles:
    """Return what files of AI results report.

    Parameters
    ----------
    paths
        Files of one kind, or folders with DICOM objects.
    given
        What a map file says; its columns go before guesses.

    Raises
    ------
    BadInputError
        Where a file cannot be read, or files of several kinds are mixed.
    """
    files = tuple(_files(paths))
    if not files:
        raise BadInputError(
            f"Expected files with AI results, got none in {', '.join(map(str, paths))}."
        )
    dicom = [path for path in files if _is_dicom(path)]
    if dicom and len(dicom) < len(files) and all(path.is_file() for path in paths):
        other = next(path for path in files if path not in dicom)
        raise BadInputError(
            f"Expected files of one kind, got {dicom[0].name} (DICOM) and {other.name}. Bring them "
            "in one after the other, as systems of different names."
        )
    if dicom:
        return ForeignFiles(_dicom_run(dicom, given), given)
    of_pictures = picture_table(files)
    if of_pictures is not None:
        return _of_table(of_pictures, given)
    content = _results_with_images(files) if len(files) == COCO_FILES else None
    if content is not None:
        return ForeignFiles(read_coco(files[0], content, given), given)
    content = _json(files[0]) if len(files) == 1 else None
    if content is not None:
        return _of_json(files[0], content, given)
    return _of_tables(files, given)


def _results_with_images(files: Sequence[Path]) -> object:
    """Return COCO results with the images and categories of the data set beside them, if so.

    Annotations of the data set are its truth and stay out.
    """
    contents = [_json(path) for path in files]
    results = next((one for one in contents if isinstance(one, list) and is_coco(one)), None)
    whole = next((one for one in contents if isinstance(one, dict) and "images" in one), None)
    if results is None or whole is None:
        return None
    return {**whole, "annotations": results}


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Return files, those in folders in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                one for one in path.rglob("*") if one.is_file() and not one.name.startswith(".")
            )
        else:
            yield path


def _bytes(path: Path) -> bytes:
    """Return the bytes of a file, or refuse."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"Expected AI results at {path}, got: {error.strerror}. Check the path."
        ) from error


def _is_dicom(path: Path) -> bool:
    """Tell whether a file is a DICOM object, by its preamble."""
    try:
        with path.open("rb") as stream:
            return stream.read(132)[128:] == b"DICM"
    except OSError as error:
        raise BadInputError(
            f"Expected AI results at {path}, got: {error.strerror}. Check the path."
        ) from error


def _json(path: Path) -> object:
    """Return the content of a JSON file; None where it is no JSON file."""
    raw = _bytes(path).removeprefix(b"\xef\xbb\xbf").lstrip()
    if raw[:1] not in (b"{", b"["):
        return None
    try:
        return parsed_json(raw)
    except ValueError as error:
        lines = _json_lines(raw)
        if lines is not None:
            return lines
        raise BadInputError(
            f"{path.name}: expected JSON, got: {error}. Write the file again, or as CSV."
        ) from error


def _json_lines(raw: bytes) -> list[object] | None:
    """Return the objects of a file with one on each line (JSON Lines); None for another one."""
    lines = [line for line in raw.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith(b"{") for line in lines):
        return None
    try:
        return [parsed_json(line) for line in lines]
    except ValueError:
        return None


def _of_json(path: Path, content: object, given: ColumnMap) -> OwnFiles | ForeignFiles:
    """Return what a JSON file reports."""
    if is_coco(content):
        return ForeignFiles(read_coco(path, content, given), given)
    if isinstance(content, dict) and ("schema" in content or "cases" in content):
        return OwnFiles((path,))
    table = read_records(path, content)
    if table is None:
        raise BadInputError(
            f"{path.name}: expected JSON of boxes by image (our own form, COCO, a list of records, "
            "or an object whose keys are images), got another form. Bring in a CSV or COCO file."
        )
    return _of_table(table, given)


def _of_tables(files: tuple[Path, ...], given: ColumnMap) -> OwnFiles | ForeignFiles:
    """Return what one or two tables report."""
    tables = [table_in(path, _bytes(path), given.form) for path in files]
    own = any(set(table.columns) >= own for table in tables for own in _OWN_COLUMNS)
    if len(tables) > 1 or (own and given.columns == Columns()):
        return OwnFiles(files)
    return _of_table(tables[0], given)


def _of_table(table: CsvTable, given: ColumnMap) -> ForeignFiles:
    """Return what a foreign table reports; nothing yet where its columns are not known."""
    column_map = map_for(table, given)
    try:
        run = read_mapped_table(table, column_map)
    except BadInputError as error:
        return ForeignFiles(None, column_map, table, str(error))
    return ForeignFiles(run, column_map, table)


def _dicom_run(paths: Sequence[Path], given: ColumnMap) -> ReportedRun:
    """Return what DICOM objects of one kind report; other objects in a folder are passed over."""
    by_kind: dict[str, list[DicomObject]] = {}
    for path in paths:
        with _guarded(path):
            found = DicomObject(path, dcmread(path))
            by_kind.setdefault(_kind(found), []).append(found)
    kinds = [kind for kind in by_kind if kind in _READERS]
    if len(kinds) > 1:
        raise BadInputError(
            f"Expected DICOM objects of one kind, got {' and '.join(kinds)}. Bring them in one "
            "after the other, as systems of different names."
        )
    if not kinds:
        first = next(iter(by_kind))
        raise BadInputError(
            f"{paths[0].name}: expected results of an AI ({', '.join(_READERS)}), got {first}."
        )
    objects = by_kind[kinds[0]]
    with _guarded(objects[0].path):
        run = _READERS[kinds[0]](objects, given.types)
    return replace(
        run,
        scale=given.scale or run.scale,
        version=run.version or given.version,
        units_told=True,
        warnings=(*run.warnings, *_passed_over(by_kind)),
    )


def _passed_over(by_kind: Mapping[str, Sequence[DicomObject]]) -> Iterator[str]:
    """Return which objects were not read, but for mammograms: they may hold results too."""
    for kind in (one for one in by_kind if one not in _READERS):
        others = [one for one in by_kind[kind] if one.text("Modality") not in _MAMMOGRAMS]
        if others:
            counted = "1 object was" if len(others) == 1 else f"{len(others)} objects were"
            yield f"{counted} not read: {others[0].path.name}: {kind}"


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Refuse a damaged object; pydicom looks at a value only when it is asked for."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # values of foreign makers need not be well-formed
            yield
    except DAMAGED as error:
        raise BadInputError(
            f"{path.name}: expected a DICOM object, got a damaged one: "
            f"{str(error)[:LONGEST_REASON]}."
        ) from error


def _kind(found: DicomObject) -> str:
    """Return what an object is, in words."""
    title = code_of(found.dataset, "ConceptNameCodeSequence")
    for kind, sop_classes, titles in _KINDS:
        if found.sop_class in sop_classes or (title is not None and title in titles):
            return kind
    if found.sop_class.startswith(_STRUCTURED_REPORT):
        return f"a structured report ({title.meaning if title else 'without a title'})"
    name = UID(found.sop_class).name  # of one that is not known the UID itself
    return f"{name} of modality {found.text('Modality') or 'unknown'}"
