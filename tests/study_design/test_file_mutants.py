"""Damaged and forged files of every kind of a study, through what reads them.

`CROSSREAD_MUTANTS=10000 pytest tests/study_design/test_file_mutants.py --timeout 0` makes the full
run, so many of each kind; without the variable 300 are made. A mutant follows from its kind and
number alone. Whatever a file says, it is taken or refused in one line; nothing takes longer than
five seconds, and the memory of the process stays bounded.
"""

import json
import os
import re
import shutil
import sys
import time
import warnings
from collections import Counter
from datetime import timedelta

import pytest
from given_file_kinds import KINDS, NOW
from given_mutations import mutant

from study_design.errors import CrossreadError
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS, box_rows, case_rows
from study_design.exchange.ratings.mrmc_export import WRITERS, export_ratings
from study_design.images.link_file import LinkFile
from study_design.life.backup import backup_study
from study_design.life.freezing import freeze_study
from study_design.record.actor import Actor
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_csv

COUNT = int(os.environ.get("CROSSREAD_MUTANTS", "300"))
LONGEST_S = 5.0
MOST_GROWTH_BYTES = 300_000_000


def fill(folder: StudyFolder, frozen: StudyFolder) -> None:
    """Put a sound file of every kind where it belongs."""
    parent = folder.path.parent
    folder.burned_in_csv.write_text(
        "image,x_px,y_px,width_px,height_px,letters,verdict,by,why\n"
        "C001_R-CC,10,20,30,40,3,harmless,Ann,a marker\nC009_R-CC,1,2,3,4,0,open,,\n"
    )
    folder.doubts_csv.write_text("image,doubt,by,why\nC001_R-CC,no spacing,Ann,known\n")
    folder.files_csv.write_text(
        "file,verdict,reason,image\nkey-0011,accepted,,C001_R-CC\nkey-0012,refused,no image,\n"
    )
    LinkFile().write(folder)
    backup_study(folder, parent / "backup.zip")
    for form in WRITERS:
        export_ratings(frozen, parent, form)
    with open_store(folder) as store:
        last = store.last()
    assert last is not None
    manifest = {"events": last.number, "last_hash": last.hash, "study": "x", "seal": "0" * 64}
    (parent / "manifest.json").write_text(json.dumps(manifest))
    (parent / "keys.toml").write_text('mass = "K"\nlink = "Q"\n')
    (parent / "screens.toml").write_text('"HDMI-1" = 597.0\n')
    (parent / "import.csv").write_text(
        "case,laterality,view,path,pixel_spacing_mm,mirrored\nC9,R,CC,C001_R-CC.dcm,0.1,0\n"
    )
    (parent / "map.toml").write_text(
        'schema = 1\nscale = "0-1"\n[columns]\nscore = "p"\n[types]\n"Mass" = "mass"\n'
    )
    results = read_system_results(folder.detections / "demo.json")
    write_csv(parent / "detections.csv", DETECTIONS.columns, map(DETECTIONS.row, box_rows(results)))
    write_csv(parent / "ai_cases.csv", AI_CASES.columns, map(AI_CASES.row, case_rows(results)))
    coco = {
        "images": [{"id": 1, "file_name": "C001_R-CC.dcm", "width": 300, "height": 400}],
        "categories": [{"id": 1, "name": "mass"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}
        ],
    }
    (parent / "coco.json").write_text(json.dumps(coco))
    folder.plain_link_csv.write_text(
        "case,patient,image,view,study_uid,sop_uid,original_patient,original_accession,"
        "original_study_uid,original_sop_uid,original_path,days_shifted,original_sha256\n"
        "C001,P1,C001_R-CC,R-CC,1.2,1.3,MRN,ACC,1.4,1.5,a.dcm,3,00\n"
    )


@pytest.fixture(scope="module")
def whole(masters: dict[str, StudyFolder], tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A study that was read, with a sound file of every kind in it and beside it."""
    root = tmp_path_factory.mktemp("whole")
    frozen = StudyFolder(root / "frozen")
    shutil.copytree(masters["read"].path, frozen.path)
    freeze_study(frozen, by=Actor("Coordinator"), now=NOW + timedelta(days=20))
    folder = StudyFolder(root / "out" / "study")
    shutil.copytree(masters["read"].path, folder.path)
    shutil.copytree(masters["new"].path, root / "out" / "unlocked")
    fill(folder, frozen)
    return folder


def peak_bytes() -> int:
    """Return the most memory that this process has held; Windows does not tell, so 0 there."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@pytest.mark.parametrize("name", KINDS)
def test_no_file_of_a_study_stops_hangs_or_swells_what_reads_it(
    whole: StudyFolder, name: str
) -> None:
    kind = KINDS[name]
    path = kind.file(whole)
    sound = path.read_bytes()
    link, plain = whole.link_file.read_bytes(), whole.plain_link_csv.read_bytes()
    before = peak_bytes()
    told: Counter[str] = Counter()
    lines: list[str] = []
    kind.use(whole, path)  # the sound file is taken
    slowest = 0.0
    for number in range(COUNT):
        path.write_bytes(mutant(sound, name, number, kind.mutations))
        began = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                kind.use(whole, path)
            told["taken"] += 1
        except CrossreadError as error:
            told["refused"] += 1
            lines.append(str(error))
        except BaseException as error:
            raise AssertionError(f"{name}, mutant {number}: {error!r}"[:600]) from error
        finally:
            path.write_bytes(sound)
            whole.link_file.write_bytes(link)
            whole.plain_link_csv.write_bytes(plain)
        slowest = max(slowest, time.process_time() - began)
    grown = peak_bytes() - before
    sys.stdout.write(f"{name}: {dict(told)}, slowest {slowest:.2f} s, {grown / 1e6:.0f} MB more\n")
    assert told["refused"] > 0
    assert all("\n" not in line and 0 < len(line) < 3000 for line in lines)
    assert slowest < LONGEST_S
    assert grown < MOST_GROWTH_BYTES


def test_every_file_of_a_study_is_of_a_kind_that_is_damaged_here(whole: StudyFolder) -> None:
    forms = [re.sub(r"\b(IMAGE|SYSTEM|CASE|N)\b", "*", name) for name in KINDS]
    for path in whole.path.rglob("*"):
        inside = path.relative_to(whole.path)
        if path.is_file() and not inside.name.startswith("."):
            assert any(inside.match(form) for form in forms), inside
