"""Mammograms from a DICOMweb server: found by QIDO-RS, fetched by WADO-RS (PS3.18 10.4, 10.6).

Images are fetched one by one into the incoming folder, so an interrupted transfer goes on where it
broke off. Nothing is parsed here that a guarded child can parse later: files are stored as sent.
"""

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from study_design.foreign_text import parsed_json
from study_design.images.header.picture_kinds import MAMMOGRAPHY
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.remote_images import (
    Filters,
    Found,
    Progress,
    RemoteExam,
    RemoteImage,
    TransferStep,
    sorted_out,
)
from study_design.images.network.web_server import FormError, ServerError, WebServer

PAGE = 200
MOST_FOUND = 100_000
MOST_QUERY_BYTES = 64_000_000
MOST_IMAGE_BYTES = 256_000_000  # acceptance.MOST_PIXELS of 16 bits, and as much again

# A transfer syntax of * asks for the image as it is stored, not transcoded (PS3.18 8.7.3.5.2).
_AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_AS_THE_SERVER_LIKES = 'multipart/related; type="application/dicom"'
_JSON = "application/dicom+json"
_UID = re.compile(r"[0-9.]{1,64}")

_STUDY, _SERIES, _SOP, _CLASS = "0020000D", "0020000E", "00080018", "00080016"
_NAMES = {
    "PatientID": "00100020",
    "AccessionNumber": "00080050",
    "StudyDate": "00080020",
    "StudyInstanceUID": _STUDY,
}


def find_images(server: WebServer, filters: Filters, *, progress: Progress) -> Found:
    """Return the 2D images of the mammography series of the exams that the filters name.

    What a server sends beyond the filters, because it does not know one of them, is left out.

    Raises
    ------
    ServerError
        Where the server cannot be asked or is no DICOMweb server.
    """
    exams: dict[str, RemoteExam] = {}
    for asked in filters.queries():
        for match in _search(server, "/studies", {**asked.keys, "ModalitiesInStudy": "MG"}, _STUDY):
            said = {name: match[tag] for name, tag in _NAMES.items() if tag in match}
            if asked.is_met_by(said):
                exams[match[_STUDY]] = RemoteExam(
                    match[_STUDY],
                    said.get("StudyDate", ""),
                    patient=said.get("PatientID", ""),
                )
    objects: dict[str, RemoteImage] = {}
    for done, study in enumerate(exams, start=1):
        for series in _search(server, f"/studies/{study}/series", {"Modality": "MG"}, _SERIES):
            within = f"/studies/{study}/series/{series[_SERIES]}/instances"
            for match in _search(server, within, {}, _SOP):
                of_class = match.get(_CLASS, MAMMOGRAPHY)
                sop = match[_SOP]
                objects[sop] = RemoteImage(study, series[_SERIES], sop, of_class)
        progress(TransferStep("Searched", done, len(exams)))
    return sorted_out(exams.values(), objects.values())


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
    path = f"/studies/{image.study_uid}/series/{image.series_uid}/instances/{image.sop_uid}"
    try:
        answer = server.get(path, accept=_AS_STORED, most_bytes=MOST_IMAGE_BYTES)
    except FormError:
        answer = server.get(path, accept=_AS_THE_SERVER_LIKES, most_bytes=MOST_IMAGE_BYTES)
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
