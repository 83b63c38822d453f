"""How a date is written for people: in English, whatever the computer's language."""

from datetime import datetime, timedelta

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(moment: datetime) -> str:
    """Return the date of a moment in its own zone: 3 Jan 2027."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def minute_text(moment: datetime) -> str:
    """Return date and time of a moment in its own zone: 3 Jan 2027 09:05."""
    return f"{day_text(moment)} {moment:%H:%M}"


def days_text(length: timedelta) -> str:
    """Return a length in days: 21 days."""
    return f"{length / timedelta(days=1):g} days"
