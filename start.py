"""Make Crossread run on this computer, then run it.

python start.py            the demo study
python start.py ARGS       any command of crossread
python start.py test       every check; further words go to pytest
python start.py check      the checks that are no tests; further words choose some of them

Standard library only: this file runs before anything is installed. The virtual environment `.venv`
is filled once and again only when pyproject.toml or a lock in requirements/ has changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# Every package with its version and the hashes of its files on all platforms; CONTRIBUTING says how
# they are made.
LOCKS = ROOT / "requirements"

# Debian's names of what Qt needs: without a screen, and in addition with one.
QT_PACKAGES = [
    "libgl1",
    "libegl1",
    "libglib2.0-0",
    "libdbus-1-3",
    "libfontconfig1",
    "libxkbcommon0",
    "fonts-dejavu-core",
]
SCREEN_PACKAGES = [
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-render-util0",
    "libxcb-shape0",
]
# A screen that nobody sees and a finger on its keys: what tests of real windows need.
UNSEEN_SCREEN = ["xvfb", "xdotool"]
# A real archive of images: what the tests of DICOM networks talk to.
ARCHIVE_PACKAGES = ["orthanc", "orthanc-dicomweb"]
WARM_UP = "from reader_app.display.display_kernels import warm_up; warm_up()"
QT_PROBE = (
    "from PySide6.QtGui import QFontDatabase\n"
    "from PySide6.QtWidgets import QApplication\n"
    "application = QApplication([])\n"
    "raise SystemExit(0 if QFontDatabase.families() else 'no font is installed')\n"
)
CHECKS = (
    ("ruff", ["-m", "ruff", "check", "."]),
    ("format", ["-m", "ruff", "format", "--check", "."]),
    ("types", ["-m", "mypy"]),
    ("types on Windows", ["-m", "mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/win32"]),
    ("types on macOS", ["-m", "mypy", "--platform", "darwin", "--cache-dir", ".mypy_cache/darwin"]),
    ("import walls", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
)


def main(arguments: list[str]) -> int:
    """Set up, then run the checks or the program; return the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this is what tells the user
        found = ".".join(map(str, sys.version_info[:3]))
        return refuse(f"Expected Python 3.11 or newer, got {found}. Run start.py with a newer one.")
    act = arguments[0] if arguments else ""
    problem = install("test" if act in {"test", "check"} else "")
    problem = problem or ("" if act == "check" else check_qt())
    if problem:
        return refuse(problem)
    if act in {"test", "check"}:
        install_ai()  # the types of inference are checked against torch's
    if act == "check":
        return run_checks(arguments[1:])
    if act == "test":
        install_archive()
        install_unseen_screen()
        return run_all(arguments[1:])
    return subprocess.call([PYTHON, "-m", "reader_app", *(arguments or ["demo"])])


def refuse(sentence: str) -> int:
    """Print one line on standard error; return the exit status of a refusal."""
    print(sentence, file=sys.stderr)
    return 1


def install(extra: str) -> str:
    """Fill the virtual environment where it is not up to date; return what went wrong, if any."""
    stamp = ENVIRONMENT / f"crossread-installed-{extra or 'base'}"
    lock = LOCKS / ("test.txt" if extra else "run.txt")
    wanted = installed_from(lock)
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return ""
    began = time.monotonic()
    if not PYTHON.exists():
        print("Making the virtual environment .venv ...", flush=True)
        try:
            venv.create(ENVIRONMENT, with_pip=True, clear=ENVIRONMENT.exists())
        except (OSError, subprocess.CalledProcessError) as error:
            return (
                f"Expected to make {ENVIRONMENT}, got: {error}. "
                "On Debian and Ubuntu: sudo apt-get install -y python3-venv"
            )
    print("Installing Crossread and what it needs (one to three minutes) ...", flush=True)
    for words in installing(lock, extra):
        status, said = run_pip(["install", "--progress-bar", "off", *words], began)
        if status:
            errors = [line for line in said if line.startswith("ERROR")] or said[-1:]
            return f"Expected pip to install Crossread, got: {' '.join(errors)} Check the network."
    print("Compiling the loops of the display (once) ...", flush=True)
    subprocess.call([PYTHON, "-c", WARM_UP], cwd=ROOT)
    stamp.write_text(wanted)
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)
    return ""


def installed_from(lock: Path) -> str:
    """Return the hash of all that decides what is installed, and where."""
    content = (ROOT / "pyproject.toml").read_bytes() + lock.read_bytes() + str(ROOT).encode()
    return hashlib.sha256(content).hexdigest()


def installing(lock: Path, extra: str) -> list[list[str]]:
    """Return what pip is asked, one line after the other: the lock, then Crossread alone.

    torch is in no lock, for its build (with CUDA or without) is a matter of the computer: pip takes
    it, and what it brings, by the versions in pyproject.toml.
    """
    steps = [
        ["--require-hashes", "--requirement", str(lock)],
        ["--no-build-isolation", "--no-deps", "--editable", str(ROOT)],
    ]
    if "ai" in extra.split(","):
        steps.append(["--no-build-isolation", "--editable", f"{ROOT}[{extra}]"])
    return steps


def install_ai() -> None:
    """Install what the AI systems need; their tests are skipped where it cannot be had."""
    problem = install("test,ai")
    if problem:
        print(f"The tests of the AI systems are skipped. {problem}", flush=True)


def run_pip(arguments: list[str], began: float) -> tuple[int, list[str]]:
    """Run pip and show which package it is at; return its exit status and what it said."""
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    said: list[str] = []
    done = threading.Event()

    def still_working() -> None:
        while not done.wait(10):
            at = said[-1].split("(")[0].strip() if said else "starting"
            print(f"  {time.monotonic() - began:4.0f} s  {at[:90]}", flush=True)

    ticker = threading.Thread(target=still_working, daemon=True)
    ticker.start()
    for line in process.stdout or ():
        if not line.startswith("WARNING"):
            said.append(line.strip())
    status = process.wait()
    done.set()
    ticker.join()
    return status, said


def check_qt() -> str:
    """Make sure that Qt starts; return the one line that tells what to install, if any."""
    screen = sys.platform == "linux" and has_screen()
    probed = ENVIRONMENT / f"crossread-qt-{'screen' if screen else 'offscreen'}"
    if probed.exists() or qt_starts(screen=screen):
        probed.touch()
        return ""
    packages = QT_PACKAGES + (SCREEN_PACKAGES if screen else [])
    if sys.platform != "linux" or not shutil.which("apt-get"):
        return f"Qt cannot start. Install the libraries that Debian calls {' '.join(packages)}."
    line = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        return f"Qt needs system libraries. Install them: sudo {' '.join(line)}"
    print("Installing the system libraries of Qt ...", flush=True)
    if apt_get(line) or not qt_starts(screen=screen):
        return f"Qt still cannot start. Run this and read what it says: {' '.join(line)}"
    probed.touch()
    return ""


def apt_get(line: list[str]) -> int:
    """Install packages of Debian, quietly; return the exit status."""
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.call(["apt-get", "update"], **quiet)
    return subprocess.call(line, **quiet)


def install_archive() -> None:
    """Install Orthanc where that needs no question; its tests are skipped where it is absent."""
    if shutil.which("Orthanc") or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Installing Orthanc for the tests ...", flush=True)
    apt_get(["apt-get", "install", "-y", "--no-install-recommends", *ARCHIVE_PACKAGES])


def install_unseen_screen() -> None:
    """Install Xvfb and xdotool likewise, with what Qt needs on a screen."""
    there = shutil.which("Xvfb") and shutil.which("xdotool")
    if there or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Installing Xvfb and xdotool for the tests ...", flush=True)
    packages = [*UNSEEN_SCREEN, *SCREEN_PACKAGES]
    apt_get(["apt-get", "install", "-y", "--no-install-recommends", *packages])


def has_screen() -> bool:
    """Tell whether a window could be seen."""
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def qt_starts(*, screen: bool) -> bool:
    """Tell whether an application with a font comes up."""
    environment = dict(os.environ)
    if not screen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    probe = subprocess.run(
        [PYTHON, "-c", QT_PROBE], env=environment, capture_output=True, check=False
    )
    return probe.returncode == 0


def run_checks(names: list[str]) -> int:
    """Run the checks of these names, all where there is none; return 0 where they pass."""
    unknown = [name for name in names if name not in dict(CHECKS)]
    if unknown:
        known = ", ".join(f'"{name}"' for name, _ in CHECKS)
        return refuse(f"Expected one of {known}, got {', '.join(unknown)}.")
    failed = failed_checks(
        [(name, check) for name, check in CHECKS if name in (names or dict(CHECKS))]
    )
    return refuse(f"Failed: {', '.join(failed)}.") if failed else 0


def failed_checks(checks: Iterable[tuple[str, list[str]]]) -> list[str]:
    """Run checks one by one and return the names of those that fail."""
    failed = []
    for name, check in checks:
        print(f"== {name}", flush=True)
        if subprocess.call([PYTHON, *check], cwd=ROOT):
            failed.append(name)
    return failed


def run_all(words: list[str]) -> int:
    """Run every check, the tests last; return 0 where all pass."""
    failed = failed_checks(CHECKS)
    print("== tests", flush=True)
    # A process that crashed is not replaced: the rest would wait for ever.
    shared_out = ["-n", "auto", "--dist", "loadfile", "--max-worker-restart", "0"]
    tests = ["-m", "pytest", *(words or shared_out)]
    if subprocess.call([PYTHON, *tests], cwd=ROOT):
        failed.append("tests")
    if failed:
        return refuse(f"Failed: {', '.join(failed)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
