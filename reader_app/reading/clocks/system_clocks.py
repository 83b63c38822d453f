"""The clocks of each operating system that nobody sets, and its names for computer and start.

One monotonic clock goes on in sleep, one does not: what a laptop sleeps in the middle of a read is
the difference between the two. Python's own monotonic clocks stand still in sleep on Linux and
macOS and go on on Windows. A name that a system does not give is empty.
"""

import sys
import time
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    import winreg

    _MEMORY = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"

    # The performance counter stands still in hibernation, and so over night with fast startup.
    _INTERRUPTS = ctypes.WinDLL("kernelbase")

    def elapsed_s() -> float:
        """Return seconds since the start of Windows, sleep and hibernation included (100 ns)."""
        units = ctypes.c_ulonglong()
        _INTERRUPTS.QueryInterruptTimePrecise(ctypes.byref(units))
        return units.value / 1e7

    def awake_s() -> float:
        """Return seconds since the start of Windows, sleep left out (100 ns units)."""
        units = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(units))
        return units.value / 1e7

    def boot_name() -> str:
        """Return the number that Windows gives to each of its starts."""
        return _registry(_MEMORY + r"\PrefetchParameters", "BootId")

    def machine_name() -> str:
        """Return the name that Windows gave itself when it was installed."""
        return _registry(r"SOFTWARE\Microsoft\Cryptography", "MachineGuid")

    def _registry(path: str, name: str) -> str:
        """Return a value of the registry; empty where there is none."""
        with (
            suppress(OSError),
            winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE, path, access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY
            ) as key,
        ):
            return str(winreg.QueryValueEx(key, name)[0])
        return ""

elif sys.platform == "darwin":
    import ctypes
    import uuid

    def elapsed_s() -> float:
        """Return seconds since the start of macOS, sleep included; untouched by the calendar."""
        return time.clock_gettime(time.CLOCK_MONOTONIC_RAW)

    def awake_s() -> float:
        """Return seconds since the start of macOS, sleep left out."""
        return time.clock_gettime(time.CLOCK_UPTIME_RAW)

    def boot_name() -> str:
        """Return the UUID that macOS gives to each of its starts."""
        size = ctypes.c_size_t(64)
        text = ctypes.create_string_buffer(size.value)
        system = ctypes.CDLL(None)
        failed = system.sysctlbyname(b"kern.bootsessionuuid", text, ctypes.byref(size), None, 0)
        return "" if failed else text.value.decode("ascii", "replace")

    def machine_name() -> str:
        """Return the UUID of the Mac."""
        raw = (ctypes.c_ubyte * 16)()
        wait = (ctypes.c_long * 2)(1, 0)
        failed = ctypes.CDLL(None).gethostuuid(raw, wait)
        return "" if failed else str(uuid.UUID(bytes=bytes(raw)))

else:

    def elapsed_s() -> float:
        """Return seconds since the start of Linux, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def awake_s() -> float:
        """Return seconds since the start of Linux, sleep left out."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    def boot_name() -> str:
        """Return the UUID that Linux gives to each of its starts."""
        return _line("/proc/sys/kernel/random/boot_id")

    def machine_name() -> str:
        """Return the name that Linux was given when it was installed."""
        return _line("/etc/machine-id") or _line("/var/lib/dbus/machine-id")

    def _line(path: str) -> str:
        """Return the only line of a file; empty where there is none."""
        with suppress(OSError):
            return Path(path).read_text(encoding="ascii", errors="replace").strip()
        return ""
