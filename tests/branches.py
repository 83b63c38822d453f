"""Are all branches of the kept files still run?  python tests/branches.py [--add] [REPORT]

Runs the tests of study_design and analysis with coverage (ten minutes and more on two cores) and
compares what they ran with `files_at_full_branches.txt`: it names each file that has dropped, and
ends with 1. `--add` puts files that are whole by now on the list. REPORT is the JSON of a run that
was made before: `pytest tests/analysis tests/study_design --cov=study_design --cov=analysis
--cov-branch --cov-report=json:REPORT`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("files_at_full_branches.txt")
TESTS = ["tests/analysis", "tests/study_design"]
SOURCES = ["--cov=study_design", "--cov=analysis", "--cov-branch"]


def kept_files(text: str) -> list[str]:
    """The files of the list; lines with # are words about it."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def gaps(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> dict[str, int]:
    """Lines and branches that were not run, by file."""
    return {
        Path(name).as_posix(): file["summary"]["missing_lines"]
        + file["summary"]["missing_branches"]
        for name, file in report["files"].items()
    }


def dropped(kept: list[str], missed: dict[str, int]) -> list[str]:
    """One line for each file of the list that is not wholly run any more."""
    return [
        f"{name}: not run, lines and branches: {missed[name]}"
        if name in missed
        else f"{name}: gone"
        for name in kept
        if missed.get(name, 1)
    ]


def measured(report: Path) -> bool:
    """Run the tests with coverage; tell whether they pass."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *TESTS,
        *SOURCES,
        f"--cov-report=json:{report}",
    ]
    return subprocess.call(command, cwd=ROOT) == 0


def main(words: list[str]) -> int:
    """Measure, compare and tell; 0 where every file of the list is wholly run."""
    paths = [word for word in words if word != "--add"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(paths[0]) if paths else Path(folder) / "coverage.json"
        if not paths and not measured(report):
            sys.stderr.write("Expected the tests to pass before their branches are counted.\n")
            return 1
        missed = gaps(json.loads(report.read_text(encoding="utf-8")))
    text = LIST.read_text(encoding="utf-8")
    kept = kept_files(text)
    lost = dropped(kept, missed)
    sys.stdout.writelines(f"{line}\n" for line in lost)
    if "--add" in words:
        whole = sorted({*kept, *(name for name, gap in missed.items() if not gap)})
        notes = [line for line in text.splitlines() if line.startswith("#")]
        LIST.write_text("\n".join([*notes, *whole]) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(kept) - len(lost)} of {len(kept)} files are wholly run.\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
