"""The version stands in two places and is one."""

import tomllib
from pathlib import Path

from study_design.software import SOFTWARE_VERSION, UNKNOWN, commit_of


def test_the_version_is_that_of_the_distribution() -> None:
    pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert tomllib.loads(pyproject.read_text())["project"]["version"] == SOFTWARE_VERSION


def _checkout(root: Path, head: str) -> Path:
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "HEAD").write_text(head + "\n", encoding="utf-8")
    return root


def test_the_commit_is_that_of_the_checkout(tmp_path: Path) -> None:
    assert commit_of(_checkout(tmp_path / "detached", "a" * 40)) == "a" * 40
    root = _checkout(tmp_path / "branch", "ref: refs/heads/main")
    (root / ".git" / "packed-refs").write_text(f"# pack\n{'b' * 40} refs/heads/main\n")
    assert commit_of(root) == "b" * 40
    heads = root / ".git" / "refs" / "heads"
    heads.mkdir(parents=True)
    (heads / "main").write_text("c" * 40 + "\n", encoding="utf-8")
    assert commit_of(root) == "c" * 40


def test_the_commit_of_a_worktree_stands_in_the_repository(tmp_path: Path) -> None:
    root = _checkout(tmp_path / "whole", "ref: refs/heads/main")
    own = root / ".git" / "worktrees" / "other"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/other\n")
    (own / "commondir").write_text("../..\n")
    heads = root / ".git" / "refs" / "heads"
    heads.mkdir(parents=True)
    (heads / "other").write_text("d" * 40 + "\n")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {own}\n")
    assert commit_of(tree) == "d" * 40


def test_without_a_checkout_the_installer_tells_or_nobody(tmp_path: Path) -> None:
    told = commit_of(tmp_path)
    assert told == UNKNOWN or len(told) == 40
    assert commit_of(tmp_path / "none") == told
