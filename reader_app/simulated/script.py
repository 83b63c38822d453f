"""Key and mouse scripts of simulated readers: all that the process with the windows is told.

A script says which keys are pressed and where the mouse goes for one planned cell; why, is known
only to the process that wrote it. Places are stored pixels of a view, as a person points at a
place in the picture wherever it happens to be on the screen.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from study_design.errors import BadInputError
from study_design.foreign_text import parsed_json, read_bounded
from study_design.geometry import Point
from study_design.tables.csv_file import write_atomically
from study_design.vocabulary import View


@dataclass(frozen=True, slots=True)
class Act:
    """One act: wait first, then press a key, or point, click or drag on a view.

    Attributes
    ----------
    after_s
        Simulated seconds that pass before the act.
    key
        Name of a key as on its cap, with `Shift+` before it where shift is held; empty for none.
    view, points
        Where the mouse goes: one point for a click, two for a drag.
    press
        False where the mouse only moves, as a hand does while the eyes search.
    """

    after_s: float
    key: str = ""
    view: View | None = None
    points: tuple[Point, ...] = ()
    press: bool = True


@dataclass(frozen=True, slots=True)
class ReadScript:
    """What a simulated reader does with one planned cell, from the gate to the validation."""

    cell: str
    acts: tuple[Act, ...]


def write_scripts(path: Path, scripts: Sequence[ReadScript]) -> None:
    """Write scripts as JSON."""
    write_atomically(path, json.dumps([asdict(script) for script in scripts]).encode())


def read_scripts(path: Path) -> Mapping[str, ReadScript]:
    """Read scripts back, by cell."""
    try:
        content: Any = parsed_json(read_bounded(path))
        scripts = [ReadScript(s["cell"], tuple(map(_act, s["acts"]))) for s in content]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(
            f"Expected a reading script at {path}, got: {error}. Make it anew: crossread simulate"
        ) from error
    return {script.cell: script for script in scripts}


def _act(raw: Mapping[str, object]) -> Act:
    """Return an act from its JSON form."""
    points = raw["points"]
    if not isinstance(points, list):
        raise TypeError("points must be a list")
    return Act(
        after_s=float(str(raw["after_s"])),
        key=str(raw["key"]),
        view=View(str(raw["view"])) if raw["view"] else None,
        points=tuple(Point(**point) for point in points),
        press=bool(raw["press"]),
    )
