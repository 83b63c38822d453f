"""What this computer says of itself and its files, as a witness of its clock.

Which computer it is goes into the record as a digest that no other study shares.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from reader_app.reading.clocks.system_clocks import boot_name, elapsed_s, machine_name
from reader_app.reading.clocks.time_servers import station_file, time_servers
from reader_app.reading.desk import Desk
from study_design.record.acts import utc_text
from study_design.record.clocks.present import Present
from study_design.record.clocks.time_source import true_time
from study_design.record.events import StoredEvent
from study_design.record.payloads.station import Station
from study_design.secrets import data_folder
from study_design.study_folder import StudyFolder

# Where each system writes all the time, whoever works at it; what may not be read is left out.
_SYSTEM_FILES = {
    "win32": (r"C:\Windows\System32\winevt\Logs", r"C:\Windows\Prefetch"),
    "darwin": ("/var/log", "/private/var/db", "/private/var/run"),
}
_UNIX_FILES = ("/var/log", "/var/lib/systemd/timesync", "/var/lib/NetworkManager", "/run")
_MOST_FILES = 2000


def desk_here(folder: StudyFolder, events: Sequence[StoredEvent]) -> Desk:
    """Return this computer, and the true time where one of its time servers answers in two seconds.

    Raises
    ------
    BadInputError
        Where the station's settings name something that is no time server.
    """
    study_id = events[0].event.event if events else ""
    true = true_time(time_servers(station_file()), elapsed_s)
    return Desk(station(folder, study_id), true)


def present_here() -> Present:
    """Return the moment by a time server of this station, or else by its clock."""
    true = true_time(time_servers(station_file()), elapsed_s)
    if true is None:
        return Present(datetime.now(UTC))
    return Present(true.now(elapsed_s()), true.source)


def station(folder: StudyFolder, study_id: str) -> Station:
    """Return this computer's moment, with the newest time of a file on it.

    Parameters
    ----------
    study_id
        What the digest of the computer is made with.
    """
    name = machine_name()
    digest = hashlib.sha256(f"{study_id}\n{name}".encode()).hexdigest()[:16]
    newest_s = newest_file_s(witness_folders(folder))
    return Station(
        machine=digest if name else "",
        boot=boot_name(),
        since_boot_s=elapsed_s(),
        files_utc=utc_text(datetime.fromtimestamp(newest_s, UTC)) if newest_s else "",
    )


def witness_folders(folder: StudyFolder) -> tuple[Path, ...]:
    """Return the folders whose files tell that a clock was set back; AI results not among them."""
    system = _SYSTEM_FILES.get(sys.platform, _UNIX_FILES)
    own = (folder.path, folder.protocol, folder.images, data_folder())
    return (*own, data_folder() / "heads", *map(Path, system))


def newest_file_s(folders: Iterable[Path]) -> float:
    """Return when a file in some folders was written last, seconds since 1970; 0 without any."""
    return max((time_s for folder in folders for time_s in _file_times(folder)), default=0.0)


def _file_times(folder: Path) -> Iterator[float]:
    """Yield when the files of a folder were written, as far as one may look."""
    with suppress(OSError), os.scandir(folder) as entries:
        for _, entry in zip(range(_MOST_FILES), entries, strict=False):
            with suppress(OSError):
                if entry.is_file(follow_symlinks=False):
                    yield entry.stat(follow_symlinks=False).st_mtime
