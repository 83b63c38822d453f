"""study.toml says what it must; a slip of the pen is answered in one line that names the key."""

from importlib import resources
from pathlib import Path

import pytest

from study_design.errors import BadInputError
from study_design.protocol.study_file import read_study_file
from study_design.vocabulary import AbnormalityType, AiInitial

TEMPLATE = (resources.files("study_design.protocol") / "templates" / "zhou2023.toml").read_text()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "study.toml"


def test_the_template_of_zhou_is_a_crossover_with_three_weeks_of_washout(path: Path) -> None:
    path.write_text(TEMPLATE)
    study = read_study_file(path)
    assert [arm.name for arm in study.arms] == ["unaided", "aided"]
    assert (study.design.kind, study.design.washout_days) == ("crossover", 21)
    assert study.arm("aided").initial is AiInitial.HIDDEN
    assert study.scales.types == tuple(AbnormalityType)


@pytest.mark.parametrize(
    "text", ["bell\\u0007", "\\u001b[2J", "a\\nb", "\\u202e", "\\u0000", "\\u0085"]
)
def test_a_title_that_steers_is_refused_before_anything_is_planned(path: Path, text: str) -> None:
    title = next(line for line in TEMPLATE.splitlines() if line.startswith("title"))
    path.write_text(TEMPLATE.replace(title, f'title = "{text}"'))
    with pytest.raises(BadInputError, match=r"study\.toml: .*title: one line of text"):
        read_study_file(path)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("washout_days = 21", "washout_dais = 21", "got design.washout_dais. Did you mean washout"),
        ('unit = "exam"', 'unit = "exam"\nxyz = 1', "got analysis.xyz. Remove it, or use one of"),
        ("schema = 1", "schema = 2", "schema: got 2"),
        ("schema = 1\n", "", "expected the key schema, got none. Add it."),
        ("seed = 2023", "seed = -1", "design.seed: got -1"),
        ("seed = 2023", "seed = ", "expected TOML, got"),
        ('rating = "breast"', 'rating = "image"', "form.rating: got 'image'"),
        ('birads = ["1",', 'birads = ["9",', "BI-RADS has no category '9'"),
        ('name = "aided"', 'name = "unaided"', "two arms have the same name"),
        ('name = "aided"', 'name = "with AI"', "arms.1.name: got 'with AI'"),
        ('initial = "hidden"', 'initial = "none"', "needs initial = 'shown' or 'hidden'"),
        ("ai = false", 'ai = false\nsystem = "x"', "has neither system nor initial"),
        ("washout_days = 21", "washout_days = 1e300", "design.washout_days: got 1e+300"),
        ("washout_days = 21", "washout_days = 1e7", "design.washout_days: got 10000000.0"),
        (
            "washout_days = 21",
            "washout_days = 40000",
            "input should be less than or equal to 36525",
        ),
        ("washout_days = 21", "washout_days = inf", "washout_days: a finite number"),
        ("washout_days = 21", "washout_days = nan", "washout_days: a finite number"),
        ("reopen_minutes = 10", "reopen_minutes = 1e300", "design.reopen_minutes: got 1e+300"),
        ("seed = 2023", f"seed = {'9' * 5000}", "digits"),
        ("seed = 2023", f"seed = {2**63}", "seed: a number of ordinary size"),
        ("schema = 1", "schema = 1\nx = " + "[" * 99_999, "nested too deeply"),
        ("alpha = 0.05", "alpha = inf", "alpha: a finite number"),
        ('unit = "exam"', 'unit = "exam"\nbootstrap_samples = 10000000000', "bootstrap_samples"),
        ('template = "zhou2023"', 'template = "a\\u001b"', "template: one line of text"),
        (
            "[design]",
            '[[arms]]\nname = "third"\n\n[design]',
            "a crossover has two arms, got 3",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_key(path: Path, old: str, new: str, line: str) -> None:
    assert old in TEMPLATE
    path.write_text(TEMPLATE.replace(old, new, 1))
    with pytest.raises(BadInputError) as refusal:
        read_study_file(path)
    assert line in str(refusal.value)
    assert str(refusal.value).startswith("study.toml: ")


@pytest.mark.parametrize(
    ("lines", "order"),
    [
        ("", ("1", "2", "3", "4", "5")),
        (
            'birads = ["0", "1", "2", "3", "4A", "4B", "4C", "5"]',
            ("1", "2", "3", "4A", "4B", "4C", "5"),
        ),
        ('birads = ["5", "0", "1"]', ("1", "5")),
        ('birads = ["0", "1", "2"]\nbirads_order = ["1", "0", "2"]', ("1", "0", "2")),
    ],
)
def test_without_an_order_of_its_own_a_study_has_that_of_the_categories_on_offer(
    path: Path, lines: str, order: tuple[str, ...]
) -> None:
    given = TEMPLATE.split("[scales]")[1].split("types =")[0]
    path.write_text(TEMPLATE.replace(given, f"\n{lines}\n"))
    study = read_study_file(path)
    assert study.scales.order.rising == order
    assert study.model_dump()["scales"]["birads_order"] == order


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(BadInputError, match="Expected a study file at"):
        read_study_file(path)
