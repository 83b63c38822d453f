"""`ai_systems.json` of an export: what holds for a system as a whole and has no column of its own.

It keeps simulated results, and those of a model trained on phantoms, from passing for others when
the tables come in again elsewhere.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from study_design.detections import SystemResults
from study_design.errors import BadInputError

AI_SYSTEMS = "ai_systems.json"


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """What is told of a system; the attributes are those of `SystemResults`."""

    system: str
    version: str = ""
    scale: str = ""
    simulated: bool = False
    phantom_trained: bool = False
    provenance: str = ""


_FORM = TypeAdapter(tuple[SystemFacts, ...])


def systems_json(systems: Sequence[SystemResults]) -> str:
    """Return the content of the file."""
    facts = [
        SystemFacts(
            one.system,
            one.version,
            one.scale,
            one.simulated,
            one.phantom_trained,
            one.provenance,
        )
        for one in systems
    ]
    return json.dumps([asdict(fact) for fact in facts], indent=1, ensure_ascii=False) + "\n"


def facts_beside(table: Path, system: str) -> SystemFacts:
    """Return what the file beside a table tells of a system; nothing known where it does not.

    Raises
    ------
    BadInputError
        Where the file is damaged.
    """
    path = table.with_name(AI_SYSTEMS)
    if not path.is_file():
        return SystemFacts(system)
    try:
        facts = _FORM.validate_json(path.read_bytes())
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise BadInputError(f"{path.name}: {place}: {problem['msg']}. Correct it.") from error
    return next((fact for fact in facts if fact.system == system), SystemFacts(system))
