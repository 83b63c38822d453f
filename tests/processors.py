"""The tests as other processors run them: `.venv/bin/python tests/processors.py [PYTEST ARGS]`.

Libraries of numbers choose their instructions when they start, and sum up in another order with
each; so do more threads. Here every library is told to do without what newer processors have, with
one thread and with two, and the tests run once for each. What hangs on the last bits fails in one.
"""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
# numpy leaves out whichever of these it knows and finds.
_BEYOND_AVX2 = ("X86_V4", "AVX512")
THIS = "this processor"
PROCESSORS: dict[str, dict[str, str]] = {
    THIS: {},
    "AVX2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "NUMBA_CPU_NAME": "haswell",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F",
    },
    "SSE 4.1": {
        "ATEN_CPU_CAPABILITY": "default",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "OPENBLAS_CORETYPE": "Nehalem",
        "NUMBA_CPU_NAME": "nehalem",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA",
    },
}
_SHARED_OUT = ("-n", "auto", "--dist", "loadfile")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment(processor: str, threads: int) -> dict[str, str]:
    """Return what the libraries are told of a processor and of its threads."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    newer = [name for name in found if name.startswith(_BEYOND_AVX2)]
    left_out = {THIS: [], "AVX2": newer, "SSE 4.1": found}[processor]
    told = {**PROCESSORS[processor], **dict.fromkeys(_THREADS, str(threads))}
    return {**told, **({"NPY_DISABLE_CPU_FEATURES": " ".join(left_out)} if left_out else {})}


def main(words: list[str]) -> int:
    """Run the tests under each setting; return how many settings failed."""
    # The names of older processors are those of x86; other kinds run as they are.
    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    lines = []
    for processor in PROCESSORS if is_x86 else [THIS]:
        for threads in (1, 2):
            setting = f"{processor}, {threads} thread{'s' if threads > 1 else ''}"
            sys.stdout.write(f"== {setting}\n")
            sys.stdout.flush()
            began_s = time.monotonic()
            status = subprocess.call(
                [sys.executable, "-m", "pytest", *(words or _SHARED_OUT)],
                cwd=ROOT,
                env={**os.environ, **environment(processor, threads)},
            )
            minutes = (time.monotonic() - began_s) / 60
            lines.append(f"{'failed' if status else 'passed'}  {minutes:5.1f} min  {setting}")
    sys.stdout.write("\n".join(["== all settings", *lines, ""]))
    return sum(line.startswith("failed") for line in lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
