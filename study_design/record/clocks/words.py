"""Lengths of time and moments in the words of messages."""

from datetime import UTC, datetime

from study_design.dates import minute_text

_UNITS = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"), (1.0, "second"))


def length(seconds: float) -> str:
    """Return a length of time in its largest unit that gives two or more, e.g. 21.0 days."""
    size_s, unit = next((u for u in _UNITS if seconds >= 2 * u[0]), _UNITS[-1])
    number = f"{seconds / size_s:.1f}" if unit in ("day", "hour") else f"{seconds / size_s:.0f}"
    return f"{number} {unit}s"


def moment(seconds: float) -> str:
    """Return a moment, seconds since 1970, to the minute in UTC."""
    return f"{minute_text(from_posix(seconds))} UTC"


def from_posix(seconds: float) -> datetime:
    """Return a moment, seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
