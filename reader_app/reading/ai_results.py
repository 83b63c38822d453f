"""The AI's results at the reading station: of one case, opened when an arm with AI opens it."""

from dataclasses import dataclass, replace

from study_design.detections import CaseResult
from study_design.exchange.case_results import results_at_desk
from study_design.exchange.detection_json import result_of
from study_design.protocol.plan import Assignment
from study_design.record.locked import LockedProtocol
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class CaseAi:
    """What a system says of the open case.

    Attributes
    ----------
    scale
        Lowest and highest possible score, as in `0-1`.
    nature
        What is said wherever its marks are: simulated, trained on phantoms; empty for nothing.
    """

    result: CaseResult
    system: str
    version: str
    scale: str
    nature: str


@dataclass(frozen=True, slots=True)
class AiResults:
    """Answers for a study; nothing is opened before it is asked, and nothing is kept."""

    folder: StudyFolder
    protocol: LockedProtocol

    def __call__(self, assignment: Assignment) -> CaseAi:
        """Return what the arm's system says of the assignment's case, as far as it may be shown.

        Detections below the arm's threshold are left out: nobody sees them.

        Raises
        ------
        ProtocolError
            Where the results are not the ones that were locked.
        """
        arm = self.protocol.study_file.arm(assignment.arm)
        results = results_at_desk(self.folder, self.protocol, arm, assignment.case)
        found = result_of(results, assignment.case)
        if arm.threshold is not None:
            least = arm.threshold
            shown = tuple(d for d in found.detections if d.score >= least)
            found = replace(found, detections=shown)
        return CaseAi(found, results.system, results.version, results.scale, results.nature)
