"""What tests of `tables` begin with."""

from pathlib import Path

HEADER = "reader,case,truth,rating"


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
