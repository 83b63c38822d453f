"""The flow of cases drawn as an SVG with real text, as CONSORT and STARD print it."""

import textwrap
from html import escape
from pathlib import Path

from study_design.counted import counted
from study_design.images.arriving.case_flow import CaseFlow, flow_csv
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

_WIDTH = 640
_BOX = 280
_LINE_PX = 18
_WORDS = 36
_GAP = 34
_PAD = 12
_STYLE = "font-family='sans-serif' font-size='13' fill='#1a1a1a'"


def write_flow(folder: StudyFolder, flow: CaseFlow) -> tuple[Path, Path]:
    """Write the flow of cases into the results of a study; return figure and table."""
    folder.results.mkdir(exist_ok=True)
    figure, table = folder.results / "case_flow.svg", folder.results / "case_flow.csv"
    write_atomically(figure, flow_svg(flow).encode())
    write_atomically(table, flow_csv(flow))
    return figure, table


def flow_svg(flow: CaseFlow) -> str:
    """Return the diagram: files and exams from top to bottom, what was left out at the right."""
    steps = _steps(flow)
    parts: list[str] = []
    top = 1
    for place, (main, aside) in enumerate(steps):
        is_last = place == len(steps) - 1
        side = _wrapped(aside)
        parts += _box(1, top, main)
        bottom = top + _height(main)
        if is_last:
            top = bottom
            break
        side_top = bottom + _GAP // 2
        next_top = side_top + _height(side) + _GAP // 2
        middle = side_top + _height(side) // 2
        parts.append(_arrow(1 + _BOX // 2, bottom, 1 + _BOX // 2, next_top))
        parts.append(_arrow(1 + _BOX // 2, middle, _WIDTH - _BOX - 1, middle))
        parts += _box(_WIDTH - _BOX - 1, side_top, side)
        top = next_top
    marker = (
        "<defs><marker id='tip' markerWidth='8' markerHeight='8' refX='7' refY='4' orient='auto'>"
        "<path d='M0,0 L8,4 L0,8 z' fill='#1a1a1a'/></marker></defs>"
    )
    size = f"width='{_WIDTH}' height='{top + 1}' viewBox='0 0 {_WIDTH} {top + 1}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{marker}{''.join(parts)}</svg>\n"


def _steps(flow: CaseFlow) -> list[tuple[list[str], list[str]]]:
    """Return the boxes from top to bottom, each with what is left out below it."""
    excluded = sum(left.exams for left in flow.excluded)
    reasons = [f"{left.exams}  {left.reason}" for left in flow.excluded]
    waiting = [f"Waiting for a decision: {flow.open_problems}"]
    if flow.unused:
        waiting.append(f"Images not used: {flow.unused}")
    return [
        *_file_steps(flow),
        (
            [f"Exams found: {flow.found}", f"with {counted(flow.images, 'image')}"],
            [f"Excluded: {excluded}", *reasons],
        ),
        ([f"Exams not excluded: {flow.found - excluded}"], waiting),
        (
            [
                f"In the study: {counted(flow.included, 'exam')}",
                f"of {counted(flow.patients, 'patient')}",
            ],
            [],
        ),
    ]


def _file_steps(flow: CaseFlow) -> list[tuple[list[str], list[str]]]:
    """Return the box of the files; none where they were not counted."""
    files = flow.files
    if not files.seen:
        return []
    aside = [f"Copies of an image: {files.duplicates}"]
    for what, counts in (("Left aside", files.extra), ("Refused", files.refused)):
        aside.append(f"{what}: {sum(one.files for one in counts)}")
        aside += [f"{one.files}  {one.reason}" for one in counts]
    return [([f"Files found: {files.seen}"], aside)]


def _wrapped(lines: list[str]) -> list[str]:
    """Return lines that fit into a box; what goes on is set in."""
    return [
        part for line in lines for part in textwrap.wrap(line, _WORDS, subsequent_indent="    ")
    ]


def _height(lines: list[str]) -> int:
    """Return the height of a box of lines."""
    return len(lines) * _LINE_PX + 2 * _PAD


def _box(left: int, top: int, lines: list[str]) -> list[str]:
    """Return a box with its lines."""
    frame = (
        f"<rect x='{left}' y='{top}' width='{_BOX}' height='{_height(lines)}' fill='white' "
        "stroke='#1a1a1a'/>"
    )
    texts = [
        f"<text x='{left + _PAD}' y='{top + _PAD + 13 + _LINE_PX * place}' {_STYLE} "
        f"xml:space='preserve'>{escape(line)}</text>"
        for place, line in enumerate(lines)
    ]
    return [frame, *texts]


def _arrow(x1: int, y1: int, x2: int, y2: int) -> str:
    """Return an arrow from one place to another."""
    return (
        f"<line x1='{x1}' y1='{y1}' x2='{x2}' y2='{y2}' stroke='#1a1a1a' marker-end='url(#tip)'/>"
    )
