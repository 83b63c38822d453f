"""The walls between the packages stand, and a breach of the blinding wall is caught."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("study_design", "inference", "analysis", "reader_app")
MOST_FILES, MOST_LINES = 30, 350
LINT = "from importlinter.cli import lint_imports_command as c; c()"


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy_of_project(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_walls_stand() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "breach"),
    [
        ("reader_app/reading/sitting.py", "import study_design.reference_standard"),
        ("reader_app/reading/draft.py", "import study_design.results"),
        ("reader_app/display/display_frame.py", "import analysis.settings"),
        ("reader_app/qt/reading/lens.py", "import study_design.reference_standard"),
        ("study_design/record/reads/replay.py", "import study_design.protocol.allocation"),
        ("reader_app/qt/reading/reading_window.py", "import analysis.estimators.roc"),
    ],
)
def test_a_breach_of_the_blinding_wall_is_caught(
    copy_of_project: Path, module: str, breach: str
) -> None:
    path = copy_of_project / module
    docstring_end = path.read_text().index('"""', 3) + 3
    text = path.read_text()
    path.write_text(f"{text[:docstring_end]}\n{breach}\n{text[docstring_end:]}")
    result = lint_imports(copy_of_project)
    assert result.returncode == 1
    assert "Blinding" in result.stdout
    assert "BROKEN" in result.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_ours(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / package


@pytest.mark.parametrize(
    "init",
    sorted(
        p.relative_to(ROOT).as_posix() for q in PACKAGES for p in (ROOT / q).rglob("__init__.py")
    ),
)
def test_an_init_file_holds_a_docstring_only(init: str) -> None:
    lines = (ROOT / init).read_text().strip()
    assert lines.startswith('"""')
    assert lines.count('"""') == 2
    assert lines.endswith('"""')


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_a_readme_with_its_five_parts(package: str) -> None:
    text = (ROOT / package / "README.md").read_text()
    for part in ("Run it", "The picture", "To change", "Decisions"):
        assert part in text, part


@pytest.mark.parametrize(
    "guide",
    sorted(p.relative_to(ROOT).as_posix() for q in PACKAGES for p in (ROOT / q).rglob("*.md")),
)
def test_every_file_that_a_readme_names_is_there(guide: str) -> None:
    home = (ROOT / guide).parent
    names = {
        path.name for q in PACKAGES for path in (ROOT / q).rglob("*.py") if home in path.parents
    }
    prose = re.sub(r"```.*?```", "", (ROOT / guide).read_text(encoding="utf-8"), flags=re.DOTALL)
    for told in re.findall(r"`([\w./]+\.py)`", prose):
        assert (home / told).exists() or (ROOT / told).exists() or told in names, told


def test_no_folder_is_a_corridor_and_no_file_a_hall() -> None:
    for package in (*PACKAGES, "tests"):
        for folder in {path.parent for path in (ROOT / package).rglob("*.py")}:
            files = list(folder.glob("*.py"))
            assert len(files) <= MOST_FILES + 1, folder  # beside the one that makes it a package
            for path in files:
                assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES, path


def test_the_readme_of_the_ground_floor_names_every_word_a_user_can_meet() -> None:
    from study_design.protocol import study_file
    from study_design.record.events import EventType

    text = (ROOT / "study_design" / "README.md").read_text()
    sections = (
        study_file.Scales,
        study_file.Form,
        study_file.Arm,
        study_file.Design,
        study_file.AnalysisPlan,
        study_file.StudyFile,
    )
    keys = {field.alias or name for s in sections for name, field in s.model_fields.items()}
    for word in sorted(keys | set(EventType)):
        assert f"`{word}`" in text, word


def test_torch_is_not_needed_to_start() -> None:
    script = "import reader_app.__main__, sys; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
