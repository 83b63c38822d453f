"""`receive`: a PACS or a mammography unit sends its images into a study."""

import signal
import sys
from collections import Counter
from typing import Annotated

import typer

from reader_app.commands.parts.network_options import (
    Title,
    TlsCa,
    TlsCertificate,
    TlsKey,
    tls_files,
)
from reader_app.commands.parts.signing import StudyPath, study_at
from study_design.cases.case_import import import_images
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.images.arriving.import_report import ImportReport
from study_design.images.arriving.work_folder import ImportRunningError
from study_design.images.messages import Verdict
from study_design.images.network.callers import CallerLog
from study_design.images.network.dicom_entity import LOOPBACK, TITLE
from study_design.images.network.dicom_tls import TlsFiles
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.one_listener import only_listener
from study_design.images.network.receive import Arrival, Listener
from study_design.record.locked import refuse_when_locked
from study_design.study_folder import StudyFolder

# Senders who made no new connection for this long have sent what they had.
_SILENCE_SECONDS = 1.0
_VARIABLE = "CROSSREAD_DICOMWEB_"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("receive")(receive_command)


def receive_command(
    study: StudyPath,
    port: Annotated[int, typer.Option(help="TCP port to listen on; 0 takes a free one.")],
    title: Title = TITLE,
    callers: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="TITLE", help="AE title that may send; repeat for more."),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            "--address",
            "--host",
            help="Address of this computer to listen on; 0.0.0.0 for all. Without it only programs "
            "of this computer can send.",
        ),
    ] = LOOPBACK,
    once: Annotated[
        bool,
        typer.Option("--once", help="Stop once a sender has brought something and falls silent."),
    ] = False,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    tls_ca: TlsCa = None,
) -> None:
    """Listen for a PACS (C-STORE, C-ECHO) and import what it sends, until Ctrl-C."""
    folder = study_at(study)
    refuse_when_locked(folder, "receive images")
    tls = tls_files(tls_certificate, tls_key, tls_ca)
    # A service that is told to stop ends as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with only_listener(folder) as tell:
        incoming = IncomingFolder.of(folder, "receive")
        listener = Listener(
            incoming, port=port, title=title, callers=callers or (), host=host, tls=tls
        )
        try:
            with listener:
                tell(f"{title} on port {listener.port} of {host}")
                _say(f"Listening as {title} on port {listener.port}. {_reach(host, tls)}")
                _listen(folder, incoming, listener, once=once)
        except KeyboardInterrupt:
            _say("Stopped. What has arrived and is not imported yet is imported at the next start.")
        finally:
            incoming.discard(())


def _reach(host: str, tls: TlsFiles) -> str:
    """Return who can reach a listener, and how to stop it."""
    secured = " with TLS" if tls else ""
    if host == LOOPBACK:
        return f"Programs of this computer can send{secured}; for others: --address. Ctrl-C stops."
    if host in {"0.0.0.0", "::", ""}:
        return f"All networks of this computer can send{secured}. Ctrl-C stops."
    return f"Whoever reaches {host} can send{secured}. Ctrl-C stops."


def _listen(
    folder: StudyFolder, incoming: IncomingFolder, listener: Listener, *, once: bool
) -> None:
    """Import whatever arrives, and first what an earlier run left, whenever senders fall silent.

    One exam may come in several associations: some archives make a new one for each kind of object.
    """
    log = CallerLog(folder)
    brought = False
    while True:
        # Awake often enough to notice Ctrl-C.
        told = listener.wait(_SILENCE_SECONDS)
        if isinstance(told, Arrival):
            broken = "" if told.whole else "; the connection broke"
            _say(f"{told.caller} sent {_objects(told)}{broken}.")
            brought = True
        elif told is not None:
            log.note(told)
            _say(f"{told}.")
        elif not listener.is_busy and _import_arrived(folder, incoming) and once and brought:
            return


def _objects(arrival: Arrival) -> str:
    """Return what a sender brought, in words."""
    parts = []
    if arrival.images:
        parts.append(f"{counted(arrival.images, 'image')}")
    if arrival.others:
        parts.append(f"{counted(arrival.others, 'object')} other than 2D mammograms")
    return " and ".join(parts)


def _import_arrived(folder: StudyFolder, incoming: IncomingFolder) -> bool:
    """Import what waits; tell whether that could be done now.

    Refused images are set aside and named, the others leave the folder.
    """
    stamps = incoming.stamps()
    files = tuple(stamps)
    if not files:
        return True
    try:
        report = import_images(folder, files, keep_going=True)
    except ImportRunningError:
        return False
    except BadInputError:
        if all(file.exists() for file in files):
            raise
        return False  # erased meanwhile, for consent was withdrawn; the rest is looked at again
    refused = [file for file in report.files if file.verdict is Verdict.REFUSED]
    aside = incoming.set_aside(file.path for file in refused) if refused else None
    incoming.discard(files, stamps)
    _say(_summary(report))
    for file in report.files:
        if file.verdict in {Verdict.EXTRA, Verdict.REFUSED}:
            of_exam = f" ({file.exam})" if file.exam else ""
            _say(f"  {file.verdict}: {file.path.name}{of_exam}: {file.reason}")
    if aside:
        _say(f"  Refused images are kept in {aside}; look at them, then delete them.")
    return True


def _summary(report: ImportReport) -> str:
    """Return one line on what an import took."""
    counts = Counter(file.verdict for file in report.files)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    problems = sum(bool(exam.problems) for exam in report.exams)
    return (
        f"Imported: {told}; {counted(len(report.exams), 'exam')} touched, {problems} with problems."
    )


def _say(sentence: str, *, silent: bool = False) -> None:
    """Print a line at once, for whoever watches through a pipe."""
    if not silent:
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()
