"""Draws the plan of a study from its files: cases that are complete, readers, design.

Nothing that is used while reading may reach this module, for it reaches the allocation.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from study_design.errors import ProtocolError
from study_design.images.case_list import cases_of
from study_design.life.ai_gaps import foreseen_ai_gaps
from study_design.protocol.allocation import allocate, plan_warnings
from study_design.protocol.plan import Assignment, write_plan
from study_design.protocol.readers import read_readers
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.record.locked import refuse_when_locked
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically
from study_design.vocabulary import INCOMPLETE, View

_SEED = re.compile(r"^(\s*seed\s*=\s*)[\d_]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PlannedStudy:
    """A plan, and what a reviewer would object to in it."""

    assignments: tuple[Assignment, ...]
    warnings: tuple[str, ...]


def plan_study(folder: StudyFolder, seed: int | None = None) -> PlannedStudy:
    """Draw the plan and write plan.csv.

    Parameters
    ----------
    seed
        Takes the place of the design's seed, in study.toml too, so that the study file alone
        reproduces the plan.

    Raises
    ------
    ProtocolError
        Where the protocol is locked, an exam is neither complete nor excluded, the categories have
        no order, or a one-sided test has no direction.
    AllocationError
        Where cases and readers do not fit the design.
    """
    refuse_when_locked(folder.required(), "draw another plan")
    study = read_study_file(folder.study_toml)
    refuse_unordered(study)
    refuse_undirected(study)
    if seed is not None:
        study = _with_seed(folder, study, seed)
    planned = draw_plan(folder, study)
    if seed is not None:
        _write_seed(folder, seed)
    write_plan(folder, planned.assignments)
    gaps = foreseen_ai_gaps(folder, study, planned.assignments)
    return PlannedStudy(planned.assignments, (*planned.warnings, *gaps))


def refuse_unordered(study: StudyFile) -> None:
    """Refuse a scale whose order leaves open which of two categories is the more suspicious.

    0 (incomplete) may stay without a place: readers are asked where it meets another category.

    Raises
    ------
    ProtocolError
        In one line, with the category that lacks a place or has two.
    """
    scales = study.scales
    twice = [c for c, count in Counter(scales.birads_order).items() if count > 1]
    lacking = [c for c in scales.birads if c not in scales.birads_order and c != INCOMPLETE]
    if twice or lacking:
        got = f"{twice[0]} twice" if twice else f"none for {lacking[0]}"
        raise ProtocolError(
            f"scales.birads_order: expected one place for every category on offer, got {got}. "
            "Write the categories of scales.birads in rising suspicion."
        )


def refuse_undirected(study: StudyFile) -> None:
    """Refuse a one-sided test without a reference and a test arm.

    Raises
    ------
    ProtocolError
        In one line, with the arms of the study.
    """
    if study.analysis.one_sided and not study.analysis.arms:
        names = ", ".join(arm.name for arm in study.arms)
        raise ProtocolError(
            "analysis.arms: a one-sided test (margin, non-inferiority) needs the reference and the "
            f"test arm, got none named; arms: {names}. Add arms = [REFERENCE, TEST] to [analysis]."
        )


def draw_plan(folder: StudyFolder, study: StudyFile) -> PlannedStudy:
    """Return the plan that the study's cases and readers give; nothing is written."""
    cases = _complete_cases(folder)
    assignments = allocate(cases=cases, readers=read_readers(folder), study=study)
    return PlannedStudy(assignments, plan_warnings(assignments, study))


def _complete_cases(folder: StudyFolder) -> Sequence[str]:
    """Return the cases to read, or refuse the first that has a problem."""
    cases = [entry for entry in cases_of(folder) if not entry.excluded]
    for entry in cases:
        if entry.problems:
            lacking = [view.value for view in View if entry.image_of(view) is None]
            what = (
                f"lacks {', '.join(lacking)}. Import the view"
                if lacking
                else f"has a problem: {entry.problems[0]}. Decide on it on the "
                f"Cases page (crossread cases {folder.path.name})"
            )
            raise ProtocolError(
                f"Case {entry.case} {what}, or exclude the case: "
                f"crossread exclude {folder.path.name} {entry.case} --reason TEXT"
            )
    return [entry.case for entry in cases]


def _with_seed(folder: StudyFolder, study: StudyFile, seed: int) -> StudyFile:
    """Return the study with another seed, if study.toml has one line in which to write it."""
    if seed < 0 or len(_SEED.findall(folder.study_toml.read_text(encoding="utf-8"))) != 1:
        raise ProtocolError(
            f"Expected a seed of 0 or more and one line 'seed = N' in study.toml, got {seed}. "
            "Write the seed into study.toml yourself."
        )
    return study.model_copy(update={"design": study.design.model_copy(update={"seed": seed})})


def _write_seed(folder: StudyFolder, seed: int) -> None:
    """Write the seed into study.toml and leave all else, comments too, as it is."""
    content = folder.study_toml.read_bytes().decode()
    write_atomically(folder.study_toml, _SEED.sub(rf"\g<1>{seed}", content).encode())
