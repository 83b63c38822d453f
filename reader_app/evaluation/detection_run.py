"""A system run over exams, resumably: what `evaluate`, `detect` and the benchmark share."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.data.exam_set import KnownExam
from inference.data.prepared_set import PreparedSet
from inference.model_card import ModelCard, read_card
from inference.predict import predict
from inference.registry import detector, entry_of, trained
from inference.system import DetectionSystem, Size
from inference.weights import weights_folder, weights_sha256
from study_design.detections import CaseResult
from study_design.errors import BadInputError

JOURNAL = "detections.jsonl"
# Told after each case: how many are done, of how many, the result, and why it failed if so.
Report = Callable[[int, int, CaseResult, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class ReadySystem:
    """A system that can detect, and where it comes from.

    Attributes
    ----------
    card
        None for a system without weights.
    weights_sha256
        Empty for a system without weights.
    """

    system: DetectionSystem
    card: ModelCard | None
    weights_sha256: str

    @property
    def line(self) -> str:
        """What it is, and what it was trained on, in one sentence."""
        if self.card is None:
            return f"{self.system.name}, a yardstick without training."
        return f"{self.card.line} Weights SHA-256 {self.weights_sha256}."


def ready_system(name: str, weights: Path | None) -> ReadySystem:
    """Return a system with its weights.

    Raises
    ------
    BadInputError
        Where weights are missing, damaged or another system's.
    """
    entry = entry_of(name)
    if not entry.detects:
        raise BadInputError(
            f"Expected a system that detects, got {name}, which gives other systems a start: "
            f"crossread train zhou --init {name.upper()}/weights"
        )
    if not entry.trains:
        return ReadySystem(entry.construct(Size.LITE), None, "")
    if weights is None:
        raise BadInputError(
            f"Expected --weights for {name}, got none. Train it: crossread train {name}"
        )
    card = read_card(weights_folder(weights))
    if card.system != name:
        raise BadInputError(
            f"Expected weights of {name} in {weights}, got those of {card.system}. Correct one."
        )
    return ReadySystem(trained(weights), card, weights_sha256(weights))


def detect_in(
    exams: Sequence[KnownExam],
    ready: ReadySystem,
    *,
    journal: Path,
    cache: Path,
    report: Report = lambda *_: None,
) -> dict[str, CaseResult]:
    """Return the results of exams by case; those in the journal are not run again.

    Parameters
    ----------
    journal
        Where results are kept as they come; its name tells nothing of its content.
    cache
        Folder of prepared views.
    """
    fingerprints = [view.fingerprint() for exam in exams for view in exam.views]
    said = [ready.system.name, ready.weights_sha256, *fingerprints]
    results = predict(
        detector(ready.system),
        PreparedSet(exams, ready.system.preparation, cache),
        [exam.case for exam in exams],
        journal=journal,
        identity=hashlib.sha256(" ".join(said).encode()).hexdigest(),
        report=report,
    )
    return {result.case: result for result in results}
