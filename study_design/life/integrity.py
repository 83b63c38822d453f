"""Checks that a study is what it says: nothing altered, lost or too early.

The truth's files are hashed and not looked at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from study_design.cases.case_erasure import brought_back, erasures, left_of
from study_design.errors import BadInputError, CrossreadError, ProtocolError, RecordError
from study_design.images.fixed_display import fixed_display
from study_design.images.image_check import image_problems
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.reads import Read
from study_design.record.clocks.findings import clock_findings
from study_design.record.clocks.present import Present, problems_ahead
from study_design.record.events import StoredEvent
from study_design.record.file_check import file_problems
from study_design.record.locked import lock_of, locked_protocol
from study_design.record.newest import frozen_without, is_frozen
from study_design.record.order import unlawful_acts
from study_design.record.payloads.reading import ReadReopened, SittingOpened
from study_design.record.problem import Problem
from study_design.record.reads.breaches import backward_dates, breaches
from study_design.record.reads.missing_reads import REOPENED, missing_lines, missing_reads
from study_design.record.reads.replay import reads_of
from study_design.record.record import Record
from study_design.record.signing.enrolment import noted_display
from study_design.record.signing.fingerprint import typed_fingerprint
from study_design.record.soundness import record_problems, restore_problems
from study_design.record.store.record_store import open_store
from study_design.record.witness import witness_problems
from study_design.study_folder import StudyFolder

Report = Callable[[str, int, int], None]


def verify_study(
    folder: StudyFolder,
    *,
    against: str = "",
    fingerprint: str = "",
    present: Present | None = None,
    report: Report = lambda *_: None,
) -> tuple[Problem, ...]:
    """Return everything that is not as record and protocol say; empty where all is well.

    Parameters
    ----------
    against
        Hash of an event, or path of a manifest, that vouches for the record from elsewhere.
    fingerprint
        That of the record's keys, as the lock printed it.
    present
        The moment of the check, with which the dates of the record are compared.
    report
        Told what is done, how many and of how many.
    """
    problems: list[Problem] = []
    known = typed_fingerprint(fingerprint) if fingerprint else ""
    noted: Mapping[str, str] = {}
    with open_store(folder) as store:
        said = _witnessed(against, store)
        checks = (
            _record_problems(store, said, known),
            _study_problems(folder, store),
            _dates_ahead(present, folder, store),
        )
        for check in checks:
            try:
                for problem in check:
                    problems.append(problem)
                noted = noted_display(store.events())
            except (CrossreadError, ValueError) as error:
                # What was found before stays found.
                problems.append(Problem(f"The record cannot be understood: {error}"))
    try:
        gone = erasures(folder)
        problems += [Problem(f"{case.words}.", grave=False) for case in gone]
        problems += [Problem(w) for w in (*left_of(folder, gone), *brought_back(folder, gone))]
        erased = frozenset(image for case in gone for image in case.images)
        fixed = fixed_display(folder, noted)
        problems += [Problem(what) for what in image_problems(folder, report, fixed, erased)]
    except (BadInputError, RecordError, ValueError) as error:
        problems.append(Problem(str(error)))
    return tuple(dict.fromkeys(problems))


def _witnessed(against: str, store: Record) -> tuple[Problem, ...] | None:
    """Return what a witness says of a record; None where there is none."""
    try:
        return tuple(witness_problems(against, store.events())) if against else None
    except RecordError as error:
        return (Problem(f"The record cannot be compared: {error}"),)


def _record_problems(
    store: Record, said: tuple[Problem, ...] | None, fingerprint: str
) -> Iterator[Problem]:
    """Check the chain of events, the file that holds it, who signed them and how they end."""
    vouched_for = said is not None and not any(problem.grave for problem in said)
    yield from record_problems(store, fingerprint=fingerprint, witnessed=vouched_for)
    yield from restore_problems(store.events())
    yield from said or ()


def _study_problems(folder: StudyFolder, store: Record) -> Iterator[Problem]:
    """Check files, then reads, cells and clocks."""
    events = store.events()
    reads = reads_of(events)
    if lock_of(events) is None:
        yield Problem("The protocol is not locked yet.", grave=False)
        return
    yield from file_problems(folder, events)
    try:
        study = locked_protocol(folder, events).study_file
        plan = read_plan(folder)
    except ProtocolError:
        return  # named above; nothing can be compared with a protocol that was changed
    yield from (Problem(breach.what) for breach in breaches(plan, reads, study))
    yield from _missing(plan, reads, events)
    yield from _reopened(events)
    yield from _simulated_clocks(events, study)
    if study.simulated:
        yield from (Problem(breach.what) for breach in backward_dates(events))
    yield from (
        Problem(found.what, grave=found.grave) for found in clock_findings(events, reads, study)
    )
    yield from (Problem(what) for what in unlawful_acts(events))


def _dates_ahead(present: Present | None, folder: StudyFolder, store: Record) -> Iterator[Problem]:
    """Compare the dates of the record with the present."""
    if present is not None:
        yield from problems_ahead(store.events(), read_study_file(folder.study_toml), present)


def _missing(
    plan: Sequence[Assignment], reads: Sequence[Read], events: Sequence[StoredEvent]
) -> Iterator[Problem]:
    """Name planned cells that were not read; grave where the record was closed without a word.

    An earlier version closed records of which a read was to be made again; there that one counts.
    """
    without = frozen_without(events)
    missing = missing_reads(plan, reads, events)
    unsaid = [one for one in missing if one.cell not in without]
    accepted = [one for one in missing if one.cell in without]
    for line in missing_lines(one for one in unsaid if one.why != REOPENED):
        yield Problem(f"{line}.", grave=is_frozen(events))
    for line in missing_lines(one for one in unsaid if one.why == REOPENED):
        yield Problem(f"{line}.", grave=False)
    for line in missing_lines(accepted):
        yield Problem(f"{line}; frozen without: {without[accepted[0].cell]}", grave=False)


def _reopened(events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Note the reads that were done again."""
    for stored in events:
        match stored.event.payload:
            case ReadReopened() as again:
                by = stored.event.actor
                who = "at the gate" if by == again.reader else f"by {by}"
                why = f": {again.reason}" if again.reason else ""
                yield Problem(
                    f"Read {stored.event.read} of case {again.case} by {again.reader} was "
                    f"reopened {who}{why}.",
                    grave=False,
                )


def _simulated_clocks(events: Sequence[StoredEvent], study: StudyFile) -> Iterator[Problem]:
    """Name who read on a simulated clock."""
    simulated = dict.fromkeys(
        stored.event.actor
        for stored in events
        if isinstance(stored.event.payload, SittingOpened)
        and stored.event.payload.clock == "simulated"
    )
    if simulated:
        yield Problem(
            f"{', '.join(simulated)} read on a simulated clock: no data of persons.",
            grave=not study.simulated,
        )
