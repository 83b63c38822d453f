"""Who does an act of the study's staff."""

import getpass
from dataclasses import dataclass

from study_design.plain_text import refuse_control


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name that was given. The event is signed by the key of the account beside it.

    Raises
    ------
    BadInputError
        Where the name is not one plain line.
    """

    name: str

    def __post_init__(self) -> None:
        refuse_control(self.name, "--by NAME")


def acting(name: str = "") -> Actor:
    """Return who acts: the one door for names from a command line or a window.

    Without a name it is the one of the login.
    """
    return Actor(name.strip() or getpass.getuser())
