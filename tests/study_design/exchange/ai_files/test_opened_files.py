"""Files are told by what is in them, and a damaged one ends in one line, never in a traceback."""

import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from study_design.detections import SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.cad_report_writer import write_cad_reports
from study_design.exchange.ai_files.opened_files import ForeignFiles, OwnFiles, open_files
from study_design.tables.foreign.column_map import ColumnMap

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
COCO = {"images": [], "annotations": []}


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.txt", json.dumps(COCO), "COCO JSON"),
        ("a.csv", f"\n {json.dumps(COCO)}", "COCO JSON"),
        ("a.json", "image,x0,y0,x1,y1\n", "table"),
        ("a", '[{"image": "i", "bbox_xyxy": [1, 2, 3, 4]}]', "table"),
    ],
)
def test_the_content_tells_the_kind_whatever_the_name(
    tmp_path: Path, name: str, text: str, kind: str
) -> None:
    (tmp_path / name).write_text(text)
    opened = open_files([tmp_path / name], ColumnMap())
    assert isinstance(opened, ForeignFiles)
    assert opened.run is not None
    assert opened.run.kind == kind


@pytest.mark.parametrize("text", ['{"schema": 1, "cases": []}', "case,view,x_px,y_px\n"])
def test_our_own_files_are_known(tmp_path: Path, text: str) -> None:
    path = tmp_path / "results"
    path.write_text(text)
    assert open_files([path], ColumnMap()) == OwnFiles((path,))


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"Expected AI results at .*none"):
        open_files([tmp_path / "none"], ColumnMap())
    with pytest.raises(BadInputError, match="Expected files with AI results, got none"):
        open_files([tmp_path], ColumnMap())


def test_other_objects_in_a_folder_are_passed_over(
    desk: Any, system_results: SystemResults
) -> None:
    write_cad_reports(desk.folder, system_results, desk.folder.images, now=NOW)
    opened = open_files([desk.folder.images], ColumnMap())
    assert isinstance(opened, ForeignFiles)
    assert opened.run is not None
    assert len(opened.run.files) == len(system_results.cases)
    assert opened.run.warnings == ()
    assert desk.bring_in(desk.folder.images).cases[:3] == system_results.cases


@pytest.mark.parametrize(
    ("sop_class", "modality", "words"),
    [
        ("1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT", "RT Structure Set Storage of modality RTS"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "DOC", "Encapsulated PDF Storage of modality DOC"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "KO", "a structured report \\(without a title\\)"),
        ("1.2.3.4", "", "1.2.3.4 of modality unknown"),
    ],
)
def test_an_object_of_another_class_is_refused_in_words_and_told_in_a_folder(
    system_results: SystemResults,
    desk: Any,
    tmp_path: Path,
    sop_class: str,
    modality: str,
    words: str,
) -> None:
    other = Dataset()
    other.file_meta = FileMetaDataset()
    other.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    other.SOPClassUID, other.SOPInstanceUID, other.Modality = sop_class, "1.2.3.4.5", modality
    other.save_as(tmp_path / "x.dcm", enforce_file_format=True)
    with pytest.raises(BadInputError, match=rf"x\.dcm: expected results of an AI .*, got {words}"):
        open_files([tmp_path / "x.dcm"], ColumnMap())
    write_cad_reports(desk.folder, system_results, tmp_path, now=NOW)
    opened = open_files([tmp_path], ColumnMap())
    assert isinstance(opened, ForeignFiles)
    assert opened.run is not None
    (warning,) = [one for one in opened.run.warnings if "x.dcm" in one]
    assert re.match(f"1 object was not read: x.dcm: {words}", warning)


def test_damaged_objects_are_read_or_refused_in_one_line(
    desk: Any, system_results: SystemResults, tmp_path: Path
) -> None:
    draw = random.Random(6)
    good = write_cad_reports(desk.folder, system_results, tmp_path / "sr", now=NOW)[0].read_bytes()
    path = tmp_path / "damaged.dcm"
    refused: list[str] = []
    for _ in range(80):
        content = bytearray(good)
        for _ in range(draw.randint(1, 12)):
            content[draw.randrange(132, len(content))] = draw.randrange(256)
        path.write_bytes(
            content[: draw.randrange(200, len(content))] if draw.random() < 0.2 else content
        )
        try:
            opened = open_files([path], ColumnMap())
            assert isinstance(opened, ForeignFiles)
            refused += map(str, opened.run.problems if opened.run else ())
        except BadInputError as error:
            refused.append(str(error))
    assert len(refused) > 10
    assert all("damaged.dcm" in line and "\n" not in line for line in refused)
