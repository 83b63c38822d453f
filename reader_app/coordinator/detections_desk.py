"""What the windows of AI results ask of a study: what is there, a look ahead, the acceptance.

Reading files and pictures may take long and runs beside the window's thread.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from study_design.detections import SystemResults
from study_design.errors import BadInputError
from study_design.exchange.detection_import import (
    DetectionImport,
    DetectionSource,
    ForeseenDetections,
    accept_detections,
    foresee_detections,
    refuse_odd_name,
)
from study_design.exchange.study_rows import study_systems
from study_design.images.link_file import LinkFile
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import (
    ColumnMap,
    read_column_map,
    write_column_map,
)
from study_design.vocabulary import AiStatus

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an import would bring, or why the files cannot be read at all."""

    column_map: ColumnMap
    detections: ForeseenDetections | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class SystemThere:
    """The results of a system that are in a study, and how many cases ended in which way."""

    results: SystemResults
    finding: int
    none: int
    failed: int
    not_processed: int


def systems_there(folder: StudyFolder) -> tuple[SystemThere, ...]:
    """Return the systems whose results are in a study, by name.

    Raises
    ------
    BadInputError
        Where a file of them is damaged.
    """
    found = []
    for results in study_systems(folder):
        counts = Counter(case.status for case in results.cases)
        found.append(SystemThere(results, *(counts[status] for status in AiStatus)))
    return tuple(found)


def suggested_name(path: Path) -> str:
    """Return a name for the system whose results lie in a file: the file's, as far as it may be."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", path.stem).strip("-_.")[:_LONGEST_NAME]


def source_of(folder: StudyFolder, paths: Sequence[Path], system: str) -> DetectionSource:
    """Return files of AI results with the study's link file and the map of their last run.

    Raises
    ------
    BadInputError
        Where a path is not there, the name cannot be a system's, or the map file is wrong.
    """
    absent = next((path for path in paths if not path.exists()), None)
    if absent is not None or not paths:
        raise BadInputError(
            f"Expected files of AI results, got {absent or 'none'}. Choose or drop them."
        )
    refuse_odd_name(system)
    link = LinkFile.read(folder)
    column_map = known_map(folder, system, None)
    return DetectionSource(tuple(paths), system, link.resolve_case, link.resolve_image, column_map)


def map_beside(folder: StudyFolder, system: str) -> Path:
    """Return where the map file of a system lies: beside the study, for its next results."""
    return folder.path.with_name(f"{folder.path.name}.{system}.map.toml")


def known_map(folder: StudyFolder, system: str, given: Path | None) -> ColumnMap:
    """Return the map that was named, otherwise the one beside the study, otherwise an empty one.

    Raises
    ------
    BadInputError
        Where the map file is wrong.
    """
    beside = map_beside(folder, system)
    if given is None and not beside.is_file():
        return ColumnMap()
    return read_column_map(given or beside)


def look_ahead(folder: StudyFolder, source: DetectionSource, column_map: ColumnMap) -> Foreseen:
    """Return what an import by a map would bring; nothing is written."""
    try:
        found = foresee_detections(folder, replace(source, column_map=column_map))
    except BadInputError as error:
        return Foreseen(column_map, None, str(error))
    return Foreseen(column_map, found)


def accept(
    folder: StudyFolder, foreseen: ForeseenDetections, *, by: Actor, now: datetime
) -> DetectionImport:
    """Bring in what was foreseen, and keep the map by which a foreign file was read.

    Raises
    ------
    CrossreadError
        Where the study does not take it.
    """
    imported = accept_detections(folder, foreseen, by=by, now=now)
    if foreseen.foreign:
        write_column_map(map_beside(folder, foreseen.results.system), foreseen.column_map)
    return imported
