"""The version of this program, as the record and every export name it, and where it came from."""

import json
from importlib import metadata
from pathlib import Path

SOFTWARE_VERSION = "0.1.0"
UNKNOWN = "unknown"


def commit() -> str:
    """Return the commit of the program's own source; `unknown` where nothing tells."""
    return commit_of(Path(__file__).resolve().parents[1])


def commit_of(root: Path) -> str:
    """Return the commit of the source at a folder.

    It is told by the checkout that the folder is, or by what an installer kept of the repository
    that it took the program from (direct_url.json, PEP 610).
    """
    try:
        return _checked_out(root) or _installed() or UNKNOWN
    except (OSError, ValueError, KeyError):
        return UNKNOWN


def _checked_out(root: Path) -> str:
    """Return the commit of the checkout at a folder; empty where it is none."""
    git = root / ".git"
    if git.is_file():  # of a worktree: the file names its folder
        git = root / _text(git).removeprefix("gitdir:").strip()
    head = _text(git / "HEAD")
    if not head.startswith("ref:"):
        return head
    name = head.removeprefix("ref:").strip()
    shared = git / (_text(git / "commondir") or ".")
    return _text(git / name) or _text(shared / name) or _packed(shared, name)


def _packed(git: Path, name: str) -> str:
    """Return the commit of a branch that has no file of its own."""
    lines = _text(git / "packed-refs").splitlines()
    return next((line.split(" ")[0] for line in lines if line.endswith(f" {name}")), "")


def _text(path: Path) -> str:
    """Return what a file says; empty where it is not there."""
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _installed() -> str:
    """Return the commit that an installer took the program from; empty where it kept none."""
    try:
        kept = metadata.distribution("crossread").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return ""
    return "" if kept is None else str(json.loads(kept).get("vcs_info", {}).get("commit_id", ""))
