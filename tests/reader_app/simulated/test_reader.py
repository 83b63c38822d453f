"""Simulated readers decide reproducibly, mark inside the breast and say all that a form asks."""

from pathlib import Path

import numpy as np
import pytest

from reader_app.simulated.ai import simulate_ai
from reader_app.simulated.breasts import BreastOnView
from reader_app.simulated.findings import CaseKnowledge
from reader_app.simulated.reader import write_reading
from reader_app.simulated.script import ReadScript, read_scripts, write_scripts
from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.reference_standard import Lesion
from study_design.vocabulary import AbnormalityType, View

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "study_design" / "protocol" / "templates" / "zhou2023.toml"
BREAST = Box(20.0, 50.0, 400.0, 700.0)
CASES = tuple(f"C{number:03d}" for number in range(1, 41))


@pytest.fixture(scope="module")
def study() -> StudyFile:
    return read_study_file(TEMPLATE)


def lesions() -> tuple[Lesion, ...]:
    """A malignant mass on two views of the right breast of every other case."""
    box = Box(200.0, 300.0, 60.0, 50.0)
    return tuple(
        Lesion(case, "L1", view, (AbnormalityType.MASS,), box, malignant=True)
        for case in CASES[::2]
        for view in (View.R_CC, View.R_MLO)
    )


def breasts() -> dict[str, dict[View, BreastOnView]]:
    return {case: {view: BreastOnView(f"{case}-{view}", BREAST) for view in View} for case in CASES}


def knowledge() -> dict[str, CaseKnowledge]:
    ai = {result.case: result for result in simulate_ai(breasts(), lesions(), seed=3).cases}
    return {
        case: CaseKnowledge(
            case, tuple(row for row in lesions() if row.case == case), breasts()[case], ai[case]
        )
        for case in CASES
    }


def assignments(reader: str, group: str, arm: str) -> list[Assignment]:
    return [
        Assignment(f"{reader}-{arm}-{case}", reader, group, "unaided-aided", 1, arm, 1, i, case)
        for i, case in enumerate(CASES, 1)
    ]


def scripts(study: StudyFile, reader: str, group: str, arm: str) -> tuple[ReadScript, ...]:
    return write_reading(assignments(reader, group, arm), knowledge(), study, seed=11)


def seconds(read: ReadScript) -> float:
    """Return the reading time of a script: all but the rest at the gate."""
    return sum(act.after_s for act in read.acts[1:])


def marked(reads: tuple[ReadScript, ...]) -> int:
    return sum(any(act.view and act.press for act in read.acts) for read in reads)


def test_the_same_seed_gives_the_same_answers(study: StudyFile) -> None:
    assert scripts(study, "j", "junior", "aided") == scripts(study, "j", "junior", "aided")


def test_two_readers_do_not_answer_alike(study: StudyFile) -> None:
    one, other = (scripts(study, name, "junior", "unaided") for name in ("j1", "j2"))
    assert [read.acts for read in one] != [read.acts for read in other]


@pytest.mark.parametrize("group", ["junior", "senior"])
def test_every_read_begins_at_the_gate_and_ends_with_the_validation(
    study: StudyFile, group: str
) -> None:
    for read in scripts(study, "r", group, "aided"):
        assert read.acts[0].key == "Space"
        assert [act.key for act in read.acts if act.key][-2:] == ["Enter", "Enter"]


def test_a_reader_is_never_still_for_a_minute(study: StudyFile) -> None:
    for read in scripts(study, "r", "junior", "unaided"):
        assert max(act.after_s for act in read.acts) < 60


def test_marks_lie_in_the_picture(study: StudyFile) -> None:
    for read in scripts(study, "r", "junior", "aided"):
        for point in (point for act in read.acts for point in act.points):
            assert 0 <= point.x_px <= BREAST.x_px + BREAST.width_px
            assert 0 <= point.y_px <= BREAST.y_px + BREAST.height_px


def test_seniors_are_quicker_than_juniors_and_the_ai_saves_time(study: StudyFile) -> None:
    median = {
        (group, arm): np.median([seconds(read) for read in scripts(study, "r", group, arm)])
        for group in ("junior", "senior")
        for arm in ("unaided", "aided")
    }
    assert median["senior", "unaided"] < median["junior", "unaided"]
    assert median["junior", "aided"] < median["junior", "unaided"]


def test_the_ai_lets_a_junior_mark_more_lesions(study: StudyFile) -> None:
    unaided, aided = (scripts(study, "r", "junior", arm) for arm in ("unaided", "aided"))
    assert marked(aided) > marked(unaided)


def test_only_an_aided_reader_presses_the_key_of_the_ai(study: StudyFile) -> None:
    for read in scripts(study, "r", "junior", "unaided"):
        assert "G" not in [act.key for act in read.acts]
    pressed = [
        any(act.key == "G" for act in read.acts) for read in scripts(study, "r", "junior", "aided")
    ]
    assert any(pressed)


def test_scripts_come_back_from_a_file(study: StudyFile, tmp_path: Path) -> None:
    written = scripts(study, "r", "senior", "aided")
    write_scripts(tmp_path / "scripts.json", written)
    read = read_scripts(tmp_path / "scripts.json")
    assert read == {script.cell: script for script in written}


def test_a_damaged_script_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "scripts.json"
    path.write_text('[{"cell": "x"}]')
    with pytest.raises(BadInputError, match="Expected a reading script"):
        read_scripts(path)


def test_the_simulated_ai_says_that_it_is_simulated() -> None:
    results = simulate_ai(breasts(), lesions(), seed=3)
    assert results.simulated
    assert "Simulated" in results.provenance
    assert {result.case for result in results.cases} == set(CASES)


def test_the_simulated_ai_scores_cases_with_a_lesion_higher() -> None:
    results = {result.case: result for result in simulate_ai(breasts(), lesions(), seed=3).cases}
    with_lesion = [results[case].score_exam or 0.0 for case in CASES[::2]]
    without = [results[case].score_exam or 0.0 for case in CASES[1::2]]
    assert np.mean(with_lesion) > np.mean(without) + 0.3
