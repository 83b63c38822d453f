"""Signs and locks the protocol: from here on it cannot change unseen.

Everything that decides what is read, by whom and how it is analysed is hashed into the record. Of
the truth only the hash is kept, and that it covers the planned cases is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from study_design.errors import ProtocolError
from study_design.exchange.case_results import write_case_results
from study_design.exchange.reference_sheet import read_reference
from study_design.images.fixed_display import fix_display
from study_design.life.ai_gaps import ai_gaps
from study_design.life.plan_study import draw_plan, refuse_undirected, refuse_unordered
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import (
    LOCKS,
    refuse_when_locked,
    study_hashes,
    version_locked_by,
)
from study_design.record.payloads.staff import ProtocolLocked
from study_design.record.store.record_store import open_store
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically


@dataclass(frozen=True, slots=True)
class Lock:
    """The version that was locked, and what a reviewer would ask about."""

    version: int
    warnings: tuple[str, ...]


def lock_study(folder: StudyFolder, *, by: Actor, now: datetime) -> Lock:
    """Lock protocol, plan, cases, readers, AI results and truth as they are.

    How images are shown is written into cases.csv, the AI results of each case into a file of their
    own and the copy of study.toml into protocol/ first, the record last: what stands in the record
    decides whether a study is locked.

    Raises
    ------
    ProtocolError
        Where the protocol is locked, the categories have no order, a one-sided test has no
        direction, the version is not the one
        after what was unlocked, the plan is not the one that study file, cases and readers give, an
        arm's AI results are missing, or an image could not be shown.
    """
    refuse_when_locked(folder.required(), "lock it again")
    study = read_study_file(folder.study_toml)
    refuse_unordered(study)
    refuse_undirected(study)
    _refuse_version(folder, study)
    plan = read_plan(folder)
    if plan != draw_plan(folder, study).assignments:
        raise ProtocolError(
            "Expected the plan that study.toml, cases and readers give, got another: something "
            f"changed since it was drawn. Draw it again: crossread plan {folder.path.name}"
        )
    warnings = (*ai_gaps(folder, study, plan), *_truth_warnings(folder, plan))
    fix_display(folder)
    write_case_results(folder)
    hashes = {known.file: known.sha256 for known in study_hashes(folder)}
    locked = ProtocolLocked(study.version, hashes, SOFTWARE_VERSION, vouched_dates=True)
    once = f"protocol/{study.version}"
    write_atomically(folder.protocol / f"{study.version}.toml", folder.study_toml.read_bytes())
    with open_store(folder) as store:
        store.append(staff_act(locked, by=by, now=now, once=once))
    return Lock(study.version, warnings)


def _refuse_version(folder: StudyFolder, study: StudyFile) -> None:
    """Refuse a version that was locked before, or one that leaves some out."""
    with open_store(folder) as store:
        locks = store.events(types=LOCKS)
    if locks and study.version != version_locked_by(locks[-1]) + 1:
        raise ProtocolError(
            f"Expected version = {version_locked_by(locks[-1]) + 1} in study.toml, the one after "
            f"what was locked before, got {study.version}. Correct it."
        )


def _truth_warnings(folder: StudyFolder, plan: Sequence[Assignment]) -> tuple[str, ...]:
    """Name planned cases of which the truth is not known; what it says is not looked at."""
    if not any(folder.reference_standard.glob("*.csv")):
        return ("no reference standard yet: results cannot be computed without one",)
    known = {truth.case for truth in read_reference(folder)}
    without = sorted({cell.case for cell in plan} - known)
    if not without:
        return ()
    return (
        f"no truth yet of {len(without)} planned cases ({', '.join(without[:5])}"
        f"{', ...' if without[5:] else ''}): it can come in until the freeze, signed",
    )
