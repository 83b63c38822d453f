"""What a set of weights is and what it was trained on: told wherever its detections are shown."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from inference.operating_point import OperatingPoint
from inference.system import Preparation, Size
from study_design.errors import BadInputError
from study_design.tables.csv_file import write_atomically

CARD, CARD_TEXT = "model_card.json", "model_card.md"
INPUT_RANGE = "0 at percentile 5 and 1 at percentile 95 of the grey inside the breast, air 0"
COORDINATES = (
    "boxes in stored pixels: column, row; 0,0 is the top left corner of the top left pixel"
)
PHANTOM_WARNING = (
    "Trained on phantoms: it shows that the pipeline learns and says nothing about clinical "
    "performance."
)


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """The exams that a model has seen."""

    name: str
    sha256: str
    patients: int
    exams: int
    lesions: int
    phantoms: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """A number measured on exams that the model has not seen, with its interval where known."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model's card.

    Attributes
    ----------
    system, size
        What `inference.registry` builds for it.
    paper
        The publication whose system it implements.
    iterations
        Optimiser steps taken.
    finished
        False where the schedule was not run to its end.
    initial
        Weights that training went on from; empty for none.
    software_version, torch_version
        What made it.
    weights_sha256
        Of the weight files, in the order of their names.
    metrics
        Measured on held-out exams, where training was by folds.
    operating_point
        From when on a lesion is called malignant; None for a system that calls none so.
    """

    system: str
    size: Size
    paper: str
    trained_on: TrainedOn
    preparation: Preparation
    scale: str
    iterations: int
    finished: bool
    seed: int
    initial: str
    software_version: str
    torch_version: str
    weights_sha256: str = ""
    licence: str = "Apache-2.0"
    input_range: str = INPUT_RANGE
    coordinates: str = COORDINATES
    metrics: tuple[Metric, ...] = ()
    operating_point: OperatingPoint | None = None

    @property
    def line(self) -> str:
        """The card in one sentence."""
        seen = self.trained_on
        what = "phantom exams" if seen.phantoms else "exams"
        rest = f" {PHANTOM_WARNING}" if seen.phantoms else ""
        return (
            f"{self.system} ({self.size}) after {self.paper}, {self.iterations} iterations on "
            f"{seen.exams} {what} with {seen.lesions} lesions of {seen.patients} patients "
            f"({seen.name}).{rest}"
        )


_FORM = TypeAdapter(ModelCard)


def write_card(folder: Path, card: ModelCard) -> None:
    """Write the card as JSON, and as text for people."""
    content = _FORM.dump_python(card, mode="json")
    write_atomically(folder / CARD, f"{json.dumps(content, indent=1)}\n".encode())
    write_atomically(folder / CARD_TEXT, _text(card).encode())


def read_card(folder: Path) -> ModelCard:
    """Return the card beside weights.

    Raises
    ------
    BadInputError
        Where there is none, or it does not say what it must.
    """
    path = folder / CARD
    try:
        return _FORM.validate_json(path.read_bytes())
    except OSError as error:
        raise BadInputError(
            f"Expected {CARD} beside the weights in {folder}, got none. Weights without a card "
            "cannot be used; copy the whole folder that `crossread train` wrote."
        ) from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise BadInputError(f"{path}: {place}: {problem['msg']}. Correct it.") from error


def add_metrics(folder: Path, metrics: tuple[Metric, ...]) -> None:
    """Write on the card beside weights what was measured of them."""
    write_card(folder, replace(read_card(folder), metrics=metrics))


def _text(card: ModelCard) -> str:
    """Return the card in Markdown."""
    rows = {
        "Paper": card.paper,
        "Preparation": json.dumps(asdict(card.preparation)),
        "Input": card.input_range,
        "Coordinates": card.coordinates,
        "Scores": card.scale,
        "Iterations": f"{card.iterations}{'' if card.finished else ' (stopped early)'}",
        "Seed": str(card.seed),
        "Went on from": card.initial or "nothing: trained from scratch",
        "Training exams": f"{card.trained_on.exams}, SHA-256 {card.trained_on.sha256}",
        "Weights": f"SHA-256 {card.weights_sha256}",
        "Made by": f"Crossread {card.software_version}, torch {card.torch_version}",
        "Licence": card.licence,
    }
    if card.operating_point is not None:
        rows["Called malignant"] = card.operating_point.line
    lines = [f"# {card.system}, {card.size}", "", card.line, "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in rows.items()]
    lines += ["", "For research only; no medical device.", ""]
    lines += [_metric_line(metric) for metric in card.metrics]
    return "\n".join(lines).rstrip() + "\n"


def _metric_line(metric: Metric) -> str:
    """Return one number with what is known of its spread."""
    value = "not estimable" if metric.value is None else f"{metric.value:.3f}"
    if metric.low is not None and metric.high is not None:
        value += f" ({metric.low:.3f} to {metric.high:.3f})"
    return f"- {metric.name}: {value}"
