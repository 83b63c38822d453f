"""What tests of `planned_analyses` begin with."""

from pathlib import Path

import numpy as np

from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

CASES = 48


READERS = ("R0", "R1", "R2", "R3")


ARMS = ("unaided", "aided", "late")


def _ratings(arms: int) -> np.ndarray:
    """Return ratings (arms, readers, cases) of whole numbers, so that some tie."""
    generator = np.random.default_rng(11)
    truth = np.arange(CASES) % 2
    shared = generator.normal(size=CASES)
    own = generator.normal(size=(arms, len(READERS), CASES))
    skill = 1.2 + 0.3 * np.arange(arms)[:, None, None]
    rated: np.ndarray = np.round(50 + 12 * (skill * truth + shared + own))
    return rated


def _table(path: Path, *, arms: int = 2, patients: bool = False, systems: int = 1) -> Path:
    rated = _ratings(arms)
    lines = ["reader,kind,arm,case,patient,truth,rating,density"]
    for arm, reader, case in np.ndindex(arms, len(READERS), CASES):
        lines.append(_line(READERS[reader], "human", ARMS[arm], case, rated[arm, reader, case],
                           patients=patients))  # fmt: skip
    generator = np.random.default_rng(12)
    for system in range(systems):
        for case in range(CASES):
            score = round(50 + 15 * (case % 2) + 12 * generator.normal())
            lines.append(_line(f"AI{system}", "ai", "", case, score, patients=patients))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _line(reader: str, kind: str, arm: str, case: int, rating: float, *, patients: bool) -> str:
    patient = f"P{case // 3}" if patients else f"P{case}"
    density = "abc"[case // 16] if not patients else "ab"[(case // 3) % 2]
    return f"{reader},{kind},{arm},C{case:02d},{patient},{case % 2},{rating:g},{density}"


def _analysed(path: Path, settings: AnalysisSettings, **how: int) -> AnalysisResult:
    return analyse(from_csv(_table(path / "t.csv", **how)), settings)


def _one(result: AnalysisResult, quantity: str, **of: str | None) -> Estimate:
    (found,) = (
        one
        for one in (*result.estimates, *result.strata)
        if one.quantity == quantity
        and all(
            getattr(one.subjects[0], name) == value
            for name, value in ({"stratum": None} | of).items()
        )
    )
    return found
