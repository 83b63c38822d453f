"""The files of an analysis: complete, self-contained, whole or not at all."""

import csv
import hashlib
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document

import analysis
from analysis.report.figures import figures
from analysis.report.report import report_html, write_analysis
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from study_design.errors import DiskFullError

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Balanced(HTMLParser):
    """Refuses a document whose elements do not close in order; keeps its text and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.links += [str(values[key]) for key in ("src", "href", "xlink:href") if key in values]
        self.ids += [str(values["id"])] if "id" in values else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def result(demo_csv: Path) -> AnalysisResult:
    settings = AnalysisSettings(quantity="auc", unit="exam", positive_from=50)
    return analyse(from_csv(demo_csv), settings)


def test_every_file_is_written_and_named(result: AnalysisResult, tmp_path: Path) -> None:
    out = tmp_path / "out"
    names = [path.relative_to(out).as_posix() for path in write_analysis(result, out)]
    assert names[-1] == "results.json"
    assert {
        "report.html", "tables/estimates.csv", "tables/auc.csv", "tables/operating_points.csv",
        "tables/reading_time.csv", "tables/roc_points.csv", "figures/roc.svg", "figures/roc.png",
        "figures/reading_time.svg",
    } <= set(names)  # fmt: skip
    assert sorted(names) == sorted(
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    )
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_tables_hold_what_results_json_holds(result: AnalysisResult, tmp_path: Path) -> None:
    write_analysis(result, tmp_path / "out")
    content = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    with (tmp_path / "out" / "tables" / "estimates.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(content["estimates"])
    for row, one in zip(rows, content["estimates"], strict=True):
        assert row["quantity"] == one["quantity"]
        assert (float(row["estimate"]) if row["estimate"] else None) == one["estimate"]
        assert row["method"] == one["method"]


def test_program_commit_and_hashes_stand_in_every_output(
    result: AnalysisResult, demo_csv: Path, tmp_path: Path
) -> None:
    write_analysis(result, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["settings"]
    assert told["data_sha256"] == hashlib.sha256(demo_csv.read_bytes()).hexdigest()
    document = Document(str(tmp_path / "out" / "report.docx"))
    texts = {
        "report.html": (tmp_path / "out" / "report.html").read_text(encoding="utf-8"),
        "README.md": (tmp_path / "out" / "tables" / "README.md").read_text(encoding="utf-8"),
        "report.docx": "\n".join(one.text for one in document.paragraphs),
    }
    for name, text in texts.items():
        for key in ("data_sha256", "software", "commit"):
            assert told[key] in text, (name, key)
    for column in ("decision", "p_adjusted", "reason"):
        assert f"`{column}`" in texts["README.md"]


def test_a_second_analysis_replaces_the_first_and_leaves_other_files(
    result: AnalysisResult, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write_analysis(result, out)
    (out / "figures" / "my_own.svg").write_text("mine")
    (out / "tables" / "my_own.csv").write_text("mine")
    write_analysis(replace(result, times=(), title="second"), out)
    assert "second" in (out / "report.html").read_text(encoding="utf-8")
    assert not (out / "figures" / "reading_time.svg").exists()
    assert (out / "figures" / "my_own.svg").exists()
    assert (out / "tables" / "my_own.csv").exists()


def test_a_failure_leaves_nothing_behind(result: AnalysisResult, tmp_path: Path) -> None:
    broken = replace(result, settings=())  # no unit and no source to print
    with pytest.raises((StopIteration, ValueError)):
        write_analysis(broken, tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []


def test_a_full_disk_leaves_the_earlier_analysis_and_is_named(
    result: AnalysisResult, small_disk: Any
) -> None:
    out = small_disk.path / "out"
    write_analysis(result, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    small_disk.fill(leave_bytes=100_000)
    with pytest.raises(DiskFullError, match=str(small_disk.path)):
        write_analysis(result, out)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_the_report_is_one_file_with_everything_in_it(result: AnalysisResult) -> None:
    html = report_html(result, figures(result))
    page = Balanced()
    page.feed(html)
    assert page.open == []
    assert all(link.startswith("#") for link in page.links)
    assert len(page.ids) == len(set(page.ids))
    assert html.count("<svg") == len(figures(result))
    for warning in result.warnings[:2]:
        assert warning.split("'")[0] in html
    assert result.estimand in html
    assert html.index("Read this first") < html.index("<h2>Confirmatory results</h2>")
    assert html.index("Confirmatory results") < html.index("<h2>Exploratory results</h2>")
    assert 'class="simulated"' not in html


def test_simulated_reading_says_so_everywhere(result: AnalysisResult, tmp_path: Path) -> None:
    write_analysis(replace(result, simulated=True), tmp_path / "out")
    words = "Simulated readers: not data of persons"
    assert words in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for path in (tmp_path / "out" / "figures").glob("*.svg"):
        assert words in path.read_text(encoding="utf-8")
    for path in (tmp_path / "out" / "tables").glob("*.csv"):
        with path.open(newline="") as stream:
            assert {row["simulated"] for row in csv.DictReader(stream)} == {"1"}


def test_figures_are_real_text_and_say_method_unit_and_n(result: AnalysisResult) -> None:
    for figure in figures(result):
        ET.fromstring(figure.svg)
        assert "<text" in figure.svg
        assert figure.png.startswith(b"\x89PNG")
        assert "Unit: exam; n = " in figure.caption
    assert "DeLong" in figures(result)[0].caption


def test_a_figure_is_the_same_each_time_it_is_drawn(result: AnalysisResult) -> None:
    assert figures(result)[0].svg == figures(result)[0].svg


def test_names_with_markup_are_text_in_the_report(demo_csv: Path) -> None:
    text = demo_csv.read_text(encoding="utf-8").replace("DNN", "<b>&DNN")
    demo_csv.write_text(text, encoding="utf-8")
    result = analyse(from_csv(demo_csv))
    html = report_html(result, figures(result))
    assert "<b>" not in html
    assert "&lt;b&gt;&amp;DNN" in html


def test_many_readers_are_drawn_by_their_medians(tmp_path: Path) -> None:
    lines = ["reader,arm,case,truth,rating,time_s"]
    for reader in range(10):
        for arm in ("unaided", "aided"):
            for case in range(6):
                rating = (case * 7 + reader) % 5
                lines.append(f"R{reader},{arm},C{case},{case % 2},{rating},{30 + case + reader}")
    path = tmp_path / "many.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    drawn = figures(analyse(from_csv(path)))
    assert "one reader's median" in drawn[-1].caption


def test_every_public_module_and_quantity_is_named_in_the_readme(result: AnalysisResult) -> None:
    folder = Path(analysis.__file__).parent
    readme = (folder / "README.md").read_text(encoding="utf-8")
    told_as_one = ("papers", "reference_methods")
    for path in (*folder.rglob("*.py"), folder / "papers" / "zhou2023.py"):
        if path.parent.name in told_as_one and path.stem != "zhou2023":
            continue
        if path.stem != "__init__":
            name = path.relative_to(folder).with_suffix("").as_posix()
            assert f"`{name}`" in readme, name
    for quantity in {one.quantity for one in result.estimates}:
        assert f"`{quantity.removesuffix('_difference')}`" in readme, quantity
