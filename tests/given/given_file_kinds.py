"""The kinds of files of a study, and what reads each."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from given_mutations import BINARY, TEXT, Mutation

from analysis.tables import from_csv
from reader_app.coordinator.study_summary import summary_of
from reader_app.display.screen_sizes import read_screen_widths
from reader_app.reading.key_bindings import read_bindings
from reader_app.results.plan_settings import analysis_settings
from study_design.errors import BadInputError
from study_design.exchange.detection_import import DetectionSource, foresee_detections
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.detection_tables import DETECTIONS, box_rows
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
from study_design.life.backup import restore_study
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

NOW = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)


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
