"""What a station knows of time besides its clock: which computer, which start, how long ago."""

from dataclasses import dataclass

from pydantic import ConfigDict


@dataclass(frozen=True, slots=True)
class Station:
    """A moment of a computer that nobody sets by hand.

    Attributes
    ----------
    machine
        The computer, as a digest that means nothing outside the study; empty where it has no name.
    boot
        This start of the computer; empty where the system does not name it.
    since_boot_s
        Seconds since that start, sleep included; None where the record does not say.
    files_utc
        The newest time of a file that this computer has written, ISO 8601; empty where none is
        known. It lies in the past unless the clock was set back.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)

    machine: str = ""
    boot: str = ""
    since_boot_s: float | None = None
    files_utc: str = ""


UNKNOWN_STATION = Station()
