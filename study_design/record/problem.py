"""What a check of a study found, in one line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a check found.

    `grave` where the study is not what its protocol and record say; otherwise it is a note, such as
    a fact that cannot be known on this computer.
    """

    what: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{'Problem' if self.grave else 'Note'}: {self.what}"
