"""A worker of a process pool that ends with the program that started it, however that ended."""

import os
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait


def end_with_parent() -> None:
    """Make this worker leave when its parent is gone; the `initializer` of a pool.

    A pool's workers hold both ends of the pipe they wait at, so that a parent that is killed
    leaves them waiting for ever.
    """
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.sentinel,), daemon=True).start()


def _leave_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
