"""Gaps between two events of a record, as sure as they are; words on the date that fell."""

from dataclasses import dataclass

from study_design.vocabulary import GapBasis


@dataclass(frozen=True, slots=True)
class Gap:
    """Seconds between two events of a record.

    Attributes
    ----------
    least_s, most_s
        As short and as long as nothing refutes.
    trusted_s, attested_s
        At least, if trusted time alone counts, and if a person's word counts too; minus infinity
        where neither says anything.
    """

    least_s: float
    most_s: float
    trusted_s: float
    attested_s: float

    def basis(self, needed_s: float) -> GapBasis:
        """Return whose word says that the gap is as long as needed."""
        if self.trusted_s >= needed_s:
            return GapBasis.TRUSTED
        return GapBasis.ATTESTED if self.attested_s >= needed_s else GapBasis.LOCAL


@dataclass(frozen=True, slots=True)
class Refuted:
    """A person's word on the date that another witness contradicts, and by how many seconds."""

    number: int
    wall_s: float
    who: str
    by: str
    off_s: float
