"""How calls change when readers see the AI, split by whether the AI was right.

A read pair is one reader's call of one case without and with the AI. Its calls before and after and
the AI's are right or wrong, which makes eight kinds; each is a share of the pairs in which it could
have come about.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]


class Switch(StrEnum):
    """What became of a call that was right or wrong, beside an AI that was right or wrong."""

    RESCUED = "rescued"  # wrong, AI right, then right
    IGNORED = "ignored"  # wrong, AI right, still wrong
    TALKED_OUT = "talked_out"  # right, AI wrong, then wrong
    RESISTED = "resisted"  # right, AI wrong, still right
    STRAYED = "strayed"  # right, AI right, then wrong
    CONFIRMED = "confirmed"  # right, AI right, still right
    RECOVERED = "recovered"  # wrong, AI wrong, then right
    SHARED_ERROR = "shared_error"  # wrong, AI wrong, still wrong


_KINDS = {
    Switch.RESCUED: (False, True, True),
    Switch.IGNORED: (False, True, False),
    Switch.TALKED_OUT: (True, False, False),
    Switch.RESISTED: (True, False, True),
    Switch.STRAYED: (True, True, False),
    Switch.CONFIRMED: (True, True, True),
    Switch.RECOVERED: (False, False, True),
    Switch.SHARED_ERROR: (False, False, False),
}


@dataclass(frozen=True, slots=True, eq=False)
class SwitchedReads:
    """The read pairs in which a kind of switch could come about, and in which it did.

    Attributes
    ----------
    kind
        What is looked for.
    possible
        (n,) the call before, and the AI's, are those of the kind.
    switched
        (m,) of the m possible ones, whether the call after is too.
    """

    kind: Switch
    possible: BoolArray
    switched: BoolArray


def switched_reads(
    before_right: BoolArray, after_right: BoolArray, ai_right: BoolArray
) -> tuple[SwitchedReads, ...]:
    """Return every kind of switch among n read pairs.

    Parameters
    ----------
    before_right, after_right, ai_right
        (n,) whether the call without the AI, that with it and the AI's own are right.

    Notes
    -----
    Of wrong calls beside an AI that was right all are rescued or ignored, and so on: the shares of
    two kinds that differ in the call after add up to 1.
    """
    found = []
    for kind, (before, system, after) in _KINDS.items():
        possible = (before_right == before) & (ai_right == system)
        found.append(SwitchedReads(kind, possible, after_right[possible] == after))
    return tuple(found)
