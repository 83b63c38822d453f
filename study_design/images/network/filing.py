"""What a DICOM sender sends, put into the incoming folder object by object (PS3.4 annex B).

Nothing is parsed here. An object is written to the disk as it comes, in a folder of its own beside
those that are complete, and takes its name once it is whole and safe; then the sender is told.
"""

import hashlib
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from weakref import WeakKeyDictionary

from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from study_design.disk import disk_of
from study_design.errors import BadInputError, DiskFullError
from study_design.images.header.picture_kinds import (
    MAMMOGRAPHY,
    MAMMOGRAPHY_FOR_PROCESSING,
    MAMMOGRAPHY_LIKE,
)
from study_design.images.network.dicom_entity import MOST_PDU_BYTES
from study_design.images.network.incoming import IncomingFolder
from study_design.left_overs import ARRIVING

# What one association may send between two objects; the largest tomosynthesis has half of it.
MOST_IMAGE_BYTES = 4_000_000_000

# Below this much room on the disk nothing more is taken: several pieces may be on their way.
LEAST_FREE_BYTES = 4 * MOST_PDU_BYTES

_ENDLESS = f"it sent an object of more than {MOST_IMAGE_BYTES / 1e9:.0f} GB"
_FULL = "is full: make room on it and have the rest sent again"
_IMAGES = {MAMMOGRAPHY, MAMMOGRAPHY_FOR_PROCESSING, *MAMMOGRAPHY_LIKE}
# What loses nothing, the plainest first; chosen where a sender would rather send what does.
_LOSSLESS = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLosslessSV1,
    JPEGLossless,
    JPEGLSLossless,
    JPEG2000Lossless,
    RLELossless,
)

_SUCCESS = 0x0000
_OUT_OF_RESOURCES = 0xA700  # PS3.4 B.2.3
_CANNOT_UNDERSTAND = 0xC000


@dataclass(frozen=True, slots=True)
class Filed:
    """How many objects an association brought: 2D images of the breast, and others.

    Attributes
    ----------
    cut
        Why we cut it off, if we did.
    """

    images: int = 0
    others: int = 0
    cut: str = ""


@dataclass(slots=True)
class _Sender:
    """What is known of an association.

    Attributes
    ----------
    bytes
        How many it has sent since its last object.
    stored
        How many objects were kept; of images of the breast under True.
    storing
        Held while an object is being kept: its end is told before or after that.
    """

    bytes: int = 0
    stored: Counter[bool] = field(default_factory=Counter)
    cut: str = ""
    has_ended: bool = False
    storing: threading.Lock = field(default_factory=threading.Lock)


class Filing:
    """Files what comes while it is open as a context; may be asked from several threads.

    Parameters
    ----------
    incoming
        Where objects are stored.
    """

    def __init__(self, incoming: IncomingFolder) -> None:
        self._incoming = incoming
        self._arriving = incoming.path / ARRIVING
        self._lock = threading.Lock()
        # As long as an association lives: its last message may be handled after its end is told.
        self._senders: WeakKeyDictionary[Association, _Sender] = WeakKeyDictionary()
        self._open: set[Association] = set()
        self._tempdir: str | None = None

    def __enter__(self) -> Self:
        shutil.rmtree(self._arriving, ignore_errors=True)  # of a program that was killed
        self._arriving.mkdir(mode=0o700, parents=True)
        # The library writes what arrives into the folder for temporary files, where it may stay
        # when a connection breaks: it bears identities, so that folder is ours.
        self._tempdir, tempfile.tempdir = tempfile.tempdir, str(self._arriving)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tempfile.tempdir = self._tempdir
        self.sweep()
        shutil.rmtree(self._arriving, ignore_errors=True)

    @property
    def handlers(self) -> list[Any]:
        """What an association calls as objects come."""
        return [(evt.EVT_C_STORE, self._store), (evt.EVT_DATA_RECV, self._count)]

    def ended(self, association: Association) -> Filed:
        """Return what an association that ended has brought; what it broke off in is removed."""
        _remove_part(association)
        sender = self._sender(association)
        with sender.storing:
            sender.has_ended = True
            self._open.discard(association)
            return Filed(sender.stored[True], sender.stored[False], sender.cut)

    def sweep(self) -> None:
        """Forget associations that failed without an end; only while nobody is connected."""
        for association in tuple(self._open):
            self.ended(association)

    def _sender(self, association: Association) -> "_Sender":
        """Return what is known of an association."""
        with self._lock:
            if association not in self._senders:
                self._senders[association] = _Sender()
                self._open.add(association)
            return self._senders[association]

    def _store(self, event: Event) -> int:
        """Keep one object; tell the sender whether it is safe on the disk.

        The thread that counts cuts a sender off, and tells its end; a message that was complete by
        then comes here all the same. Nobody is told of it any more, so it is not kept.
        """
        sender = self._sender(event.assoc)
        with sender.storing:
            if sender.cut or sender.has_ended:
                return _OUT_OF_RESOURCES
            sender.bytes = 0
            return self._keep(event, sender)

    def _keep(self, event: Event, sender: "_Sender") -> int:
        """Put one object among those that are complete, and count it."""
        request = cast(C_STORE, event.request)
        arrived = getattr(request, "_dataset_file", None)
        if arrived is not None:
            arrived.close()  # Windows moves no open file, and of a C-GET the library closes none
        try:
            self._incoming.take(_name(str(request.AffectedSOPInstanceUID)), event.dataset_path)
        except (OSError, DiskFullError):
            return _OUT_OF_RESOURCES
        except BadInputError:
            return _CANNOT_UNDERSTAND
        sender.stored[str(request.AffectedSOPClassUID) in _IMAGES] += 1
        return _SUCCESS

    def _count(self, event: Event) -> None:
        """Cut a sender off that sends without end, or more than the disk has room for.

        The library would fail where it finds the disk full, and let the sender wait.
        """
        sender = self._sender(event.assoc)
        sender.bytes += len(event.data)
        if sender.bytes > MOST_IMAGE_BYTES:
            sender.cut = _ENDLESS
        elif shutil.disk_usage(self._incoming.path).free < len(event.data) + LEAST_FREE_BYTES:
            sender.cut = f"the disk {disk_of(self._incoming.path)} {_FULL}"
        if sender.cut:
            event.assoc.abort()


def _remove_part(association: Association) -> None:
    """Remove the file of a message that did not come to its end, which the library forgets."""
    part = getattr(association.dimse.message, "_data_set_file", None)
    if part is not None:
        part.close()
        Path(part.name).unlink(missing_ok=True)


def prefer_lossless(event: Event) -> None:
    """Have the sender of an association send what loses nothing, where it offers both.

    The library takes the first transfer syntax that is offered, which may be a lossy one into
    which the sender would compress.
    """
    asked = event.assoc.requestor.primitive
    for context in asked.presentation_context_definition_list if asked else ():
        context.transfer_syntax = _ordered(context.transfer_syntax)


def _ordered(offered: Iterable[Any]) -> list[Any]:
    """Return transfer syntaxes as they are offered, a lossless one first where there is one."""
    syntaxes = list(offered)
    if not syntaxes or syntaxes[0] in _LOSSLESS:
        return syntaxes
    first = next((syntax for syntax in _LOSSLESS if syntax in syntaxes), syntaxes[0])
    return [first, *(syntax for syntax in syntaxes if syntax != first)]


def _name(sop_uid: str) -> str:
    """Return the UID under which an object is filed: its own, or one made of what is none."""
    plain = sop_uid.strip("\0 ")
    if plain and set(plain) <= set("0123456789."):
        return plain
    # PS3.5 B.2, of a hash: the same object gets the same name when it is sent again.
    return f"2.25.{int.from_bytes(hashlib.sha256(sop_uid.encode()).digest()[:16])}"
