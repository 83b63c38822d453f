"""Characters that no file of a report may hold are spelled out, wherever they stand in a result."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from docx import Document
from numpy.typing import NDArray

from analysis.report.printable import printable
from analysis.report.report import write_analysis
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

NAMES = [
    *("a\x1b[31m", "a\x00b", "\ud800", "\x9b", "\uffff"),
    *("$x$ \\frac{", "<b>&", "a\u202eb", "{{x}}"),
]


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    curve: NDArray[np.float64]
    parts: "tuple[Part, ...]" = ()


def test_what_needs_no_change_is_the_object_that_it_was() -> None:
    part = Part("senior", np.array([0.0, 0.5, 1.0]), (Part("aided", np.zeros(3)),))
    assert printable(part) is part
    assert printable(("a", part)) == ("a", part)


def test_a_character_is_spelled_wherever_it_stands_and_arrays_stay() -> None:
    inner = np.array([0.0, 1.0])
    part = Part("a\x07b", inner, (Part("\ud800", inner),))
    spelled = printable((part,))[0]
    assert (spelled.name, spelled.parts[0].name) == ("a\\x07b", "\\ud800")
    assert spelled.curve is inner
    assert spelled.parts[0].curve is inner


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> AnalysisResult:
    path = tmp_path_factory.mktemp("ratings") / "ratings.csv"
    rows = [f"R{r},C{c},{c % 2},{(c * 7 + r) % 10 + c % 2 * 4}" for r in (1, 2) for c in range(12)]
    path.write_text("\n".join(["reader,case,truth,rating", *rows]))
    settings = AnalysisSettings()
    return analyse(from_csv(path), settings)


@pytest.mark.parametrize("name", NAMES)
def test_an_analysis_under_any_title_is_written(
    result: AnalysisResult, tmp_path: Path, name: str
) -> None:
    named = replace(result, title=f"study {name}", warnings=(*result.warnings, f"about {name}"))
    write_analysis(named, tmp_path / "out")
    paragraphs = [one.text for one in Document(str(tmp_path / "out" / "report.docx")).paragraphs]
    assert printable(f"study {name}: results") in paragraphs
