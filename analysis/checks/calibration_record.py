"""Batches of simulated studies in a file that a later run continues, and the table made of them."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis.checks.calibration import Scenario, Tally, tally_batch

BATCH = 50
DASH = "-"


class CalibrationError(ValueError):
    """A record of batches cannot be read."""


@dataclass(frozen=True, slots=True)
class BatchKey:
    """Which studies a batch holds: all that its random numbers hang on."""

    scenario: str
    number: int
    studies: int
    seed: int


@dataclass(frozen=True, slots=True)
class CalibratedBatch:
    """What the studies of a batch say of one procedure each, by its name."""

    key: BatchKey
    procedures: tuple[str, ...]
    tallies: tuple[Tally, ...]


def calibrate(
    scenarios: Sequence[Scenario], record: Path, *, studies: int, seed: int
) -> Iterator[CalibratedBatch]:
    """Yield every batch of so many studies a scenario; what the record holds is not drawn again.

    Parameters
    ----------
    scenarios
        What to draw.
    record
        JSON lines, one a batch; a new batch is added as soon as it is done.
    studies
        Of each scenario, in batches of 50.
    seed
        Of all random numbers, with the place of the scenario and the number of the batch.

    Raises
    ------
    CalibrationError
        Where the record holds something else.
    """
    done = {batch.key: batch for batch in read_batches(record)}
    for number, first in enumerate(range(0, studies, BATCH)):
        for place, scenario in enumerate(scenarios):
            key = BatchKey(scenario.name, number, min(BATCH, studies - first), seed)
            if key not in done:
                tallies = tally_batch(scenario, key.studies, (seed, place, number))
                done[key] = CalibratedBatch(key, tuple(tallies), tuple(tallies.values()))
                with record.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(asdict(done[key])) + "\n")
            yield done[key]


def read_batches(record: Path) -> tuple[CalibratedBatch, ...]:
    """Return the batches of a record; none where it is not there yet."""
    if not record.exists():
        return ()
    lines = record.read_text(encoding="utf-8").splitlines()
    return tuple(_batch(line, place) for place, line in enumerate(lines, 1))


def _batch(line: str, place: int) -> CalibratedBatch:
    """Return one line's batch."""
    try:
        content = json.loads(line)
        return CalibratedBatch(
            BatchKey(**content["key"]),
            tuple(content["procedures"]),
            tuple(Tally(**tally) for tally in content["tallies"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CalibrationError(
            f"expected a batch of simulated studies in line {place}, got {line[:40]!r}"
        ) from error


def calibration_table(
    batches: Sequence[CalibratedBatch], scenarios: Sequence[Scenario]
) -> tuple[str, ...]:
    """Return a Markdown table: each procedure in per cent with Monte Carlo standard error.

    Coverage is over all scenarios, then in the lowest and the highest; rejections are told apart by
    whether the arms' expected areas are equal.
    """
    differ = {scenario.name: scenario.differ for scenario in scenarios}
    names = tuple(dict.fromkeys(name for batch in batches for name in batch.procedures))
    rows = [
        "| procedure | coverage of 95 % | lowest, highest scenario | rejects, arms equal "
        "| rejects, arms differ |",
        "|---|---|---|---|---|",
    ]
    for name in names:
        of_scenario = _by_scenario(batches, name)
        total = _total(of_scenario.values())
        shares = [one.covered / one.intervals for one in of_scenario.values() if one.intervals]
        extremes = f"{100 * min(shares):.1f}, {100 * max(shares):.1f}" if shares else DASH
        equal, unequal = (
            _total(tally for scenario, tally in of_scenario.items() if differ[scenario] is apart)
            for apart in (False, True)
        )
        rows.append(
            f"| {name} | {_share(total.covered, total.intervals)} | {extremes} "
            f"| {_share(equal.rejected, equal.tests)} | {_share(unequal.rejected, unequal.tests)} |"
        )
    return tuple(rows)


def _by_scenario(batches: Sequence[CalibratedBatch], name: str) -> dict[str, Tally]:
    """Return the tally of a procedure in each scenario."""
    found: dict[str, Tally] = {}
    for batch in batches:
        for procedure, tally in zip(batch.procedures, batch.tallies, strict=True):
            if procedure == name:
                scenario = batch.key.scenario
                found[scenario] = found.get(scenario, Tally()).plus(tally)
    return found


def _total(tallies: Iterable[Tally]) -> Tally:
    """Return all tallies together."""
    total = Tally()
    for tally in tallies:
        total = total.plus(tally)
    return total


def _share(count: int, of: int) -> str:
    """Return a share in per cent with its Monte Carlo standard error."""
    if of == 0:
        return DASH
    share = count / of
    return f"{100 * share:.1f} ± {100 * math.sqrt(share * (1 - share) / of):.1f}"
