"""The methods of several estimates put together, every clause once; what is one estimate's apart.

Methods are clauses joined by semicolons. A clause with the counts of its own estimate belongs into
the row of that estimate, not into a caption or into Methods. Methods have clauses in full, captions
in short.
"""

import re
from collections.abc import Iterable

from analysis.result import Estimate

_OWN_COUNTS = re.compile(
    r"\d+ of \d+ read pairs|correct only in|correct decisions:|expected counts below"
    r"|all arms equal: F|chi-square with \d"
)


# What captions leave out: Methods say it.
_SHORT = (
    (
        re.compile(r"(Obuchowski-Rockette), .+ covariance, (.+? random)(?:, fully crossed)?"),
        r"\1, \2",
    ),
    (re.compile(r"(Obuchowski-Rockette), .+ covariance, (.+? random, .+)"), r"\1, \2"),
    (
        re.compile(r"AI alone against random readers \(1T-RRRC, (Hillis) (2007).*"),
        r"AI alone against random readers: \1 (\2)",
    ),
    (re.compile(r"AUC, (.)(-statistic variance .+), readers weighted by .+"), r"\1\2"),
    (
        re.compile(r"interval and p by t, degrees of freedom after (.+)"),
        r"interval and p by t, df after \1",
    ),
    (
        re.compile(r"interval and p by the normal, degrees of freedom after (.+) being infinite"),
        r"normal where df after \1 are infinite",
    ),
    (re.compile(r"all arms equal: F, degrees of freedom after (.+)"), r"F, df after \1"),
    (re.compile(r"all arms equal: (F .+)"), r"\1"),
)
_WITHOUT = re.compile(r"([a-z ]*not estimable|no [a-z]+): (.+)")


def short_clauses(estimates: Iterable[Estimate]) -> tuple[str, ...]:
    """Return the shared clauses as captions have them."""
    return tuple(dict.fromkeys(_in_short(clause) for clause in shared_clauses(estimates)))


def reasons_in_short(estimates: Iterable[Estimate]) -> tuple[str, ...]:
    """Return why something is missing, what is missing in the same way together."""
    found: dict[str, dict[str, None]] = {}
    for reason in dict.fromkeys(one.reason for one in estimates if one.reason is not None):
        for clause in reason.split("; ") if _WITHOUT.fullmatch(reason) is None else (reason,):
            named = _WITHOUT.fullmatch(clause)
            kind, why = named.groups() if named else ("", clause)
            found.setdefault(kind, {})[_as_need(why)] = None
    said: list[str] = []
    for kind, whys in found.items():
        said += [f"{kind}: {'; '.join(whys)}"] if kind else whys
    return tuple(said)


def _as_need(why: str) -> str:
    """Return the reason of an error as what was needed: what to do about it is for its caller."""
    found = re.fullmatch(r"expected (.+?), got (.+?)(?:\. .+)?", why)
    return why if found is None else f"needs {found[1]}, has {found[2]}"


def _in_short(clause: str) -> str:
    """Return a clause as captions have it."""
    for pattern, words in _SHORT:
        if found := pattern.fullmatch(clause):
            return found.expand(words)
    return clause


def shared_clauses(estimates: Iterable[Estimate]) -> tuple[str, ...]:
    """Return what is said of how estimates were got, in order, each clause once."""
    used = (one.method for one in estimates if one.estimate is not None)
    clauses = dict.fromkeys(clause for method in used for clause in method.split("; "))
    return tuple(one for one in clauses if one != "none" and not _OWN_COUNTS.search(one))


def own_counts(one: Estimate) -> str:
    """Return the clauses of an estimate that hold its own numbers; empty where there is none."""
    own = (part for part in one.method.split("; ") if _OWN_COUNTS.search(part))
    return "; ".join(_in_short(part) for part in own)
