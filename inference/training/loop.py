"""The training loop: batches of exams down the gradient of a system's losses.

Which exams a batch holds, how they are varied and what the system draws follow from seed and
iteration alone. So a run that was killed and goes on from its checkpoint ends as one that was
never stopped.
"""

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW
from torch.optim import Optimizer as TorchOptimizer

from inference.data.augment import augmented
from inference.layers.resnet import ResNet
from inference.network_system import NetworkSystem
from inference.prepared import PreparedExam
from inference.training.checkpoint import Progress, load_checkpoint, save_checkpoint
from inference.training.loss_curve import LossPoint, draw_curve, read_curve, write_curve
from inference.training.processes import Processes
from inference.training.schedule import Course, Optimizer, Schedule, Varied
from study_design.errors import CrossreadError

# Losses are written down, and the work is told, every so many iterations.
_LOG_EVERY = 10
# A plateau is a pass whose mean loss is not at least this share lower than the best.
_LEAST_FALL = 0.001

Report = Callable[[int, int, float], None]


class DivergedError(CrossreadError):
    """The loss is no number any more."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a run is made.

    Attributes
    ----------
    out
        Folder of checkpoint and loss curve.
    minutes
        The run stops cleanly after this time; the same command continues it. None: no limit.
    data_sha256
        Of the training exams, so that nobody continues on others by mistake.
    checkpoint_seconds
        How often the state is saved.
    """

    out: Path
    schedule: Schedule
    seed: int
    minutes: float | None = None
    data_sha256: str = ""
    checkpoint_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What came of a run; unfinished where the time was up."""

    iterations: int
    finished: bool
    last_loss: float
    seconds: float


def train(
    system: NetworkSystem,
    exams: Sequence[PreparedExam],
    settings: TrainingSettings,
    *,
    processes: Processes,
    report: Report = lambda *_: None,
) -> TrainingOutcome:
    """Train a system, from its checkpoint where there is one.

    Parameters
    ----------
    exams
        What it learns from; read one by one, so they need not be in memory.
    report
        Told iterations done, iterations in all, and the mean loss of late.

    Raises
    ------
    DivergedError
        Where the loss is no number; the checkpoint before it stays.
    BadInputError
        Where the folder holds another run.
    """
    run = _Run(system, exams, settings, processes)
    return run.to_the_end(report)


class _Run:
    """A run under way."""

    def __init__(
        self,
        system: NetworkSystem,
        exams: Sequence[PreparedExam],
        settings: TrainingSettings,
        processes: Processes,
    ) -> None:
        self.system, self.exams, self.settings = system, exams, settings
        self.schedule, self.processes = settings.schedule, processes
        self.out = settings.out
        system.to(processes.device)
        system.train()
        if self.schedule.frozen_trunk:
            _freeze_trunk(system)
        self.optimizer = _optimizer(system, self.schedule)
        self.progress = load_checkpoint(self.out, system, self.optimizer, _identity(self))
        self.points = read_curve(self.out, self.progress.iteration)
        self.before_s = self.progress.seconds
        self.began_s = time.monotonic()
        self.saved_s = self.began_s
        self.recent: list[dict[str, float]] = []

    @property
    def last_loss(self) -> float:
        return self.points[-1].total if self.points else math.nan

    def to_the_end(self, report: Report) -> TrainingOutcome:
        """Go on until all iterations are done or the time is up."""
        stop = False
        while self.progress.iteration < self.schedule.iterations and not stop:
            self._step()
            stop = self.processes.agree(stop=self._is_late())
            at_mark = self.progress.iteration % _LOG_EVERY == 0
            if at_mark or stop or self.progress.iteration == self.schedule.iterations:
                self._note()
                report(self.progress.iteration, self.schedule.iterations, self.last_loss)
            # Between notes the losses of late are not on disk yet.
            if not self.recent and self._is_due():
                self._save()
        self._save()
        if self.processes.is_first:
            draw_curve(self.out, self.points)
        return TrainingOutcome(
            self.progress.iteration,
            self.progress.iteration >= self.schedule.iterations,
            self.last_loss,
            self.progress.seconds,
        )

    def _step(self) -> None:
        """Take one optimiser step."""
        iteration = self.progress.iteration
        rate = self.schedule.rate(iteration) * self.progress.plateau_factor
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        losses = _drawn_losses(self, self._batch(iteration))
        total = torch.stack(list(losses.values())).sum()
        value = self.processes.mean(float(total.detach()))
        if not math.isfinite(value):
            raise DivergedError(
                f"Expected a loss that is a number, got {value} at iteration {iteration}. "
                "Lower the learning rate, or continue from the last checkpoint."
            )
        total.backward()  # type: ignore[no-untyped-call]
        parameters = list(self.system.parameters())
        self.processes.average_gradients(parameters)
        if self.schedule.clip is not None:
            nn.utils.clip_grad_norm_(parameters, self.schedule.clip)
        self.optimizer.step()
        parts = {name: float(loss.detach()) for name, loss in losses.items()}
        self.recent.append({"": value, **parts})
        self._advance(value)

    def _batch(self, iteration: int) -> list[PreparedExam]:
        """Return this process's exams of an iteration, varied."""
        places = self.processes.share(_places(self, iteration))
        rng = np.random.default_rng([self.settings.seed, 1, iteration, self.processes.rank])
        return [_varied(self, self.exams[place], rng) for place in places]

    def _advance(self, value: float) -> None:
        """Count an iteration; at the end of a pass, look whether the loss still falls."""
        progress = self.progress
        iteration, passes = progress.iteration + 1, max(1, len(self.exams) // self.schedule.batch)
        self.progress = replace(
            progress, iteration=iteration, pass_loss=progress.pass_loss + value / passes
        )
        if self.schedule.course is Course.PLATEAU and iteration % passes == 0:
            self.progress = _after_pass(self.progress, self.schedule.patience)

    def _is_late(self) -> bool:
        """Tell whether the time is up."""
        minutes = self.settings.minutes
        return minutes is not None and time.monotonic() - self.began_s > 60 * minutes

    def _is_due(self) -> bool:
        """Tell whether the last checkpoint is old."""
        return time.monotonic() - self.saved_s > self.settings.checkpoint_seconds

    def _note(self) -> None:
        """Write the mean losses since the last note down."""
        names = dict.fromkeys(name for losses in self.recent for name in losses)
        means = {
            name: sum(losses.get(name, 0.0) for losses in self.recent) / max(1, len(self.recent))
            for name in names
        }
        if means:
            rate = self.schedule.rate(self.progress.iteration) * self.progress.plateau_factor
            total = means.pop("")
            self.points.append(LossPoint(self.progress.iteration, rate, total, means))
        self.recent.clear()

    def _save(self) -> None:
        """Write checkpoint and curve."""
        spent_s = time.monotonic() - self.began_s
        self.progress = replace(self.progress, seconds=self.before_s + spent_s)
        if self.processes.is_first:
            save_checkpoint(self.out, self.system, self.optimizer, self.progress)
            write_curve(self.out, self.points)
        self.saved_s = time.monotonic()


def _freeze_trunk(system: NetworkSystem) -> None:
    """Let no gradient reach the residual trunk of a system."""
    for module in system.modules():
        if isinstance(module, ResNet):
            module.requires_grad_(False)


def _drawn_losses(run: _Run, batch: Sequence[PreparedExam]) -> dict[str, Tensor]:
    """Return the losses of a batch; what the system draws follows from seed and iteration."""
    device = run.processes.device
    devices = [device] if device.type == "cuda" else []
    drawn = np.random.SeedSequence(
        [run.settings.seed, 2, run.progress.iteration, run.processes.rank]
    )
    with torch.random.fork_rng(devices):
        torch.manual_seed(int(drawn.generate_state(1)[0]))
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            return dict(run.system.losses(batch))


def _varied(run: _Run, exam: PreparedExam, rng: np.random.Generator) -> PreparedExam:
    """Return a variation of an exam, by the system's own way where it has one."""
    if isinstance(run.system, Varied):
        return run.system.varied(exam, rng)
    return augmented(exam, run.schedule.augmentation, rng)


def _places(run: _Run, iteration: int) -> list[int]:
    """Return which exams an iteration takes: each pass is a shuffle of all."""
    count, batch = len(run.exams), run.schedule.batch
    places = []
    for number in range(iteration * batch, (iteration + 1) * batch):
        shuffle = np.random.default_rng([run.settings.seed, 0, number // count])
        places.append(int(shuffle.permutation(count)[number % count]))
    return places


def _identity(run: _Run) -> str:
    """Return the hash of what must not change between the parts of a run."""
    settings, system = run.settings, run.system
    said = repr((system.name, system.size, settings.schedule, settings.seed, settings.data_sha256))
    return hashlib.sha256(said.encode()).hexdigest()


def _after_pass(progress: Progress, patience: int) -> Progress:
    """Return where a plateau schedule stands after a pass over the exams."""
    loss = progress.pass_loss
    if loss < progress.best_loss * (1 - _LEAST_FALL):
        return replace(progress, best_loss=loss, waited=0, pass_loss=0.0)
    if progress.waited + 1 < patience:
        return replace(progress, waited=progress.waited + 1, pass_loss=0.0)
    factor = progress.plateau_factor * 0.1
    return replace(progress, plateau_factor=factor, waited=0, pass_loss=0.0)


def _optimizer(system: NetworkSystem, schedule: Schedule) -> TorchOptimizer:
    """Return the optimiser of a schedule; its learning rate is set at each iteration."""
    parameters = [parameter for parameter in system.parameters() if parameter.requires_grad]
    if schedule.optimizer is Optimizer.SGD:
        return SGD(
            parameters,
            lr=schedule.lr,
            momentum=schedule.momentum,
            weight_decay=schedule.weight_decay,
        )
    rule = Adam if schedule.optimizer is Optimizer.ADAM else AdamW
    return rule(parameters, lr=schedule.lr, weight_decay=schedule.weight_decay)
