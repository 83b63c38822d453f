"""A killed program loses no acknowledged read, doubles none, and resumes where it stood."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from study_design.life.integrity import verify_study
from study_design.protocol.plan import assignments_of, read_plan
from study_design.record.events import EventType
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

Start = Callable[..., "subprocess.Popen[str]"]

KILLS = 20
READER = "junior-1"


@pytest.mark.timeout(1200)  # twenty programs are started and killed, one after the other
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_killed_reader_resumes_where_it_stood(
    study: StudyFolder, tmp_path: Path, start: Start
) -> None:
    scripts = tmp_path / "scripts.json"
    start("decide", study.path, scripts, "--seed", "3").communicate(timeout=240)
    words = ("read", study.path, "--reader", READER, "--script", scripts)
    chance = random.Random(20231)
    acknowledged: list[str] = []
    for _ in range(KILLS):
        process = start(*words)
        wait_for_events(study, process, more=chance.randint(1, 8))
        process.send_signal(signal.SIGKILL)
        acknowledged += cells_in(process)
    process = start(*words)
    acknowledged += cells_in(process)
    assert process.returncode == 0

    with open_store(study) as store:
        events = store.events()
    validated = Counter(read.cell for read in reads_of(events))
    planned = {a.cell for a in assignments_of(read_plan(study), READER)}
    assert set(validated) == planned
    assert set(validated.values()) == {1}
    assert set(acknowledged) <= set(validated)
    opened_again = [
        stored
        for stored in events
        if stored.event.type is EventType.READ_OPENED and stored.event.payload.again
    ]
    assert opened_again, "no kill fell into an open read"
    assert not [p for p in verify_study(study) if p.grave]


def wait_for_events(study: StudyFolder, process: "subprocess.Popen[str]", *, more: int) -> None:
    """Wait until the process has written a number of events, or has ended."""
    with open_store(study) as store:
        last = store.last()
        goal = (last.number if last else 0) + more
        while process.poll() is None and ((last := store.last()) is None or last.number < goal):
            time.sleep(0.02)


def cells_in(process: "subprocess.Popen[str]") -> list[str]:
    """Return the cells that a process acknowledged before it ended."""
    out, _ = process.communicate(timeout=240)
    return [line.split()[2] for line in out.splitlines() if line.startswith("acknowledged")]
