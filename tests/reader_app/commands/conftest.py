"""The command line as a user runs it, and a locked example study to try it on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from given_ai_products import imported as imported
from given_ai_products import product as product
from given_locked_at import LOCKED_AT

from reader_app.__main__ import main
from reader_app.simulated.example_study import finished_example, make_example_study
from study_design.study_folder import StudyFolder


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


Crossread = Callable[..., Answer]


@pytest.fixture
def crossread(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Crossread:
    def run(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["crossread", *map(str, words)])
        status = main()
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A locked example study of four cases and two readers; tests work on copies of it."""
    root = tmp_path_factory.mktemp("example")
    folder = StudyFolder(root / "study")
    make_example_study(
        folder,
        finished_example(cases=4, readers=2),
        sources=root / "sources",
        seed=7,
        at=LOCKED_AT,
        report=lambda *_: None,
    )
    return folder


@pytest.fixture
def study(example: StudyFolder, tmp_path: Path) -> StudyFolder:
    """A copy of the example, with its link file, for one test."""
    copy = StudyFolder(tmp_path / "study")
    shutil.copytree(example.path, copy.path)
    shutil.copy(example.link_file, copy.link_file)
    return copy


Start = Callable[..., "subprocess.Popen[str]"]


# A shell without job control lets what it starts behind it ignore Ctrl-C.
_AS_AT_A_TERMINAL = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)"
_PROGRAM = "import sys\nfrom reader_app.__main__ import main\nsys.exit(main())"


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command in a process of its own, its windows drawn but on no screen."""
    started: list[subprocess.Popen[str]] = []

    def run(*words: object, before: str = "", stdin: int | None = None) -> "subprocess.Popen[str]":
        program = "\n".join((_AS_AT_A_TERMINAL, before, _PROGRAM))
        process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, words)],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:  # its test failed: it must not disturb the next one
            process.kill()
            process.communicate()
