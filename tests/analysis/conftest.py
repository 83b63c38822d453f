"""Reference cases beside the checkout, and tables to analyse."""

import csv
import json
import math
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_with_marks import result as result
from given_zhou2023 import part as part

from analysis.checks.reference_check import SHIPPED

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
NUMBERS = {"NaN": math.nan, "NA": math.nan, "Inf": math.inf, "-Inf": -math.inf}


@dataclass(frozen=True)
class GoldenCase:
    """One reference case: what the field's tool was given and what it answered."""

    id: str
    inputs: dict[str, dict[str, np.ndarray]]
    expected: dict[str, Any]

    def matches(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """Yield the rest of the name and the value of every expected name with a prefix."""
        for name, value in self.expected.items():
            if name.startswith(prefix):
                yield name.removeprefix(prefix), value


def _column(cells: list[str]) -> np.ndarray:
    try:
        return np.array([float(cell) for cell in cells])
    except ValueError:
        return np.array(cells)


def _value(raw: Any) -> Any:
    if isinstance(raw, str):
        return NUMBERS.get(raw, raw)
    if isinstance(raw, list):
        return [_value(one) for one in raw]
    if isinstance(raw, dict):
        return {name: _value(one) for name, one in raw.items()}
    return raw


def _read_csv(path: Path) -> dict[str, np.ndarray]:
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: _column([row[name] for row in rows]) for name in rows[0]}


@pytest.fixture
def golden() -> Callable[[str], list[GoldenCase]]:
    """Return all reference cases of a method: those shipped, and those beside the checkout."""

    def cases(method: str) -> list[GoldenCase]:
        folders = (SHARED / "golden" / method, SHIPPED / method)
        paths = {path.name: path for folder in folders for path in folder.glob("*.json")}
        assert any(path.is_relative_to(SHIPPED) for path in paths.values()), method
        found = []
        for _, path in sorted(paths.items()):
            content = json.loads(path.read_text(encoding="utf-8"))
            inputs = {
                name: _read_csv(path.parent / file) for name, file in content["input"].items()
            }
            found.append(GoldenCase(content["id"], inputs, _value(content["expected"])))
        return found

    return cases


@pytest.fixture
def most_bytes() -> Callable[[Callable[[], object]], int]:
    """Return what counts the bytes that a call holds at most: how it grows, on any computer.

    How long it takes is measured by `crossread bench analysis`, beside other tools in one run.
    """

    def counted(call: Callable[[], object]) -> int:
        call()  # what is imported or compiled at the first call is not of this one
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return counted


@pytest.fixture
def reader_study_csv() -> Path:
    """Return the real reader study; skips where it is not there."""
    path = SHARED / "data" / "reader_study" / "nyu_readers_01_07.csv"
    if not path.is_file():
        pytest.skip("the real reader study is not beside this checkout")
    return path


def demo_lines(*, cases: int = 12, arms: bool = True, times: bool = True) -> list[str]:
    """Return a small study as CSV lines: one junior, one senior, an AI, two arms."""
    generator = np.random.default_rng(7)
    lines = ["reader,kind,group,arm,case,truth,rating,time_s"]
    for reader, group, skill in (("J1", "junior", 20.0), ("S1", "senior", 45.0)):
        for arm, help_ in (("unaided", 0.0), ("aided", 15.0)) if arms else (("", 0.0),):
            for case in range(cases):
                truth = case % 3 == 0
                rating = 40 + (skill + help_) * truth + generator.normal(0, 20)
                seconds = f"{generator.lognormal(4, 0.3):.2f}" if times else ""
                lines.append(
                    f"{reader},human,{group},{arm},C{case:02d},{int(truth)},{rating:.2f},{seconds}"
                )
    for case in range(cases):
        truth = case % 3 == 0
        lines.append(f"DNN,ai,,,C{case:02d},{int(truth)},{0.5 + 0.2 * truth + case / 40:.3f},")
    return lines


@pytest.fixture
def demo_csv(tmp_path: Path) -> Path:
    """Return a small study with two groups, two arms, times and an AI."""
    path = tmp_path / "demo.csv"
    path.write_text("\n".join(demo_lines()) + "\n", encoding="utf-8")
    return path
