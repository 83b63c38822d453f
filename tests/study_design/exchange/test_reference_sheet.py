"""Truth comes in through one door; what is wrong is named by row and column, nothing half in."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.reference_sheet import (
    read_lesions,
    read_reference,
    write_lesions,
    write_reference,
)
from study_design.exchange.truth_import import import_truth
from study_design.geometry import Box
from study_design.reference_standard import CaseTruth, Lesion
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.truth_tables import LESIONS, REFERENCE
from study_design.vocabulary import AbnormalityType, BreastTruth, View


def nobody(_: str) -> None:
    return None


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "sheet.csv"


@pytest.fixture
def lesion_sheet(tmp_path: Path) -> Path:
    return tmp_path / "lesion_sheet.csv"


def test_truth_is_kept_in_the_form_of_the_contract_with_its_strata(
    study: StudyFolder, sheet: Path, lesion_sheet: Path
) -> None:
    sheet.write_text(
        "case,truth,breast_right,breast_left,density,followup_months,scanner\n"
        "C001,1,malignant,normal,b,24,A\nC002,0,,benign,,,\n"
    )
    lesion_sheet.write_text(
        "case,lesion,view,types,x_px,y_px,width_px,height_px,malignant,er,size_mm\n"
        "C001,L1,R-CC,mass+distortion,10.5,20,30,40,1,positive,12.5\n"
        "C001,L1,,mass,,,,,1,,\n"
    )
    imported = import_truth(study, sheet, lesion_sheet, resolve=nobody)
    assert (imported.cases, imported.malignant, imported.lesions) == (2, 1, 1)
    assert (*imported.notes, *imported.warnings) == (
        "sheet.csv: columns kept as strata: 'scanner'",
        "no truth yet of C003, C004",
    )
    assert read_reference(study)[0] == CaseTruth(
        "C001",
        truth=True,
        breast_right=BreastTruth.MALIGNANT,
        breast_left=BreastTruth.NORMAL,
        density="b",
        followup_months=24.0,
        strata=(("scanner", "A"),),
    )
    assert read_reference(study)[1].breast_right is BreastTruth.UNKNOWN
    first, second = read_lesions(study)
    assert first.types == (AbnormalityType.MASS, AbnormalityType.DISTORTION)
    assert (first.where, first.size_mm) == (Box(10.5, 20, 30, 40), 12.5)
    assert (second.view, second.where) == (None, None)
    stored = study.reference_standard / "reference.csv"
    assert read_csv(stored).columns == (*REFERENCE.columns, "scanner")


def test_a_hospital_s_identifiers_are_resolved(study: StudyFolder, sheet: Path) -> None:
    sheet.write_bytes("﻿case;truth\nMRN-1;1\nC002;0\n".encode())
    imported = import_truth(study, sheet, resolve={"MRN-1": "C001"}.get)
    assert [truth.case for truth in read_reference(study)] == ["C001", "C002"]
    assert "sheet.csv: columns separated by ;" in imported.notes


def test_a_study_without_truth_says_how_to_bring_it_in(study: StudyFolder) -> None:
    with pytest.raises(ProtocolError, match="crossread truth study REFERENCE_CSV"):
        read_reference(study)
    assert read_lesions(study) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("case,rating\nC001,1\n", "Add truth"),
        ("case,truth\nC009,1\n", "row 2, case: expected a case of the study, got 'C009'"),
        (
            "case,truth\nC001,perhaps\n",
            r"row 2, truth: expected 1 or 0 \(malignant or benign\), got 'perhaps'",
        ),
        ("case,truth\nC001,1\nC001,1\n", "row 3, case: expected each case once, got 'C001'"),
        ("case,truth,breast_left\nC001,1,lump\n", "breast_left: expected one of malignant"),
        ("case,truth,breast_left\nC001,0,malignant\n", "truth: expected what breast_right"),
        ("case,truth,breast_right,breast_left\nC001,1,normal,benign\n", "truth: expected what"),
        ("case,truth,density\nC001,1,e\n", "density: expected one of a, b, c, d, got 'e'"),
        ("case,truth,followup_months\nC001,1,two\n", "followup_months: expected a number"),
        ("case,truth,reference_method\nC001,1,guess\n", "reference_method: expected one of path"),
    ],
)
def test_a_wrong_sheet_is_refused_and_nothing_written(
    study: StudyFolder, sheet: Path, text: str, line: str
) -> None:
    sheet.write_text(text)
    with pytest.raises(BadInputError, match=line):
        import_truth(study, sheet, resolve=nobody)
    assert not list(study.reference_standard.iterdir())


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("C001,L1,R-CC,lump,,,,,1", r"types: expected mass, .* joined by \+, got 'lump'"),
        ("C001,L1,RXCC,mass,,,,,1", "view: expected one of R-CC"),
        ("C001,,R-CC,mass,,,,,1", "lesion: expected a name"),
        ("C001,L1,R-CC,mass,1,2,,4,1", "width_px: expected a number, got ''"),
        ("C001,L1,R-CC,mass,1,2,-3,4,1", "width_px: expected 0 or more, got '-3'"),
        ("C001,L1,,mass,1,2,3,4,1", "view: expected a view of case C001 for the box"),
        ("C001,L1,R-CC,mass,290,2,30,4,1", "expected a box inside 300 x 400 pixels of C001_R-CC"),
        ("C001,L1,R-CC,mass,,,,,", "malignant: expected 1 or 0, got ''"),
    ],
)
def test_a_wrong_lesion_is_refused_and_nothing_written(
    study: StudyFolder, sheet: Path, lesion_sheet: Path, row: str, line: str
) -> None:
    sheet.write_text("case,truth\nC001,1\n")
    lesion_sheet.write_text(
        f"case,lesion,view,types,x_px,y_px,width_px,height_px,malignant\n{row}\n"
    )
    with pytest.raises(BadInputError, match=f"row 2.*{line}"):
        import_truth(study, sheet, lesion_sheet, resolve=nobody)
    assert not list(study.reference_standard.iterdir())


def test_a_lesion_named_twice_on_a_view_is_refused(
    study: StudyFolder, sheet: Path, lesion_sheet: Path
) -> None:
    sheet.write_text("case,truth\nC001,1\n")
    row = "C001,L1,R-CC,mass,1\n"
    lesion_sheet.write_text(f"case,lesion,view,types,malignant\n{row}{row}")
    with pytest.raises(BadInputError, match="row 3, lesion: expected each lesion once a view"):
        import_truth(study, sheet, lesion_sheet, resolve=nobody)


# An apostrophe before = + - @ is the escape itself, so texts here have none.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="'")
).map(str.strip)
numbers = st.none() | st.floats(0, 1e6)


@st.composite
def truths(draw: st.DrawFn, case: str) -> CaseTruth:
    right, left = draw(st.sampled_from(BreastTruth)), draw(st.sampled_from(BreastTruth))
    malignant = BreastTruth.MALIGNANT in (right, left)
    unsure = not malignant and BreastTruth.UNKNOWN in (right, left)
    return CaseTruth(
        case,
        truth=draw(st.booleans()) if unsure else malignant,
        breast_right=right,
        breast_left=left,
        density=draw(st.sampled_from(["", "a", "d"])),
        symptoms=draw(texts),
        age_group=draw(texts),
        reference_method=draw(st.sampled_from(["", "follow-up"])),
        followup_months=draw(numbers),
        strata=(("scanner", draw(texts)),),
    )


@st.composite
def lesions(draw: st.DrawFn, case: str) -> Lesion:
    size_px = draw(st.floats(0, 100))
    return Lesion(
        case,
        draw(texts.filter(bool)),
        View.R_CC,
        tuple(draw(st.lists(st.sampled_from(AbnormalityType), unique=True))),
        draw(st.none() | st.just(Box(draw(st.floats(0, 200)), 300.0, size_px, size_px))),
        malignant=draw(st.booleans()),
        pathology=draw(texts),
        er=draw(st.sampled_from(["", "unknown"])),
        size_mm=draw(numbers),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.data())
def test_the_sheets_give_back_what_was_written(study: StudyFolder, data: st.DataObject) -> None:
    written = tuple(data.draw(truths(case)) for case in ("C001", "C003"))
    found = tuple(data.draw(lesions(case)) for case in ("C001", "C003"))
    write_reference(study.reference_standard / REFERENCE.file, written)
    write_lesions(study.reference_standard / LESIONS.file, found)
    assert read_reference(study) == written
    assert read_lesions(study) == found
