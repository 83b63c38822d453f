"""What the preview of AI results asks of a study: a look ahead, the acceptance, the map file.

Reading files and pictures may take long and runs beside the window's thread.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.ai_files.column_map import (
    ColumnMap,
    read_column_map,
    write_column_map,
)
from study_design.exchange.detection_import import (
    DetectionImport,
    DetectionSource,
    ForeseenDetections,
    accept_detections,
    foresee_detections,
)
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an import would bring, or why the files cannot be read at all."""

    column_map: ColumnMap
    detections: ForeseenDetections | None
    refusal: str = ""


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


def accept(folder: StudyFolder, foreseen: ForeseenDetections) -> DetectionImport:
    """Bring in what was foreseen, and keep the map by which a foreign file was read.

    Raises
    ------
    CrossreadError
        Where the study does not take it.
    """
    imported = accept_detections(folder, foreseen)
    if foreseen.foreign:
        write_column_map(map_beside(folder, foreseen.results.system), foreseen.column_map)
    return imported
