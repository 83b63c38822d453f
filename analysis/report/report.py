"""The files of an analysis: results.json, CSV tables, figures and a report that shows them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import jinja2

from analysis.printed import setting_words
from analysis.report.drawing import SIMULATED_WORDS, DrawnFigure, setting
from analysis.report.figures import figures, paper_figures
from analysis.report.methods_text import how_to_read, methods
from analysis.report.printable import printable
from analysis.report.report_docx import report_docx
from analysis.report.report_rows import Part
from analysis.report.report_tables import report_tables
from analysis.report.results_json import results_json
from analysis.report.results_readme import results_readme
from analysis.result import (
    AnalysisResult,
    Counts,
    Curve,
    Estimate,
    FrocCurve,
    Of,
    PaperTable,
)
from analysis.tables import write_table
from study_design.whole_folder import whole_folder

TEMPLATE = "report.html.j2"
RESULTS = "results.json"
README = "tables/README.md"
# Which quantities stand together in a file; `estimates.csv` holds all of them.
QUANTITY_FILES = {
    "auc.csv": (
        "auc", "auc_logit", "auc_noninferiority", "auc_equivalence", "auc_equality", "auc_period",
        "auc_sequence", "auc_crossover",
    ),
    "partial_auc.csv": ("partial_auc",),
    "operating_points.csv": (
        "sensitivity", "specificity", "youden_j", "threshold", "threshold_midpoint", "auc_binary",
        "sensitivity_mcnemar", "specificity_mcnemar", "ppv", "npv",
    ),
    "switches.csv": ("switch_",),
    "agreement.csv": ("icc", "alpha", "kappa", "kappa_fleiss", "ac1"),
    "marks.csv": ("fom_", "froc_"),
    "reading_time.csv": ("reading_s",),
}  # fmt: skip
# Names that stand for every quantity that begins with them.
FAMILIES = ("switch_", "reading_s", "fom_", "froc_", "partial_auc")
OF_COLUMNS = tuple(field.name for field in fields(Of))
COUNT_COLUMNS = tuple(field.name for field in fields(Counts))
COLUMNS = (
    "quantity",
    *OF_COLUMNS,
    *(f"minus_{name}" for name in OF_COLUMNS),
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "level",
    "p",
    "p_adjusted",
    "decision",
    "p_exact",
    "df",
    "df_numerator",
    "method",
    "design_effect",
    "exploratory",
    "simulated",
    "interim",
    *COUNT_COLUMNS,
    "reason",
)
CURVE_COLUMNS = (
    *OF_COLUMNS, "simulated", "interim", "threshold", "false_positive_fraction", "sensitivity",
)  # fmt: skip
FROC_COLUMNS = (*OF_COLUMNS, "simulated", "interim", "false_marks_per_image", "lesions_found")
TABLE_FILES = (
    "estimates.csv", *QUANTITY_FILES, "strata.csv", "roc_points.csv", "froc_points.csv",
)  # fmt: skip
FIGURE_FILE = re.compile(r"(f?roc(_\d+_[^/]*)?|reading_time|[a-z]+20\d\d_figure\d)\.(svg|png)")
PAPER_TABLE_FILE = re.compile(r"[a-z]+20\d\d_(table\d|areas)(_\w+)?\.csv")

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class _InlineFigure:
    """A figure as the report shows it."""

    name: str
    title: str
    caption: str
    inline_svg: str


def report_html(
    result: AnalysisResult,
    drawn: tuple[DrawnFigure, ...],
    of_paper: tuple[DrawnFigure, ...] = (),
) -> str:
    """Return the report: one file that needs no other."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = [
        _InlineFigure(one.name, one.title, one.caption, _inline_svg(one, number))
        for number, one in enumerate((*drawn, *of_paper))
    ]
    return environment.get_template(TEMPLATE).render(
        result=result,
        figures=shown[: len(drawn)],
        paper_figures=shown[len(drawn) :],
        tables=report_tables(result),
        how_to_read=how_to_read(result),
        setting_words=setting_words,
        methods=methods(result),
        parts=Part,
        source=setting(result, "source"),
        simulated_words=SIMULATED_WORDS,
    )


def write_analysis(result: AnalysisResult, out: Path) -> tuple[Path, ...]:
    """Write results.json, tables, figures and both reports into a folder; return their paths.

    They are there whole or not at all, results.json last. The files of an earlier analysis are
    replaced, those of its figures and tables that this one does not have are removed; other files
    are left alone.
    """
    result = printable(result)
    with whole_folder(out, "the analysis", last=RESULTS, stale=_stale) as draft:
        names = _make(result, draft)
    return tuple(out / name for name in names)


def _make(result: AnalysisResult, folder: Path) -> tuple[str, ...]:
    """Write every file into a new folder and return the names, results.json last."""
    names = []
    chosen = {"estimates.csv": result.all_estimates} | {
        file: tuple(one for one in result.estimates if _belongs(one, quantities))
        for file, quantities in QUANTITY_FILES.items()
    }
    chosen["strata.csv"] = result.strata
    for file, estimates in chosen.items():
        if estimates:
            rows = [_row(one, result) for one in estimates]
            write_table(folder / "tables" / file, COLUMNS, rows)
            names.append(f"tables/{file}")
    if result.curves:
        points = [row for curve in result.curves for row in _curve_rows(curve, result)]
        write_table(folder / "tables" / "roc_points.csv", CURVE_COLUMNS, points)
        names.append("tables/roc_points.csv")
    if result.froc_curves:
        found = [row for one in result.froc_curves for row in _froc_rows(one, result)]
        write_table(folder / "tables" / "froc_points.csv", FROC_COLUMNS, found)
        names.append("tables/froc_points.csv")
    for table in () if result.paper is None else result.paper.tables:
        columns = dict.fromkeys(one.column for row in table.rows for one in row.numbers)
        names.append(f"tables/{table.name}.csv")
        write_table(
            folder / names[-1],
            ("section", "row", *columns, "simulated", "interim"),
            _paper_rows(table, result),
        )
    names.append(README)
    (folder / README).write_text(results_readme(result), encoding="utf-8")
    drawn, of_paper = figures(result), paper_figures(result)
    (folder / "figures").mkdir()
    for one in (*drawn, *of_paper):
        (folder / "figures" / f"{one.name}.svg").write_text(one.svg, encoding="utf-8")
        (folder / "figures" / f"{one.name}.png").write_bytes(one.png)
        names += [f"figures/{one.name}.svg", f"figures/{one.name}.png"]
    (folder / "report.html").write_text(report_html(result, drawn, of_paper), encoding="utf-8")
    (folder / "report.docx").write_bytes(report_docx(result, drawn, of_paper))
    (folder / RESULTS).write_text(results_json(result), encoding="utf-8")
    return (*names, "report.html", "report.docx", RESULTS)


def _stale(out: Path, names: frozenset[str]) -> list[Path]:
    """Return the figures and tables of an earlier analysis that this one does not have."""
    ours = [path for path in out.glob("figures/*") if FIGURE_FILE.fullmatch(path.name)]
    ours += [
        path
        for path in out.glob("tables/*")
        if path.name in TABLE_FILES or PAPER_TABLE_FILE.fullmatch(path.name)
    ]
    return [path for path in ours if path.relative_to(out).as_posix() not in names]


def _belongs(estimate: Estimate, quantities: tuple[str, ...]) -> bool:
    """Tell whether an estimate, or the quantity of a comparison, belongs to a file."""
    quantity = estimate.quantity.removesuffix("_difference")
    families = tuple(one for one in quantities if one in FAMILIES)
    return quantity in quantities or quantity.startswith(families)


def _row(estimate: Estimate, result: AnalysisResult) -> Mapping[str, Cell]:
    """Return an estimate as a row."""
    first, *rest = estimate.subjects
    minus = {f"minus_{name}": value for of in rest for name, value in of.items()}
    ci = estimate.ci
    return {
        "quantity": estimate.quantity,
        **dict(first.items()),
        **minus,
        "estimate": estimate.estimate,
        "se": estimate.se,
        "ci_low": None if ci is None else ci.low,
        "ci_high": None if ci is None else ci.high,
        "level": estimate.level,
        "p": estimate.p,
        "p_adjusted": estimate.p_adjusted,
        "decision": estimate.decision,
        "p_exact": estimate.p_exact,
        "df": estimate.df,
        "df_numerator": estimate.df_numerator,
        "method": estimate.method,
        "design_effect": estimate.design_effect,
        "exploratory": estimate.exploratory,
        "simulated": result.simulated,
        "interim": result.interim,
        **dict(estimate.n.items()),
        "reason": estimate.reason,
    }


def _paper_rows(table: PaperTable, result: AnalysisResult) -> list[Mapping[str, Cell]]:
    """Return the rows of a paper's table that hold numbers of their own."""
    return [
        {
            "section": row.section,
            "row": row.label,
            **{one.column: one.value for one in row.numbers},
            "simulated": result.simulated,
            "interim": result.interim,
        }
        for row in table.rows
        if row.numbers
    ]


def _curve_rows(curve: Curve, result: AnalysisResult) -> list[Mapping[str, Cell]]:
    """Return the points of a curve; the threshold of the last one is above every rating."""
    of = dict(curve.of.items())
    thresholds = [None] * len(curve.sensitivity) if curve.threshold is None else curve.threshold
    return [
        {
            **of,
            "simulated": result.simulated,
            "interim": result.interim,
            "threshold": None if threshold is None else float(threshold),
            "false_positive_fraction": float(fraction),
            "sensitivity": float(sensitivity),
        }
        for threshold, fraction, sensitivity in zip(
            thresholds, curve.false_positive_fraction, curve.sensitivity, strict=True
        )
    ]


def _froc_rows(curve: FrocCurve, result: AnalysisResult) -> list[Mapping[str, Cell]]:
    """Return the points of a FROC curve."""
    stamps = {"simulated": result.simulated, "interim": result.interim}
    return [
        {
            **dict(curve.of.items()),
            **stamps,
            "false_marks_per_image": float(false_marks),
            "lesions_found": float(lesions),
        }
        for false_marks, lesions in zip(curve.false_marks, curve.lesions, strict=True)
    ]


def _inline_svg(figure: DrawnFigure, number: int) -> str:
    """Return the drawing without its XML header, its identifiers its own within the report."""
    svg = figure.svg[figure.svg.index("<svg") :]
    svg = re.sub(r'\bid="', f'id="f{number}-', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#f{number}-", svg)
    return re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
