from pathlib import Path

import pytest

from study_design.detections import SystemResults
from study_design.errors import BadInputError
from study_design.exchange.system_facts import AI_SYSTEMS, SystemFacts, facts_beside, systems_json

RESULTS = SystemResults("own", "2", "0-100", False, "Trained here.", (), phantom_trained=True)


def test_what_is_written_of_each_system_is_read_beside_a_table(tmp_path: Path) -> None:
    other = SystemResults("other", "", "0-1", True, "Drawn.", ())
    (tmp_path / AI_SYSTEMS).write_text(systems_json([RESULTS, other]))
    table = tmp_path / "detections.csv"
    assert facts_beside(table, "own") == SystemFacts(
        "own", "2", "0-100", False, True, "Trained here."
    )
    assert facts_beside(table, "other").simulated
    assert facts_beside(table, "unheard-of") == SystemFacts("unheard-of")


def test_without_the_file_nothing_is_claimed(tmp_path: Path) -> None:
    assert facts_beside(tmp_path / "detections.csv", "own") == SystemFacts("own")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / AI_SYSTEMS).write_text('[{"system": "own", "simulated": "perhaps"}]')
    with pytest.raises(BadInputError, match=r"ai_systems.json: 0.simulated"):
        facts_beside(tmp_path / "detections.csv", "own")


@pytest.mark.parametrize(
    ("simulated", "phantom_trained", "words"),
    [(True, True, "simulated"), (False, True, "trained on phantoms"), (False, False, "")],
)
def test_readers_are_told_what_stands_behind_results(
    simulated: bool, phantom_trained: bool, words: str
) -> None:
    results = SystemResults("a", "1", "0-1", simulated, "", (), phantom_trained=phantom_trained)
    assert results.nature == words
