"""Draws who reads what, when and in which arm; pure, and the same for the same seed.

Every draw has a generator of its own, made from the seed and a name: adding a reader moves nobody
else. Orders come from the raw output of a bit generator, which NumPy keeps the same across
versions; `Generator.shuffle` is allowed to change.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np

from study_design.dates import days_text
from study_design.errors import CrossreadError
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import StudyFile

ADVISED_WASHOUT_DAYS = 28
FEWEST_READERS = 5


class AllocationError(CrossreadError):
    """The cases and readers at hand do not fit the design."""


def allocate(
    *, cases: Sequence[str], readers: Sequence[ReaderProfile], study: StudyFile
) -> tuple[Assignment, ...]:
    """Draw the plan of a crossover.

    Every reader reads every case once in each arm; the arm is constant for a reader and period.
    The readers of a group take slots in the order in which they joined; of each two slots in a row
    one gets the first sequence of arms and the other the second, as drawn. Groups at an odd place
    in the list get the opposite draw, so that one junior and one senior differ. Period 1 has a
    random order per reader, cut into blocks as even as possible; period 2 keeps the blocks in their
    order and reshuffles within them, so that no case comes back much sooner than its block.

    Parameters
    ----------
    cases
        Names of the cases to read, each once.
    readers
        In the order in which they joined.
    study
        Arms, seed, block size and groups.

    Raises
    ------
    AllocationError
        Where there is no case, no reader in a group of the study, or a name occurs twice.
    """
    _check(cases, readers, study)
    plan: list[Assignment] = []
    slots: Counter[str] = Counter()
    for number, profile in enumerate(readers, start=1):
        arms = _sequence(study, profile.group, slots[profile.group])
        slots[profile.group] += 1
        for period, blocks in enumerate(_blocks(cases, profile.reader, study), start=1):
            placed = [(block, case) for block, held in enumerate(blocks, 1) for case in held]
            plan += (
                Assignment(
                    cell=f"R{number:02d}-P{period}-{position:03d}",
                    reader=profile.reader,
                    group=profile.group,
                    sequence="-".join(arms),
                    period=period,
                    arm=arms[period - 1],
                    block=block,
                    position=position,
                    case=case,
                )
                for position, (block, case) in enumerate(placed, start=1)
            )
    return tuple(plan)


def plan_warnings(plan: Sequence[Assignment], study: StudyFile) -> tuple[str, ...]:
    """Return what a reviewer would object to in a plan, one line each."""
    warnings = []
    if study.design.washout < timedelta(days=ADVISED_WASHOUT_DAYS):
        warnings.append(
            f"{days_text(study.design.washout)}: below the {ADVISED_WASHOUT_DAYS} that regulators' "
            "guidance suggests"
        )
    readers = {(cell.group, cell.sequence, cell.reader) for cell in plan}
    if len(readers) < FEWEST_READERS:
        warnings.append(
            f"{_count(len(readers))}: reader variance will be poorly known; five is a floor"
        )
    sequences = {(group, sequence) for group, sequence, _ in readers}
    empty = [group for group in study.design.groups if group not in {g for g, _, _ in readers}]
    warnings += [f"no reader in group {group}" for group in empty]
    groups = {group for group, _ in sequences}
    if len(sequences) == len(groups) > 1 and len({sequence for _, sequence in sequences}) > 1:
        warnings.append("arm order is confounded with group")
    if min(Counter((group, sequence) for group, sequence, _ in readers).values(), default=2) == 1:
        fewest = min(Counter(group for group, _, _ in readers).values())
        warnings.append(f"sequence is confounded with reader: {_count(fewest)} a group")
    return tuple(warnings)


def _check(cases: Sequence[str], readers: Sequence[ReaderProfile], study: StudyFile) -> None:
    """Refuse what no plan can be drawn of."""
    if not cases:
        raise AllocationError("A study needs cases, got none. Import some: crossread import STUDY")
    names = [profile.reader for profile in readers]
    for what, given in (("case", list(cases)), ("reader", names)):
        doubled = [name for name, times in Counter(given).items() if times > 1]
        if doubled:
            raise AllocationError(f"Expected each {what} once, got {doubled[0]} twice. Remove one.")
    if not readers:
        raise AllocationError(
            "A study needs readers, got none. Add some: crossread readers STUDY add NAME --group "
            f"{study.design.groups[0] if study.design.groups else 'GROUP'}"
        )


def _sequence(study: StudyFile, group: str, slot: int) -> tuple[str, ...]:
    """Return the arms, in the order of the periods, of a slot of a group."""
    first, second = (arm.name for arm in study.arms)
    pair, place = divmod(slot, 2)
    drawn = int(_raw(study.design.seed, f"sequence/{pair}", 1)[0] >> np.uint64(63))
    flipped = (drawn + place + study.design.groups.index(group)) % 2
    return (second, first) if flipped else (first, second)


def _blocks(
    cases: Sequence[str], reader: str, study: StudyFile
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return for each period its blocks of cases in reading order."""
    seed = study.design.seed
    order = _shuffled(sorted(cases), seed, f"order/{reader}/1")
    count = -(-len(order) // study.design.block_size)
    edges = [block * len(order) // count for block in range(count + 1)]
    blocks = tuple(order[start:stop] for start, stop in pairwise(edges))
    rank = {case: place for place, case in enumerate(_shuffled(order, seed, f"order/{reader}/2"))}
    again = tuple(tuple(sorted(block, key=rank.__getitem__)) for block in blocks)
    return blocks, again


def _shuffled(items: Sequence[str], seed: int, name: str) -> tuple[str, ...]:
    """Return the items in the order of random 64-bit keys."""
    keys = _raw(seed, name, len(items))
    return tuple(items[place] for place in np.argsort(keys, kind="stable"))


def _raw(seed: int, name: str, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return raw numbers of the generator that belongs to a seed and a name."""
    words = int.from_bytes(hashlib.sha256(name.encode()).digest())
    return np.random.PCG64(np.random.SeedSequence((seed, words))).random_raw(count)


def _count(readers: int) -> str:
    """Return a number of readers in words."""
    return f"{readers} reader" if readers == 1 else f"{readers} readers"
