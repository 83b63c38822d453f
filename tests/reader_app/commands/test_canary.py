"""No identity reaches a reader: canaries in every text of the source are found nowhere afterwards.

A study goes its whole way, import to report, backup included, with the real windows (drawn on no
screen). Searched are all files but the source, what every command and window said, and the texts
of all widgets while cases are read.
"""

import os
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1

from reader_app.commands.simulation import breast_boxes
from reader_app.simulated.ai import simulate_ai
from study_design.exchange.detection_json import write_system_results
from study_design.exchange.reference_sheet import read_lesions
from study_design.images.link_file import LinkFile
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import LesionSpec, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.record.acts import moment_of
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_csv
from study_design.truth_tables import LESIONS, REFERENCE
from study_design.vocabulary import AbnormalityType

Start = Callable[..., "subprocess.Popen[str]"]

CANARY = "CANARYBIRD"
FILLED = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}
# Those by which a file is judged or named as a patient's: filled, the file would be refused.
JUDGED = {
    "SOPClassUID", "Modality", "PresentationIntentType", "ImageType", "ImageLaterality",
    "Laterality", "FrameLaterality", "ViewPosition", "PhotometricInterpretation",
    "SpecificCharacterSet", "PatientOrientation", "PatientID", "PartialView",
    "AnatomicRegionModifierSequence",
}  # fmt: skip

# Says on standard output every text of every widget, after each read and at each window's opening.
LISTEN = """
import sys
from reader_app.qt.reading import script_player
read = script_player.ScriptPlayer._read
def listen():
    from PySide6.QtWidgets import QApplication
    for widget in QApplication.allWidgets():
        said = [type(widget).__name__]
        for name in ("windowTitle", "accessibleName", "accessibleDescription", "toolTip", "text",
                     "statusTip", "whatsThis", "objectName", "toPlainText", "placeholderText"):
            asked = getattr(widget, name, None)
            try:
                said.append(str(asked()) if callable(asked) else "")
            except TypeError:
                continue
        sys.stdout.write("widget " + repr(said) + chr(10))
    sys.stdout.write("clipboard " + repr(QApplication.clipboard().text()) + chr(10))
def read_and_listen(self, script, arm):
    listen()
    read(self, script, arm)
    listen()
script_player.ScriptPlayer._read = read_and_listen
"""


def fill(path: Path, number: int) -> None:
    """Fill every text of a file with canaries: plain, nested, private, file meta, pixels."""
    dataset = dcmread(path)
    for tag, (vr, multiplicity, _, _, keyword) in DicomDictionary.items():
        if vr in FILLED and keyword and tag >= 0x00080000 and keyword not in JUDGED:
            several = multiplicity.endswith("n") and vr == "CS"
            dataset.add_new(tag, vr, [CANARY, CANARY] if several else CANARY)
    nested = Dataset()
    nested.PatientName = nested.CodeMeaning = nested.RequestedProcedureDescription = CANARY
    for keyword in ("RequestAttributesSequence", "IconImageSequence", "OtherPatientIDsSequence"):
        setattr(dataset, keyword, [nested])
    dataset.private_block(0x0045, CANARY, create=True).add_new(0x10, "LT", CANARY)
    dataset.add_new(0x60000022, "LO", CANARY)
    dataset.PatientID = f"{CANARY}-{number}"
    dataset.file_meta.SourceApplicationEntityTitle = CANARY
    dataset.file_meta.ImplementationVersionName = CANARY
    if dataset.file_meta.TransferSyntaxUID == JPEGLosslessSV1:
        frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
        comment = b"\xff\xfe" + (len(CANARY) + 2).to_bytes(2) + CANARY.encode()
        dataset.PixelData = encapsulate([frame[:2] + comment + frame[2:]])
    dataset.save_as(path)
    path.rename(path.with_name(f"{CANARY}_{path.name}"))


def canaries_below(root: Path) -> list[str]:
    """Return the files below a folder whose name or content, zipped content too, has a canary."""
    return [
        name
        for path in sorted(root.rglob("*"))
        if path.is_file()
        for name, content in contents(path)
        if CANARY in name or any(spelt in content for spelt in spellings())
    ]


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of a file and, of an archive, of what is in it."""
    yield str(path), path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"{path}/{name}", archive.read(name)


def spellings() -> tuple[bytes, ...]:
    """Return the canary as files may spell it."""
    return CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.encode("utf-16-be")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds whatever programs write beside what they are told to."""
    folder = tmp_path / "home"
    (folder / "tmp").mkdir(parents=True)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "CROSSREAD_DATA"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a hospital's folder: two exams full of canaries, and truth sheets that name them."""
    root = tmp_path / "source"
    kinds = ((LesionSpec(AbnormalityType.MASS, malignant=True),), ())
    references, lesions = [], []
    for number, kind in enumerate(kinds, start=1):
        syntax = (ExplicitVRLittleEndian, JPEGLosslessSV1)[number - 1]
        exam = draw_exam(70 + number, lesions=kind)
        written = write_dicom(render(exam), root / f"{CANARY}_{number}", transfer_syntax=syntax)
        for file in written.files:
            fill(file.path, number)
        patient, truth = f"{CANARY}-{number}", written.truth
        references.append({"case": patient, "truth": truth.malignant})
        for lesion in truth.lesions:
            lesions.append(
                {
                    "case": patient,
                    "lesion": lesion.name,
                    "types": lesion.type.value,
                    "malignant": lesion.malignant,
                }
            )
    write_csv(root / "reference.csv", REFERENCE.columns, references)
    write_csv(root / "lesions.csv", LESIONS.columns, lesions)
    return root


def bring_ai(folder: StudyFolder, path: Path) -> str:
    """Write AI results that name the hospital's patients; return the system's name."""
    patients = {row.case: row.original_patient for row in LinkFile.read(folder).rows}
    results = simulate_ai(breast_boxes(folder), read_lesions(folder), seed=1)
    cases = tuple(replace(case, case=patients[case.case]) for case in results.cases)
    write_system_results(path, replace(results, cases=cases))
    return results.system


def test_no_canary_of_the_source_is_anywhere_after_a_whole_study(
    source: Path, home: Path, tmp_path: Path, start: Start
) -> None:
    work = tmp_path / "work"
    at = moment_of("2026-01-12T09:00:00Z")
    folder = new_study(
        work / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=at, simulated=True
    )
    said: list[str] = []

    def crossread(*words: object, before: str = "", silent: bool = False) -> None:
        process = start(*words, before=before)
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        # What an import prints of each file is for the coordinator, who gave the paths.
        said.extend([err] if silent else [out, err])

    pictures = [source / f"{CANARY}_{number}" for number in (1, 2)]
    crossread("import", folder.path, *pictures, "--json", silent=True)
    for group in ("junior", "senior"):
        kind = ("--kind", "simulated", "--group", group)
        crossread("readers", folder.path, "add", f"{group}-1", *kind)
    crossread("truth", folder.path, source / "reference.csv", source / "lesions.csv")
    system = bring_ai(folder, source / "ai.json")
    crossread("detections", folder.path, source / "ai.json", "--system", system)
    # A canary for a shutter's shape is a doubt, which must not say it.
    crossread("doubts", folder.path, "--accept", "all", "--by", "Coordinator", "--reason", "seen")
    crossread("plan", folder.path, "--seed", 1)
    crossread("lock", folder.path, "--by", "Coordinator")
    crossread("decide", folder.path, work / "scripts.json")
    for reader in ("junior-1", "senior-1"):
        words = ("read", folder.path, "--reader", reader, "--script", work / "scripts.json")
        pictured = ("--screenshots", work / "screenshots")
        crossread(*words, *pictured, before=LISTEN)
    crossread("status", folder.path)
    crossread("freeze", folder.path, "--by", "Coordinator")
    crossread("verify", folder.path)
    crossread("export", folder.path, "--out", work / "tables")
    crossread("analyse", folder.path, "--out", work / "report")
    crossread("backup", folder.path, work / "backup.zip")

    texts = "\n".join(said)
    assert texts.count("widget ") > 100
    assert texts.count("acknowledged") == 8
    assert CANARY not in texts
    assert canaries_below(work) == []
    assert canaries_below(home) == []
    # The canaries did go in: the link file, sealed, is the one place that knows them.
    assert {row.original_patient for row in LinkFile.read(folder).rows} == {
        f"{CANARY}-1",
        f"{CANARY}-2",
    }
    assert canaries_below(source)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("log.txt", "utf-8"), ("recent.dat", "utf-16-le"), (f"{CANARY}.txt", None)],
)
def test_the_search_finds_a_planted_canary(tmp_path: Path, name: str, encoding: str | None) -> None:
    (tmp_path / "deep").mkdir()
    content = b"" if encoding is None else f"\0x{CANARY}y".encode(encoding)
    (tmp_path / "deep" / name).write_bytes(content)
    assert canaries_below(tmp_path) == [str(tmp_path / "deep" / name)]


def test_the_search_looks_into_archives(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", os.urandom(9).hex() + CANARY)
    assert canaries_below(tmp_path) == [f"{tmp_path / 'a.zip'}/inner.txt"]
