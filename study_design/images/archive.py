"""A PACS asked by DICOM: C-ECHO and C-FIND (PS3.4 A, C.4.1); images come by `retrieval`.

Found by study, series and image, so that only images are fetched that the study lacks. No message
quotes what an archive says: it may hold identifiers of patients.
"""

import re
import socket
import ssl
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation

from study_design.errors import CrossreadError
from study_design.images.dicom_entity import (
    CONNECT_SECONDS,
    FIND,
    LOOPBACK,
    TITLE,
    VERIFICATION,
    Partner,
    entity,
)
from study_design.images.dicom_tls import TlsFiles, asking_context, failure_words
from study_design.images.picture_kinds import MAMMOGRAPHY
from study_design.images.remote_images import (
    Filters,
    Found,
    Progress,
    RemoteImage,
    TransferStep,
    sorted_out,
)

MOST_FOUND = 100_000
_NO_TLS = TlsFiles()
_UID = re.compile(r"[0-9.]{1,64}")
_PENDING = (0xFF00, 0xFF01)
# PS3.8 9.3.4: who refused, and why.
_CALLED_UNKNOWN, _CALLING_UNKNOWN = (1, 7), (1, 3)


class ArchiveError(CrossreadError):
    """An archive cannot be reached, or does not do what it must."""


class Archive:
    """An archive in the network, asked under a title of ours.

    Parameters
    ----------
    partner
        Its title and where it listens.
    title
        Ours: an archive answers only those that it knows.
    tls
        With which files the connection is secured; without them it is not.

    Attributes
    ----------
    own_address
        The address of this computer from which the way leads to the archive, once it was asked.

    Raises
    ------
    BadInputError
        Where the title or a file makes no sense.
    """

    def __init__(self, partner: Partner, *, title: str = TITLE, tls: TlsFiles = _NO_TLS) -> None:
        self.partner = partner
        self.title = title
        self._tls_files = tls
        self._tls = asking_context(tls)
        self._is_reached = False
        self._address = partner.host
        self.own_address = LOOPBACK
        entity(title)

    def echo(self) -> float:
        """Return after how many seconds the archive answered a C-ECHO, connection included.

        Raises
        ------
        ArchiveError
            Where it does not answer.
        """
        began = time.monotonic()
        with self.connected([(VERIFICATION, [])]) as association:
            if not association.accepted_contexts:
                raise ArchiveError(f"Expected {self.partner} to answer C-ECHO, got a refusal.")
            status = association.send_c_echo()
            self.refuse_failure(status, "C-ECHO")
        return time.monotonic() - began

    def find_images(self, filters: Filters, *, progress: Progress) -> Found:
        """Return the 2D images of the mammography series of the exams that the filters name.

        What the archive sends beyond the filters, because it does not know one of them, is left
        out.

        Raises
        ------
        ArchiveError
            Where it cannot be asked, or refuses to search.
        """
        with self.connected([(FIND, [])]) as association:
            if not association.accepted_contexts:
                raise ArchiveError(
                    f"Expected {self.partner} to search for exams (C-FIND), got a refusal. Ask "
                    f"the PACS administrator to let {self.title} query."
                )
            studies = self._studies(association, filters)
            objects: dict[str, RemoteImage] = {}
            for done, study in enumerate(studies, start=1):
                for one in self._objects(association, study):
                    objects[one.sop_uid] = one
                progress(TransferStep("Searched", done, len(studies)))
        return sorted_out(len(studies), objects.values())

    @contextmanager
    def connected(
        self,
        contexts: Iterable[tuple[UID, list[str]]],
        *,
        roles: Iterable[SCP_SCU_RoleSelectionNegotiation] = (),
        handlers: Iterable[Any] = (),
    ) -> Iterator[Association]:
        """Give an association that stands; released where the block ends well, else aborted.

        Parameters
        ----------
        contexts
            Classes with their transfer syntaxes; none: those that every application knows.
        roles, handlers
            Of the classes that come back over the association, and what the library calls then.

        Raises
        ------
        ArchiveError
            Where there is none; says why, as far as can be found out.
        """
        if not self._is_reached:
            self._reach()
        ours = entity(self.title)
        plugs: list[socket.socket] = []
        noted = (evt.EVT_CONN_OPEN, lambda event: plugs.append(event.assoc.dul.socket.socket))
        for of_class, syntaxes in contexts:
            ours.add_requested_context(of_class, syntaxes or None)
        host, port = self.partner.host, self.partner.port
        association = ours.associate(
            self._address,
            port,
            ae_title=self.partner.title,
            tls_args=(self._tls, host) if self._tls else None,
            ext_neg=list(roles),
            evt_handlers=[*handlers, noted],
        )
        try:
            if not association.is_established:
                raise ArchiveError(self._why_not(association))
            yield association
            association.release()
        finally:
            if association.is_established:
                association.abort()
            association.dul.join(CONNECT_SECONDS)
            for plug in plugs:  # the library leaves one open whose other end went first
                plug.close()

    def refuse_failure(self, status: Dataset, act: str) -> None:
        """Raise what a status means that is no success; none at all is a broken connection."""
        if "Status" not in status:
            raise ArchiveError(
                f"Expected {self.partner} to answer {act}, got no answer: the connection broke. "
                "Give the same command again."
            )
        if status.Status != 0x0000:
            raise ArchiveError(
                f"Expected {self.partner} to do {act}, got status {status.Status:04X}. "
                "Ask the PACS administrator what it means there."
            )

    def _studies(self, association: Association, filters: Filters) -> tuple[str, ...]:
        """Return the UIDs of the exams."""
        studies: dict[str, None] = {}
        for asked in filters.queries():
            keys = {"PatientID": "", "AccessionNumber": "", "StudyDate": ""} | dict(asked.keys)
            wanted = {"StudyInstanceUID": "", "ModalitiesInStudy": "MG"} | keys
            for match in self._matches(association, "STUDY", wanted):
                if asked.is_met_by(match) and _UID.fullmatch(match["StudyInstanceUID"]):
                    studies[match["StudyInstanceUID"]] = None
        return tuple(studies)

    def _objects(self, association: Association, study: str) -> Iterator[RemoteImage]:
        """Yield the objects of the mammography series of an exam."""
        keys = {"StudyInstanceUID": study, "SeriesInstanceUID": "", "Modality": "MG"}
        for series in self._matches(association, "SERIES", keys):
            uid = series["SeriesInstanceUID"]
            if series["Modality"] not in {"MG", ""} or not _UID.fullmatch(uid):
                continue
            within = {"StudyInstanceUID": study, "SeriesInstanceUID": uid}
            wanted = {**within, "SOPInstanceUID": "", "SOPClassUID": ""}
            for match in self._matches(association, "IMAGE", wanted):
                if _UID.fullmatch(match["SOPInstanceUID"]):
                    of_class = match["SOPClassUID"] or MAMMOGRAPHY
                    yield RemoteImage(study, uid, match["SOPInstanceUID"], of_class)

    def _matches(
        self, association: Association, level: str, keys: dict[str, str]
    ) -> list[dict[str, str]]:
        """Return the matches of one search, each with all keys, empty where nothing is said."""
        query = Dataset()
        if not all(value.isascii() for value in keys.values()):
            query.SpecificCharacterSet = "ISO_IR 192"
        query.QueryRetrieveLevel = level
        for keyword, value in keys.items():
            setattr(query, keyword, value)
        found = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # values that break rules are looked at below
            for status, match in association.send_c_find(query, FIND):
                if status.get("Status") in _PENDING:
                    if match is not None:
                        found.append({keyword: _text(match, keyword) for keyword in keys})
                    if len(found) > MOST_FOUND:
                        raise ArchiveError(
                            f"Expected at most {MOST_FOUND} matches, got more. Narrow the search "
                            "by --date."
                        )
                    continue
                self.refuse_failure(status, "C-FIND")
        return found

    def _why_not(self, association: Association) -> str:
        """Return why there is no association: what the archive said, or what another try finds."""
        if association.is_rejected:
            answer = association.acceptor.primitive
            said = (answer.result_source, answer.diagnostic) if answer else (0, 0)
            if said == _CALLED_UNKNOWN:
                return (
                    f"Expected an archive called {self.partner.title} at {self.partner.host}, got "
                    "one of another title. Check the title with the PACS administrator."
                )
            if said == _CALLING_UNKNOWN:
                return (
                    f"Expected {self.partner} to know us as {self.title}, got a refusal. Ask the "
                    "PACS administrator to add that title, or give the one that it knows: --title."
                )
            return f"Expected {self.partner} to talk to us, got a refusal. Try again later."
        if self._tls is not None:
            return (
                f"Expected {self.partner} to talk to us, got the end of the connection. Check that "
                "it trusts our certificate (--tls-certificate, --tls-key)."
            )
        return (
            f"Expected DICOM of {self.partner}, got the end of the connection. Check the port; an "
            "archive that wants TLS needs --tls-ca, --tls-certificate and --tls-key."
        )

    def _reach(self) -> None:
        """Find the archive once before it is asked, and say what stands in the way."""
        host, port = self.partner.host, self.partner.port
        try:
            with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plug:
                self._address = str(plug.getpeername()[0])
                self.own_address = str(plug.getsockname()[0])
                if self._tls is not None:
                    with self._tls.wrap_socket(plug, server_hostname=host):
                        pass
        except ssl.SSLError as error:
            words = failure_words(error, self._tls_files)
            raise ArchiveError(f"Expected of {self.partner} {words}") from error
        except (OSError, UnicodeError) as error:
            raise ArchiveError(
                f"Expected an archive at {host}, port {port}, got no connection. Check both, and "
                "that a firewall lets this computer through."
            ) from error
        self._is_reached = True


def _text(match: Dataset, keyword: str) -> str:
    """Return the first value of an attribute of a match as text."""
    try:
        value = match.get(keyword, "")
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
        return ""
    values = value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]
    return str(next(iter(values), "") or "").strip("\0 ")
