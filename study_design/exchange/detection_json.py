"""detections/SYSTEM.json: AI results as the study keeps them, and what one case has there.

Used while reading, in arms with AI only: opening the file is what an unaided arm must never do.
"""

import json
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from study_design.detections import CaseResult, SystemResults
from study_design.errors import BadInputError, ProtocolError
from study_design.foreign_text import parsed_json, read_bounded
from study_design.plain_text import refuse_control
from study_design.protocol.study_file import Arm
from study_design.record.events import JsonValue
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically
from study_design.vocabulary import AiStatus

SCHEMA = 1


def detections_path(folder: StudyFolder, arm: Arm) -> Path:
    """Return the file of the AI results that an arm shows: its system's, or the only one there is.

    Raises
    ------
    ProtocolError
        Where no file, or more than one, could be meant.
    """
    if arm.system:
        path = folder.detections / f"{arm.system}.json"
        if path.is_file():
            return path
    known = sorted(folder.detections.glob("*.json"))
    if len(known) == 1 and not arm.system:
        return known[0]
    wanted = f"AI results of {arm.system}" if arm.system else "the AI results of one system"
    got = ", ".join(path.stem for path in known) or "none"
    remedy = (
        f"Name one in study.toml: system under the arm {arm.name}."
        if known
        else f"Bring them in: crossread detections {folder.path.name} PATH --system NAME"
    )
    raise ProtocolError(f"Arm {arm.name}: expected {wanted}, got {got}. {remedy}")


def read_system_results(path: Path) -> SystemResults:
    """Read AI results in the study's own form.

    Raises
    ------
    BadInputError
        In one line, for the first thing that is wrong.
    """
    try:
        content = parsed_json(read_bounded(path))
    except OSError as error:
        raise BadInputError(f"Expected AI results at {path}, got: {error.strerror}.") from error
    except ValueError as error:
        raise BadInputError(f"{path.name}: expected JSON, got: {error}.") from error
    schema = content.pop("schema", None) if isinstance(content, dict) else None
    if schema != SCHEMA:
        raise BadInputError(
            f"{path.name}: expected schema {SCHEMA}, got {schema!r}. "
            "Export the results again in the form that the README describes."
        )
    try:
        results = _form().validate_python(_with_images(content))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise BadInputError(f"{path.name}: {place}: {problem['msg']}. Correct it.") from error
    _refuse_unknown_keys(content, _form().dump_python(results, mode="json"), path.name)
    for name in ("system", "version", "scale", "provenance"):
        refuse_control(getattr(results, name), f"{path.name}, {name}")
    return results


def write_system_results(path: Path, results: SystemResults) -> None:
    """Write AI results in the study's own form."""
    write_atomically(path, system_results_json(results))


def system_results_json(results: SystemResults) -> bytes:
    """Return AI results in the study's own form."""
    content = {"schema": SCHEMA, **_form().dump_python(results, mode="json")}
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def result_of(results: SystemResults, case: str) -> CaseResult:
    """Return what a system has to say of a case; a case it does not mention was not processed."""
    for result in results.cases:
        if result.case == case:
            return result
    return CaseResult(case, AiStatus.NOT_PROCESSED)


@cache
def _form() -> TypeAdapter[SystemResults]:
    """Return the form of the file; built once, on first use."""
    return TypeAdapter(SystemResults)


def _with_images(content: JsonValue) -> JsonValue:
    """Return the content with an empty image in boxes that name none: it follows from the view."""
    if isinstance(content, list):
        return [_with_images(one) for one in content]
    if not isinstance(content, dict):
        return content
    filled = {key: _with_images(value) for key, value in content.items()}
    return {"image": "", **filled} if "where" in filled else filled


def _refuse_unknown_keys(given: JsonValue, kept: JsonValue, where: str) -> None:
    """Refuse a key that was not understood: it may be a slip of the pen."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key not in kept:
                raise BadInputError(
                    f"{where}: expected the keys {', '.join(kept)}, got {key}. Correct it."
                )
            _refuse_unknown_keys(value, kept[key], f"{where}, {key}")
    elif isinstance(given, list) and isinstance(kept, list):
        for place, (first, second) in enumerate(zip(given, kept, strict=True)):
            _refuse_unknown_keys(first, second, f"{where} {place}")
