"""How much memory coming cases may take, and which of them fit into it."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from study_design.errors import BadInputError

BUDGET_VARIABLE = "CROSSREAD_PREFETCH_MB"
MEGABYTE = 1_000_000
SHARE_OF_MEMORY = 1 / 8
# Four views of 3328 x 4096, their pyramids and what a large screen shows first take 153 MB.
LEAST_BYTES = 300 * MEGABYTE
MOST_BYTES = 3000 * MEGABYTE


def prefetch_budget_bytes() -> int:
    """Return what the images of coming cases may take: a part of the computer's memory.

    The environment variable CROSSREAD_PREFETCH_MB says otherwise.

    Raises
    ------
    BadInputError
        Where the variable is not a number of megabytes.
    """
    wanted = os.environ.get(BUDGET_VARIABLE)
    if wanted is None:
        share = int(_memory_bytes() * SHARE_OF_MEMORY)
        return min(max(share, LEAST_BYTES), MOST_BYTES)
    if not wanted.isdecimal():
        raise BadInputError(
            f"Expected a whole number of megabytes in {BUDGET_VARIABLE}, got {wanted[:40]!r}. "
            "Correct it, or unset it for the default."
        )
    return int(wanted) * MEGABYTE


def cases_within(
    coming: Sequence[str], known_bytes: Mapping[str, int], budget_bytes: int
) -> tuple[str, ...]:
    """Return the coming cases whose images fit into the budget together.

    Parameters
    ----------
    coming
        The cases in the order in which they will be read; the first is had whatever it takes.
    known_bytes
        What each case that was ever loaded takes; any other is taken to be as large as the largest.
    budget_bytes
        What all may take together.
    """
    largest = max(known_bytes.values(), default=0)
    taken = 0
    for number, case in enumerate(coming):
        taken += known_bytes.get(case, largest)
        if number > 0 and taken > budget_bytes:
            return tuple(coming[:number])
    return tuple(coming)


def _memory_bytes() -> int:
    """Return the computer's memory; 0 where the system does not say, as on Windows."""
    memory = 0
    if sys.platform != "win32":
        with suppress(ValueError, OSError):
            memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return memory
