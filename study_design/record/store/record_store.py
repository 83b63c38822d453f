"""The record of a study folder is opened here, whatever keeps it."""

from pathlib import Path

from sqlalchemy.engine import Engine

from study_design.errors import RecordError
from study_design.record.record import Record
from study_design.record.store.connection import connect, record_errors
from study_design.record.store.schema import SCHEMA_VERSION, make_tables, schema_of
from study_design.record.store.sqlite_record import SqliteRecord
from study_design.study_folder import StudyFolder


def has_record(folder: StudyFolder) -> bool:
    """Tell whether a study has a record yet."""
    return folder.record.is_file()


def open_store(where: StudyFolder | Path, *, create: bool = False) -> Record:
    """Open the record of a study folder, or the record file at a path.

    Parameters
    ----------
    create
        Make the record where there is none. Without it a missing record is refused: an empty one
        in its place would look like a study that nobody has read.

    Raises
    ------
    RecordError
        Where there is no record, it is damaged, or a newer version of Crossread wrote it.
    """
    path = where.record if isinstance(where, StudyFolder) else where
    if not create and not path.is_file():
        raise RecordError(
            f"Expected the study's record at {path}, got no such file. Put it back from a backup."
        )
    engine = connect(path)
    try:
        with record_errors(path):
            if create:
                _create(engine)
            _refuse_newer(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return SqliteRecord(engine, path, where if isinstance(where, StudyFolder) else None)


def _create(engine: Engine) -> None:
    """Make the tables where there are none."""
    with engine.begin() as connection:
        make_tables(connection)


def _refuse_newer(engine: Engine, path: Path) -> None:
    """Refuse a record in a form that this version does not know."""
    with engine.execution_options(reading=True).begin() as connection:
        version = schema_of(connection)
    if not version.isdigit():
        raise RecordError(
            f"{path.name}: expected the form of the record, got {version!r}: the file is damaged. "
            "Restore it: crossread restore FILE STUDY"
        )
    if int(version) > SCHEMA_VERSION:
        raise RecordError(
            f"{path.name} was written by a newer Crossread (form {version}, this one knows "
            f"{SCHEMA_VERSION}). Install the newer version."
        )
