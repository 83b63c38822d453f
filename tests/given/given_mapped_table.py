"""What tests of `mapped_table` begin with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from study_design.geometry import Box

Write = Callable[[str, str], Path]


def only_box(results: Any) -> Box:
    ((detection,),) = [case.detections for case in results.cases if case.detections]
    return detection.boxes[0].where


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9)
