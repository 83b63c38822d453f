import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.froc.detector_froc import Bootstrapped
from reader_app.bench.phantom_bench import row_names
from reader_app.bench.phantom_rows import Row
from reader_app.bench.phantom_table import RESULTS, MeasuredRow, write_table
from reader_app.evaluation.metrics import Measure
from study_design.errors import BadInputError


def _row(row: Row, value: float) -> MeasuredRow:
    draws = value + np.linspace(-0.2, 0.2, 101)
    known = Measure("partial AUC to 1", Bootstrapped(value, draws, 20))
    unknown = Measure("depth error", Bootstrapped(float("nan"), np.full(101, np.nan), 0))
    return MeasuredRow(row, (known, unknown), seconds=0.5, failed=0)


def test_the_table_says_what_it_is_of_and_shows_paired_differences(tmp_path: Path) -> None:
    rows = [_row(Row.SINGLE, 0.5), _row(Row.FOUR_VIEW, 0.7)]
    text = write_table(tmp_path, rows, (), "made for a test.")
    assert "says nothing about clinical performance" in text
    assert "| partial AUC to 1 | 0.50 (0.31 to 0.69) | 0.70 (0.51 to 0.89) | 20 |" in text
    assert "| depth error | - | - | 0 |" in text
    assert "| partial AUC to 1 | 0.20 (0.20 to 0.20) |" in text
    content = json.loads((tmp_path / RESULTS).read_text())
    assert "clinical performance" in content["says"]
    four = content["rows"][1]
    gap = four["difference_from_single_view"]["partial AUC to 1"]
    assert gap["estimate"] == pytest.approx(0.2)
    assert four["measures"]["depth error"] == {"estimate": None, "ci": None, "n": 0}


def test_numbers_of_units_stand_in_the_cells_where_rows_differ(tmp_path: Path) -> None:
    known = Measure("match accuracy", Bootstrapped(0.5, np.full(101, 0.5), 7))
    rows = [
        replace(_row(Row.SINGLE, 0.5), measures=(known,)),
        replace(_row(Row.BLOB, 0.5), measures=(replace(known, value=replace(known.value, n=9)),)),
    ]
    text = write_table(tmp_path, rows, (), "")
    assert "0.50 (0.50 to 0.50), n = 7 | 0.50 (0.50 to 0.50), n = 9 |" in text


def test_a_table_without_a_finished_row_says_so(tmp_path: Path) -> None:
    assert "No row is done yet" in write_table(tmp_path, [], (), "")


def test_rows_are_chosen_by_name() -> None:
    assert row_names("") == tuple(Row)
    assert row_names("blob, four-view") == (Row.BLOB, Row.FOUR_VIEW)
    with pytest.raises(BadInputError, match="got 'three-view'"):
        row_names("three-view")
