"""The opening of a read as the record holds it: who meets which case, in which arm, when."""

from dataclasses import dataclass

from reader_app.reading.ai_results import CaseAi
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import Arm
from study_design.record.payloads.reading import ReadOpened
from study_design.software import SOFTWARE_VERSION
from study_design.vocabulary import AiInitial, GapBasis


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when a case leaves the gate; `again` counts earlier openings of the read."""

    assignment: Assignment
    reader: ReaderProfile
    arm: Arm
    ai: CaseAi | None
    gap_days: float | None
    gap_basis: GapBasis
    again: int
    protocol_version: int

    @property
    def payload(self) -> ReadOpened:
        """What `read_opened` holds."""
        cell, ai = self.assignment, self.ai
        return ReadOpened(
            cell=cell.cell,
            kind=self.reader.kind,
            group=self.reader.group,
            site=self.reader.site,
            arm=cell.arm,
            revealed=self.arm.ai,
            step=1,
            role=cell.role,
            repeat=cell.repeat,
            period=cell.period,
            block=cell.block,
            position=cell.position,
            case=cell.case,
            system=ai.system if ai else "",
            system_version=ai.version if ai else "",
            threshold=self.arm.threshold,
            ai_status=ai.result.status if ai else None,
            ai_initial=self.arm.initial if self.arm.ai else AiInitial.NONE,
            gap_days=self.gap_days,
            gap_basis=self.gap_basis,
            seen_before=self.gap_days is not None,
            protocol_version=self.protocol_version,
            software_version=SOFTWARE_VERSION,
            again=self.again,
        )
