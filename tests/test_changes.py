"""The changelog is sorted by who notices, and its fragments can be collected."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.fixture
def collect() -> ModuleType:
    found = importlib.util.spec_from_file_location("collect", ROOT / "changes" / "collect.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_every_entry_stands_under_a_user_and_numbers_come_first(collect: ModuleType) -> None:
    unreleased = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1]
    heads = re.findall(r"^### (.+)$", unreleased, re.MULTILINE)
    assert heads == list(collect.HEADS.values())
    before = unreleased.split("### ")[0]
    assert not re.search(r"^- ", before, re.MULTILINE), before


def test_every_fragment_can_be_collected(collect: ModuleType) -> None:
    assert [told for told in map(collect.fault, collect.fragments()) if told] == []


def test_entries_come_on_top_of_their_users_part(collect: ModuleType) -> None:
    changelog = "# Changelog\n\n## Unreleased\n### Numbers\n- Old.\n\n### Radiologist\n- Old key.\n"
    entries = [("numbers", "New n.\n"), ("radiologist", "New key,\nand another.\n")]
    assert collect.collected(changelog, entries) == (
        "# Changelog\n\n## Unreleased\n### Numbers\n- New n.\n- Old.\n\n"
        "### Radiologist\n- New key,\n  and another.\n- Old key.\n"
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("reader.keys.md", "Keys."),
        ("radiologist.md", "Keys."),
        ("radiologist.keys.txt", "Keys."),
        ("radiologist.keys.md", ""),
        ("radiologist.keys.md", "- Keys."),
        ("radiologist.keys.md", "Keys.\n" * 9),
    ],
)
def test_a_fragment_of_another_form_is_told(
    collect: ModuleType, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert name in collect.fault(tmp_path / name)


def test_collecting_takes_all_fragments_or_none(
    collect: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "CHANGELOG.md"
    log.write_text("### Coordinator\n### Numbers\n", encoding="utf-8")
    folder = tmp_path / "changes"
    folder.mkdir()
    (folder / "numbers.n.md").write_text("More n.", encoding="utf-8")
    (folder / "odd").write_text("?", encoding="utf-8")
    monkeypatch.setattr(collect, "CHANGELOG", log)
    monkeypatch.setattr(collect, "fragments", lambda: sorted(folder.iterdir()))
    assert collect.main() == 1
    assert log.read_text(encoding="utf-8") == "### Coordinator\n### Numbers\n"
    (folder / "odd").unlink()
    assert collect.main() == 0
    assert log.read_text(encoding="utf-8") == "### Coordinator\n### Numbers\n- More n.\n"
    assert not list(folder.iterdir())
