"""Mammograms from a DICOMweb server: found by QIDO-RS, fetched by WADO-RS (PS3.18 10.4, 10.6).

Images are fetched one by one into the incoming folder, so an interrupted transfer goes on where it
broke off. Nothing is parsed here that a guarded child can parse later: files are stored as sent.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.message import Message

from study_design.errors import BadInputError
from study_design.foreign_text import parsed_json
from study_design.images.incoming import IncomingFolder
from study_design.images.picture_kinds import MAMMOGRAPHY, MAMMOGRAPHY_LIKE
from study_design.images.web_server import FormError, ServerError, WebServer

PAGE = 200
MOST_FOUND = 100_000
MOST_QUERY_BYTES = 64_000_000
MOST_IMAGE_BYTES = 256_000_000  # acceptance.MOST_PIXELS of 16 bits, and as much again

# A transfer syntax of * asks for the image as it is stored, not transcoded (PS3.18 8.7.3.5.2).
_AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_AS_THE_SERVER_LIKES = 'multipart/related; type="application/dicom"'
_JSON = "application/dicom+json"
# Many archives keep the raw image (FOR PROCESSING) beside each; the import would leave it
# aside.
_FETCHED_CLASSES = (MAMMOGRAPHY, *MAMMOGRAPHY_LIKE)
_UID = re.compile(r"[0-9.]{1,64}")
_DATES = re.compile(r"\d{8}|\d{8}-(\d{8})?|-\d{8}")

_STUDY, _SERIES, _SOP, _CLASS = "0020000D", "0020000E", "00080018", "00080016"
_PATIENT, _ACCESSION, _DATE = "00100020", "00080050", "00080020"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which exams are wanted: of these patients, with these accession numbers, of these dates.

    Attributes
    ----------
    dates
        A date or a range as DICOM writes it: `20240131`, `20240101-20240131`; empty for all.
    """

    patient_ids: tuple[str, ...] = ()
    accessions: tuple[str, ...] = ()
    dates: str = ""

    def required(self) -> None:
        """Refuse filters that would fetch a whole archive, or dates that are none."""
        if not (self.patient_ids or self.accessions or self.dates):
            raise BadInputError(
                "Expected which exams to fetch, got no filter. "
                "Add --patient-id, --accession or --date."
            )
        if self.dates and not _DATES.fullmatch(self.dates):
            raise BadInputError(
                f"Expected a date such as 20240131 or 20240101-20240131, got {self.dates!r}."
            )


@dataclass(frozen=True, slots=True)
class RemoteImage:
    """An image on a server."""

    study_uid: str
    series_uid: str
    sop_uid: str

    @property
    def path(self) -> str:
        """Its place under the server's address."""
        return f"/studies/{self.study_uid}/series/{self.series_uid}/instances/{self.sop_uid}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: 2D images to fetch, and how many objects of other kinds were left."""

    studies: int
    images: tuple[RemoteImage, ...]
    left: int


@dataclass(frozen=True, slots=True)
class TransferStep:
    """How far a transfer has come: `Searched` exams first, then `Fetched` images."""

    act: str
    done: int
    total: int


Progress = Callable[[TransferStep], None]


def find_images(server: WebServer, filters: Filters, *, progress: Progress) -> Found:
    """Return the 2D images of the mammography series of the exams that the filters name.

    What a server sends beyond the filters, because it does not know one of them, is left out.

    Raises
    ------
    ServerError
        Where the server cannot be asked or is no DICOMweb server.
    """
    studies: dict[str, None] = {}
    for patient, accession in itertools.product(
        filters.patient_ids or ("",), filters.accessions or ("",)
    ):
        asked = {"PatientID": patient, "AccessionNumber": accession, "StudyDate": filters.dates}
        query = {name: value for name, value in asked.items() if value}
        for found in _search(server, "/studies", {**query, "ModalitiesInStudy": "MG"}, _STUDY):
            if _is_wanted(found, patient, accession, filters.dates):
                studies[found[_STUDY]] = None
    images: dict[str, RemoteImage] = {}
    left = 0
    for done, study in enumerate(studies, start=1):
        for series in _search(server, f"/studies/{study}/series", {"Modality": "MG"}, _SERIES):
            within = f"/studies/{study}/series/{series[_SERIES]}/instances"
            for found in _search(server, within, {}, _SOP):
                if found.get(_CLASS, MAMMOGRAPHY) in _FETCHED_CLASSES:
                    sop = found[_SOP]
                    images[sop] = RemoteImage(study, series[_SERIES], sop)
                else:
                    left += 1
        progress(TransferStep("Searched", done, len(studies)))
    return Found(len(studies), tuple(images.values()), left)


def fetch_images(
    server: WebServer,
    images: Iterable[RemoteImage],
    incoming: IncomingFolder,
    *,
    progress: Progress,
) -> None:
    """Bring images into the incoming folder; those that are there already are not fetched again.

    Raises
    ------
    ServerError
        Where the transfer broke off; says how much has arrived, which is kept.
    """
    wanted = tuple(images)
    missing = [image for image in wanted if not incoming.file_of(image.sop_uid).exists()]
    done = len(wanted) - len(missing)
    for image in missing:
        try:
            incoming.store(image.sop_uid, _fetched(server, image))
        except ServerError as error:
            raise type(error)(
                f"{error} {done} of {len(wanted)} images have arrived and are kept: "
                "give the same command again to fetch the rest."
            ) from error
        done += 1
        progress(TransferStep("Fetched", done, len(wanted)))


def _fetched(server: WebServer, image: RemoteImage) -> bytes:
    """Return the file of an image: as it is stored, or as a server likes that cannot do that."""
    try:
        answer = server.get(image.path, accept=_AS_STORED, most_bytes=MOST_IMAGE_BYTES)
    except FormError:
        answer = server.get(image.path, accept=_AS_THE_SERVER_LIKES, most_bytes=MOST_IMAGE_BYTES)
    return _only_file(answer.content_type, answer.content, server)


def _search(
    server: WebServer, path: str, query: dict[str, str], key: str
) -> Iterator[dict[str, str]]:
    """Return the matches of a search, page by page, each once, by the tags of their attributes."""
    seen: set[str] = set()
    while True:
        page = _page(server, path, {**query, "limit": str(PAGE), "offset": str(len(seen))})
        new = [match for match in page if match.get(key) and match[key] not in seen]
        # A server that does not know `offset` sends the first page again.
        if not new:
            return
        for match in new:
            if not _UID.fullmatch(match[key]):
                raise ServerError(_not_dicomweb(server))
            if match[key] not in seen:
                seen.add(match[key])
                yield match
        if len(seen) > MOST_FOUND:
            raise ServerError(
                f"Expected at most {MOST_FOUND} matches, got more. Narrow the search by --date."
            )


def _page(server: WebServer, path: str, query: dict[str, str]) -> list[dict[str, str]]:
    """Return one page of a search: of each match the first value of each attribute, as text."""
    answer = server.get(path, accept=_JSON, query=query, most_bytes=MOST_QUERY_BYTES)
    if not answer.content:  # 204, no match
        return []
    try:
        matches = parsed_json(answer.content)
        return [
            {
                tag: str(attribute["Value"][0]).strip()
                for tag, attribute in match.items()
                if attribute.get("Value")
            }
            for match in matches
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ServerError(_not_dicomweb(server)) from None


def _is_wanted(found: dict[str, str], patient: str, accession: str, dates: str) -> bool:
    """Tell whether a match is one, as far as it says; `*` and `?` are left to the server."""
    for wanted, tag in ((patient, _PATIENT), (accession, _ACCESSION)):
        said = found.get(tag)
        plain = wanted and not set(wanted) & set("*?")
        if plain and said is not None and said.casefold() != wanted.strip().casefold():
            return False
    first, _, last = dates.partition("-") if "-" in dates else (dates, "", dates)
    date = found.get(_DATE, "")
    return not date or ((not first or first <= date) and (not last or date <= last))


def _only_file(content_type: str, content: bytes, server: WebServer) -> bytes:
    """Return the DICOM file in an answer: its only part, or all of it (PS3.18 8.7.3)."""
    header = Message()
    header["content-type"] = content_type
    file = content
    if header.get_content_type() == "multipart/related":
        delimiter = b"--" + (header.get_boundary() or "").encode("latin-1", "replace")
        start = content.find(b"\r\n\r\n", content.find(delimiter)) + 4
        end = content.find(b"\r\n" + delimiter, start)
        if start < 4 or end < 0:
            raise ServerError(
                f"Expected a whole image of {server.address}, got part of one: the "
                "connection broke."
            )
        file = content[start:end]
    if file[128:132] != b"DICM":
        raise ServerError(_not_dicomweb(server))
    return file


def _not_dicomweb(server: WebServer) -> str:
    """Return what is said of a server that answers something else."""
    return (
        f"Expected a DICOMweb service at {server.address}, got answers of another kind. "
        "Check the path; it often ends in /dicom-web."
    )
