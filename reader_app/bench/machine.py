"""What a measurement was made on."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

LIBRARIES = (
    "numpy",
    "numba",
    "PySide6-Essentials",
    "pyqtgraph",
    "pydicom",
    "imagecodecs",
    "python-gdcm",
    "scipy",
)


@dataclass(frozen=True, slots=True)
class Machine:
    """A computer and what runs on it."""

    system: str
    processor: str
    cores: int
    python: str
    libraries: tuple[str, ...]


def this_machine() -> Machine:
    """Return the facts of this computer; nothing in them names it or its user."""
    return Machine(
        f"{platform.system()} {platform.machine()}",
        _processor(),
        os.cpu_count() or 0,
        platform.python_version(),
        tuple(f"{library} {version(library)}" for library in LIBRARIES),
    )


def _processor() -> str:
    """Return the processor's name; Linux keeps it in a file, other systems tell it."""
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        facts = []
    names = [line.split(":", 1)[1].strip() for line in facts if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
