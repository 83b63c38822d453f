"""Hides which arm is which from whoever looks at an open study."""

from dataclasses import replace
from string import ascii_uppercase

import numpy as np

from study_design.results import StudyTables

# Columns of a read that tell whether the AI was there.
TELLING = ("system", "system_version", "ai_status", "ai_initial")


def masked_arms(tables: StudyTables, generator: np.random.Generator) -> StudyTables:
    """Return the tables with arms named arm-A, arm-B ... in an order drawn by the generator.

    What a read says of the AI is emptied too. Reading times, ratings and the AI alone stay, so
    that an effect can be seen, and not of which arm it is: the plan loses its reference arm and
    with it the tests that need one.
    """
    drawn = generator.permutation(len(tables.arms))
    masks = {arm: f"arm-{ascii_uppercase[drawn[place]]}" for place, arm in enumerate(tables.arms)}
    emptied = dict.fromkeys(TELLING, "")
    return replace(
        tables,
        reads=tables.reads.assign(arm=tables.reads["arm"].map(masks), revealed=0, **emptied),
        schedule=tables.schedule.assign(arm=tables.schedule["arm"].map(masks)),
        arms=tuple(sorted(masks.values())),
        plan=tables.plan.model_copy(update={"arms": (), "margin": 0.0}),
    )
