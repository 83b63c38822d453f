"""The list of files whose every branch is run: its files are there, and drops are told."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def branches() -> ModuleType:
    found = importlib.util.spec_from_file_location("branches", ROOT / "tests" / "branches.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def report(tmp_path: Path, **missing: tuple[int, int]) -> Path:
    files = {
        f"analysis/{name}.py": {"summary": {"missing_lines": lines, "missing_branches": ways}}
        for name, (lines, ways) in missing.items()
    }
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"files": files}), encoding="utf-8")
    return path


@pytest.fixture
def kept(branches: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kept.txt"
    path.write_text("# words\nanalysis/one.py\nanalysis/two.py\n", encoding="utf-8")
    monkeypatch.setattr(branches, "LIST", path)
    return path


def test_every_file_of_the_list_is_there_once_and_in_order(branches: ModuleType) -> None:
    names = branches.kept_files(branches.LIST.read_text(encoding="utf-8"))
    assert len(names) > 300
    assert names == sorted(set(names))
    for name in names:
        assert (ROOT / name).is_file(), name


@pytest.mark.usefixtures("kept")
def test_files_that_are_wholly_run_pass(branches: ModuleType, tmp_path: Path) -> None:
    assert branches.main([str(report(tmp_path, one=(0, 0), two=(0, 0), three=(4, 1)))]) == 0


@pytest.mark.parametrize("gap", [(1, 0), (0, 1)])
@pytest.mark.usefixtures("kept")
def test_a_file_that_drops_is_named_and_fails(
    branches: ModuleType, tmp_path: Path, gap: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert branches.main([str(report(tmp_path, one=(0, 0), two=gap))]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "analysis/two.py: not run, lines and branches: 1",
        "1 of 2 files are wholly run.",
    ]


@pytest.mark.usefixtures("kept")
def test_a_file_that_no_test_imports_fails(branches: ModuleType, tmp_path: Path) -> None:
    assert branches.main([str(report(tmp_path, one=(0, 0)))]) == 1


def test_files_that_became_whole_are_put_on_the_list(
    branches: ModuleType, tmp_path: Path, kept: Path
) -> None:
    branches.main(["--add", str(report(tmp_path, one=(0, 0), two=(0, 0), a=(0, 0), b=(1, 0)))])
    expected = ["# words", "analysis/a.py", "analysis/one.py", "analysis/two.py"]
    assert kept.read_text(encoding="utf-8").splitlines() == expected
