"""The integrity certificate of a study: what a check found, sealed with how the record ends."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from study_design.life.integrity import verify_study
from study_design.record.clocks.present import Present
from study_design.record.problem import Problem
from study_design.record.signing.enrolment import record_fingerprint
from study_design.record.store.record_store import open_store
from study_design.record.witness import vouched
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class Certificate:
    """What `verify` says; `text` is the sealed JSON that can be kept elsewhere as a witness."""

    problems: tuple[Problem, ...]
    events: int
    last_hash: str
    fingerprint: str
    text: str

    @property
    def is_grave(self) -> bool:
        """Tell whether the study is not what its protocol and record say."""
        return any(problem.grave for problem in self.problems)


def certificate(
    folder: StudyFolder,
    *,
    against: str = "",
    fingerprint: str = "",
    present: Present | None = None,
    report: Callable[[str, int, int], None],
) -> Certificate:
    """Check a study and certify what was found.

    Parameters
    ----------
    against, fingerprint, present, report
        As for `verify_study`.

    Raises
    ------
    RecordError
        Where there is no record, or it cannot be opened.
    """
    problems = verify_study(
        folder, against=against, fingerprint=fingerprint, present=present, report=report
    )
    with open_store(folder) as store:
        broken = store.verify_chain()
        # What is broken cannot be vouched for.
        events = () if broken else store.events()
    content = vouched(
        {
            "software_version": SOFTWARE_VERSION,
            "problems": [problem.what for problem in problems if problem.grave],
            "notes": [problem.what for problem in problems if not problem.grave],
        },
        events,
    )
    last_hash = events[-1].hash if events else ""
    return Certificate(
        problems,
        len(events),
        last_hash,
        record_fingerprint(events),
        json.dumps(content, indent=1),
    )
