"""Which arm is the reference and which the test: the direction of every difference.

The plan names them (`arms = [reference, test]`). Where it does not, the order of a table's rows
decides nothing: an arm that is called unaided, control or the like stands first, others by name.
"""

import re

from analysis.rating_table import AI, RatingTable
from analysis.settings import AnalysisSettings

# An arm of this name is what others are compared with: readers without the aid.
_REFERENCE = re.compile(
    r"(un(aided|assisted)|without|w/o|no[n]?[ _-]?(ai|cad|aided?|assisted)|off|control|baseline"
    r"|reference|standard|conventional)(?![a-z])"
)
_NUMBERS = re.compile(r"(\d+)")


class PlanError(ValueError):
    """A plan and a table do not fit; the text says what was expected and got, in one line."""


def usual_order(arms: tuple[str, ...]) -> tuple[str, ...]:
    """Return arms that nobody has put in order: reference first, then by name, numbers as such."""
    return tuple(sorted(arms, key=_place_of))


def arms_in_order(table: RatingTable, settings: AnalysisSettings) -> tuple[str, ...]:
    """Return the readers' arms, those that the settings name first."""
    named = tuple(arm for arm in settings.arms if arm in table.arms)
    return named + tuple(arm for arm in table.arms if arm not in named)


def refuse_undirected(table: RatingTable, settings: AnalysisSettings) -> None:
    """Refuse arms that the table does not have, and one-sided tests of arms without direction.

    Raises
    ------
    PlanError
        In one line, with the arms of the table.
    """
    systems = tuple(dict.fromkeys(table.rows.loc[table.rows["kind"] == AI, "reader"]))
    known = ", ".join((*table.arms, *systems))
    unknown = [arm for arm in settings.arms if arm not in (*table.arms, *systems)]
    if unknown:
        raise PlanError(
            f"analysis.arms: expected arms or AI systems of {table.source} ({known}), got "
            f"{unknown[0]!r}. Correct the name."
        )
    if settings.arms and settings.arms[0] in systems:
        raise PlanError(
            f"analysis.arms: expected an arm of readers as the reference, got the AI system "
            f"{settings.arms[0]!r}. Name it last: AI minus readers."
        )
    directed = bool(settings.arms) or table.arms_stated or len(table.arms) < 2
    if settings.one_sided and not directed:
        raise PlanError(
            "analysis.arms: a one-sided test (margin, non-inferiority) needs the reference and the "
            f"test arm, got none named; arms of {table.source}: {', '.join(table.arms)}. Add "
            "arms = [REFERENCE, TEST] to [analysis]."
        )


def _place_of(arm: str) -> tuple[bool, list[str | tuple[int, str]]]:
    """Return by what arms are sorted."""
    parts = _NUMBERS.split(arm.casefold())
    # Text and numbers alternate, so parts of two names that meet are of one kind.
    numbered: list[str | tuple[int, str]] = [
        (int(part), part) if place % 2 else part for place, part in enumerate(parts)
    ]
    return _REFERENCE.match(arm.casefold()) is None, numbered
