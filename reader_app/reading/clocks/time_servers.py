"""Which time servers this station asks: from the environment, or `station.toml` of the user.

They belong to the place and not to the study, so they stand outside of what a lock fixes.
"""

import os
import tomllib
from pathlib import Path
from urllib.parse import SplitResult

from platformdirs import user_config_path

from study_design.errors import BadInputError
from study_design.record.clocks.time_source import checked_sources

VARIABLE = "CROSSREAD_TIME_SERVERS"
FILE = "station.toml"
KEY = "time_servers"


def station_file() -> Path:
    """Return where this station's own settings are written down, whether or not there are any."""
    return user_config_path("crossread", appauthor=False) / FILE


def time_servers(path: Path) -> tuple[SplitResult, ...]:
    """Return the servers to ask; none where neither the environment nor the file names one.

    Raises
    ------
    BadInputError
        In one line, for the first thing that is no address of a time server.
    """
    said = os.environ.get(VARIABLE)
    if said is not None:
        return checked_sources(said.split())
    if not path.is_file():
        return ()
    try:
        servers = tomllib.loads(path.read_text(encoding="utf-8")).get(KEY, [])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(
            f'{path}: expected a line like {KEY} = ["ntp://time.example.org"], got: {error}. '
            "Correct it or remove the file."
        ) from error
    if not isinstance(servers, list) or not all(isinstance(server, str) for server in servers):
        raise BadInputError(
            f'{path}: expected {KEY} = ["ntp://time.example.org"], got {servers!r}. Correct it.'
        )
    return checked_sources(servers)
