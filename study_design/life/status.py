"""How far a study is: readers, cells, dates and flags; blind to what was answered and to the truth.

Reading times of an arm are results, so times are told per reader only, over all arms together.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median, quantiles

from study_design.errors import ProtocolError
from study_design.images.arriving.file_list import left_out
from study_design.images.case_list import excluded_cases, read_images
from study_design.life.states import state_of
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.readers import ReaderProfile, read_readers
from study_design.protocol.study_file import read_study_file
from study_design.reads import Read
from study_design.record.acts import utc_text
from study_design.record.clocks.findings import clock_findings, is_vouching
from study_design.record.locked import LOCKS, lock_of, version_locked_by
from study_design.record.newest import is_frozen, newest
from study_design.record.reads.deviations import deviations_of
from study_design.record.reads.ledger import CellOutcome, ledger
from study_design.record.reads.next_read import NextRead, next_read
from study_design.record.reads.replay import reads_of
from study_design.record.reads.supersession import reopened_reads
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import CellState, GapBasis, ReadStatus

# Fewer reads than this say nothing about which of them took unusually long.
LEAST_READS = 8
# Tukey's outer fence, on the logarithm of the active time.
FENCE = 3.0


@dataclass(frozen=True, slots=True)
class ReadingFlags:
    """What a monitor should look at in a reader's reads, added up over them.

    Attributes
    ----------
    interrupted
        Reads that were opened again after a break-off.
    done_again
        Reads that took the place of another one, which was reopened.
    outliers
        Cells of which the active time lies beyond Tukey's outer fences of the reader's own times
        (logarithms, three interquartile ranges); none below eight reads.
    """

    interrupted: int
    done_again: int
    focus_lost_s: float
    stalls: int
    idle_s: float
    suspended: int
    outliers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """One reader: cells done and left, what comes next and from when, how the reads went.

    `opens_at` is ISO 8601 in UTC. Nothing comes next where nothing is left, or the study is not
    locked or frozen.

    Attributes
    ----------
    done
        Cells with a read that counts, those to be done again included.
    to_redo
        Reads that were reopened and of which the next one is not validated yet.
    next_position, next_total, next_period
        Where the next case stands, as the gate says it: case 2 of 10 of period 1.
    next_state
        `interrupted`, `to be done again`, or empty for a new one.
    on_word
        Whether it opens on trusted time or a signed attestation of the date only.
    """

    reader: str
    group: str
    kind: str
    done: int
    left: int
    to_redo: int
    next_cell: str | None
    next_position: int | None
    next_total: int | None
    next_period: int | None
    next_state: str
    on_word: bool
    opens_at: str | None
    open_now: bool
    last_read: str | None
    median_active_s: float | None
    flags: ReadingFlags


@dataclass(frozen=True, slots=True)
class CellCount:
    """How many planned cells are in a state for a reason; the reason is empty for valid ones."""

    state: str
    reason: str
    cells: int


@dataclass(frozen=True, slots=True)
class StudyStatus:
    """How far a study is.

    Attributes
    ----------
    clocks
        What clocks did, or what makes a washout doubtful.
    left_out
        How many files that were ever brought are not in the study.
    """

    title: str
    state: str
    simulated: bool
    protocol_version: int | None
    planned: int
    cells: tuple[CellCount, ...]
    readers: tuple[ReaderStatus, ...]
    deviations: int
    clocks: tuple[str, ...]
    left_out: int = 0


def study_status(
    folder: StudyFolder, *, now: datetime, report: Callable[[str, int, int], None]
) -> StudyStatus:
    """Return how far a study is.

    Parameters
    ----------
    now
        From when on the next cells are looked at.
    report
        Told what is done, how many and of how many.

    Raises
    ------
    ProtocolError
        Where the study is locked and its plan is gone.
    """
    study = read_study_file(folder.required().study_toml)
    with open_store(folder) as store:
        events = store.events()
    lock = lock_of(events)
    plan = _plan(folder, locked=lock is not None)
    reads = reads_of(events)
    reopened = reopened_reads(events)
    outcomes = ledger(plan, reads, events, excluded_cases(read_images(folder)))
    opening = now if lock is not None and not is_frozen(events) else None
    is_binding = is_vouching(events) and not study.simulated
    readers = []
    profiles = read_readers(folder)
    for done, profile in enumerate(profiles, start=1):
        own = [read for read in reads if read.reader == profile.reader]
        following = (
            next_read(plan, own, events, reader=profile.reader, study=study, now=opening)
            if opening
            else None
        )
        again = sum(read.read in reopened and read.status is ReadStatus.FINAL for read in own)
        status = _reader(profile, own, outcomes, again)
        on_word = is_binding and following is not None and _waits(following, own)
        readers.append(_with_next(status, following, now, on_word=on_word))
        report("Looked at readers", done, len(profiles))
    return StudyStatus(
        title=study.title,
        state=state_of(events),
        simulated=study.simulated,
        protocol_version=version_locked_by(lock) if lock else None,
        planned=len(plan),
        cells=_counts(outcomes),
        readers=tuple(readers),
        deviations=len(deviations_of(events, reads, plan, study)) if newest(events, *LOCKS) else 0,
        clocks=tuple(
            found.what
            for found in clock_findings(events, reads, study)
            if found.grave or found.deviates
        ),
        left_out=left_out(folder),
    )


def _plan(folder: StudyFolder, *, locked: bool) -> tuple[Assignment, ...]:
    """Return the plan; a study that is not locked may have none yet."""
    if folder.plan_csv.is_file():
        return read_plan(folder)
    if locked:
        raise ProtocolError(
            f"Expected the locked plan of {folder.path.name}, got no plan.csv. "
            "Put it back from a backup: crossread restore FILE STUDY"
        )
    return ()


def _reader(
    profile: ReaderProfile, reads: Sequence[Read], outcomes: Sequence[CellOutcome], to_redo: int
) -> ReaderStatus:
    """Return the status of a reader who has nothing next."""
    own = [outcome for outcome in outcomes if outcome.assignment.reader == profile.reader]
    counting = [read for read in reads if read.status is not ReadStatus.SUPERSEDED]
    return ReaderStatus(
        reader=profile.reader,
        group=profile.group,
        kind=profile.kind.value,
        done=sum(outcome.state is CellState.VALID for outcome in own),
        left=sum(outcome.state is CellState.MISSING for outcome in own),
        to_redo=to_redo,
        next_cell=None,
        next_position=None,
        next_total=None,
        next_period=None,
        next_state="",
        on_word=False,
        opens_at=None,
        open_now=False,
        last_read=reads[-1].validated_utc if reads else None,
        median_active_s=median(r.times.active_s for r in counting) if counting else None,
        flags=_flags(counting),
    )


def _with_next(
    status: ReaderStatus, following: NextRead | None, now: datetime, *, on_word: bool
) -> ReaderStatus:
    """Return the status with what comes next."""
    if following is None:
        return status
    return replace(
        status,
        next_cell=following.assignment.cell,
        next_position=following.position,
        next_total=following.total,
        next_period=following.assignment.period,
        next_state=following.state,
        on_word=on_word,
        opens_at=utc_text(following.opens_at),
        open_now=now >= following.opens_at,
    )


def _waits(following: NextRead, reads: Sequence[Read]) -> bool:
    """Tell whether a case is known from another arm and its reader's period is not open yet."""
    cell = following.assignment
    is_known = any(read.case == cell.case and read.arm != cell.arm for read in reads)
    return is_known and not any(
        read.period == cell.period
        and read.seen_before
        and read.gap_basis in (GapBasis.TRUSTED, GapBasis.ATTESTED, GapBasis.SIMULATED)
        for read in reads
    )


def _flags(reads: Sequence[Read]) -> ReadingFlags:
    """Return what to look at in a reader's reads."""
    flags = [dict(read.responses) for read in reads]
    return ReadingFlags(
        interrupted=sum("interrupted" in flag for flag in flags),
        done_again=sum(read.supersedes is not None for read in reads),
        focus_lost_s=_total(flags, "focus_lost_s"),
        stalls=round(_total(flags, "stalls")),
        idle_s=sum(read.times.idle_s for read in reads),
        suspended=round(_total(flags, "suspended")),
        outliers=_outliers(reads),
    )


def _total(flags: Sequence[Mapping[str, str]], item: str) -> float:
    """Return the sum of a flag over reads."""
    return sum(float(flag.get(item, 0.0)) for flag in flags)


def _outliers(reads: Sequence[Read]) -> tuple[str, ...]:
    """Return the cells that took unusually long or short."""
    times = {read.cell: math.log(max(read.times.active_s, 0.001)) for read in reads}
    if len(times) < LEAST_READS:
        return ()
    first, _, third = quantiles(times.values(), n=4, method="inclusive")
    low, high = first - FENCE * (third - first), third + FENCE * (third - first)
    return tuple(cell for cell, time in times.items() if not low <= time <= high)


def _counts(outcomes: Sequence[CellOutcome]) -> tuple[CellCount, ...]:
    """Return the ledger of cells: how many in which state and why."""
    counted = Counter((outcome.state, outcome.reason) for outcome in outcomes)
    order = list(CellState)
    return tuple(
        CellCount(state.value, reason, cells)
        for (state, reason), cells in sorted(
            counted.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    )
