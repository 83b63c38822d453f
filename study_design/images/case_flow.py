"""How many exams were found, left out by reason, and are in the study: the flow of cases.

The numbers that CONSORT and STARD ask for. They are counted from cases.csv whenever they are
wanted, so that diagram, table and study cannot disagree.
"""

from collections import Counter
from dataclasses import dataclass

from study_design.exchange.csv_file import Cell, csv_bytes
from study_design.images.case_list import cases_of
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many exams were excluded for a reason."""

    reason: str
    exams: int


@dataclass(frozen=True, slots=True)
class CaseFlow:
    """The flow of a study's exams.

    Attributes
    ----------
    excluded
        The most frequent reason first, ties by their words.
    open_problems
        Exams with a problem that nobody has decided on; they are not in the study yet.
    patients
        Of the exams in the study.
    """

    found: int
    excluded: tuple[LeftOut, ...]
    open_problems: int
    included: int
    patients: int


def case_flow(folder: StudyFolder) -> CaseFlow:
    """Return the flow of the exams of a study."""
    entries = cases_of(folder)
    reasons = Counter(entry.reason or "no reason given" for entry in entries if entry.excluded)
    waiting = [entry for entry in entries if entry.problems and not entry.excluded]
    ready = [entry for entry in entries if not entry.problems and not entry.excluded]
    return CaseFlow(
        found=len(entries),
        excluded=tuple(
            LeftOut(reason, exams)
            for reason, exams in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        open_problems=len(waiting),
        included=len(ready),
        patients=len({entry.patient for entry in ready}),
    )


def flow_csv(flow: CaseFlow) -> bytes:
    """Return the flow as a table `step, reason, exams`."""
    excluded = [("excluded", left.reason, left.exams) for left in flow.excluded]
    steps = [
        ("found", "", flow.found),
        *excluded,
        ("not decided", "", flow.open_problems),
        ("in the study", "", flow.included),
    ]
    rows: list[dict[str, Cell]] = [
        {"step": step, "reason": reason, "exams": exams} for step, reason, exams in steps
    ]
    return csv_bytes(("step", "reason", "exams"), rows)
