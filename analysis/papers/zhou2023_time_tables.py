"""Zhou 2023's Table 3: reading times of the groups as in the paper, then of every reader."""

from collections.abc import Iterator

from analysis.papers.zhou2023_readers import PAPER, ReadersOfPaper
from analysis.papers.zhou2023_times import time_of
from analysis.printed import NOTHING, fixed_cell, interval_cell, interval_words, p_cell, value_of
from analysis.result import Estimate, Of, PaperNumber, PaperRow, PaperTable


def time_tables(
    estimates: tuple[Estimate, ...], paper: ReadersOfPaper
) -> tuple[PaperTable, PaperTable]:
    """Return Table 3 as the paper computes it, and reader by reader."""
    arms = tuple(arm.capitalize() or "All reads" for arm in paper.arms)
    group_header = (
        "Group", "", *arms, "P value", "Difference of medians", "Median of paired differences",
        "Mean difference", "Shapiro-Wilk P",
    )  # fmt: skip
    reader_header = (
        "Reader", "Arms", "Difference of medians", "Median of paired differences", "P value",
        f"Mean difference ({interval_words(estimates)})", "Shapiro-Wilk P", "Pairs",
    )  # fmt: skip
    rows = tuple(row for group in paper.groups for row in _time_rows(estimates, group, paper))
    own = [one for one in estimates if one.quantity == "reading_s_difference"]
    return (
        PaperTable(
            f"{PAPER}_table3",
            "Table 3. Review times (seconds), Wilcoxon signed-rank test",
            f"All reads of a group. Differences are {paper.versus} on the same reader's same "
            "case; P: Wilcoxon signed-rank (zeros dropped, tie-corrected, no continuity "
            "correction); Shapiro-Wilk: of the paired differences. As in the paper the readers of "
            "a group are pooled as if independent; the next table tests each reader.",
            group_header,
            rows,
        ),
        PaperTable(
            f"{PAPER}_table3_readers",
            "Table 3, reader by reader",
            "The same differences of one reader's times, in seconds; mean difference: Student's t.",
            reader_header,
            tuple(_reader_time_row(one, estimates) for one in own if one.subjects[0].reader),
        ),
    )


def _time_rows(
    estimates: tuple[Estimate, ...], group: str, paper: ReadersOfPaper
) -> Iterator[PaperRow]:
    """Return the rows of a group: median with range as the paper prints, and quartiles."""
    ats = [paper.of(group, arm) for arm in paper.arms]
    of = [None if at is None else time_of(at) for at in ats]
    label = f"{group.capitalize()} radiologists" if group else "Radiologists"
    pair = (of[1], of[0]) if len(of) == 2 and of[0] and of[1] else None

    def between(name: str) -> Estimate | None:
        return None if pair is None else _found(estimates, name, pair)

    difference = between("reading_s_difference")
    paired = between("reading_s_paired_difference")
    mean, normal = between("reading_s_mean_difference"), between("reading_s_shapiro_w_difference")
    numbers: list[PaperNumber] = []
    for at, one in zip(ats, of, strict=True):
        name = "" if at is None else at.arm
        for what in ("", "_min", "_max", "_q1", "_q3", "_shapiro_w"):
            value = None if one is None else _found(estimates, f"reading_s{what}", one)
            column = f"{name}_reading_s{what}"
            numbers.append(PaperNumber(column, None if value is None else value.estimate))
            if what == "_shapiro_w":
                column = f"{name}_shapiro_p"
                numbers.append(PaperNumber(column, None if value is None else value.p))
    numbers += [
        PaperNumber("difference_of_medians_s", value_of(difference)),
        PaperNumber("median_of_paired_differences_s", value_of(paired)),
        PaperNumber("mean_difference_s", value_of(mean)),
        PaperNumber("wilcoxon_p", None if difference is None else difference.p),
        PaperNumber("shapiro_p_of_differences", None if normal is None else normal.p),
        PaperNumber("n_pairs", None if difference is None else difference.n.n_pairs),
    ]
    yield PaperRow(
        label,
        "Median (min\N{EN DASH}max)",
        (
            *(_spread(estimates, one, "min", "max") for one in of),
            "" if difference is None else p_cell(difference.p),
            fixed_cell(difference, 1),
            fixed_cell(paired, 1),
            fixed_cell(mean, 1),
            "" if normal is None else p_cell(normal.p),
        ),
        tuple(numbers),
    )
    yield PaperRow(
        label,
        "Median (quartiles)",
        (
            *(_spread(estimates, one, "q1", "q3") for one in of),
            *[""] * 5,
        ),
        (),
    )


def _spread(estimates: tuple[Estimate, ...], of: Of | None, low: str, high: str) -> str:
    """Return a median with two limits, as the paper prints them."""
    if of is None:
        return NOTHING
    names = ("reading_s", f"reading_s_{low}", f"reading_s_{high}")
    median, first, last = (fixed_cell(_found(estimates, name, of), 1) for name in names)
    return f"{median} ({first}\N{EN DASH}{last})"


def _reader_time_row(difference: Estimate, estimates: tuple[Estimate, ...]) -> PaperRow:
    """Return one reader's differences."""
    of = difference.of
    paired = _found(estimates, "reading_s_paired_difference", of)
    mean = _found(estimates, "reading_s_mean_difference", of)
    normal = _found(estimates, "reading_s_shapiro_w_difference", of)
    first, second = difference.subjects
    interval = "" if mean is None or mean.ci is None else f" ({interval_cell(mean, 1)})"
    return PaperRow(
        first.reader or "",
        f"{first.arm} minus {second.arm}",
        (
            fixed_cell(difference, 1),
            fixed_cell(paired, 1),
            p_cell(difference.p),
            f"{fixed_cell(mean, 1)}{interval}",
            "" if normal is None else p_cell(normal.p),
            str(difference.n.n_pairs),
        ),
        (
            PaperNumber("difference_of_medians_s", value_of(difference)),
            PaperNumber("median_of_paired_differences_s", value_of(paired)),
            PaperNumber("wilcoxon_p", difference.p),
            PaperNumber("mean_difference_s", value_of(mean)),
            PaperNumber("shapiro_p_of_differences", None if normal is None else normal.p),
            PaperNumber("n_pairs", difference.n.n_pairs),
        ),
    )


def _found(
    estimates: tuple[Estimate, ...], quantity: str, of: Of | tuple[Of, Of]
) -> Estimate | None:
    """Return an estimate by what it is of."""
    return next((one for one in estimates if one.quantity == quantity and one.of == of), None)
