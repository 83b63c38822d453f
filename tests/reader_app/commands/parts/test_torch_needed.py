import os
import subprocess
import sys
from pathlib import Path

import pytest

from reader_app.__main__ import COMMANDS

# A fresh interpreter in which the search for torch finds nothing.
BLOCKED = """
import sys
from importlib.machinery import PathFinder

class WithoutTorch(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "safetensors", "sklearn"):
            return None
        return super().find_spec(name, path, target)

sys.meta_path = [WithoutTorch if one is PathFinder else one for one in sys.meta_path]
"""
RUN = "from reader_app.__main__ import main\nsys.exit(main())\n"
ROOT = Path(__file__).resolve().parents[4]


def _answer(program: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("train", "zhou", "--data", "d", "--out", "o"),
        ("evaluate", "zhou", "--data", "d"),
        ("detect", "d", "--system", "zhou"),
        ("bench", "phantoms", "--data", "d", "--out", "o"),
    ],
)
def test_what_needs_torch_says_in_one_line_how_to_install_it(words: tuple[str, ...]) -> None:
    answer = _answer(BLOCKED + RUN, *words)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert 'pip install "crossread[ai]"' in answer.stderr


def test_every_other_command_works_without_torch(tmp_path: Path) -> None:
    program = (
        f"{BLOCKED}\n"
        "from reader_app.__main__ import application, COMMANDS\n"
        "registered = {one.name for one in application([]).registered_commands}\n"
        "assert registered == set(COMMANDS), registered ^ set(COMMANDS)\n"
        f"{RUN}"
    )
    made = _answer(program, "new", str(tmp_path / "study"), "--template", "zhou2023")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "study" / "study.toml").is_file()


def test_no_command_loads_torch_before_it_runs() -> None:
    program = (
        "import sys\nfrom reader_app.__main__ import application\napplication([])\n"
        "assert 'torch' not in sys.modules\n"
    )
    assert _answer(program).returncode == 0


def test_the_three_commands_are_there() -> None:
    assert {"train", "evaluate", "detect"} <= set(COMMANDS)


def test_a_torch_that_cannot_be_loaded_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise OSError('c10.dll: a module was not found\\nmore')\n")
    program = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n{RUN}"
    answer = _answer(program, "detect", "d", "--system", "zhou")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "cannot be loaded (c10.dll: a module was not found)" in answer.stderr
    assert "--force-reinstall" in answer.stderr
