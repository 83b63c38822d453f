"""How wide the user's screens are, as measured with a ruler, from a small file in the settings.

    "DELL U3223QE" = 697.0

gives the lit width of a screen in mm by the name under which the system knows it. It goes before
what the screen states of itself.
"""

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path

from study_design.errors import BadInputError
from study_design.foreign_text import MOST_TOML_BYTES, parsed_toml, read_bounded

FILE = "screens.toml"


def screens_file() -> Path:
    """Return where measured widths are written down, whether or not there are any."""
    return user_config_path("crossread", appauthor=False) / FILE


def read_screen_widths(path: Path) -> Mapping[str, float]:
    """Return the measured widths in mm by the name of the screen; none where there is no file.

    Raises
    ------
    BadInputError
        In one line, for the first thing that is no width.
    """
    if not path.is_file():
        return {}
    try:
        lines = parsed_toml(read_bounded(path, MOST_TOML_BYTES))
    except (OSError, ValueError) as error:
        raise BadInputError(
            f'{path}: expected lines like "SCREEN" = 597.0, got: {error}. Correct it or remove it.'
        ) from error
    for screen, width in lines.items():
        if isinstance(width, bool) or not isinstance(width, int | float) or not width > 0:
            raise BadInputError(
                f"{path}: expected the lit width of {screen} in mm, got {width!r}. Correct it."
            )
    return {screen: float(width) for screen, width in lines.items()}
