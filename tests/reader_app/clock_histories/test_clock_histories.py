"""Clocks that are set, stopped, restored and moved about: no washout is shortened unnamed.

A computer's true time, clock and counter are simulated (`conftest.py`); what decides and judges is
the program itself. `CROSSREAD_CLOCK_HISTORIES=10000 pytest tests/reader_app/clock_histories
--timeout 0 -s` lives through ten thousand histories of each kind and says what became of them.
"""

import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta, timezone
from functools import partial
from typing import Any

COUNT = int(os.environ.get("CROSSREAD_CLOCK_HISTORIES", "150"))
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# Two clocks that are both right may differ by so much.
PRECISION_S = 31 * MINUTE
MOVES_S = tuple(sign * days * DAY for sign in (-1, 1) for days in (0.1, 7.0, 21.0, 22.0, 60.0))
NewWorld = Callable[[random.Random], Any]


class Honest:
    """A study as people read it, with the clocks that computers have.

    A night brings sleep, a new start, a clock that is set right, a journey or a flat battery.
    """

    def __init__(self, a_world: NewWorld, seed: int) -> None:
        self.draw = random.Random(seed)
        self.world = a_world(self.draw)
        self.said: Counter[str] = Counter()

    def live(self) -> Counter[str]:
        draw, world = self.draw, self.world
        world.at.off_s = draw.gauss(0, 120)
        world.at.network, world.at.keeps_logs = draw.random() < 0.3, draw.random() < 0.8
        world.found()
        self.read(1)
        for _ in range(draw.choice([0, 5, 21, 22, 30])):
            self.night()
        if draw.random() < 0.2:
            there = world.computer("other", draw.gauss(0, 120))
            there.network, there.keeps_logs = world.at.network, world.at.keeps_logs
            world.at = there
        self.read(2)
        grave, _ = world.verify()
        self.said["early"] += max(world.early_s, default=0.0) > PRECISION_S
        self.said["refused or named a problem"] += bool(grave or self.said["refused"])
        return self.said

    def read(self, period: int) -> None:
        """Read a period to its end, doing what the program says; it is refused after 60 tries."""
        draw, world = self.draw, self.world
        for _ in range(60):
            middle = self.set_right if draw.random() < 0.2 else lambda: None
            done = world.read(period, draw.randint(1, 3), middle)
            if not world.left(period):
                return
            if done:
                self.night()
            elif "Set the clock right" in world.refusal:
                world.wait(MINUTE)
                world.at.off_s = draw.gauss(0, 1)
            elif "coordinator" in world.refusal:
                self.sign()
            else:
                world.wait(draw.uniform(5 * MINUTE, 2 * DAY))
        self.said["refused"] += 1

    def sign(self) -> None:
        """Let the coordinator look at the clock, set it right and sign."""
        if abs(self.world.at.off_s) > 10 * MINUTE:
            self.world.at.off_s = 0.0
        self.world.attest()
        self.said["signatures"] += 1

    def night(self) -> None:
        draw, world = self.draw, self.world
        world.wait(draw.uniform(12 * HOUR, 30 * HOUR))
        if draw.random() < 0.4:
            is_flat = draw.random() < 0.03
            world.at.restart(off_s=-draw.uniform(1, 4000) * DAY if is_flat else None)
        if draw.random() < 0.2:
            world.at.off_s = draw.gauss(0, 60)
        if draw.random() < 0.02:
            world.restore(len(world.log.stored))
        if draw.random() < 0.1:
            world.at.zone = timezone(timedelta(minutes=draw.choice([-480, -60, 0, 120, 330])))

    def set_right(self) -> None:
        """Set the clock in the middle of a read, by seconds or minutes."""
        self.world.at.off_s += self.draw.choice([self.draw.gauss(0, 5), self.draw.gauss(0, 150)])


class Tampered:
    """A study whose reader tries to read too early, by all that can be done to clocks.

    The coordinator looks at the clock before signing, or signs whatever it shows.
    """

    def __init__(self, a_world: NewWorld, seed: int) -> None:
        self.seed, self.draw = seed, random.Random(seed)
        self.world = a_world(self.draw)
        self.is_careless = self.draw.random() < 0.4
        self.running: tuple[Callable[[], None], ...] = (
            self.set_by,
            self.set_by,
            self.set_right,
            self.step,
            self.travel,
        )
        self.standing = (
            *self.running,
            self.restart,
            self.restart,
            self.restart_right,
            self.leave,
            self.restore,
        )

    def live(self) -> Counter[str]:
        draw, world = self.draw, self.world
        world.at.keeps_logs, world.at.network = draw.random() < 0.7, draw.random() < 0.15
        self.tamper(0.4, self.standing)
        world.found(partial(self.tamper, 0.1, self.standing))
        self.read(1)
        if draw.random() < 0.5:
            world.wait(draw.choice([DAY, 10 * DAY, 22 * DAY]))
        self.read(2)
        if draw.random() < 0.3:
            self.tamper(0.5, self.standing)
            world.attest()
        return self.judge()

    def read(self, period: int) -> None:
        """Try to read a period, tampering before, and sometimes within a read."""
        draw, world = self.draw, self.world
        for _ in range(12):
            self.tamper(0.5, self.standing)
            chance = 0.5 if draw.random() < 0.2 else 0.0
            middle = partial(self.tamper, chance, self.running)
            world.read(period, draw.randint(1, 3), middle)
            if not world.left(period):
                return
            is_fooled = self.is_careless or abs(world.at.off_s) < 10 * MINUTE
            if "coordinator" in world.refusal and is_fooled:
                stood_still = self.is_careless and draw.random() < 0.3
                world.attest(draw.choice(["right", "it was wrong"]), stood_still=stood_still)

    def judge(self) -> Counter[str]:
        """Return what became of the earliest opening."""
        early_s = max(self.world.early_s, default=0.0)
        if early_s <= PRECISION_S:
            return Counter({"early by minutes, as clocks differ": int(early_s > 0)})
        grave, notes = self.world.verify()
        washouts = [note for note in notes if note.impact == "the washout"]
        types = {stored.event.type for stored in self.world.log.stored}
        kinds = {
            "a problem": bool(grave),
            "its washout named": any(note.deviates for note in washouts),
            "its clock named": any(note.deviates for note in notes),
            "named as resting on the clock alone": bool(washouts),
            "its restore named": "study_restored" in types,
            "unnamed": has_witness(self.world.log.shown),
            "no witness but an untrue signature": "date_attested" in types,
            "no witness": True,
        }
        kind = next(kind for kind, holds in kinds.items() if holds)
        said = Counter({"early": 1, f"early, {kind}": 1})
        said["early, though the coordinator looked at the clock"] += not self.is_careless
        return said + Counter([f"seed {self.seed}"] if kind == "unnamed" else [])

    def tamper(self, chance: float, moves: Sequence[Callable[[], None]]) -> None:
        while self.draw.random() < chance:
            self.draw.choice(moves)()
            self.world.wait(self.draw.uniform(MINUTE, 3 * HOUR))

    def set_by(self) -> None:
        self.world.at.off_s = self.draw.choice(MOVES_S)

    def set_right(self) -> None:
        self.world.at.off_s = 0.0

    def step(self) -> None:
        self.world.at.off_s += self.draw.uniform(0, 30) * MINUTE

    def travel(self) -> None:
        self.world.at.zone = timezone(timedelta(hours=self.draw.randint(-12, 12)))

    def restart(self) -> None:
        self.world.at.restart(off_s=self.draw.choice(MOVES_S))

    def restart_right(self) -> None:
        self.world.at.restart(off_s=0.0)

    def restore(self) -> None:
        """Put an older record in its place."""
        length = len(self.world.log.stored)
        if length > 3 and self.draw.random() < 0.5:
            self.world.restore(self.draw.randint(2, length))

    def leave(self) -> None:
        """Go to another computer."""
        self.world.at = self.world.computer(self.draw.choice("abc"), self.draw.choice(MOVES_S))
        self.world.at.keeps_logs = self.draw.random() < 0.5


def has_witness(shown: Sequence[Any]) -> bool:
    """Tell whether anything at all shows that a clock was wrong by more than clocks differ."""
    newest_s, starts, ends = 0.0, dict[Any, float](), dict[str, float]()
    for one in shown:
        signs = [newest_s - one.wall_s, one.behind_files_s, abs(one.off_truth_s)]
        if one.start is not None:
            is_new = one.start not in starts
            signs.append(abs(one.counted_from_s - starts.setdefault(one.start, one.counted_from_s)))
            signs.append(ends.get(one.computer, 0.0) - one.counted_from_s if is_new else 0.0)
            ends[one.computer] = one.wall_s
        newest_s = max(newest_s, one.wall_s)
        if max(signs) > PRECISION_S:
            return True
    return False


def lived(a_world: NewWorld, kind: type[Honest | Tampered]) -> Counter[str]:
    """Live through histories and say what became of them."""
    said: Counter[str] = Counter()
    for seed in range(COUNT):
        said += kind(a_world, seed).live()
    for what, count in said.most_common():
        sys.stdout.write(f"{kind.__name__}, {COUNT} histories: {what}: {count}\n")
    return said


def test_no_early_opening_stays_unnamed_whatever_is_done_to_the_clocks(a_world: NewWorld) -> None:
    said = lived(a_world, Tampered)
    assert said["early"] > COUNT // 100
    assert said["early, unnamed"] == 0


def test_honest_clocks_are_neither_refused_nor_named_a_problem(a_world: NewWorld) -> None:
    said = lived(a_world, Honest)
    assert said["refused or named a problem"] <= COUNT // 100
    assert said["early"] == 0
    # Nobody signs every day: once a study, or not at all where a time server answers.
    assert said["signatures"] <= COUNT * 1.1
