"""A record against the present: dates that have not come yet, whoever vouched for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from study_design.protocol.study_file import StudyFile
from study_design.record.clocks.lines import SET_RIGHT_S
from study_design.record.clocks.observed import observations
from study_design.record.clocks.words import length, moment
from study_design.record.events import StoredEvent
from study_design.record.problem import Problem


@dataclass(frozen=True, slots=True)
class Present:
    """The moment of a check; `source` is the time server that says it, empty for a clock."""

    at: datetime
    source: str = ""


def problems_ahead(
    events: Sequence[StoredEvent], study: StudyFile, present: Present
) -> Iterator[Problem]:
    """Name a record that is dated after the present: grave where a time server says the present."""
    if study.simulated:
        return
    newest = max(observations(events), key=lambda seen: seen.wall_s, default=None)
    ahead_s = newest.wall_s - present.at.timestamp() if newest is not None else 0.0
    if newest is None or ahead_s <= SET_RIGHT_S:
        return
    who = present.source or "this computer's clock"
    doubt = "" if present.source else ", or this clock is behind"
    yield Problem(
        f"Event {newest.number} of {newest.who} is dated {moment(newest.wall_s)}, "
        f"{length(ahead_s)} after the present by {who}: a clock was ahead{doubt}.",
        grave=bool(present.source),
    )
