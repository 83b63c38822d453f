"""RJafroc's AI against readers: one arm and two give one test, whatever the figure of merit."""

import numpy as np
import pytest
from scipy import stats

from analysis.froc.lroc import LrocRatings, correct_localisation_at, lroc_curve
from analysis.mrmc.reader_foms import foms_from_jackknife
from analysis.reference_methods import froc, lroc, mrmc_rjafroc
from analysis.reference_methods.against_readers import against_readers
from analysis.reference_methods.r_calls import r_call
from analysis.reference_methods.reference_case import Part, ReferenceCase, ReferenceTable, vector

READERS, NORMAL, DISEASED = 4, 12, 10
CASES = NORMAL + DISEASED
ONE_ARM = (
    Part(".fomCAD[trt1, rdr1]", 0.0),
    *(Part(f".fomRAD[trt1, rdr{one}]", 0.0) for one in (2, 3, 4)),
    *(Part(f".{name}", 0.0) for name in ("avgRadFom", "avgDiffFom", "varR", "varError", "cov2")),
    *vector([0, 0], "CIAvgRad"),
    *vector([0, 0], "CIAvgDiffFom"),
    *(Part(f".{name}", 0.0) for name in ("Tstat", "df", "pval")),
    Part("of another form", 0.0),
)
TWO_ARMS = tuple(
    Part(f".{name}", 0.0)
    for name in ("FStat", "ndf", "df", "pval", "cov1", "cov2", "cov3", "varTR", "varError")
) + tuple(Part(f".ciDiffFom[trt2-trt1, {one}]", 0.0) for one in range(9))


def _ratings() -> tuple[np.ndarray, np.ndarray]:
    """Return ratings (readers, cases), normal cases first, and whether places are right."""
    generator = np.random.default_rng(6)
    truth = np.arange(CASES) >= NORMAL
    ratings = generator.integers(0, 40, size=(READERS, CASES)) + 25 * truth
    return ratings + 1.0, (generator.random((READERS, CASES)) < 0.8) & truth


def _case(call: str, expected: tuple[Part, ...], *, gaps: bool = False) -> ReferenceCase:
    ratings, right = _ratings()
    rows = [
        (str(reader + 1), str(case + 1), str(int(case >= NORMAL)), f"{ratings[reader, case]:g}",
         "NA" if case < NORMAL else str(int(right[reader, case])))
        for reader in range(READERS)
        for case in range(CASES)
    ]  # fmt: skip
    cells = tuple(zip(*(rows[:-1] if gaps else rows), strict=True))
    table = ReferenceTable(("reader", "case", "truth", "rating", "localized"), cells)
    return ReferenceCase("c", "lroc", {"d": table}, {"x": call}, {"x": expected})


def _answer(method: str, expected: tuple[Part, ...], figure: str = "PCL") -> dict[str, float]:
    call = f"RJafroc::StCadVsRad(ds,FOM='{figure}',FPFValue=0.3,method='{method}')"
    found = lroc.answer(_case(call, expected), "x")
    assert found is not None
    return {part.label: part.value for part in found}


@pytest.mark.parametrize("figure", ["PCL", "ALROC", "Wilcoxon"])
def test_one_arm_and_two_give_the_same_test(figure: str) -> None:
    one, two = _answer("1T-RRRC", ONE_ARM, figure), _answer("2T-RRRC", TWO_ARMS, figure)
    assert two[".FStat"] == pytest.approx(one[".Tstat"] ** 2)
    assert two[".df"] == pytest.approx(one[".df"])
    assert two[".pval"] == pytest.approx(one[".pval"])
    assert two[".ciDiffFom[trt2-trt1, 0]"] == pytest.approx(one[".avgDiffFom"])
    assert two[".ciDiffFom[trt2-trt1, 4]"] == pytest.approx(one[".pval"])
    limits = [one[f".CIAvgDiffFom[{place} of 2]"] for place in (1, 2)]
    assert [two[f".ciDiffFom[trt2-trt1, {place}]"] for place in (5, 6)] == pytest.approx(limits)
    # What the answer has no number for has no part.
    assert ".ciDiffFom[trt2-trt1, 7]" not in two
    assert "of another form" not in one


def test_figures_and_jackknife_are_those_of_each_readers_places() -> None:
    ratings, right = _ratings()
    found = _answer("1T-RRRC", ONE_ARM)

    def figure(reader: int, kept: np.ndarray) -> float:
        normal, diseased = kept[kept < NORMAL], kept[kept >= NORMAL]
        own = LrocRatings(
            ratings[reader, normal], ratings[reader, diseased], right[reader, diseased]
        )
        return correct_localisation_at(lroc_curve(own), 0.3)

    every = np.arange(CASES)
    values = [figure(reader, every) for reader in range(READERS)]
    assert found[".fomCAD[trt1, rdr1]"] == pytest.approx(values[0])
    assert found[".fomRAD[trt1, rdr4]"] == pytest.approx(values[3])
    assert found[".avgDiffFom"] == pytest.approx(np.mean(values[1:]) - values[0])
    without = np.array(
        [[figure(reader, np.delete(every, left)) for left in every] for reader in range(READERS)]
    )
    covariance = np.cov(without[1:] - without[0]) * (CASES - 1) ** 2 / CASES
    assert found[".varError"] == pytest.approx(np.diag(covariance).mean())
    assert found[".cov2"] == pytest.approx(covariance[~np.eye(3, dtype=bool)].mean())


def test_fixed_cases_are_a_t_test_and_rrrc_is_the_default() -> None:
    found = _answer("1T-RRFC", ONE_ARM)
    readers = [found[f".fomRAD[trt1, rdr{one}]"] for one in (2, 3, 4)]
    expected = stats.ttest_1samp(np.array(readers) - found[".fomCAD[trt1, rdr1]"], 0)
    assert found[".pval"] == pytest.approx(expected.pvalue)
    assert found[".Tstat"] == pytest.approx(expected.statistic)
    case = _case("StCadVsRad(ds,FOM='PCL',FPFValue=0.3)", ONE_ARM)
    usual = lroc.answer(case, "x")
    assert usual is not None
    assert {one.label: one.value for one in usual} == _answer("1T-RRRC", ONE_ARM)
    without_fraction = lroc.answer(_case("StCadVsRad(ds,FOM='PCL')", ONE_ARM), "x")
    fifth = lroc.answer(_case("StCadVsRad(ds,FOM='PCL',FPFValue=0.2)", ONE_ARM), "x")
    assert without_fraction == fifth


def test_other_methods_and_tables_with_gaps_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 1T-RRRC"):
        _answer("3T", ONE_ARM)
    with pytest.raises(ValueError, match="got gaps"):
        lroc.answer(_case("StCadVsRad(ds,FOM='PCL')", ONE_ARM, gaps=True), "x")
    assert lroc.answer(_case("Other(ds)", ONE_ARM), "x") is None


def test_readers_who_are_all_as_good_have_no_test_and_no_error() -> None:
    call = r_call("StCadVsRad(ds,FOM='PCL')", "StCadVsRad")
    two = r_call("StCadVsRad(ds,FOM='PCL',method='2T-RRRC')", "StCadVsRad")
    assert call is not None
    assert two is not None
    alike = np.full((1, 3), 0.7), np.full((1, 3, 8), 0.7)
    foms = foms_from_jackknife(("",), ("1", "2", "3"), *alike, name="fom")
    found = {one.label: one.value for one in against_readers(call, ONE_ARM, foms, "1")}
    assert np.isnan(found[".pval"])
    assert np.isnan(found[".Tstat"])
    both = {one.label: one.value for one in against_readers(two, TWO_ARMS, foms, "1")}
    assert np.isnan(both[".FStat"])


def _table(columns: str, rows: list[str]) -> ReferenceTable:
    cells = tuple(zip(*(row.split(",") for row in rows), strict=True))
    return ReferenceTable(tuple(columns.split(",")), cells)


def test_ratings_and_marks_are_compared_in_the_same_way() -> None:
    ratings, _ = _ratings()
    rows = [
        f"{reader + 1},1,{case + 1},{int(case >= NORMAL)},{ratings[reader, case]:g}"
        for reader in range(READERS)
        for case in range(CASES)
    ]
    table = _table("reader,treatment,case,truth,rating", rows)
    call = {"x": "StCadVsRad(ds,FOM='Wilcoxon')"}
    rated = mrmc_rjafroc.answer(
        ReferenceCase("c", "mrmc_or", {"d": table}, call, {"x": ONE_ARM}), "x"
    )
    assert rated is not None
    assert {one.label: one.value for one in rated} == pytest.approx(
        _answer("1T-RRRC", ONE_ARM, "Wilcoxon")
    )
    # The same as marks, one a case: the area of highest marks is that of the ratings.
    marks: dict[str, list[str]] = {"nl": [], "ll": []}
    for row in rows:
        reader, _, case, truth, rating = row.split(",")
        lesion = "1," if truth == "1" else ""
        marks["ll" if truth == "1" else "nl"].append(f"1,{reader},{case},{lesion}{rating}")
    tables = {
        "truth": _table(
            "CaseID,LesionID,Weight",
            [f"{case + 1},{int(case >= NORMAL)},{int(case >= NORMAL)}" for case in range(CASES)],
        ),
        "nl": _table("ModalityID,ReaderID,CaseID,Rating", marks["nl"]),
        "ll": _table("ModalityID,ReaderID,CaseID,LesionID,Rating", marks["ll"]),
    }
    marked = froc.answer(
        ReferenceCase("c", "froc", tables, {"x": "StCadVsRad(ds,FOM='HrAuc')"}, {"x": ONE_ARM}), "x"
    )
    assert marked is not None
    assert [one.value for one in marked] == pytest.approx([one.value for one in rated])
