"""Images of a PACS brought here: to a listener of ours (C-MOVE), or over our own call (C-GET).

With C-MOVE the archive calls the address that its administrator has entered for our title; where it
has none, or cannot reach it, C-GET is tried, which needs no entry but is allowed by few archives.
What has arrived is kept, so that another try asks for the rest alone.
"""

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import build_role

from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.images.network.archive import Archive
from study_design.images.network.dicom_entity import GET, MOVE
from study_design.images.network.dicom_line import NotAllowedError, PacsError
from study_design.images.network.filing import Filing
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.receive import Listener
from study_design.images.network.remote_images import Progress, RemoteImage, TransferStep
from study_design.images.pixels.transfer_syntaxes import CODINGS

# An archive may say that it has sent everything while the last of it is on its way.
PATIENCE_SECONDS = 10.0

Missing = Callable[[], tuple[RemoteImage, ...]]

_LOOK_SECONDS = 0.2
_MOST_AT_ONCE = 50
_SUCCESS = 0x0000
_UNKNOWN_DESTINATION = 0xA801  # PS3.4 C.4.2.1.5
# Each alone, so that the archive sends what it has as it has it; the plain ones for the rest.
_SYNTAXES = ([ExplicitVRLittleEndian, ImplicitVRLittleEndian], *([one] for one in CODINGS))


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the archive can call us back: the listener of a C-MOVE, not open yet.

    Attributes
    ----------
    host, port
        As the administrator of the archive would enter them.
    listener
        None where none can be opened; `why` says why.
    """

    host: str
    port: int
    listener: Listener | None
    why: str = ""


def fetch_images(
    archive: Archive,
    images: Iterable[RemoteImage],
    incoming: IncomingFolder,
    *,
    callback: Callback,
    progress: Progress,
) -> None:
    """Bring images into the incoming folder; those that are there already are not asked for again.

    Raises
    ------
    PacsError
        Where some did not come; says why by either way, and that the others are kept.
    """
    wanted = tuple(images)
    reasons, told = [], 0

    def missing() -> tuple[RemoteImage, ...]:
        nonlocal told
        left = tuple(i for i in wanted if not incoming.file_of(i.sop_uid).exists())
        if len(wanted) - len(left) > told:
            told = len(wanted) - len(left)
            progress(TransferStep("Fetched", told, len(wanted)))
        return left

    if left := missing():
        reasons.append(_by_move(archive, left, callback, missing))
    if left := missing():
        reasons.append(_by_get(archive, left, incoming, missing))
    if missing():
        got = f"{told}, which are kept" if told else "none"
        raise PacsError(
            f"Expected {counted(len(wanted), 'image')} of {archive.partner}, got {got}: "
            f"{'; '.join(reasons)}. Ask the PACS administrator to enter "
            f"{archive.title} at {callback.host}, port {callback.port}, or to allow C-GET; then "
            "give the same command again."
        )


def _by_move(
    archive: Archive, images: tuple[RemoteImage, ...], callback: Callback, missing: Missing
) -> str:
    """Have the archive send images to our listener; return what stood in the way of the rest."""
    if callback.listener is None:
        return f"C-MOVE: {callback.why}"
    why = "C-MOVE: it could not send them to us"
    try:
        with callback.listener as listener, archive.line.connected([(MOVE, [])]) as association:
            for query in _queries(images):
                code = _last(association.send_c_move(query, archive.title, MOVE), missing)
                if code == _UNKNOWN_DESTINATION:
                    return f"C-MOVE: it does not know where {archive.title} listens"
                if code == _SUCCESS:
                    _wait_for_the_last(listener, missing)
    except NotAllowedError:
        return "C-MOVE: it does not allow that"
    except PacsError:
        return "C-MOVE: it ended the connection"
    except BadInputError as error:  # the port is taken
        return f"C-MOVE: {str(error).partition(', got')[0].replace('Expected', 'it needs')}"
    return why


def _by_get(
    archive: Archive, images: tuple[RemoteImage, ...], incoming: IncomingFolder, missing: Missing
) -> str:
    """Take images over our own connection; return what stood in the way of the rest."""
    classes = sorted({image.sop_class for image in images})
    contexts: list[tuple[UID, list[str]]] = [(GET, [])]
    contexts += [(UID(one), list(syntaxes)) for one in classes for syntaxes in _SYNTAXES]
    roles = [build_role(UID(one), scp_role=True) for one in classes]
    try:
        with (
            Filing(incoming) as filing,
            archive.line.connected(contexts, roles=roles, handlers=filing.handlers) as association,
        ):
            if GET not in {context.abstract_syntax for context in association.accepted_contexts}:
                return "C-GET: it does not allow that"
            for query in _queries(images):
                _last(association.send_c_get(query, GET), missing)
    except NotAllowedError:
        return "C-GET: it does not allow that"
    except PacsError:
        return "C-GET: it ended the connection"
    return "C-GET: it could not send them to us"


def _last(answers: Iterator[tuple[Dataset, Dataset | None]], missing: Missing) -> int:
    """Return the final status of a retrieval, while what arrives is counted; -1 where none came."""
    code = -1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of identifiers that break rules
        for status, _ in answers:
            missing()
            code = status.get("Status", -1)
    return code


def _queries(images: Iterable[RemoteImage]) -> Iterator[Dataset]:
    """Yield what asks for images, so many of a series at a time."""
    ordered = sorted(images, key=_series)
    for (study, series), of_series in groupby(ordered, key=_series):
        uids = [image.sop_uid for image in of_series]
        for start in range(0, len(uids), _MOST_AT_ONCE):
            query = Dataset()
            query.QueryRetrieveLevel = "IMAGE"
            query.StudyInstanceUID, query.SeriesInstanceUID = study, series
            query.SOPInstanceUID = uids[start : start + _MOST_AT_ONCE]
            yield query


def _series(image: RemoteImage) -> tuple[str, str]:
    """Return the series of an image, by which images are asked for together."""
    return image.study_uid, image.series_uid


def _wait_for_the_last(listener: Listener, missing: Missing) -> None:
    """Wait while somebody sends, or may still begin to."""
    until = time.monotonic() + PATIENCE_SECONDS
    while missing() and time.monotonic() < until:
        if listener.wait(_LOOK_SECONDS) is not None or listener.is_busy:
            until = time.monotonic() + PATIENCE_SECONDS
