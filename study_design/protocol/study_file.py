"""study.toml: protocol and analysis plan as a person reads and edits them.

Unknown keys, wrong values and contradictions are refused with one line that names the key; a key
that looks like a slip of the pen is answered with the right one.
"""

import difflib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from study_design.errors import BadInputError
from study_design.foreign_text import MOST_TOML_BYTES, parsed_toml, read_bounded
from study_design.protocol.analysis_plan import AnalysisPlan
from study_design.suspicion import SuspicionOrder
from study_design.vocabulary import BIRADS_CATEGORIES, INCOMPLETE, AbnormalityType, AiInitial

SCHEMA = 1
NewestSchema = Annotated[int, Field(ge=1, le=SCHEMA)]
Checked = TypeVar("Checked", bound=BaseModel)
# A hundred years, and more cases than anybody reads: beyond them no date can be told.
MOST_DAYS = 36_525
MOST_CASES = 1_000_000
ORDINARY_BIRADS = ("1", "2", "3", "4", "5")
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]


class _Section(BaseModel):
    """A part of the file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Scales(_Section):
    """What readers answer with.

    Without `birads_order` the categories on offer rise as BI-RADS lists them, 0 has no place.
    """

    birads: tuple[str, ...] = ORDINARY_BIRADS
    birads_order: tuple[str, ...]
    types: tuple[AbnormalityType, ...] = tuple(AbnormalityType)

    @property
    def order(self) -> SuspicionOrder:
        """The order in which suspicion rises."""
        return SuspicionOrder(self.birads_order)

    @model_validator(mode="before")
    @classmethod
    def _with_order(cls, content: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        if not isinstance(content, dict) or "birads_order" in content:
            return content
        offered = content.get("birads", ORDINARY_BIRADS)
        if not isinstance(offered, list | tuple):
            return content
        order = tuple(c for c in BIRADS_CATEGORIES if c in offered and c != INCOMPLETE)
        return {**content, "birads_order": order}

    @model_validator(mode="after")
    def _known(self) -> "Scales":
        unknown = [c for c in (*self.birads, *self.birads_order) if c not in BIRADS_CATEGORIES]
        if unknown:
            raise ValueError(f"BI-RADS has no category {unknown[0]!r}")
        return self


class Form(_Section):
    """Which answers a read asks for; what is required must be given before it can be validated."""

    rating: Literal["breast", "exam"] = "breast"
    birads: Literal["breast", "exam"] = "breast"
    density: Literal["required", "optional", "off"] = "optional"
    finding_rating: bool = True
    finding_birads: bool = True


class Arm(_Section):
    """A reading condition."""

    name: Name
    ai: bool = False
    system: str = ""
    initial: AiInitial = AiInitial.NONE
    threshold: float | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "Arm":
        if self.ai and self.initial is AiInitial.NONE:
            raise ValueError("an arm with ai = true needs initial = 'shown' or 'hidden'")
        if not self.ai and (self.system or self.initial is not AiInitial.NONE):
            raise ValueError("an arm with ai = false has neither system nor initial")
        return self


class Design(_Section):
    """How cases, readers and arms meet."""

    kind: Literal["crossover"] = "crossover"
    seed: int = Field(ge=0)
    washout_days: float = Field(ge=0, le=MOST_DAYS)
    block_size: int = Field(ge=1, le=MOST_CASES)
    groups: tuple[Name, ...]
    reopen_minutes: float = Field(default=10, ge=0, le=MOST_DAYS * 24 * 60)

    @property
    def washout(self) -> timedelta:
        """The time between a reader's last sight of a case and the next period's."""
        return timedelta(days=self.washout_days)


class StudyFile(_Section):
    """Everything that study.toml says."""

    schema_: NewestSchema = Field(alias="schema")
    version: int = Field(ge=1, le=MOST_CASES)
    title: str
    template: str
    simulated: bool = False
    scales: Scales
    form: Form
    arms: tuple[Arm, ...] = Field(min_length=1)
    design: Design
    analysis: AnalysisPlan

    @model_validator(mode="after")
    def _crossover(self) -> "StudyFile":
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError("two arms have the same name")
        if self.design.kind == "crossover" and len(names) != 2:
            raise ValueError(f"a crossover has two arms, got {len(names)}")
        unknown = [arm for arm in self.analysis.arms if arm not in names]
        if unknown:
            raise ValueError(
                f"analysis.arms names arms of the study ({', '.join(names)}), got {unknown[0]!r}"
            )
        return self

    def arm(self, name: str) -> Arm:
        """Return the arm of a name."""
        return next(arm for arm in self.arms if arm.name == name)


class _PlanAlone(BaseModel):
    """A file of which the analysis plan is read only."""

    analysis: AnalysisPlan


def read_study_file(path: Path) -> StudyFile:
    """Read and check a study.toml.

    Raises
    ------
    BadInputError
        In one line, for the first thing that is wrong: file, key, expected, got, what to do.
    """
    return _read(path, StudyFile)


def read_analysis_plan(path: Path) -> AnalysisPlan:
    """Read and check `[analysis]` of a TOML file, which may hold nothing else; errors as above."""
    return _read(path, _PlanAlone).analysis


def _read(path: Path, model: type[Checked]) -> Checked:
    """Return the content of a file, checked."""
    try:
        content = parsed_toml(read_bounded(path, MOST_TOML_BYTES))
    except OSError as error:
        raise BadInputError(
            f"Expected a study file at {path}, got: {error.strerror}. Check the path."
        ) from error
    except ValueError as error:
        raise BadInputError(
            f"{path.name}: expected TOML, got: {error}. Correct the line."
        ) from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise BadInputError(f"{path.name}: {_first_problem(error)}") from error


def _first_problem(error: ValidationError) -> str:
    """Return the first problem in words; unknown keys come before missing ones."""
    problems = error.errors(include_url=False)
    problem = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = _keys_at(problem["loc"][:-1])
        close = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1)
        hint = (
            f"Did you mean {close[0]}?"
            if close
            else f"Remove it, or use one of {', '.join(known)}."
        )
        return f"expected a known key, got {key}. {hint}"
    if problem["type"] == "missing":
        return f"expected the key {key}, got none. Add it."
    got = (
        repr(problem["input"]) if isinstance(problem["input"], str | int | float) else "this table"
    )
    message = problem["msg"].removeprefix("Value error, ").replace("Input should", "input should")
    return f"{key or 'study'}: got {got}: {message}. Correct it."


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the file may have at a place."""
    sections: dict[str, type[BaseModel]] = {
        "scales": Scales,
        "form": Form,
        "arms": Arm,
        "design": Design,
        "analysis": AnalysisPlan,
    }
    section = sections[str(location[0])] if location else StudyFile
    return [field.alias or name for name, field in section.model_fields.items()]
