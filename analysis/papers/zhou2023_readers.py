"""Zhou 2023's readers: groups and arms as the paper names them, and what it compares."""

from dataclasses import dataclass
from itertools import combinations

from analysis.rating_table import AI, RatingTable

PAPER = "zhou2023"
TYPES = ("mass", "calcification", "asymmetry", "distortion")


@dataclass(frozen=True, slots=True)
class GroupArm:
    """The readers of a group in an arm, as the paper names them: J_noAI, S_AI."""

    name: str
    group: str
    arm: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two groups and arms that the paper compares; the difference is first minus second."""

    name: str
    first: GroupArm
    second: GroupArm


@dataclass(frozen=True, slots=True)
class ReadersOfPaper:
    """Groups and arms in the paper's order, what is compared, and the AI systems.

    `versus` says in words how a difference between arms is taken.
    """

    all: tuple[GroupArm, ...]
    contrasts: tuple[Contrast, ...]
    arms: tuple[str, ...]
    groups: tuple[str, ...]
    systems: tuple[str, ...]
    versus: str

    def of(self, group: str, arm: str) -> GroupArm | None:
        """Return the readers of a group in an arm."""
        return next((one for one in self.all if (one.group, one.arm) == (group, arm)), None)


def readers_of_paper(table: RatingTable, features: tuple[RatingTable, ...]) -> ReadersOfPaper:
    """Return the groups in the order of the table, and the paper's comparisons among them.

    The AI systems are all that rated any of the features.
    """
    by_ai = [one.rows.loc[one.rows["kind"] == AI, "reader"] for one in features]
    systems = tuple(sorted({str(system) for found in by_ai for system in found}))
    human = table.rows[table.rows["kind"] != AI]
    groups = tuple(str(group) for group in sorted(human["group"].unique()))
    arms = table.arms
    there = set(zip(human["group"], human["arm"], strict=True))
    everyone = tuple(
        GroupArm(f"{_letter(group, groups)}_{_arm_word(arm, table)}", group, arm)
        for group in groups
        for arm in arms
        if (group, arm) in there
    )
    contrasts = _contrasts(everyone, groups, arms)
    return ReadersOfPaper(everyone, contrasts, arms, groups, systems, _versus(table))


def _letter(group: str, groups: tuple[str, ...]) -> str:
    """Return a group's first letter, or its name where two groups share the letter."""
    if not group:
        return "R"
    alone = [other[:1] for other in groups].count(group[0]) == 1
    return group[0].upper() if alone else group


def _without_and_with_ai(table: RatingTable) -> bool:
    """Tell whether the paper's two arms are there: one without AI, one with it."""
    return len(table.arms) == 2 and len(table.arms_with_ai) == 1


def _arm_word(arm: str, table: RatingTable) -> str:
    """Return noAI and AI where the arms are the paper's, whatever they are called."""
    if not _without_and_with_ai(table):
        return arm
    return "AI" if arm in table.arms_with_ai else "noAI"


def _versus(table: RatingTable) -> str:
    """Return which arm stands first in a difference."""
    if _without_and_with_ai(table):
        return "aided minus unaided"
    return "the later arm minus the earlier one"


def _contrasts(
    everyone: tuple[GroupArm, ...], groups: tuple[str, ...], arms: tuple[str, ...]
) -> tuple[Contrast, ...]:
    """Return the paper's comparisons: arms of the first group, groups of an arm, other groups."""
    within = [
        [
            Contrast(f"{a.name} vs {b.name}", b, a)
            for a, b in combinations([one for one in everyone if one.group == group], 2)
        ]
        for group in groups
    ]
    across = [
        Contrast(f"{b.name} vs {a.name}", b, a)
        for arm in reversed(arms)
        for a, b in combinations([one for one in everyone if one.arm == arm], 2)
    ]
    later = [contrast for group in within[1:] for contrast in group]
    return (*(within[0] if within else ()), *across, *later)
