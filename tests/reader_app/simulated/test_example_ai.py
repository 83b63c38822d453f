"""The AI of the example studies is the shipped model, and says what it was trained on."""

from reader_app.simulated.example_ai import SHIPPED_DETECTIONS, SHIPPED_WEIGHTS, SHOWN_FROM
from study_design.exchange.detection_json import read_system_results
from study_design.vocabulary import AiStatus

SEED = 2023


def test_the_shipped_detections_know_every_exam_of_the_usual_example() -> None:
    results = read_system_results(SHIPPED_DETECTIONS)
    usual = {f"PHANTOM-{SEED * 1000 + number}" for number in (*range(1, 25), *range(501, 505))}
    assert {result.case for result in results.cases} == usual


def test_the_shipped_detections_say_which_model_made_them_and_from_what() -> None:
    results = read_system_results(SHIPPED_DETECTIONS)
    card = (SHIPPED_WEIGHTS / "model_card.md").read_text(encoding="utf-8")
    assert results.nature == "trained on phantoms"
    assert "phantom exams" in results.provenance
    assert "nothing about clinical performance" in results.provenance
    weights = results.provenance.split("Weights SHA-256 ")[1].split(".")[0]
    assert weights in card


def test_some_marks_are_shown_and_most_faint_ones_are_not() -> None:
    results = read_system_results(SHIPPED_DETECTIONS)
    scores = [one.score for result in results.cases for one in result.detections]
    shown = [score for score in scores if score >= SHOWN_FROM]
    assert 0 < len(shown) < len(scores) / 2
    assert all(
        bool(result.detections) == (result.status is AiStatus.FINDING) for result in results.cases
    )
