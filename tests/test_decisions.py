"""Decisions are numbered without a gap, stand in the index, and READMEs link to them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "decisions"
DECISIONS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
PACKAGES = ("study_design", "inference", "analysis", "reader_app")
READMES = sorted(p.relative_to(ROOT).as_posix() for q in PACKAGES for p in (ROOT / q).rglob("*.md"))
PARTS = ("Context", "Decision", "Rejected", "Consequences")
MOST_WORDS = 600


def test_decisions_are_numbered_without_a_gap() -> None:
    assert DECISIONS
    for number, path in enumerate(DECISIONS, start=1):
        assert re.fullmatch(rf"{number:04d}-[a-z0-9-]+\.md", path.name), path.name


def test_the_index_lists_every_decision_once_by_number_and_title() -> None:
    listed = re.findall(r"^- \[(\d{4})\]\(([\w-]+\.md)\) (.+?)(?: \(`.*)?$", INDEX, re.MULTILINE)
    titles = [path.read_text(encoding="utf-8").splitlines()[0] for path in DECISIONS]
    assert [f"# {number}. {title}" for number, _, title in listed] == titles
    assert [name for _, name, _ in listed] == [path.name for path in DECISIONS]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_four_parts_on_half_a_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    assert tuple(parts[1::2]) == PARTS
    assert all(part.strip() for part in parts[2::2])
    assert len(text.split()) <= MOST_WORDS


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_links_to_decisions_and_tells_none_itself(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    section = re.search(r"^## Decisions\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    lines = section[1].strip().splitlines() if section else []
    for line in lines:
        link = re.fullmatch(r"- \[(\d{4})\]\((\S+)\) (.+)", line)
        assert link, line
        path = (ROOT / readme).parent / link[2]
        assert path.read_text(encoding="utf-8").startswith(f"# {link[1]}. {link[3]}\n"), line


def test_every_link_of_a_decision_leads_somewhere() -> None:
    for path in DECISIONS:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert "://" in target or (path.parent / target).exists(), (path.name, target)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_every_file_that_a_decision_names_is_there(path: Path) -> None:
    there = [file.relative_to(ROOT).as_posix() for q in PACKAGES for file in (ROOT / q).rglob("*")]
    there += ["start.py", "pyproject.toml"]
    for told in re.findall(r"`((?:[\w-]+/)*[\w-]+\.py)`", path.read_text(encoding="utf-8")):
        assert [file for file in there if f"/{file}".endswith(f"/{told}")] or (ROOT / told).exists()
