"""A PACS asked by DICOM: C-ECHO and C-FIND (PS3.4 A, C.4.1); images come by `retrieval`.

Found by study, series and image, so that only images are fetched that the study lacks. No message
quotes what an archive says: it may hold identifiers of patients.
"""

import re
import time
import warnings
from collections.abc import Iterator

from pydicom.dataset import Dataset
from pynetdicom.association import Association

from study_design.images.header.picture_kinds import MAMMOGRAPHY
from study_design.images.network.dicom_entity import FIND, TITLE, VERIFICATION, Partner
from study_design.images.network.dicom_line import DicomLine, PacsError
from study_design.images.network.dicom_tls import TlsFiles
from study_design.images.network.remote_images import (
    Filters,
    Found,
    Progress,
    RemoteExam,
    RemoteImage,
    TransferStep,
    sorted_out,
)

MOST_FOUND = 100_000
_NO_TLS = TlsFiles()
_UID = re.compile(r"[0-9.]{1,64}")
_MODALITIES = "ModalitiesInStudy"
_PENDING = (0xFF00, 0xFF01)


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
    line
        Over which it is called.

    Raises
    ------
    BadInputError
        Where the title or a file makes no sense.
    """

    def __init__(self, partner: Partner, *, title: str = TITLE, tls: TlsFiles = _NO_TLS) -> None:
        self.partner = partner
        self.title = title
        self.line = DicomLine(partner, title, tls)

    def echo(self) -> float:
        """Return after how many seconds the archive answered a C-ECHO, connection included.

        Raises
        ------
        PacsError
            Where it does not answer.
        """
        began = time.monotonic()
        with self.line.connected([(VERIFICATION, [])]) as association:
            status = association.send_c_echo()
            self.refuse_failure(status, "C-ECHO")
        return time.monotonic() - began

    def find_images(self, filters: Filters, *, progress: Progress) -> Found:
        """Return the 2D images of the mammography series of the exams that the filters name.

        What the archive sends beyond the filters, because it does not know one of them, is left
        out.

        Raises
        ------
        PacsError
            Where it cannot be asked, or refuses to search.
        """
        with self.line.connected([(FIND, [])]) as association:
            exams = self._exams(association, filters)
            objects: dict[str, RemoteImage] = {}
            for done, exam in enumerate(exams, start=1):
                for one in self._objects(association, exam.uid):
                    objects[one.sop_uid] = one
                progress(TransferStep("Searched", done, len(exams)))
        return sorted_out(exams, objects.values())

    def refuse_failure(self, status: Dataset, act: str) -> None:
        """Raise what a status means that is no success; none at all is a broken connection."""
        if "Status" not in status:
            raise PacsError(
                f"Expected {self.partner} to answer {act}, got no answer: the connection broke. "
                "Give the same command again."
            )
        if status.Status != 0x0000:
            raise PacsError(
                f"Expected {self.partner} to do {act}, got status {status.Status:04X}. "
                "Ask the PACS administrator what it means there."
            )

    def _exams(self, association: Association, filters: Filters) -> tuple[RemoteExam, ...]:
        """Return the exams that are wanted, each once."""
        exams: dict[str, RemoteExam] = {}
        told = ("PatientID", "AccessionNumber", "StudyDate", "StudyDescription")
        for asked in filters.queries():
            keys = dict.fromkeys(told, "") | dict(asked.keys)
            wanted = {"StudyInstanceUID": "", _MODALITIES: "MG"} | keys
            for match in self._matches(association, "STUDY", wanted):
                uid = match["StudyInstanceUID"]
                if asked.is_met_by(match) and _UID.fullmatch(uid):
                    described, modalities = (
                        " ".join(match[one].split()) for one in ("StudyDescription", _MODALITIES)
                    )
                    exams[uid] = RemoteExam(
                        uid, match["StudyDate"], described, modalities, match["PatientID"]
                    )
        return tuple(exams.values())

    def _objects(self, association: Association, study: str) -> Iterator[RemoteImage]:
        """Yield the objects of the mammography series of an exam."""
        keys = {"StudyInstanceUID": study, "SeriesInstanceUID": "", "Modality": "MG"}
        for series in self._matches(association, "SERIES", keys):
            uid = series["SeriesInstanceUID"]
            is_of_exam = series["StudyInstanceUID"] in {study, ""}
            if not is_of_exam or series["Modality"] not in {"MG", ""} or not _UID.fullmatch(uid):
                continue
            within = {"StudyInstanceUID": study, "SeriesInstanceUID": uid}
            wanted = {**within, "SOPInstanceUID": "", "SOPClassUID": ""}
            for match in self._matches(association, "IMAGE", wanted):
                is_within = match["SeriesInstanceUID"] in {uid, ""}
                if is_within and _UID.fullmatch(match["SOPInstanceUID"]):
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
                        raise PacsError(
                            f"Expected at most {MOST_FOUND} matches, got more. Narrow the search "
                            "by --date."
                        )
                    continue
                self.refuse_failure(status, "C-FIND")
        return found


def _text(match: Dataset, keyword: str) -> str:
    """Return the first value of an attribute of a match as text; of modalities all of them."""
    try:
        value = match.get(keyword, "")
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
        return ""
    values = value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]
    said = [str(value).strip("\0 ") for value in values if value]
    return "+".join(sorted(set(said))) if keyword == _MODALITIES else next(iter(said), "")
