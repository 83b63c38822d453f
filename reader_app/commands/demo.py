"""The demo: one example study from import to report, and one that waits for you to read."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer

from analysis.report.report import write_analysis
from reader_app.commands.parts.progress import Report, progress_bar
from reader_app.commands.parts.signing import now
from reader_app.commands.simulation import simulate_study
from reader_app.results.study_results import noted_analysis
from reader_app.screen import has_screen
from reader_app.simulated.example_study import (
    COORDINATOR,
    finished_example,
    make_example_study,
    open_example,
)
from study_design.detections import SystemResults
from study_design.errors import BadInputError
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.leaving import NotedExport
from study_design.exchange.tidy import export_tables
from study_design.images.arriving.file_names import discard_names
from study_design.images.link_file import discard_link
from study_design.life.freezing import freeze_study
from study_design.record.acts import moment_of
from study_design.record.locked import is_locked
from study_design.record.store.record_store import open_store
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

# The example's calendar is simulated like its readers; it begins here.
BEGINNING = datetime(2026, 1, 12, 9, 0, tzinfo=timezone(timedelta(hours=8)))
MARKER = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """What fixes the example; kept beside it, so that the same example is not made twice."""

    seed: int
    cases: int
    readers: int
    software_version: str = SOFTWARE_VERSION
    finished: bool = False


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("demo")(demo_command)


def demo_command(
    out: Annotated[Path, typer.Option(help="Folder of the example.")] = Path("crossread-demo"),
    headless: Annotated[
        bool, typer.Option("--headless", help="Open no window at the end.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same example.")] = 2023,
    cases: Annotated[int, typer.Option(min=4, max=200, help="Number of exams.")] = 24,
    readers: Annotated[int, typer.Option(min=1, max=4, help="Number of simulated readers.")] = 4,
) -> None:
    """Make an example study and let simulated readers read it, from import to report."""
    settings = DemoSettings(seed, cases, readers)
    folder = StudyFolder(out.resolve() / "finished")
    with progress_bar() as report:
        if not _is_made(out, settings):
            _clear(out)
            _make(out.resolve(), folder, settings, report)
    _say_what_is_there(folder)
    if not headless and has_screen():
        from reader_app.qt.home import show_home

        raise typer.Exit(show_home(out.resolve()))


def _is_made(out: Path, settings: DemoSettings) -> bool:
    """Tell whether just this example stands there, finished."""
    marker = out / MARKER
    wanted = {**asdict(settings), "finished": True}
    return marker.is_file() and json.loads(marker.read_text(encoding="utf-8")) == wanted


def _clear(out: Path) -> None:
    """Make room: only what an earlier demo made is removed, and nothing that a person has read."""
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / MARKER).is_file():
        raise BadInputError(
            f"Expected a new or empty folder for the example, got {out}. Choose another with --out."
        )
    for made in (out / "finished", out / "sources" / "finished"):
        shutil.rmtree(made, ignore_errors=True)
        discard_link(StudyFolder(made))
        discard_names(StudyFolder(made))


def _make(out: Path, folder: StudyFolder, settings: DemoSettings, report: Report) -> None:
    """Make both studies and mark the folder as an example."""
    _mark(out, settings)
    example = finished_example(cases=settings.cases, readers=settings.readers)
    sources = out / "sources"
    make_example_study(
        folder,
        example,
        sources=sources / "finished",
        seed=settings.seed,
        at=BEGINNING,
        report=report,
    )
    screenshots = folder.results / "screenshots"
    simulate_study(folder, seed=settings.seed, report=report, screenshots=screenshots)
    end = _after_reading(folder)
    freeze_study(folder, by=COORDINATOR, now=end)
    report("Analyse", 0, 2)
    noted = NotedExport(folder, "tidy", all_reads=False, by=COORDINATOR, now=end)
    export_tables(folder, folder.results / "tables", leave=noted)
    report("Analyse", 1, 2)
    result = noted_analysis(folder, "analysis", by=COORDINATOR, now=end)
    write_analysis(result, folder.results / "analysis")
    report("Analyse", 2, 2)
    _make_open(out, settings.seed, report)
    _mark(out, DemoSettings(settings.seed, settings.cases, settings.readers, finished=True))


def _make_open(out: Path, seed: int, report: Report) -> None:
    """Make the study that waits for a person, unless it is there and ready."""
    folder = StudyFolder(out / "open")
    if folder.study_toml.is_file() and is_locked(folder):
        return
    shutil.rmtree(folder.path, ignore_errors=True)
    shutil.rmtree(out / "sources" / "open", ignore_errors=True)
    make_example_study(
        folder,
        open_example(),
        sources=out / "sources" / "open",
        seed=seed,
        at=now(),
        report=lambda what, done, total: report(f"{what} for you", done, total),
    )


def _mark(out: Path, settings: DemoSettings) -> None:
    """Write down that the folder is an example, and which."""
    write_atomically(out / MARKER, json.dumps(asdict(settings), indent=1).encode())


def _after_reading(folder: StudyFolder) -> datetime:
    """Return the simulated day after the last read."""
    with open_store(folder) as store:
        newest = max(stored.event.at_utc for stored in store.events())
    return moment_of(newest).astimezone(BEGINNING.tzinfo) + timedelta(days=1)


def _ai_results(folder: StudyFolder) -> Iterator[SystemResults]:
    """Return the AI results of a study; the file says where they come from."""
    return map(read_system_results, sorted(folder.detections.glob("*.json")))


def _say_what_is_there(folder: StudyFolder) -> None:
    """Name the files that a newcomer should open."""
    results = folder.results
    command = "python start.py" if Path("start.py").is_file() else "crossread"
    pictures: Sequence[Path] = sorted((results / "screenshots").rglob("*.png"))
    lines = [
        "Example studies: phantom exams, simulated readers. No data of persons.",
        *(f"  AI           {results.provenance}" for results in _ai_results(folder)),
        f"  for you      {command} read {folder.path.with_name('open')}",
        f"  study        {folder.path}",
        f"  reads        {results / 'tables' / 'reads.csv'}",
        f"  results      {results / 'analysis' / 'results.json'}",
        f"  report       {results / 'analysis' / 'report.html'}",
        *(f"  picture      {picture}" for picture in pictures),
    ]
    for line in lines:
        typer.echo(line)
