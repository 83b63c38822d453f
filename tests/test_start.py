"""What start.py installs: all that pyproject.toml asks for, by version and by hash."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WANTED = {
    "run.txt": PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"],
    "test.txt": PROJECT["project"]["dependencies"]
    + PROJECT["project"]["optional-dependencies"]["test"]
    + PROJECT["build-system"]["requires"],
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.fixture
def start() -> ModuleType:
    found = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def entries(lock: str) -> list[tuple[Requirement, int]]:
    """Each package of a lock, and by how many hashes its files are known."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    return [
        (Requirement(block.split("\\\n")[0]), len(re.findall(r"--hash=sha256:[0-9a-f]{64}", block)))
        for block in blocks
        if block.strip()
    ]


def locked(lock: str, python: str, platform: str) -> dict[str, str]:
    """The versions that a lock installs on a computer."""
    there = {"python_version": python, "python_full_version": f"{python}.0"}
    there |= {"sys_platform": platform, "platform_python_implementation": "CPython"}
    there |= {"implementation_name": "cpython"}
    found: dict[str, str] = {}
    for asked, _ in entries(lock):
        if asked.marker is None or asked.marker.evaluate(there):
            assert asked.name not in found, asked
            found[canonicalize_name(asked.name)] = next(iter(asked.specifier)).version
    return found


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_satisfies_pyproject_on_every_platform(
    lock: str, python: str, platform: str
) -> None:
    versions = locked(lock, python, platform)
    for wanted in map(Requirement, WANTED[lock]):
        assert versions[canonicalize_name(wanted.name)] in wanted.specifier, wanted


@pytest.mark.parametrize("lock", WANTED)
def test_every_locked_package_has_one_version_and_hashes(lock: str) -> None:
    for asked, hashes in entries(lock):
        assert [each.operator for each in asked.specifier] == ["=="], asked
        assert hashes >= 1, asked


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_tests_run_on_the_versions_that_a_user_gets(platform: str) -> None:
    for python in PYTHONS:
        tested = locked("test.txt", python, platform)
        for name, version in locked("run.txt", python, platform).items():
            assert tested[name] == version, name


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_names_no_server_and_no_folder_and_leaves_torch_to_the_computer(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text
    names = {asked.name for asked, _ in entries(lock)}
    assert "torch" not in names
    assert not [name for name in names if name.startswith("nvidia")]


def test_a_lock_that_changed_is_installed_anew(start: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "run.txt"
    lock.write_text("a==1\n", encoding="utf-8")
    before = start.installed_from(lock)
    assert start.installed_from(lock) == before
    lock.write_text("a==2\n", encoding="utf-8")
    assert start.installed_from(lock) != before


@pytest.mark.parametrize(("extra", "steps"), [("", 2), ("test", 2), ("test,ai", 3)])
def test_the_lock_comes_first_and_crossread_brings_nothing_with_it(
    start: ModuleType, extra: str, steps: int
) -> None:
    asked = start.installing(Path("lock.txt"), extra)
    assert len(asked) == steps
    assert asked[0] == ["--require-hashes", "--requirement", "lock.txt"]
    assert asked[1] == ["--no-build-isolation", "--no-deps", "--editable", str(ROOT)]
    assert all("--no-deps" not in words for words in asked[2:])
