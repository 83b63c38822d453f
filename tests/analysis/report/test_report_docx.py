"""The Word document: the same tables, warnings and figures as the page."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from docx import Document
from docx.document import Document as DocumentObject

from analysis.report.drawing import DrawnFigure
from analysis.report.figures import figures
from analysis.report.interim import as_interim
from analysis.report.methods_text import methods
from analysis.report.report_docx import (
    LETTER_MM,
    MARGIN_MM,
    NUMBER,
    PADDING_MM,
    PAGE_MM,
    report_docx,
)
from analysis.report.report_tables import report_tables
from analysis.result import AnalysisResult, PaperPart, PaperRow, PaperTable
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv


@pytest.fixture
def result(demo_csv: Path) -> AnalysisResult:
    return analyse(from_csv(demo_csv), AnalysisSettings(quantity="auc"))


def _opened(content: bytes) -> DocumentObject:
    return Document(BytesIO(content))


def _text(document: DocumentObject) -> str:
    return "\n".join(one.text for one in document.paragraphs)


def test_every_table_figure_warning_and_setting_is_there(result: AnalysisResult) -> None:
    drawn = figures(result)
    document = _opened(report_docx(result, drawn))
    text = _text(document)
    tables = report_tables(result)
    assert len(document.tables) == len(tables) + 1
    assert len(document.inline_shapes) == len(drawn) > 0
    for words in (result.title, result.estimand, *result.warnings, *methods(result)):
        assert words in text
    for expected, found in zip(tables, document.tables, strict=False):
        assert expected.title in text
        cells = [tuple(cell.text for cell in row.cells) for row in found.rows]
        assert cells[0] == ("Reader and condition", *expected.header)
        assert [row[1:] for row in cells[1:]] == [row.cells for row in expected.rows]
    settings = {row.cells[0].text: row.cells[1].text for row in document.tables[-1].rows}
    assert settings["quantity"] == "auc"
    assert settings["prevalence"] == "none"


def test_columns_share_the_page_and_a_header_stands_on_every_page(result: AnalysisResult) -> None:
    document = _opened(report_docx(result, ()))
    page = PAGE_MM[0] - 2 * MARGIN_MM
    for table in document.tables:
        widths = [cell.width.mm for cell in table.rows[0].cells]
        assert sum(widths) == pytest.approx(page, abs=1)
        assert widths[0] == max(widths) or len(widths) == 2
        assert "w:tblHeader" in table.rows[0]._tr.xml


def test_no_number_or_word_is_cut_at_the_end_of_a_column(result: AnalysisResult) -> None:
    table = PaperTable(
        "t", "Table", "A caption.",
        ("Group", "", "Unaided", "Difference of medians of all reads of a group", "P value"),
        tuple(
            PaperRow("Junior radiologists of both hospitals", label, ("731.7 (408.3-1442.9)",
                     "a long remark that goes over several lines in any column", "< .001"), ())
            for label in ("S_noAI", "Calcification")
        ),
    )  # fmt: skip
    paper = PaperPart("zhou2023", "As in Zhou et al. 2023", (), (table,), (), ())
    document = _opened(report_docx(replace(result, paper=paper), ()))
    (found,) = (one for one in document.tables if one.rows[0].cells[0].text == "Group")
    widths = [cell.width.mm for cell in found.rows[0].cells]
    for row in found.rows:
        for width, cell in zip(widths, row.cells, strict=True):
            pieces = [cell.text] if len(cell.text) <= NUMBER else cell.text.split()
            assert width >= PADDING_MM + LETTER_MM * max(map(len, pieces), default=0) * 0.99


def test_a_figure_and_its_caption_fit_on_a_page(result: AnalysisResult) -> None:
    png = imagecodecs.png_encode(np.zeros((900, 200), np.uint8))
    tall = DrawnFigure("tall", "Tall", "", "<svg/>", bytes(png))
    paper = replace(result, paper=PaperPart("p", "As in P", (), (), (), ()))
    (picture,) = _opened(report_docx(paper, (), (tall,))).inline_shapes
    assert picture.height.mm <= PAGE_MM[1] - 2 * MARGIN_MM - 20
    assert picture.height / picture.width == pytest.approx(4.5, rel=0.01)


def test_primary_rows_are_bold_and_say_so(result: AnalysisResult) -> None:
    document = _opened(report_docx(result, ()))
    labels = [row.cells[0] for table in document.tables for row in table.rows[1:]]
    primary = [cell for cell in labels if cell.text.endswith("(primary)")]
    assert primary
    for cell in labels:
        assert bool(cell.paragraphs[0].runs[0].bold) is (cell in primary)
    assert "marked primary belong to it" in _text(document)


def test_simulated_and_interim_results_cannot_be_overlooked(result: AnalysisResult) -> None:
    marked = as_interim(replace(result, simulated=True), masked=False)
    first, second = _opened(report_docx(marked, ())).paragraphs[:2]
    assert first.text.startswith("INTERIM")
    assert "imulated" in second.text


def test_a_paper_s_sections_are_named_once(result: AnalysisResult) -> None:
    rows = tuple(PaperRow("Mass", label, ("1",), ()) for label in ("AI", "J"))
    table = PaperTable("p_table1", "Table 1", "A caption", ("", "", "n"), rows)
    empty = replace(table, rows=())
    part = PaperPart("p", "As in P", (), (table, empty), (), ("Mind this",))
    document = _opened(report_docx(replace(result, paper=part), ()))
    shown = [tuple(cell.text for cell in row.cells) for row in document.tables[-2].rows]
    assert shown == [("", "", "n"), ("Mass", "AI", "1"), ("", "J", "1")]
    assert "Mind this" in _text(document)


def test_the_same_result_gives_the_same_document(result: AnalysisResult) -> None:
    one, other = (_opened(report_docx(result, ())) for _ in range(2))
    assert one.core_properties.created == other.core_properties.created
    assert one.element.xml == other.element.xml
    assert one.core_properties.author == "Crossread"


def test_without_warnings_there_is_no_heading_for_them(result: AnalysisResult) -> None:
    assert "Read this first" in _text(_opened(report_docx(result, ())))
    assert "Read this first" not in _text(_opened(report_docx(replace(result, warnings=()), ())))
