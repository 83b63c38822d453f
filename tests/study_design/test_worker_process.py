"""What becomes of the workers of a pool whose program was killed."""

import os
import subprocess
import sys
import time

import pytest

_PROGRAM = """
import os, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from study_design.worker_process import end_with_parent

if __name__ == "__main__":
    context = get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="a signal of 0 ends a process on Windows")
def test_a_worker_ends_when_its_program_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PROGRAM], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert _is_alive(worker)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 120
    while _is_alive(worker) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _is_alive(worker)
