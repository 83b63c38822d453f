"""Damaged and forged files of every kind of a study, through what reads them.

`CROSSREAD_MUTANTS=10000 pytest tests/study_design/test_file_mutants.py --timeout 0` makes the full
run, so many of each kind; without the variable 300 are made. A mutant follows from its kind and
number alone. Whatever a file says, it is taken or refused in one line; nothing takes longer than
five seconds, and the memory of the process stays bounded.
"""

import json
import os
import random
import re
import shutil
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.tables import from_csv
from reader_app.coordinator.study_summary import summary_of
from reader_app.display.screen_sizes import read_screen_widths
from reader_app.reading.key_bindings import read_bindings
from reader_app.results.plan_settings import analysis_settings
from study_design.errors import BadInputError, CrossreadError
from study_design.exchange.detection_import import DetectionSource, foresee_detections
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS, box_rows, case_rows
from study_design.exchange.ratings.mrmc_export import WRITERS, export_ratings
from study_design.exchange.ratings.rating_file import read_rating_table
from study_design.exchange.ratings.rjafroc_workbook import read_marked_study
from study_design.exchange.reference_sheet import read_lesions, read_reference
from study_design.exchange.study_rows import study_rows
from study_design.exchange.truth_import import foresee_truth
from study_design.images.arriving.case_flow import case_flow
from study_design.images.arriving.file_flow import read_files
from study_design.images.arriving.sources import find_sources
from study_design.images.case_list import cases_of, read_images
from study_design.images.display_doubt import read_doubts
from study_design.images.fixed_display import display_hashes, fixed_display
from study_design.images.found_text import read_found_text
from study_design.images.image_check import holds_pixels
from study_design.images.image_store import case_images, load_mammogram, load_pixels
from study_design.images.link_file import LinkFile
from study_design.life.backup import backup_study, restore_study
from study_design.life.freezing import freeze_study
from study_design.life.plan_study import draw_plan
from study_design.plain_text import is_plain
from study_design.protocol.plan import read_plan
from study_design.protocol.readers import read_readers
from study_design.protocol.study_file import read_study_file
from study_design.protocol.washout import next_allowed
from study_design.record.actor import Actor
from study_design.record.file_check import file_problems
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.record.witness import witness_problems
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_csv
from study_design.tables.foreign.column_map import read_column_map

COUNT = int(os.environ.get("CROSSREAD_MUTANTS", "300"))
LONGEST_S = 5.0
MOST_BYTES = 2_000_000
MOST_GROWTH_BYTES = 300_000_000
NOW = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)

Chance = random.Random
Mutation = Callable[[bytearray, Chance], None]

MONSTERS = [
    *(b"1e300", b"-1e300", b"inf", b"-inf", b"nan", b"NaN", b"Infinity", b"1e999", b"1e7", b"0x10"),
    *(b"-1", b"0", b"1e-320", b"9" * 25, b"9" * 400, b"9" * 5000, b"1_000", b"1,5", b"1.234,5"),
    *("\u0661\u0662".encode(), b"", b" ", b"''", b"2147483648", b"9223372036854775808", b"1.5"),
    *(b"true", b"null", b"1979-05-27", b"9999-99-99T00:00:00Z", b"00", b"+"),
]
TEXTS = [
    *(b"\0", b"\x1b[2J", b"\x07", b"\x7f", b"\x85", b"\xc2\x85", b"\xff\xfe", b"\xed\xa0\x80"),
    *("\u202e".encode(), "\u2028".encode(), "\ufeff".encode(), "\U0001f600".encode(), b"\\ud800"),
    *(b"../../etc/passwd", b"C:\\x", b"a/b", b"..", b"con", b"=cmd()", b"x" * 300, b"y" * 200_000),
    *(b'"', b"'", b'""', b"\r", b"\n", b"\t", b";", b",", b"|", b"[", b"]", b"{", b"}", b"#", b"="),
]
NUMBER = re.compile(rb"-?\d+(\.\d+)?([eE]-?\d+)?")
WORD = re.compile(rb"[A-Za-z][A-Za-z_]+")
CELL = re.compile(rb"[^,;\t\r\n]+")


def replace_number(content: bytearray, chance: Chance) -> None:
    """Put a monster in the place of a number."""
    _replace(content, chance, NUMBER, MONSTERS)


def replace_cell(content: bytearray, chance: Chance) -> None:
    """Put odd text or a monster in the place of a cell."""
    _replace(content, chance, CELL, [*TEXTS, *MONSTERS])


def replace_word(content: bytearray, chance: Chance) -> None:
    """Put another word of the file, or odd text, in the place of a word."""
    words = [found[0] for found in WORD.finditer(content)]
    _replace(content, chance, WORD, [*TEXTS, *words[:200]])


def _replace(
    content: bytearray, chance: Chance, what: "re.Pattern[bytes]", by: list[bytes]
) -> None:
    places = list(what.finditer(content))
    if places:
        found = chance.choice(places)
        content[found.start() : found.end()] = chance.choice(by)


def flip(content: bytearray, chance: Chance) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def cut(content: bytearray, chance: Chance) -> None:
    del content[chance.randrange(len(content) + 1) :]


def insert_text(content: bytearray, chance: Chance) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(TEXTS)


def shuffle(content: bytearray, chance: Chance) -> None:
    """Take a piece away, repeat it or put it elsewhere."""
    at = chance.randrange(len(content) + 1)
    piece = bytes(content[at : at + chance.choice((1, 2, 8, 100, 2000))])
    if chance.random() < 0.7:
        del content[at : at + len(piece)]
    if chance.random() < 0.7:
        other = chance.randrange(len(content) + 1)
        content[other:other] = piece


def repeat_line(content: bytearray, chance: Chance) -> None:
    lines = content.splitlines(keepends=True)
    if lines:
        line = chance.choice(lines)
        times = chance.choice((1, 1, 2, 1000))
        content += line * min(times, MOST_BYTES // max(1, len(line)))


def drop_line(content: bytearray, chance: Chance) -> None:
    lines = content.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
        content[:] = b"".join(lines)


def nest(content: bytearray, chance: Chance) -> None:
    """Nest brackets until a reader that follows them runs out of stack."""
    begin, end = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"(", b")"), (b"[[a", b"]]")))
    depth = chance.choice((60, 1200, 100_000))
    body = begin * depth + b"1" + end * chance.choice((0, depth))
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice((body, b"\nx = " + body + b"\n", b',"x":' + body))


def recode(content: bytearray, chance: Chance) -> None:
    """Write the file as another program would, well or badly."""
    text = bytes(content).decode("utf-8", "replace")
    codec = chance.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "gb18030", "shift_jis"))
    content[:] = chance.choice((b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) + text.encode(
        codec, "replace"
    )
    if chance.random() < 0.5 and content:
        del content[-1:]


def widen(content: bytearray, chance: Chance) -> None:
    """Add columns, quotes that never end, or a line without end."""
    piece = chance.choice((b",x" * 3000, b'"', b";" * 5000, b"z" * 150_000, b"\t" * 2500))
    lines = content.splitlines(keepends=True) or [b""]
    at = 0 if chance.random() < 0.5 else chance.randrange(len(lines))
    lines[at] = lines[at].rstrip(b"\r\n") + piece + b"\n"
    content[:] = b"".join(lines)


def empty(content: bytearray, chance: Chance) -> None:
    content[:] = chance.choice((b"", b"\n", b"\0" * 4096, b"\xef\xbb\xbf", b"{}", b"[]", b"null"))


def numbers_in_bytes(content: bytearray, chance: Chance) -> None:
    """Overwrite a length or a count of a binary file."""
    at = chance.randrange(max(1, len(content) - 8))
    size = chance.choice((1, 2, 4, 8))
    content[at : at + size] = chance.choice((b"\xff", b"\0", b"\x7f", b"\x80")) * size


TEXT = (
    *(replace_number, replace_number, replace_cell, replace_cell, replace_word),
    *(flip, cut, insert_text, shuffle, repeat_line, drop_line, nest, recode, widen, empty),
)
BINARY = (flip, flip, cut, shuffle, numbers_in_bytes, numbers_in_bytes, insert_text, empty)


def mutant(whole: bytes, kind: str, number: int, mutations: tuple[Mutation, ...]) -> bytes:
    chance = random.Random(f"{kind} {number}")
    content = bytearray(whole)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice(mutations)(content, chance)
        del content[MOST_BYTES:]
    return bytes(content)


@dataclass(frozen=True)
class Kind:
    """A kind of file: where it lies in the study or beside it, and what reads it there."""

    file: Callable[[StudyFolder], Path]
    use: Callable[[StudyFolder, Path], object]
    mutations: tuple[Mutation, ...] = TEXT


def use_study_file(folder: StudyFolder, path: Path) -> None:
    study = read_study_file(path)
    assert is_plain(study.title)
    plan = draw_plan(folder, study).assignments
    with open_store(folder) as store:
        reads = reads_of(store.events())
    for reader in {cell.reader for cell in plan}:
        own = [cell for cell in plan if cell.reader == reader]
        next_allowed(own, [read for read in reads if read.reader == reader], study, NOW)
    analysis_settings(study.analysis)


def use_kept_protocol(folder: StudyFolder, path: Path) -> None:
    with open_store(folder) as store:
        list(file_problems(folder, store.events()))
    analysis_settings(read_study_file(path).analysis)


def use_cases(folder: StudyFolder, _path: Path) -> None:
    cases_of(folder)
    fixed_display(folder)
    display_hashes(folder)
    case_flow(folder)
    for image in read_images(folder)[:4]:
        assert (folder.cache / image.image).parent == folder.cache
        case_images(folder, image.case)


def use_image(folder: StudyFolder, path: Path) -> None:
    listed = next(image for image in read_images(folder) if image.image == path.stem)
    if not holds_pixels(path, listed.sha256):
        raise BadInputError("altered")


def use_record(folder: StudyFolder, _path: Path) -> None:
    with open_store(folder) as store:
        store.verify_chain()
        events = store.events()
    reads_of(events)
    summary_of(folder)
    study_rows(folder, events)


def use_pixels(folder: StudyFolder, _path: Path) -> None:
    load_pixels(folder, load_mammogram(folder, "C001_R-CC"))


def use_restored(folder: StudyFolder, path: Path) -> None:
    try:
        restore_study(path, folder.path.with_name("restored"), by=Actor("Ann"), now=NOW)
    finally:
        shutil.rmtree(folder.path.with_name("restored"), ignore_errors=True)


def use_witness(folder: StudyFolder, path: Path) -> None:
    with open_store(folder) as store:
        list(witness_problems(str(path), store.events()))


def use_truth(folder: StudyFolder, path: Path) -> None:
    foresee_truth(folder, path, resolve=lambda _: None)
    read_reference(folder)


def use_lesions(folder: StudyFolder, path: Path) -> None:
    reference = folder.reference_standard / "reference.csv"
    foresee_truth(folder, reference, path, resolve=lambda _: None)
    read_lesions(folder)


def nobody(_: str) -> None:
    """Resolve no identifier of a hospital."""


def use_detections(folder: StudyFolder, path: Path) -> None:
    unlocked = StudyFolder(folder.path.with_name("unlocked"))
    foresee_detections(unlocked, DetectionSource((path,), "demo", nobody, nobody))


def use_ai(folder: StudyFolder, path: Path) -> None:
    results = read_system_results(path)
    write_csv(
        folder.path.with_name("d.csv"), DETECTIONS.columns, map(DETECTIONS.row, box_rows(results))
    )
    use_detections(folder, path)


def use_manifest(folder: StudyFolder, path: Path) -> None:
    find_sources([folder.images], path, unpack_into=folder.path.with_name("unpacked"))


def use_ratings(_folder: StudyFolder, path: Path) -> None:
    read_rating_table(path)
    from_csv(path)


def in_study(name: str) -> Callable[[StudyFolder], Path]:
    return lambda folder: folder.path / name


def beside(name: str) -> Callable[[StudyFolder], Path]:
    return lambda folder: folder.path.parent / name


KINDS: dict[str, Kind] = {
    "study.toml": Kind(in_study("study.toml"), use_study_file),
    "protocol/N.toml": Kind(in_study("protocol/1.toml"), use_kept_protocol),
    "cases.csv": Kind(in_study("cases.csv"), use_cases),
    "readers.csv": Kind(in_study("readers.csv"), lambda folder, _: read_readers(folder)),
    "plan.csv": Kind(in_study("plan.csv"), lambda folder, _: read_plan(folder)),
    "burned_in.csv": Kind(in_study("burned_in.csv"), lambda folder, _: read_found_text(folder)),
    "doubts.csv": Kind(in_study("doubts.csv"), lambda folder, _: read_doubts(folder)),
    "files.csv": Kind(in_study("files.csv"), lambda folder, _: read_files(folder)),
    "detections/SYSTEM.json": Kind(in_study("detections/demo.json"), use_ai),
    "detections/SYSTEM/CASE.json": Kind(in_study("detections/demo/C001.json"), use_ai),
    "reference.csv": Kind(in_study("reference_standard/reference.csv"), use_truth),
    "lesions.csv": Kind(in_study("reference_standard/lesions.csv"), use_lesions),
    "record.sqlite": Kind(in_study("record.sqlite"), use_record, BINARY),
    "images/IMAGE.dcm": Kind(in_study("images/C001_R-CC.dcm"), use_image, BINARY),
    "cache/IMAGE.json": Kind(in_study("cache/C001_R-CC.json"), use_pixels),
    "cache/IMAGE.npy": Kind(in_study("cache/C001_R-CC.npy"), use_pixels, BINARY),
    "cache/IMAGE.air": Kind(in_study("cache/C001_R-CC.air"), use_pixels, BINARY),
    "link file": Kind(
        lambda folder: folder.link_file, lambda folder, _: LinkFile.read(folder), BINARY
    ),
    "plain link file": Kind(
        lambda folder: folder.plain_link_csv, lambda folder, _: LinkFile.read(folder)
    ),
    "backup": Kind(beside("backup.zip"), use_restored, BINARY),
    "manifest.json": Kind(beside("manifest.json"), use_witness),
    "keys.toml": Kind(beside("keys.toml"), lambda _, path: read_bindings(path)),
    "screens.toml": Kind(beside("screens.toml"), lambda _, path: read_screen_widths(path)),
    "import manifest": Kind(beside("import.csv"), use_manifest),
    "AI map": Kind(beside("map.toml"), lambda _, path: read_column_map(path)),
    "detections.csv": Kind(beside("detections.csv"), use_detections),
    "ai_cases.csv": Kind(
        beside("ai_cases.csv"),
        lambda folder, path: use_detections(folder, path.with_name("detections.csv")),
    ),
    "coco.json": Kind(beside("coco.json"), use_detections),
    "ratings.csv": Kind(beside("ratings.csv"), use_ratings),
    "ratings.imrmc": Kind(beside("ratings.imrmc"), use_ratings),
    "ratings.lrc": Kind(beside("ratings.lrc"), use_ratings),
    "ratings.xlsx": Kind(beside("ratings.xlsx"), lambda _, path: read_marked_study(path), BINARY),
    "key.csv": Kind(
        beside("ratings.csv.key.csv"),
        lambda _, path: read_rating_table(path.with_name("ratings.csv")),
    ),
}


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
