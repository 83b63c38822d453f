"""A plan is drawn from complete cases and readers, and the study file alone reproduces it."""

from collections.abc import Callable

import pytest

from study_design.errors import BadInputError, ProtocolError
from study_design.life.plan_study import plan_study
from study_design.protocol.allocation import AllocationError
from study_design.protocol.plan import PLAN, assignments_of, read_plan
from study_design.protocol.study_file import read_study_file
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import View

THREE_VIEWS = (View.R_CC, View.L_CC, View.R_MLO)


def test_the_plan_is_written_and_read_back(study: StudyFolder) -> None:
    planned = plan_study(study)
    assert read_plan(study) == planned.assignments
    assert read_csv(study.plan_csv).columns == PLAN.columns
    assert len(planned.assignments) == 2 * 2 * 4
    own = assignments_of(planned.assignments[::-1], "senior1")
    assert [(cell.period, cell.position) for cell in own] == [
        (period, position) for period in (1, 2) for position in (1, 2, 3, 4)
    ]
    assert own[0].cell == "R02-P1-001"
    assert any("below the 28" in warning for warning in planned.warnings)


def test_an_incomplete_exam_is_refused_until_it_is_excluded(
    study: StudyFolder, write_cases: Callable[..., None], views_of: Callable[..., list[dict]]
) -> None:
    write_cases(study, ["C001", "C002"], *views_of("C003", THREE_VIEWS))
    with pytest.raises(ProtocolError) as refusal:
        plan_study(study)
    assert str(refusal.value) == (
        "Case C003 lacks L-MLO. Import the view, or exclude the case: "
        "crossread exclude study C003 --reason TEXT"
    )
    assert not study.plan_csv.exists()
    excluded = [{**row, "excluded": True} for row in views_of("C003", THREE_VIEWS)]
    write_cases(study, ["C001", "C002"], *excluded)
    assert {cell.case for cell in plan_study(study).assignments} == {"C001", "C002"}


@pytest.mark.parametrize(
    "asked", ["margin = 0.05", 'margin = 0.0\norder = ["auc_noninferiority_difference"]']
)
def test_a_one_sided_test_is_planned_with_its_reference_and_test_arm_only(
    study: StudyFolder, asked: str
) -> None:
    text = study.study_toml.read_text()
    kept = [
        line for line in text.splitlines() if not line.startswith(("margin", "order", "arms ="))
    ]
    study.study_toml.write_text("\n".join([*kept, asked]) + "\n")
    with pytest.raises(ProtocolError) as refusal:
        plan_study(study)
    assert "arms = [REFERENCE, TEST]" in str(refusal.value)
    assert "unaided, aided" in str(refusal.value)
    study.study_toml.write_text("\n".join([*kept, asked, 'arms = ["unaided", "aided"]']) + "\n")
    assert plan_study(study).assignments


@pytest.mark.parametrize(
    ("arms", "words"), [('["unaided", "late"]', "'late'"), ('["aided"]', "REFERENCE, TEST")]
)
def test_the_plan_names_arms_that_the_study_has(study: StudyFolder, arms: str, words: str) -> None:
    text = study.study_toml.read_text()
    kept = [line for line in text.splitlines() if not line.startswith("arms =")]
    study.study_toml.write_text("\n".join([*kept, f"arms = {arms}"]) + "\n")
    with pytest.raises(BadInputError, match=words):
        read_study_file(study.study_toml)


@pytest.mark.parametrize(
    ("birads", "order", "got"),
    [
        ('["1", "2", "4A"]', '["1", "2"]', "got none for 4A"),
        ('["1", "2"]', '["1", "2", "1"]', "got 1 twice"),
    ],
)
def test_a_scale_without_a_clear_order_is_not_planned(
    study: StudyFolder, birads: str, order: str, got: str
) -> None:
    five = '["1", "2", "3", "4", "5"]'
    text = study.study_toml.read_text()
    text = text.replace(f"birads = {five}", f"birads = {birads}")
    study.study_toml.write_text(text.replace(f"birads_order = {five}", f"birads_order = {order}"))
    with pytest.raises(ProtocolError, match=got):
        plan_study(study)


def test_incomplete_may_have_no_place_in_the_order(study: StudyFolder) -> None:
    text = study.study_toml.read_text()
    study.study_toml.write_text(text.replace('birads = ["1"', 'birads = ["0", "1"'))
    assert plan_study(study).assignments


def test_a_seed_of_the_command_line_is_kept_in_the_study_file_with_its_comments(
    study: StudyFolder,
) -> None:
    text = study.study_toml.read_text()
    study.study_toml.write_text(text.replace("seed = 2023", "seed = 2_023  # drawn by lot"))
    before = plan_study(study).assignments
    other = plan_study(study, seed=7).assignments
    assert other != before
    assert study.study_toml.read_text() == text.replace("seed = 2023", "seed = 7  # drawn by lot")
    assert read_study_file(study.study_toml).design.seed == 7
    assert plan_study(study).assignments == other


def test_a_seed_that_cannot_be_kept_is_refused(study: StudyFolder) -> None:
    with pytest.raises(ProtocolError, match="Expected a seed of 0 or more"):
        plan_study(study, seed=-1)
    text = study.study_toml.read_text().replace("seed = 2023", "'seed' = 2023")
    study.study_toml.write_text(text)
    with pytest.raises(ProtocolError, match="one line 'seed = N'"):
        plan_study(study, seed=1)
    assert study.study_toml.read_text() == text


def test_a_plan_without_cases_or_readers_is_refused_and_nothing_written(
    study: StudyFolder,
) -> None:
    study.readers_csv.unlink()
    before = study.study_toml.read_bytes()
    with pytest.raises(AllocationError, match="needs readers, got none"):
        plan_study(study, seed=5)
    study.cases_csv.unlink()
    with pytest.raises(AllocationError, match="needs cases, got none"):
        plan_study(study)
    assert study.study_toml.read_bytes() == before
    assert not study.plan_csv.exists()


def test_a_locked_plan_stays(locked_study: StudyFolder) -> None:
    before = locked_study.plan_csv.read_bytes()
    with pytest.raises(ProtocolError, match="cannot draw another plan"):
        plan_study(locked_study, seed=9)
    assert locked_study.plan_csv.read_bytes() == before


def test_a_missing_or_damaged_plan_is_named(study: StudyFolder) -> None:
    with pytest.raises(ProtocolError, match=r"got no plan\.csv\. Draw it: crossread plan study"):
        read_plan(study)
    plan_study(study)
    study.plan_csv.write_text(study.plan_csv.read_text().replace(",test,", ",trial,"))
    with pytest.raises(BadInputError, match=r"plan\.csv, row 2: 'trial' is not a valid Role"):
        read_plan(study)


def test_the_plan_names_cases_without_ai_output_and_results_that_are_not_there(
    study: StudyFolder,
) -> None:
    warnings = plan_study(study).warnings
    assert "demo: failed: 1 of 4 planned cases (C003)" in warnings
    assert "demo: not processed: 1 of 4 planned cases (C004)" in warnings
    (study.detections / "demo.json").unlink()
    assert any(
        "expected the AI results of one system, got none" in w for w in plan_study(study).warnings
    )
