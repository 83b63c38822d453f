"""Put the fragments of this folder into CHANGELOG.md, each under its user, and delete them.

A fragment is one change in one file, `USER.WHAT.md`, so that two who work at the same time meet in
no line: `coordinator.pacs-over-tls.md`. What it holds is the entry, without a dash.
"""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CHANGELOG = FOLDER.parent / "CHANGELOG.md"
# Users by the first word of a fragment's name; what changes a number stands before all else.
HEADS = {
    "numbers": "Numbers",
    "coordinator": "Coordinator",
    "radiologist": "Radiologist",
    "statistician": "Statistician",
    "carries-on": "Who carries on",
}
NAME = re.compile(rf"({'|'.join(HEADS)})\.[a-z0-9-]+\.md")
MOST_LINES = 8


def fragments(folder: Path = FOLDER) -> list[Path]:
    """Return the fragments, by name: all that is neither this file nor about it."""
    others = {"collect.py", "README.md"}
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name not in others)


def fault(path: Path) -> str:
    """Return what is wrong with a fragment, or nothing."""
    if not NAME.fullmatch(path.name):
        return (
            f"{path.name}: expected USER.WHAT.md with one of {', '.join(HEADS)}, got another name."
        )
    text = path.read_text(encoding="utf-8").strip()
    if not text or text.startswith(("-", "#")) or len(text.splitlines()) > MOST_LINES:
        return f"{path.name}: expected one entry of {MOST_LINES} lines at most, without a dash."
    return ""


def collected(changelog: str, entries: list[tuple[str, str]]) -> str:
    """Return the changelog with entries (user, text) on top of their parts of Unreleased."""
    for user, text in reversed(entries):
        head = f"### {HEADS[user]}\n"
        if changelog.count(head) != 1:
            raise ValueError(f"CHANGELOG.md: expected one line '{head.strip()}'.")
        lines = text.strip().splitlines()
        entry = "\n".join([f"- {lines[0]}", *(f"  {line.strip()}" for line in lines[1:])])
        changelog = changelog.replace(head, f"{head}{entry}\n")
    return changelog


def main() -> int:
    """Collect all fragments, or none where one is at fault."""
    paths = fragments()
    faults = [told for told in map(fault, paths) if told]
    if faults:
        sys.stderr.write("\n".join(faults) + "\n")
        return 1
    entries = [(path.name.split(".")[0], path.read_text(encoding="utf-8")) for path in paths]
    CHANGELOG.write_text(
        collected(CHANGELOG.read_text(encoding="utf-8"), entries), encoding="utf-8"
    )
    for path in paths:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
