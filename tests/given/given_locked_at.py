"""When the study of the commands' tests was locked."""

from datetime import UTC, datetime

LOCKED_AT = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
