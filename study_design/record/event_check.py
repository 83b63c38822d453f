"""What every event must say, whatever its type, before anything is computed from it.

A damaged or forged row may hold a date that no calendar has or a number that no clock counts to;
it is refused where it is read, as damage, and not where somebody subtracts it.
"""

import math
from datetime import UTC, datetime

from study_design.record.events import Event

_MINUTES_A_DAY = 24 * 60
# Ten thousand years, as the calendar ends there.
_LONGEST_S = 3.2e11


def checked(act: Event) -> Event:
    """Return an event as it is.

    Raises
    ------
    ValueError
        Where a moment, a number or a name cannot be one.
    """
    for name in ("event", "sitting", "actor"):
        if not isinstance(getattr(act, name), str):
            raise ValueError(f"{name} is no text")
    for name in ("read", "once"):
        if not isinstance(getattr(act, name), str | None):
            raise ValueError(f"{name} is no text")
    _check_moment(act.at_utc)
    offset = act.utc_offset_min
    if not isinstance(offset, int) or abs(offset) > _MINUTES_A_DAY:
        raise ValueError("utc_offset_min is no offset of a time zone")
    elapsed = act.elapsed_s
    if not isinstance(elapsed, int | float) or not math.isfinite(elapsed):
        raise ValueError("elapsed_s is no number")
    if abs(elapsed) > _LONGEST_S:
        raise ValueError("elapsed_s is longer than any sitting")
    return act


def _check_moment(text: object) -> None:
    """Refuse what is no moment of UTC, with the margin of a zone to both ends of the calendar."""
    if not isinstance(text, str):
        raise ValueError("at_utc is no text")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1900 <= moment.astimezone(UTC).year <= 9000:
        raise ValueError(f"at_utc is no moment of UTC: {text[:40]!r}")
