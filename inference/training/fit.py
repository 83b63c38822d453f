"""From exams on disk to weights with a card: prepare, build, train, settle, save."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from inference.data.exam_set import KnownExam, set_sha256
from inference.data.prepared_set import PreparedSet
from inference.model_card import ModelCard, TrainedOn
from inference.network_system import NetworkSystem
from inference.operating_point import kept_apart, settled_point
from inference.registry import build, entry_of
from inference.system import Size
from inference.training.loop import Report, TrainingOutcome, TrainingSettings, train
from inference.training.processes import Processes
from inference.training.schedule import LITE, Schedule, Scheduled
from inference.weights import Initialised, initialise, save_weights
from study_design.software import SOFTWARE_VERSION

WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class FitSettings:
    """What is trained, and how.

    Attributes
    ----------
    out
        Folder of the run; the weights come into its `weights`.
    cache
        Folder of prepared views, which runs may share.
    schedule
        In place of the system's own.
    iterations
        In place of the schedule's number.
    initial
        Weights to start from.
    frozen_trunk
        The trunk keeps the weights that it starts with.
    """

    system: str
    size: Size
    out: Path
    cache: Path
    seed: int = 0
    minutes: float | None = None
    iterations: int | None = None
    initial: Path | None = None
    schedule: Schedule | None = None
    frozen_trunk: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained system: its card, how far training came, and what it started from."""

    card: ModelCard
    outcome: TrainingOutcome
    initialised: Initialised | None


def fit(
    exams: Sequence[KnownExam],
    name: str,
    settings: FitSettings,
    *,
    processes: Processes,
    report: Report = lambda *_: None,
    prepared: Report = lambda *_: None,
) -> Fitted:
    """Train a system on exams; going on where an earlier run in the same folder was.

    Parameters
    ----------
    exams
        Whose truth is known; exams without lesions teach too. A system that calls lesions
        malignant keeps one patient of ten aside to settle its threshold on.
    name
        Of the set, for the card.
    report, prepared
        Told how training and preparation get on.

    Raises
    ------
    CrossreadError
        Where a view cannot be prepared, weights do not fit, or the loss diverges.
    """
    system = build(settings.system, settings.size, seed=settings.seed)
    apart = kept_apart(system, exams, seed=settings.seed)
    PreparedSet(exams, system.preparation, settings.cache).fill(
        lambda done, total: prepared(done, total, 0.0)
    )
    views = PreparedSet(apart.learned, system.preparation, settings.cache)
    initialised = initialise(settings.initial, system) if settings.initial else None
    sha256 = set_sha256(exams)
    outcome = train(
        system,
        views,
        TrainingSettings(
            settings.out, _schedule(system, settings), settings.seed, settings.minutes, sha256
        ),
        processes=processes,
        report=report,
    )
    card = _card(system, settings, outcome, trained_on(apart.learned, name, views, sha256))
    if processes.is_first:
        system.settle(views)
        aside = PreparedSet(apart.aside, system.preparation, settings.cache)
        card = replace(card, operating_point=settled_point(system, views, aside))
        card = save_weights(settings.out / WEIGHTS, system, card)
    return Fitted(card, outcome, initialised)


def trained_on(exams: Sequence[KnownExam], name: str, views: PreparedSet, sha256: str) -> TrainedOn:
    """Return what a card says of training exams; a lesion on two views is one."""
    return TrainedOn(
        name,
        sha256,
        patients=len({exam.patient for exam in exams}),
        exams=len(exams),
        lesions=sum(len({known.lesion.lesion for known in exam.lesions}) for exam in exams),
        phantoms=views.phantoms,
    )


def _schedule(system: NetworkSystem, settings: FitSettings) -> Schedule:
    """Return the system's own schedule, or the usual one, with the iterations asked for."""
    own = system.schedule if isinstance(system, Scheduled) else LITE
    schedule = settings.schedule or own
    return replace(
        schedule,
        iterations=settings.iterations or schedule.iterations,
        frozen_trunk=settings.frozen_trunk or schedule.frozen_trunk,
    )


def _card(
    system: NetworkSystem, settings: FitSettings, outcome: TrainingOutcome, seen: TrainedOn
) -> ModelCard:
    """Return the card of what was trained."""
    return ModelCard(
        system=settings.system,
        size=settings.size,
        paper=entry_of(settings.system).paper,
        trained_on=seen,
        preparation=system.preparation,
        scale=system.scale,
        iterations=outcome.iterations,
        finished=outcome.finished,
        seed=settings.seed,
        initial=str(settings.initial.name) if settings.initial else "",
        software_version=SOFTWARE_VERSION,
        torch_version=str(torch.__version__),
    )
