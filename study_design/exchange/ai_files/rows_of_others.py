"""Rows of AI results that name images or cases of other studies: counted, left out when told."""

from dataclasses import dataclass

from study_design.errors import BadInputError


class NotOfStudyError(BadInputError):
    """A name is of no image and no case of the study."""


@dataclass(frozen=True, slots=True)
class Others:
    """How many rows are not of this study.

    Attributes
    ----------
    rows, among
        Rows of other images or cases, and all rows.
    first
        The first of them, by its place and in words.
    left_out
        Somebody said that they are to be left out.
    """

    rows: int
    among: int
    first: str
    left_out: bool = False

    @property
    def is_all(self) -> bool:
        """Whether no row is of the study."""
        return self.rows == self.among

    @property
    def counted(self) -> str:
        """How many there are: `959 of 1014 rows are not of this study`."""
        verb = "is" if self.rows == 1 else "are"
        return f"{self.rows} of {self.among} rows {verb} not of this study"

    @property
    def question(self) -> str:
        """What is asked, in one line; empty once they are left out."""
        if self.is_all:
            return f"{self.first}. {self.counted}: expected rows that are."
        if self.left_out:
            return ""
        return f"{self.first}. {self.counted}; --leave-out-others leaves them out."

    @property
    def provenance(self) -> str:
        """What was done, for the provenance."""
        return f"{self.rows} of {self.among} rows left out: not of this study"
