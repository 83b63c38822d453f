"""The report as a Word document: what report.html shows, to be edited and pasted from.

A4 across, for the tables are wide. Figures are the PNG files of the analysis.
"""

import datetime
import re
from collections.abc import Collection, Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import _Row

from analysis.printed import setting_words
from analysis.report.drawing import SIMULATED_WORDS, DrawnFigure, setting
from analysis.report.methods_text import how_to_read, methods
from analysis.report.report_rows import Part, ReportTable
from analysis.report.report_tables import report_tables
from analysis.result import AnalysisResult, PaperPart, PaperTable

INTERIM_WORDS = "INTERIM: the study is still open; this is not its result"
PROBLEM = RGBColor(0xB3, 0x45, 0x00)
PAGE_MM, MARGIN_MM, FIGURE_MM, WIDE_MM = (297, 210), 15, 120, 220
# A figure leaves room on its page for the caption.
TALLEST_MM = 145
# Letters up to which a cell stays on one line, and beyond which it takes no more room.
NUMBER, WIDEST = 9, 34
# Of a letter in a table, bold digits and capitals included, and of both sides of a cell.
LETTER_MM, PADDING_MM = 1.75, 4.0
FONT, SIZE_PT, TABLE_PT, CAPTION_PT = "Arial", 10, 8, 8


def report_docx(
    result: AnalysisResult,
    drawn: tuple[DrawnFigure, ...],
    of_paper: tuple[DrawnFigure, ...] = (),
) -> bytes:
    """Return the report as the content of a .docx file.

    Parameters
    ----------
    result
        What was found.
    drawn, of_paper
        Its figures, and those of a paper.
    """
    document = _empty(result.title)
    _opening(document, result)
    _tables(document, result, Part.CONFIRMATORY)
    if drawn:
        document.add_heading("Figures", level=2)
        _figures(document, drawn, FIGURE_MM)
    _tables(document, result, Part.EXPLORATORY)
    if result.paper is not None:
        _paper(document, result.paper, of_paper)
    document.add_heading("Methods", level=2)
    for paragraph in methods(result):
        document.add_paragraph(paragraph)
    document.add_heading("Settings", level=2)
    settings = [(one.name, setting_words(one)) for one in result.settings]
    _filled(document, ("Setting", "Value"), settings)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _opening(document: DocumentObject, result: AnalysisResult) -> None:
    """Add what must be read first: banners, title, estimand and warnings."""
    for told, words in ((result.interim, INTERIM_WORDS), (result.simulated, SIMULATED_WORDS)):
        if told:
            _coloured(document, words)
    document.add_heading(f"{result.title}: results", level=1)
    document.add_paragraph(f"Results of the analysis of {setting(result, 'source')}")
    document.add_paragraph(result.estimand, style="Intense Quote")
    if result.all_warnings:
        document.add_heading("Read this first", level=2)
        for warning in result.all_warnings:
            document.add_paragraph(warning, style="List Bullet")
    document.add_paragraph(how_to_read(result))


def _paper(document: DocumentObject, paper: PaperPart, drawn: tuple[DrawnFigure, ...]) -> None:
    """Add what a paper prints."""
    document.add_heading(paper.title, level=2)
    document.add_paragraph(
        "All of this is exploratory. Rows that are computed as the paper did say so; the proper "
        "method stands in the next table."
    )
    for one in paper.tables:
        if one.rows:
            _paper_table(document, one)
    _figures(document, drawn, WIDE_MM)


def _tables(document: DocumentObject, result: AnalysisResult, part: Part) -> None:
    """Add the tables of one part, where it has some."""
    tables = [one for one in report_tables(result) if one.part is part]
    if tables:
        document.add_heading(part.value, level=2)
    for table in tables:
        _report_table(document, table)


def _empty(title: str) -> DocumentObject:
    """Return a document without content: A4 across, one font, nobody's name."""
    document = Document()
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(MARGIN_MM)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(SIZE_PT)
    known = document.core_properties
    known.title, known.author, known.comments = title, "Crossread", ""
    # The same result gives the same document.
    known.created = known.modified = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    return document


def _coloured(document: DocumentObject, words: str) -> None:
    """Add a line that nobody overlooks."""
    run = document.add_paragraph().add_run(words)
    run.bold, run.font.size, run.font.color.rgb = True, Pt(14), PROBLEM


def _figures(document: DocumentObject, drawn: tuple[DrawnFigure, ...], width_mm: int) -> None:
    """Add figures with their captions."""
    for one in drawn:
        picture = document.add_picture(BytesIO(one.png), width=Mm(width_mm))
        shrunk = min(1.0, Mm(TALLEST_MM) / picture.height)
        picture.width, picture.height = (
            Emu(round(side * shrunk)) for side in (picture.width, picture.height)
        )
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        _caption(document, f"{one.title}. {one.caption}")


def _caption(document: DocumentObject, words: str) -> None:
    """Add a caption."""
    document.add_paragraph().add_run(words).font.size = Pt(CAPTION_PT)


def _report_table(document: DocumentObject, table: ReportTable) -> None:
    """Add a table; primary rows are bold and say so."""
    document.add_heading(table.title, level=3)
    rows = [
        (f"{row.label} (primary)" if row.primary else row.label, *row.cells) for row in table.rows
    ]
    primary = {place for place, row in enumerate(table.rows, 1) if row.primary}
    _filled(document, ("Reader and condition", *table.header), rows, bold=primary)
    _caption(document, table.caption)


def _paper_table(document: DocumentObject, table: PaperTable) -> None:
    """Add a paper's table; a section is named on its first row only."""
    document.add_heading(table.title, level=3)
    labelled = len(table.header) > len(table.rows[0].cells) + 1
    rows: list[tuple[str, ...]] = []
    before = None
    for row in table.rows:
        section = "" if row.section == before else row.section
        rows.append((section, *((row.label,) if labelled else ()), *row.cells))
        before = row.section
    _filled(document, table.header, rows)
    _caption(document, table.caption)


def _filled(
    document: DocumentObject,
    header: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    bold: Collection[int] = (),
) -> None:
    """Add a table of text with a header; `bold` counts rows from 1."""
    table = document.add_table(rows=len(rows) + 1, cols=len(header))
    table.style = "Table Grid"
    table.autofit = False
    widths = _widths_mm((header, *rows))
    for width, column in zip(widths, table.columns, strict=True):
        column.width = Mm(width)  # some programs look here, others at each cell
    _repeated(table.rows[0])
    for place, (line, cells) in enumerate(zip((header, *rows), table.rows, strict=True)):
        for number, (words, cell) in enumerate(zip(line, cells.cells, strict=True)):
            cell.width = Mm(widths[number])
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(words)
            run.font.size, run.bold = Pt(TABLE_PT), place == 0 or place in bold
            if number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths_mm(rows: Sequence[tuple[str, ...]]) -> list[float]:
    """Return the width of each column: the page, shared out so that no word or number is cut."""
    columns = tuple(zip(*rows, strict=True))
    needed = [_mm(max(map(_unbroken, column), default=0)) for column in columns]
    wished = [
        max(_mm(min(max(map(len, column), default=0), WIDEST)), need)
        for column, need in zip(columns, needed, strict=True)
    ]
    page = PAGE_MM[0] - 2 * MARGIN_MM
    if sum(wished) <= page:
        return [page * width / sum(wished) for width in wished]
    more = [wish - need for wish, need in zip(wished, needed, strict=True)]
    share = max(page - sum(needed), 0) / sum(more) if sum(more) > 0 else 0
    widths = [need + share * extra for need, extra in zip(needed, more, strict=True)]
    return [page * width / sum(widths) for width in widths]


def _unbroken(words: str) -> int:
    """Return how many letters stand together: those of a word, or of a number with its sign."""
    return len(words) if len(words) <= NUMBER else max(map(len, re.split(r"[\s-]", words)))


def _mm(letters: int) -> float:
    """Return the width of so many letters in a cell."""
    return PADDING_MM + LETTER_MM * letters


def _repeated(row: _Row) -> None:
    """Have a row stand at the head of the table on every page."""
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(header)
