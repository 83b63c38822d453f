"""The two monotonic clocks of each operating system: one that goes on in sleep, one that does not.

What a laptop sleeps in the middle of a read is the difference between the two. Python's own
monotonic clocks stand still in sleep on Linux and macOS and go on on Windows.
"""

import sys
import time

if sys.platform == "win32":
    import ctypes

    def elapsed_s() -> float:
        """Return seconds since the start of Windows, sleep included (performance counter)."""
        return time.perf_counter()

    def awake_s() -> float:
        """Return seconds since the start of Windows, sleep left out (100 ns units)."""
        units = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(units))
        return units.value / 1e7

elif sys.platform == "darwin":

    def elapsed_s() -> float:
        """Return seconds since the start of macOS, sleep included."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    def awake_s() -> float:
        """Return seconds since the start of macOS, sleep left out."""
        return time.clock_gettime(time.CLOCK_UPTIME_RAW)

else:

    def elapsed_s() -> float:
        """Return seconds since the start of Linux, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def awake_s() -> float:
        """Return seconds since the start of Linux, sleep left out."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)
