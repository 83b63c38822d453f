"""What a list of studies says of each: how far it is, who has still to read, where its report is.

Blind: no arm results, no truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from study_design.errors import CrossreadError
from study_design.life.opened import opened
from study_design.life.states import state_of
from study_design.protocol.plan import read_plan
from study_design.protocol.readers import read_readers
from study_design.protocol.study_file import read_study_file
from study_design.record.locked import lock_of
from study_design.record.newest import is_frozen
from study_design.record.reads.replay import progress_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReaderKind

REPORT = Path("analysis") / "report.html"


@dataclass(frozen=True, slots=True)
class ReaderSummary:
    """How far a reader has come."""

    reader: str
    group: str
    simulated: bool
    done: int
    planned: int


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study in a list; `state` in a word or two, `problem` why it cannot be opened, if so."""

    path: Path
    title: str
    simulated: bool = False
    locked: bool = False
    frozen: bool = False
    readers: tuple[ReaderSummary, ...] = ()
    report: Path | None = None
    problem: str = ""
    state: str = ""


def studies_below(root: Path) -> Iterator[StudySummary]:
    """Yield the studies in a folder: the folder itself, or those directly in it or one deeper."""
    for depth in ("study.toml", "*/study.toml", "*/*/study.toml"):
        for path in sorted(root.glob(depth)):
            yield summary_of(opened(path.parent))


def summary_of(folder: StudyFolder) -> StudySummary:
    """Return the summary of a study; a damaged study becomes an entry that says so."""
    try:
        return _summary(folder)
    except CrossreadError as error:
        return StudySummary(folder.path, folder.path.name, problem=str(error))


def _summary(folder: StudyFolder) -> StudySummary:
    """Return the summary of a sound study."""
    study = read_study_file(folder.study_toml)
    with open_store(folder) as store:
        events = store.events()
    plan = read_plan(folder) if folder.plan_csv.is_file() else ()
    done = {progress.reader: len(progress.cells) for progress in progress_of(events)}
    report = folder.results / REPORT
    return StudySummary(
        path=folder.path,
        title=study.title,
        simulated=study.simulated,
        locked=lock_of(events) is not None,
        frozen=is_frozen(events),
        readers=tuple(
            ReaderSummary(
                reader=profile.reader,
                group=profile.group,
                simulated=profile.kind is ReaderKind.SIMULATED,
                done=done.get(profile.reader, 0),
                planned=sum(a.reader == profile.reader for a in plan),
            )
            for profile in read_readers(folder)
        ),
        report=report if report.is_file() else None,
        state=state_of(events),
    )
