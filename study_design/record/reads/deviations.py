"""Deviations: what a reader of the paper must hear of; signed acts and what the program noticed.

The export's deviations.csv and the audit report say what stands here; pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from study_design.counted import counted
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile
from study_design.reads import Read
from study_design.record.clocks.findings import clock_findings
from study_design.record.events import StoredEvent
from study_design.record.payloads.reading import ReadReopened
from study_design.record.payloads.staff import (
    CaseErased,
    CaseWithdrawn,
    DateAttested,
    FreezeLifted,
    ProtocolAmended,
    ProtocolLocked,
    ProtocolUnlocked,
    StudyExported,
    StudyFrozen,
    StudyRestored,
    StudyUnblinded,
    TruthRecorded,
)
from study_design.record.reads.breaches import backward_dates, breaches

# By the plan's `reopened_time`, what time of a read that was done again is analysed.
_TIME_OF_REREAD = {
    "last": "that of the last read alone is analysed",
    "whole": "that of both is analysed (earlier_s of reads.csv)",
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """One row of deviations.csv; what the program noticed itself is not signed."""

    when: str
    who: str
    category: str
    what: str
    impact: str
    signed: bool


def deviations_of(
    events: Sequence[StoredEvent],
    reads: Sequence[Read],
    plan: Sequence[Assignment],
    study: StudyFile,
) -> tuple[Deviation, ...]:
    """Return the deviations of a study in the order of their dates.

    Parameters
    ----------
    events
        All events of the study.
    reads
        All reads that they give.
    """
    found = [*_signed(events), *_taken_out(events), *_noticed(events, reads, plan, study)]
    return tuple(sorted(found, key=lambda deviation: deviation.when))


def _signed(events: Sequence[StoredEvent]) -> Iterator[Deviation]:
    """Return the acts that somebody signed."""
    for stored in events:
        told = _signed_deviation(stored) or _told_of_state(stored)
        if told is not None:
            category, what, impact = told
            yield Deviation(
                stored.event.at_utc, stored.event.actor, category, what, impact, signed=True
            )


def _noticed(
    events: Sequence[StoredEvent],
    reads: Sequence[Read],
    plan: Sequence[Assignment],
    study: StudyFile,
) -> Iterator[Deviation]:
    """Return what was done out of protocol."""
    for breach in breaches(plan, reads, study):
        impact = "the read is kept and counts"
        yield Deviation(
            breach.when, breach.who, "out of protocol", breach.what, impact, signed=False
        )
    for read in reads:
        if read.supersedes is not None:
            what = (
                f"{read.reader} read case {read.case} (cell {read.cell}) again; read "
                f"{read.supersedes} no longer counts"
            )
            impact = f"reading time: {_TIME_OF_REREAD[study.analysis.reopened_time]}"
            yield Deviation(
                read.validated_utc, read.reader, "read again", what, impact, signed=False
            )
    for breach in backward_dates(events) if study.simulated else ():
        impact = "dates, not durations"
        yield Deviation(breach.when, breach.who, "clock", breach.what, impact, signed=False)
    for found in clock_findings(events, reads, study):
        if found.deviates:
            yield Deviation(found.when, found.who, "clock", found.what, found.impact, signed=False)


def _taken_out(events: Sequence[StoredEvent]) -> Iterator[Deviation]:
    """Return the exports by which results of a locked study that was still open left it."""
    frozen, locked = False, False
    for stored in events:
        match stored.event.payload:
            case ProtocolLocked():
                locked = True
            case ProtocolUnlocked():
                locked = False
            case StudyFrozen():
                frozen = True
            case FreezeLifted():
                frozen = False
            case StudyExported() as export if locked and not (export.blind or frozen):
                what = f"export ({export.form}) of the open study: {export.what}"
                yield Deviation(
                    stored.event.at_utc,
                    stored.event.actor,
                    "unblinding",
                    what,
                    "arms named",
                    signed=False,
                )


# Category, what and impact of a signed act.
_Signed = tuple[str, str, str]


def _signed_deviation(stored: StoredEvent) -> _Signed | None:
    """Return what an act has to say to a reader of the paper; None where it is no deviation."""
    match stored.event.payload:
        case StudyUnblinded(what, masked):
            return "unblinding", what, "arms masked" if masked else "arms named"
        case TruthRecorded() as truth:
            what = f"reference standard brought in after the lock: {truth.why}"
            lost = [
                f"{count} {word}"
                for count, word in ((truth.changed, "changed"), (truth.removed, "removed"))
                if count
            ]
            return "truth", what, ", ".join([f"results; the truth of {truth.cases} cases", *lost])
        case CaseWithdrawn(case, why):
            what = f"case {case} withdrawn: {why}"
            return "withdrawal", what, "its reads are kept and left out of the primary analysis"
        case CaseErased() as gone:
            what = f"{counted(len(gone.images), 'image')} of case {gone.case} erased: {gone.why}"
            return "withdrawal", what, "pixels and identity are gone; what was read of it is kept"
        case StudyRestored() as restored:
            told = "verified" if restored.verified else "unverified: nothing vouched for it"
            what = f"restored from a backup that ends at event {restored.record_number} ({told})"
            until = restored.lost_until
            return "restore", what, f"events up to {until} are lost" if until else "none known"
        case DateAttested() as word:
            clock = f"; said of the clock: {word.clock}" if word.clock else ""
            clock += "; the computer stood still while its clock went on" * word.stood_still
            what = f"the date of the computer vouched for: {word.why}{clock}"
            return "attestation", what, "washouts that rest on the date"
        # A reader who does the last read again at the gate, as the protocol allows, deviates not.
        case ReadReopened() as again if again.reader != stored.event.actor:
            what = (
                f"read {stored.event.read} of case {again.case} by {again.reader}: {again.reason}"
            )
            return "reopened", what, "superseded by the next read of its cell"
    return None


def _told_of_state(stored: StoredEvent) -> _Signed | None:
    """Return the same of an act that changed what is locked or closed."""
    match stored.event.payload:
        case ProtocolAmended() as amended:
            what = f"protocol version {amended.protocol_version}: {amended.why}"
            weaker = f"; weaker: {', '.join(amended.weaker)}" if amended.weaker else ""
            return "amendment", what, f"from then on: {', '.join(amended.changed)}{weaker}"
        case ProtocolUnlocked(version, why):
            what = f"lock of protocol version {version} lifted: {why}"
            return "unlocked", what, "none: nobody had opened a case"
        case StudyFrozen() as frozen if frozen.missing:
            what = f"frozen without {len(frozen.missing)} planned reads: {frozen.why}"
            return "missing reads", what, "these cells have no read, or one that was to be redone"
        case FreezeLifted(number, why):
            what = f"freeze {number} lifted: {why}"
            return "freeze lifted", what, "reading went on; no results had been seen"
    return None
