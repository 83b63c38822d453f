"""Truth is merged case by case: what a sheet leaves out is lost only where somebody says so."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.reference_sheet import read_lesions, read_reference
from study_design.exchange.truth_import import TruthImport, foresee_truth, import_truth
from study_design.life.freezing import freeze_study
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.events import EventType
from study_design.record.payloads.staff import TruthRecorded
from study_design.record.reads.deviations import deviations_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import BreastTruth

FULL = (
    "case,truth,breast_right,breast_left,density,scanner\n"
    "C001,1,malignant,normal,b,A\nC002,0,normal,normal,c,A\nC003,0,benign,normal,d,B\n"
)
LESIONS = (
    "case,lesion,view,types,x_px,y_px,width_px,height_px,malignant,er,size_mm\n"
    "C001,L1,R-CC,mass,10,20,30,40,1,positive,12\nC001,L1,R-MLO,mass,11,21,31,41,1,positive,12\n"
    "C003,L1,R-CC,calcification,,,,,0,,\n"
)


def bring(
    study: StudyFolder, truth: str, lesions: str | None = None, *, replace: bool = False
) -> TruthImport:
    sheet, lesion_sheet = study.path.parent / "sheet.csv", study.path.parent / "lesion_sheet.csv"
    sheet.write_text(truth, encoding="utf-8")
    lesion_sheet.write_text(lesions or "", encoding="utf-8")
    found = lesion_sheet if lesions is not None else None
    return import_truth(study, sheet, found, resolve=lambda _: None, replace=replace)


def sheets(study: StudyFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in study.reference_standard.glob("*.csv")}


@pytest.fixture
def known(study: StudyFolder) -> StudyFolder:
    """The small study with the truth of three cases and two lesions on three views."""
    bring(study, FULL, LESIONS)
    return study


def test_each_cell_that_gets_another_value_is_named(known: StudyFolder, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "case,truth,density,scanner\nC001,1,,A\nC002,0,a,A\nC003,0,,C\n"
    )
    (tmp_path / "l.csv").write_text(
        "case,lesion,view,types,x_px,y_px,width_px,height_px,malignant\n"
        "C001,L1,R-CC,mass,10,20,30,44,1\n"
    )
    foreseen = foresee_truth(known, tmp_path / "t.csv", tmp_path / "l.csv", resolve=lambda _: None)
    assert foreseen.becomes == (
        "density of C002 was c, is now a",
        "scanner of C003 was B, is now C",
        "height_px of lesion L1 of C001 on R-CC was 40.0, is now 44.0",
    )
    assert "t.csv: columns kept as strata: 'scanner'" in foreseen.notes


def counts(imported: TruthImport) -> list[tuple[int, int, int, int]]:
    return [
        (change.added, change.changed, change.unchanged, change.kept)
        for change in (imported.cases_change, imported.lesions_change)
    ]


def test_what_comes_in_first_is_added(study: StudyFolder) -> None:
    assert counts(bring(study, FULL, LESIONS)) == [(3, 0, 0, 0), (3, 0, 0, 0)]


def test_the_same_sheets_again_change_nothing(known: StudyFolder) -> None:
    before = {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in known.path.rglob("*.csv")}
    again = bring(known, FULL, LESIONS)
    assert counts(again) == [(0, 0, 3, 0), (0, 0, 3, 0)]
    after = {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in known.path.rglob("*.csv")}
    assert after == before


def test_a_smaller_sheet_takes_no_case_away(known: StudyFolder) -> None:
    brought = bring(known, "case,truth,breast_right\nC003,1,malignant\nC004,0,normal\n")
    assert counts(brought) == [(1, 1, 0, 2), (0, 0, 0, 3)]
    assert brought.goes == ()
    assert {t.case: t.truth for t in read_reference(known)} == {
        "C001": True,
        "C002": False,
        "C003": True,
        "C004": False,
    }
    assert len(read_lesions(known)) == 3


def test_columns_and_cells_that_a_sheet_leaves_out_stay(known: StudyFolder) -> None:
    before = read_reference(known)
    brought = bring(known, "case,truth,density,symptoms\nC001,1,,lump\nC002,,a,\n")
    assert counts(brought)[0] == (0, 2, 0, 1)
    first, second, third = read_reference(known)
    assert (first.density, first.symptoms, first.strata) == ("b", "lump", (("scanner", "A"),))
    assert first.breast_right is BreastTruth.MALIGNANT
    assert (second.density, second.truth) == ("a", False)
    assert third == before[2]


def test_a_new_stratum_is_empty_for_cases_that_have_none(known: StudyFolder) -> None:
    bring(known, "case,truth,race\nC002,0,x\n")
    assert [dict(truth.strata) for truth in read_reference(known)] == [
        {"scanner": "A", "race": ""},
        {"scanner": "A", "race": "x"},
        {"scanner": "B", "race": ""},
    ]


def test_unknown_is_said_and_nothing_is_not(known: StudyFolder) -> None:
    bring(known, "case,truth,breast_right,breast_left\nC003,0,unknown,\n")
    third = read_reference(known)[2]
    assert (third.breast_right, third.breast_left) == (BreastTruth.UNKNOWN, BreastTruth.NORMAL)


@pytest.mark.parametrize("replace", [False, True])
def test_a_sheet_that_contradicts_what_stays_is_refused(known: StudyFolder, replace: bool) -> None:
    before = sheets(known)
    sheet = "case,truth\nC001,0\n" if not replace else "case,truth,breast_right\nC001,0,malignant\n"
    with pytest.raises(BadInputError, match=r"row 2, truth: .*breast_right \(malignant\)"):
        bring(known, sheet, replace=replace)
    assert sheets(known) == before


def test_a_header_alone_erases_nothing(known: StudyFolder) -> None:
    before = sheets(known)
    with pytest.raises(BadInputError, match="at least one case, got a header alone"):
        bring(known, "case,truth\n")
    assert sheets(known) == before


def test_a_lesion_sheet_with_a_header_alone_erases_no_lesion(known: StudyFolder) -> None:
    brought = bring(known, FULL, LESIONS.splitlines()[0] + "\n")
    assert counts(brought)[1] == (0, 0, 0, 3)
    assert len(read_lesions(known)) == 3


def test_lesions_are_merged_view_by_view(known: StudyFolder) -> None:
    brought = bring(
        known,
        FULL,
        "case,lesion,view,types,malignant,pathology\nC001,L1,R-CC,mass,1,IDC\n"
        "C001,L2,R-CC,mass,0,cyst\n",
    )
    assert counts(brought)[1] == (1, 1, 0, 2)
    first = read_lesions(known)[0]
    assert (first.pathology, first.er, first.size_mm) == ("IDC", "positive", 12.0)
    assert first.where is not None
    assert brought.lesions == 3


def test_only_a_replacement_takes_away_and_it_says_what(known: StudyFolder) -> None:
    brought = bring(
        known, "case,truth,breast_right\nC001,1,malignant\nC004,0,normal\n", replace=True
    )
    assert brought.goes == (
        "the truth of C002, C003",
        "density of C001",
        "scanner of C001",
        "lesion L1 of C003 on R-CC",
    )
    assert [truth.case for truth in read_reference(known)] == ["C001", "C004"]
    assert {lesion.case for lesion in read_lesions(known)} == {"C001"}


def test_a_replacement_with_lesions_puts_those_in_the_place_of_all(known: StudyFolder) -> None:
    brought = bring(
        known,
        FULL,
        "case,lesion,view,types,x_px,y_px,width_px,height_px,malignant\n"
        "C001,L1,R-CC,mass,10,20,30,40,1\n",
        replace=True,
    )
    assert brought.goes == (
        "lesion L1 of C001 on R-MLO",
        "lesion L1 of C003 on R-CC",
        "er of lesion L1 of C001 on R-CC",
        "size_mm of lesion L1 of C001 on R-CC",
    )


def test_what_is_foreseen_is_not_written(known: StudyFolder, tmp_path: Path) -> None:
    before = sheets(known)
    sheet = tmp_path / "none.csv"
    sheet.write_text("case,truth\n")
    foreseen = foresee_truth(known, sheet, resolve=lambda _: None, replace=True)
    assert foreseen.goes[0] == "the truth of C001, C002, C003"
    assert sheets(known) == before


def test_an_empty_replacement_takes_everything(known: StudyFolder) -> None:
    assert bring(known, "case,truth\n", replace=True).cases == 0
    assert (read_reference(known), read_lesions(known)) == ((), ())


def test_signed_sheets_that_change_nothing_leave_no_event(
    locked_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    sheet = tmp_path / "again.csv"
    sheet.write_bytes((locked_study.reference_standard / "reference.csv").read_bytes())
    signature = Signature(Actor("Ann"), "once more", now)
    import_truth(locked_study, sheet, resolve=lambda _: None, signature=signature)
    with open_store(locked_study) as store:
        assert store.events(types=(EventType.TRUTH_RECORDED,)) == ()


@pytest.mark.parametrize("replace", [False, True])
def test_a_frozen_study_is_told_before_its_sheet_is_looked_at(
    read_study: StudyFolder, now: datetime, replace: bool
) -> None:
    freeze_study(read_study, by=Actor("Coordinator"), now=now)
    with pytest.raises(ProtocolError, match="frozen, so its reference standard stays"):
        bring(read_study, "nonsense", replace=replace)


truth_cells = st.sampled_from(["", "a", "b"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(["C001", "C002", "C003", "C004"]), truth_cells, truth_cells),
            unique_by=lambda row: row[0],
            min_size=1,
        ),
        max_size=4,
    )
)
def test_whatever_comes_in_no_cell_that_held_something_is_ever_empty(
    known: StudyFolder, imports: list[list[tuple[str, str, str]]]
) -> None:
    for rows in imports:
        before = {t.case: (t.density, t.symptoms) for t in read_reference(known)}
        lines = [
            f"{case},{density},{symptoms},{0 if case not in before else ''}"
            for case, density, symptoms in rows
        ]
        bring(known, "\n".join(["case,density,symptoms,truth", *lines]))
        after = {t.case: (t.density, t.symptoms) for t in read_reference(known)}
        given_now = {case: cells for case, *cells in rows}
        for case in before.keys() | given_now.keys():
            told = given_now.get(case, ["", ""])
            was = before.get(case, ("", ""))
            assert after[case] == tuple(new or old for new, old in zip(told, was, strict=True))


def test_how_much_was_changed_and_removed_after_the_lock_stands_in_the_deviations(
    locked_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    sheet = tmp_path / "late.csv"
    sheet.write_text("case,truth,breast_right\nC001,1,malignant\nC003,1,malignant\n")
    signature = Signature(Actor("Ann"), "biopsies", now)
    import_truth(locked_study, sheet, resolve=lambda _: None, signature=signature, replace=True)
    with open_store(locked_study) as store:
        events = store.events()
    study = read_study_file(locked_study.study_toml)
    assert isinstance(events[-1].event.payload, TruthRecorded)
    told = [one for one in deviations_of(events, (), (), study) if one.category == "truth"]
    assert [one.impact for one in told] == ["results; the truth of 2 cases, 2 changed, 2 removed"]
