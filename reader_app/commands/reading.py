"""The command that opens the reading window."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.signing import StudyPath, study_at
from reader_app.qt.application import reading_application, screen_facts
from reader_app.qt.reading.case_loader import case_loader
from reader_app.qt.reading.reading_window import ReadingWindow
from reader_app.qt.reading.script_player import ScriptPlayer
from reader_app.reading.ai_results import AiResults
from reader_app.reading.clocks.clock import Clock, SimulatedClock, StationClock
from reader_app.reading.desk import UNKNOWN_DESK
from reader_app.reading.key_bindings import STANDARD_KEYS, keys_file, read_bindings
from reader_app.reading.record_watch import RecordWatch
from reader_app.reading.record_writer import RecordWriter
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import SittingFacts
from reader_app.reading.station import desk_here
from reader_app.screen import require_screen
from reader_app.simulated.script import read_scripts
from study_design.errors import ProtocolError
from study_design.images.fixed_display import fixed_display
from study_design.protocol.plan import read_plan
from study_design.protocol.readers import ReaderProfile, read_readers, reader_named
from study_design.record.acts import moment_of
from study_design.record.desk_lock import desk_lock
from study_design.record.events import EventType, StoredEvent
from study_design.record.locked import LockedProtocol
from study_design.record.signing.enrolment import noted_display
from study_design.record.sitting_check import check_sitting
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReaderKind


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("read")(read_command)


def read_command(
    study: StudyPath,
    reader: Annotated[str, typer.Option(help="Who reads; needed where there are several.")] = "",
    script: Annotated[Path | None, typer.Option(hidden=True)] = None,
    screenshots: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Open the reading window on the reader's next case."""
    folder = study_at(study)
    profile = _profile(folder, reader)
    with (
        open_store(folder) as store,
        desk_lock(folder, store, profile.reader),
        RecordWriter(store) as writer,
        ExitStack() as desk_open,
    ):
        checked = check_sitting(folder, store)
        events, protocol = checked.events, checked.protocol
        _check_kind(profile, protocol, simulated=script is not None)
        clock = _clock(events, profile.reader, simulated=script is not None)
        desk = desk_here(folder, events) if script is None else UNKNOWN_DESK
        require_screen()
        application = reading_application()
        facts = SittingFacts(
            study=protocol.study_file,
            protocol_version=protocol.version,
            reader=profile,
            plan=read_plan(folder),
            events=events,
        )
        watch = desk_open.enter_context(RecordWatch(writer, checked.check_rest))
        sitting = Sitting(
            facts,
            writer=watch,
            clock=clock,
            case_ai=AiResults(folder, protocol),
            screen=screen_facts(application),
            desk=desk,
        )
        sitting.case.wait()
        if script is None:
            sitting.check_open()
        keys = read_bindings(keys_file()) if script is None else STANDARD_KEYS
        window = ReadingWindow(
            sitting, clock, case_loader(folder, fixed_display(folder, noted_display(events))), keys
        )
        if isinstance(clock, SimulatedClock) and script is not None:
            window.resize(1920, 1080)
            window.show()
            player = ScriptPlayer(
                window, sitting, clock, scripts=read_scripts(script), screenshots=screenshots
            )
            player.play()
        else:
            # Where no window manager makes windows fill the screen, as on a kiosk, this does.
            window.setGeometry(application.primaryScreen().geometry())
            window.showFullScreen()
            application.exec()
        sitting.close()


def _profile(folder: StudyFolder, reader: str) -> ReaderProfile:
    """Return the profile of the reader, who need not be named where there is only one."""
    profiles = read_readers(folder)
    if not reader and len(profiles) == 1:
        return profiles[0]
    if not reader:
        names = ", ".join(profile.reader for profile in profiles)
        raise ProtocolError(f"Expected --reader with one of {names}, got none. Say who reads.")
    return reader_named(folder, reader)


def _check_kind(profile: ReaderProfile, protocol: LockedProtocol, *, simulated: bool) -> None:
    """Keep persons and programs apart."""
    if simulated and not (protocol.study_file.simulated and profile.kind is ReaderKind.SIMULATED):
        raise ProtocolError(
            f"Expected a simulated reader of a simulated study, got {profile.reader}. "
            "A script cannot read for a person."
        )
    if not simulated and profile.kind is ReaderKind.SIMULATED:
        raise ProtocolError(
            f"{profile.reader} is a simulated reader. Let the program read: crossread simulate"
        )


def _clock(events: Sequence[StoredEvent], reader: str, *, simulated: bool) -> Clock:
    """Return the station's clock, or a simulated one that goes on where the reader stopped."""
    if not simulated:
        return StationClock()
    own = [e.event for e in events if e.event.actor == reader]
    lock = [e.event for e in events if e.event.type is EventType.PROTOCOL_LOCKED]
    newest = max(own or lock, key=lambda event: event.at_utc)
    zone = timezone(timedelta(minutes=newest.utc_offset_min))
    return SimulatedClock(moment_of(newest.at_utc).astimezone(zone) + timedelta(minutes=5))
