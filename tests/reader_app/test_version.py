"""The command line names program, schema, form of record and commit."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from reader_app.__main__ import application
from study_design.protocol.study_file import SCHEMA
from study_design.record.upcast import FORM
from study_design.software import SOFTWARE_VERSION, commit

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_one_line_with_schema_and_commit() -> None:
    done = CliRunner().invoke(application(["--version"]), ["--version"])
    assert done.exit_code == 0
    assert done.output == (
        f"crossread {SOFTWARE_VERSION}, schema {SCHEMA}, record form {FORM}, commit {commit()}\n"
    )


def test_the_program_itself_answers() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reader_app", "--version"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(f"crossread {SOFTWARE_VERSION}, schema ")
