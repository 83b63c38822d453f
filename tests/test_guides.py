"""READMEs and CONTRIBUTING say what is there: their commands, options, files and names exist."""

import re
from functools import cache
from pathlib import Path

import pytest
import typer.core
import typer.main

from reader_app.__main__ import COMMANDS, application

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("study_design", "inference", "analysis", "reader_app")
GUIDES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").rglob("*.md"),
        *(path for package in PACKAGES for path in (ROOT / package).rglob("*.md")),
    )
)


def calls(text: str) -> list[str]:
    """Every call of crossread in a guide: lines of its examples, and what stands in quotes."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    quoted = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    examples = [part for line in lines for part in line.split("#")[0].split(";")]
    named = [part.split("crossread ", 1)[1] for part in examples if "crossread " in part]
    remarks = [line.split("#", 1)[1] for line in lines if "#" in line]
    said = [call for remark in remarks for call in re.findall(r"[a-z-]+ --[a-z-]+", remark)]
    named += [call for call in said if call.split(" ")[0] in COMMANDS]
    named += [span.removeprefix("crossread ") for span in quoted if span.startswith("crossread ")]
    named += [span for span in quoted if span.split(" ")[0] in COMMANDS and " --" in span]
    return [call for call in named if re.match(r"[a-z-]", call)]


@cache
def options(command: str) -> frozenset[str]:
    """The options that a command has; of a group those of all its commands."""
    tree = typer.main.get_command(application([command]))
    assert isinstance(tree, typer.core.TyperGroup)
    found = tree.commands[command]
    leaves = list(found.commands.values()) if isinstance(found, typer.core.TyperGroup) else []
    told = [*tree.params, *found.params, *(one for leaf in leaves for one in leaf.params)]
    return frozenset(name for one in told for name in (*one.opts, *one.secondary_opts)) | {"--help"}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_and_option_that_a_guide_names_is_there(guide: str) -> None:
    for call in calls((ROOT / guide).read_text(encoding="utf-8")):
        command, *words = call.split()
        if command.startswith("-"):
            assert command in {"--version", "--help"}, call
            continue
        assert command in COMMANDS, call
        for option in re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", " ".join(words)):
            assert option in options(command), (option, call)


def test_the_commands_of_the_guides_are_found() -> None:
    text = (
        "`analyse --table X`\n```\ncrossread new S; crossread lock S   # or import --pacs P\n```\n"
    )
    assert calls(text) == ["new S", "lock S   ", "import --pacs", "analyse --table X"]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_page_that_a_guide_links_to_is_there(guide: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", (ROOT / guide).read_text(encoding="utf-8")):
        assert "://" in target or ((ROOT / guide).parent / target).exists(), target


def test_every_place_that_contributing_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text)
    assert len(places) > 40
    patterns = {"docs/decisions/NNNN-what.md", "changes/USER.WHAT.md"}
    for place in set(places) - patterns:
        assert (ROOT / place).exists(), place


def test_every_name_that_contributing_gives_of_a_file_stands_in_it() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    pairs = re.findall(r"`([\w/]+\.py)`: `([A-Za-z_]+)`", text)
    assert pairs
    for file, name in pairs:
        assert re.search(rf"\b{name}\b", (ROOT / file).read_text(encoding="utf-8")), (file, name)


def test_every_room_of_the_house_is_on_the_map() -> None:
    """A folder of Python files that no README of its package names is found by chance only."""
    for package in PACKAGES:
        text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / package).rglob("README.md"))
        for folder in {path.parent for path in (ROOT / package).rglob("*.py")} - {ROOT / package}:
            assert f"{folder.name}/" in text or (folder / "README.md").exists(), folder


def test_every_file_of_the_statistics_is_on_their_map() -> None:
    text = (ROOT / "analysis" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|", text.split("| module |")[1], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w/]+)`", row)}
    files = {
        path.relative_to(ROOT / "analysis").with_suffix("").as_posix()
        for path in (ROOT / "analysis").rglob("*.py")
    }
    # A file a method, a file a part of Zhou's tables: the map names them together.
    together = ("reference_methods/", "papers/zhou2023_")
    apart = {file for file in files - named if not file.startswith(together)}
    assert {file for file in apart if not file.endswith("__init__")} == set()


def test_every_page_of_the_docs_is_in_their_index() -> None:
    listed = set(
        re.findall(r"\]\(([\w/]+\.md)\)", (ROOT / "docs" / "README.md").read_text("utf-8"))
    )
    there = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert there <= listed
