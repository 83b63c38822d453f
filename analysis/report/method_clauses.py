"""The methods of several estimates put together, every clause once; what is one estimate's apart.

Methods are clauses joined by semicolons. A clause with the counts of its own estimate belongs into
the row of that estimate, not into a caption or into Methods.
"""

import re
from collections.abc import Iterable

from analysis.result import Estimate

_OWN_COUNTS = re.compile(
    r"\d+ of \d+ read pairs|correct only in|correct decisions:|expected counts below"
    r"|all arms equal: F|chi-square with \d"
)


def shared_clauses(estimates: Iterable[Estimate]) -> tuple[str, ...]:
    """Return what is said of how estimates were got, in order, each clause once."""
    used = (one.method for one in estimates if one.estimate is not None)
    clauses = dict.fromkeys(clause for method in used for clause in method.split("; "))
    return tuple(one for one in clauses if one != "none" and not _OWN_COUNTS.search(one))


def own_counts(one: Estimate) -> str:
    """Return the clauses of an estimate that hold its own numbers; empty where there is none."""
    return "; ".join(part for part in one.method.split("; ") if _OWN_COUNTS.search(part))
