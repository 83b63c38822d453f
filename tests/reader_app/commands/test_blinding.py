"""What the reading process opens: never the truth, and no AI result before an aided arm does."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from study_design.protocol.plan import assignments_of, read_plan
from study_design.study_folder import StudyFolder

Start = Callable[..., "subprocess.Popen[str]"]

# Says on standard output which files of the study the process opens, in order with what it reads.
LISTEN = """
import os, sys
PRIVATE = (os.sep + "detections" + os.sep, os.sep + "reference_standard", ".link", os.sep + "link-")
def hear(event, arguments):
    if event in ("open", "sqlite3.connect") and isinstance(arguments[0], (str, bytes, os.PathLike)):
        name = os.fsdecode(arguments[0])
        if any(part in name for part in PRIVATE):
            sys.stdout.write(f"heard {event} {name}\\n")
            sys.stdout.flush()
sys.addaudithook(hear)
"""


def lines_of(study: StudyFolder, reader: str, scripts: Path, start: Start) -> list[str]:
    words = ("read", study.path, "--reader", reader, "--script", scripts)
    out, err = start(*words, before=LISTEN).communicate(timeout=240)
    assert "acknowledged" in out, err
    return [line for line in out.splitlines() if line.startswith(("heard", "acknowledged"))]


@pytest.mark.parametrize("reader", ["junior-1", "senior-1"])
def test_the_reading_process_opens_the_ai_results_of_one_case_in_the_aided_arm_only(
    study: StudyFolder, tmp_path: Path, start: Start, reader: str
) -> None:
    scripts = tmp_path / "scripts.json"
    start("decide", study.path, scripts).communicate(timeout=240)
    cells = {a.cell: a for a in assignments_of(read_plan(study), reader)}
    results = Path(study.detections.name)
    heard: list[str] = []
    aided = 0
    for line in lines_of(study, reader, scripts, start):
        if line.startswith("heard"):
            assert "reference_standard" not in line
            assert ".link" not in line
            assert "/link-" not in line.replace("\\", "/")
            heard.append(line)
            continue
        cell = cells[line.split()[2]]
        if cell.arm == "aided":
            (system,) = study.detections.glob("*.json")
            own = str(results / system.stem / f"{cell.case}.json")
            assert heard
            assert all(one.endswith(own) for one in heard)
            aided += 1
        else:
            assert heard == []
        heard.clear()
    assert heard == []
    assert aided > 0
