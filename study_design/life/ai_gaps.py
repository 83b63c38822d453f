"""Planned cases for which an arm's AI system has no result: said at the plan and at the lock."""

from collections.abc import Sequence

from study_design.errors import CrossreadError
from study_design.exchange.detection_json import detections_path, read_system_results, result_of
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import Arm, StudyFile
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus

_NAMED = 5


def ai_gaps(folder: StudyFolder, study: StudyFile, plan: Sequence[Assignment]) -> tuple[str, ...]:
    """Name planned cases for which an arm's system has no result.

    Raises
    ------
    CrossreadError
        Where the results of an arm are not there, or damaged.
    """
    return tuple(gap for arm in study.arms if arm.ai for gap in _gaps(folder, arm, plan))


def foreseen_ai_gaps(
    folder: StudyFolder, study: StudyFile, plan: Sequence[Assignment]
) -> tuple[str, ...]:
    """Name the same before the lock: results that are not there yet are a gap too."""
    gaps: list[str] = []
    for arm in study.arms:
        if arm.ai:
            try:
                gaps += _gaps(folder, arm, plan)
            except CrossreadError as error:
                gaps.append(str(error))
    return tuple(gaps)


def _gaps(folder: StudyFolder, arm: Arm, plan: Sequence[Assignment]) -> list[str]:
    """Name the planned cases of an arm without a result."""
    results = read_system_results(detections_path(folder, arm))
    cases = sorted({cell.case for cell in plan if cell.arm == arm.name})
    gaps = []
    for status in (AiStatus.FAILED, AiStatus.NOT_PROCESSED):
        without = [case for case in cases if result_of(results, case).status is status]
        if without:
            gaps.append(
                f"{results.system}: {status.replace('_', ' ')}: {len(without)} of {len(cases)} "
                f"planned cases ({', '.join(without[:_NAMED])}{', ...' * bool(without[_NAMED:])})"
            )
    return gaps
