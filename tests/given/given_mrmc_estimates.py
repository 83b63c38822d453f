"""What tests of `mrmc_estimates` begin with."""

from pathlib import Path

import numpy as np

from analysis.result import AnalysisResult, Estimate

CASES, READERS = 40, 5


def _ratings(seed: int = 4) -> np.ndarray:
    generator = np.random.default_rng(seed)
    truth = np.arange(CASES) % 2
    case = generator.normal(size=CASES) + generator.normal(0, 0.6, size=(3, 1, CASES))
    return np.round(50 + 20 * truth + 10 * case + generator.normal(0, 8, (3, READERS, CASES)), 3)


def _table(
    path: Path,
    *,
    readers: int = READERS,
    arms: tuple[str, ...] = ("unaided", "aided"),
    without: tuple[str, ...] = (),
    exams: int = CASES,
    decisions: bool = False,
) -> Path:
    ratings = _ratings()
    lines = ["reader,kind,arm,case,exam,truth,rating"]
    for place, arm in enumerate(arms):
        for reader in range(readers):
            for case in range(CASES):
                name = f"R{reader},human,{arm},C{case:02d}"
                value = ratings[place, reader, case]
                if decisions:
                    value = float(value > 60)
                if name not in without:
                    lines.append(f"{name},E{case % exams},{case % 2},{value}")
    for case in range(CASES):
        score = ratings[2, 0, case] / 100
        if decisions:
            score = float(score > 0.6)
        lines.append(f"DNN,ai,,C{case:02d},E{case % exams},{case % 2},{score}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _random(result: AnalysisResult, quantity: str) -> list[Estimate]:
    return [
        one for one in result.select(quantity) if any(of.random is not None for of in one.subjects)
    ]


def _without_reader(path: Path, *gone: str) -> Path:
    lines = path.read_text().splitlines()
    kept = [line for line in lines if not line.startswith(gone)]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path
