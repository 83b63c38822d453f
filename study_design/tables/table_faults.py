"""All that is wrong with a table, said at once: one line a fault, in the order of the rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from study_design.errors import BadInputError

# More lines help nobody; the rest is counted.
MOST_LINES = 40


class BadTableError(BadInputError):
    """Several things are wrong with one or two tables; each is a line of its own."""

    def __init__(self, lines: Iterable[str]) -> None:
        told = list(dict.fromkeys(lines))
        self.all = tuple(told)
        beyond = len(told) - MOST_LINES
        self.lines = (*told[:MOST_LINES], *((f"... and {beyond} more.",) if beyond > 0 else ()))
        super().__init__(" ".join(self.lines))


@dataclass(slots=True)
class Faults:
    """Faults of a table as they are found; raised together, nothing of the table is taken."""

    _found: list[tuple[int, int, str]] = field(default_factory=list)
    _rows: set[int] = field(default_factory=set)

    def add(self, row: int, error: BadInputError | str) -> None:
        """Take down what is wrong in a row; 0 is the whole table."""
        self._found.append((row, len(self._found), str(error)))
        self._rows.add(row)

    def has(self, row: int) -> bool:
        """Tell whether something is wrong in a row."""
        return row in self._rows

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a fault, by row."""
        return tuple(line for _, _, line in sorted(self._found))

    def refuse(self, *beside: "Faults") -> None:
        """Raise what was found here and in tables beside it; nothing where nothing was.

        Raises
        ------
        BadInputError
            The fault itself where it is the only one, else `BadTableError`.
        """
        lines = [line for faults in (self, *beside) for line in faults.lines]
        if len(set(lines)) == 1:
            raise BadInputError(lines[0])
        if lines:
            raise BadTableError(lines)
