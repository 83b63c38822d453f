"""Who we are in a DICOM network, and whom we ask: titles, addresses, and how long we wait.

What is common to the listener (`receive`) and to whoever asks an archive (`archive`).
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.uid import UID
from pynetdicom import AE, _config

from study_design.errors import BadInputError

TITLE = "CROSSREAD"
DEFAULT_PORT = 11112  # registered for DICOM (PS3.8 9.1.1)
LOOPBACK = "127.0.0.1"
VERIFICATION = UID("1.2.840.10008.1.1")  # C-ECHO
# Study Root Query/Retrieve Information Model (PS3.4 C.6.2), which every archive has.
FIND = UID("1.2.840.10008.5.1.4.1.2.2.1")
MOVE = UID("1.2.840.10008.5.1.4.1.2.2.2")
GET = UID("1.2.840.10008.5.1.4.1.2.2.3")
# A partner may be silent for this long before it is cut off.
SILENCE_SECONDS = 120.0
# Who connects says within this time what it wants; a silent stranger holds up nobody else.
GREETING_SECONDS = 30.0
CONNECT_SECONDS = 10.0
MOST_PDU_BYTES = 1 << 18

_ADDRESS = re.compile(r"(?P<title>[^@]+)@(?P<host>\[[^\]@]+\]|[^@:\s]+):(?P<port>\d{1,5})")
# PS3.5 6.2: letters of the default repertoire without backslash and control characters.
_TITLE = re.compile(r"[\x20-\x5b\x5d-\x7e]{1,16}")


@dataclass(frozen=True, slots=True)
class Partner:
    """Another application in the network, by its title and where it listens."""

    title: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.title}@{self.host}:{self.port}"


def partner_at(text: str) -> Partner:
    """Return the partner that `TITLE@HOST:PORT` names.

    Raises
    ------
    BadInputError
        Where the text is no such address.
    """
    found = _ADDRESS.fullmatch(text.strip())
    port = int(found["port"]) if found else 0
    if found is None or not 0 < port < 1 << 16:
        raise BadInputError(
            f"Expected an archive as TITLE@HOST:PORT, got {text!r}. Write it like "
            "PACS@pacs.example.org:104; the PACS administrator knows all three."
        )
    return Partner(checked_title(found["title"]), found["host"].strip("[]"), port)


def checked_title(title: str) -> str:
    """Return an AE title without the blanks at its ends, which mean nothing.

    Raises
    ------
    BadInputError
        Where it is none.
    """
    if not _TITLE.fullmatch(title) or not title.strip():
        raise BadInputError(
            f"Expected AE titles of 1 to 16 letters, digits and blanks, got {title!r}. Correct it."
        )
    return title.strip()


def entity(title: str, callers: Iterable[str] = ()) -> AE:
    """Return the application entity of a title, which takes calls from some titles; empty: all.

    Raises
    ------
    BadInputError
        Where a title is none.
    """
    # The library quotes datasets in its log, which is no place for identities.
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    # Classes that are private, or newer than the library, are storage: an archive keeps them
    # among mammograms, and one that is turned away costs the whole association.
    _config.UNRESTRICTED_STORAGE_SERVICE = True
    # Onto the disk as it comes: a tomosynthesis of gigabytes fits into no memory.
    _config.STORE_RECV_CHUNKED_DATASET = True
    made = AE(ae_title=checked_title(title))
    made.require_called_aet = True
    made.require_calling_aet = [checked_title(caller) for caller in callers]
    made.maximum_pdu_size = MOST_PDU_BYTES
    made.network_timeout = made.dimse_timeout = SILENCE_SECONDS
    made.acse_timeout = GREETING_SECONDS
    made.connection_timeout = CONNECT_SECONDS
    return made
