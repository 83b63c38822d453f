"""The DICOMweb and PACS options of `import`: mammograms fetched from an archive into a study."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import typer

from reader_app.commands.parts.progress import progress_bar
from reader_app.commands.parts.signing import warn
from study_design.counted import counted
from study_design.images.arriving.import_report import ERASED_EXAM, ImportReport
from study_design.images.link_file import LinkFile
from study_design.images.network import dicomweb, retrieval
from study_design.images.network.archive import Archive
from study_design.images.network.dicom_line import PacsError
from study_design.images.network.dicom_tls import TlsFiles
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.one_listener import ListenerRunningError, only_listener
from study_design.images.network.receive import Listener
from study_design.images.network.remote_images import (
    Filters,
    Found,
    Progress,
    RemoteImage,
    TransferStep,
)
from study_design.images.network.remote_report import with_the_rest
from study_design.images.network.web_server import (
    Credentials,
    CredentialsError,
    ServerError,
    WebServer,
)
from study_design.record.locked import refuse_when_locked
from study_design.study_folder import StudyFolder

_VARIABLE = "CROSSREAD_DICOMWEB_"
_NONE_FOUND = (
    "Expected 2D mammograms that fit the filters at {}, got {} objects of other kinds. Check the "
    "filters, and what this user may see."
)

Choose = Callable[[Found], tuple[RemoteImage, ...]]


class Source(Protocol):
    """An archive from which images are fetched."""

    @property
    def way(self) -> str:
        """The name of its incoming folder."""

    def transfer(
        self, folder: StudyFolder, filters: Filters, choose: Choose, *, silent: bool
    ) -> Found:
        """Find images and fetch those that are chosen of them; return what was found."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched, and what was not: in the study, no 2D mammogram, or of an erased exam."""

    incoming: IncomingFolder | None = None
    files: tuple[Path, ...] = ()
    rest: tuple[RemoteImage, ...] = ()
    erased: frozenset[str] = frozenset()

    def told_with(self, folder: StudyFolder, report: ImportReport) -> ImportReport:
        """Return the report of the import with what was not fetched."""
        if self.incoming is None:
            return report
        return with_the_rest(folder, report, self.incoming, self.rest, self.erased)


@contextmanager
def fetched_images(
    folder: StudyFolder, source: Source | None, filters: Filters, *, silent: bool
) -> Iterator[Fetched]:
    """Fetch the images of an archive that are not in the study yet; none without one.

    The files are removed where the block ends well. Where it does not, or the transfer broke off,
    they stay, so that the next try need not fetch them again.
    """
    if source is None:
        yield Fetched()
        return
    refuse_when_locked(folder, "import images")
    filters.required()
    incoming = IncomingFolder.of(folder, source.way)
    try:
        yield _fetched(folder, source, filters, incoming, silent=silent)
        incoming.discard(incoming.files())
    finally:
        incoming.discard(())


def _fetched(
    folder: StudyFolder,
    source: Source,
    filters: Filters,
    incoming: IncomingFolder,
    *,
    silent: bool,
) -> Fetched:
    """Fetch what the study lacks; say what was found and left."""
    link = LinkFile.read(folder)
    imported = {row.original_sop_uid for row in link.rows}

    def choose(found: Found) -> tuple[RemoteImage, ...]:
        erased = _erased(found, link)
        return tuple(
            image
            for image in found.images
            if image.sop_uid not in imported and image.study_uid not in erased
        )

    found = source.transfer(folder, filters, choose, silent=silent)
    wanted, erased = choose(found), _erased(found, link)
    if not silent:
        of_erased = sum(image.study_uid in erased for image in found.images)
        known = len(found.images) - len(wanted) - of_erased
        consent = f" {counted(of_erased, 'image')} {ERASED_EXAM}." if of_erased else ""
        sys.stdout.write(
            f"{counted(len(found.exams), 'exam')} at the server: "
            f"{counted(len(wanted), 'image')} fetched, {known} in the study already, "
            f"{counted(found.left, 'object')} of other kinds left (raw images, tomosynthesis, "
            f"reports).{consent}\n"
        )
    rest = (*(image for image in found.images if image not in set(wanted)), *found.others)
    files = tuple(incoming.file_of(image.sop_uid) for image in wanted)
    return Fetched(incoming, files, rest, erased)


def _erased(found: Found, link: LinkFile) -> frozenset[str]:
    """Return the Study Instance UIDs of exams that were erased, for consent was withdrawn."""
    return frozenset(
        exam.uid for exam in found.exams if link.is_of_erased_exam(exam.patient, exam.uid)
    )


@dataclass(frozen=True, slots=True)
class WebSource:
    """A DICOMweb server; its credentials are in the environment, or asked for."""

    address: str
    way: str = field(default="dicomweb", init=False)

    def transfer(
        self, folder: StudyFolder, filters: Filters, choose: Choose, *, silent: bool
    ) -> Found:
        """Find by QIDO-RS and fetch by WADO-RS."""
        said = {
            name: os.environ.get(_VARIABLE + name, "") for name in ("USER", "PASSWORD", "TOKEN")
        }
        credentials = Credentials(said["USER"], said["PASSWORD"], said["TOKEN"])
        try:
            return self._transfer(folder, credentials, filters, choose, silent=silent)
        except CredentialsError:
            if credentials != Credentials() or not sys.stdin.isatty():
                raise
        user = typer.prompt("User of the server", err=True)
        password = typer.prompt("Password", hide_input=True, err=True)
        given = Credentials(user, password)
        return self._transfer(folder, given, filters, choose, silent=silent)

    def _transfer(
        self,
        folder: StudyFolder,
        credentials: Credentials,
        filters: Filters,
        choose: Choose,
        *,
        silent: bool,
    ) -> Found:
        """Find and fetch under some credentials."""
        server = WebServer(self.address, credentials)
        if server.sends_password_in_clear:
            warn(
                "the password goes over the network in clear text; use https:// where there is one."
            )
        with server, _progress(silent=silent) as progress:
            found = dicomweb.find_images(server, filters, progress=progress)
            if not found.images:
                raise ServerError(_NONE_FOUND.format(server.address, found.left or "no"))
            incoming = IncomingFolder.of(folder, self.way)
            dicomweb.fetch_images(server, choose(found), incoming, progress=progress)
        return found


@dataclass(frozen=True, slots=True)
class PacsSource:
    """A PACS, which sends to a port of ours or lets us take.

    Attributes
    ----------
    port, address
        Where we listen; without address, at the one of this computer that leads to the archive.
    """

    archive: Archive
    port: int
    address: str
    tls: TlsFiles
    way: str = field(default="pacs", init=False)

    def transfer(
        self, folder: StudyFolder, filters: Filters, choose: Choose, *, silent: bool
    ) -> Found:
        """Find by C-FIND and fetch by C-MOVE or C-GET."""
        with _progress(silent=silent) as progress, ExitStack() as stack:
            found = self.archive.find_images(filters, progress=progress)
            if not found.images:
                raise PacsError(_NONE_FOUND.format(self.archive.partner, found.left or "no"))
            wanted = choose(found)
            if wanted:
                callback = self._callback(folder, stack)
                incoming = IncomingFolder.of(folder, self.way)
                retrieval.fetch_images(
                    self.archive, wanted, incoming, callback=callback, progress=progress
                )
        return found

    def _callback(self, folder: StudyFolder, stack: ExitStack) -> retrieval.Callback:
        """Return where the archive can call us back; no listener where another one runs."""
        host, why = self.address or self.archive.line.own_address, ""
        listener = None
        try:
            tell = stack.enter_context(only_listener(folder))
            tell(f"{self.archive.title} on port {self.port} of {host}, for an import")
            listener = Listener(
                IncomingFolder.of(folder, self.way),
                port=self.port,
                title=self.archive.title,
                host=host,
                tls=self.tls if self.tls.certificate else TlsFiles(),
            )
        except ListenerRunningError as error:
            why = str(error).partition(". ")[0]
        return retrieval.Callback(host, self.port, listener, why)


@contextmanager
def _progress(*, silent: bool) -> Iterator[Progress]:
    """Give what shows how far a transfer has come."""
    with progress_bar(silent=silent) as show:

        def progress(step: TransferStep) -> None:
            show(step.act, step.done, step.total)

        yield progress
