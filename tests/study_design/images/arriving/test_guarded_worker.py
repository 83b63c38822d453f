import os
import random
import signal
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import imagecodecs
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    generate_uid,
)

from study_design.images.arriving.guarded_worker import FileRefusedError, GuardedWorker
from study_design.images.messages import (
    AttributeChange,
    CompareRequest,
    Fate,
    InspectRequest,
    Pseudonyms,
    Taken,
    TakeRequest,
)
from study_design.vocabulary import View


@pytest.fixture(scope="module")
def worker() -> Iterator[GuardedWorker]:
    with GuardedWorker() as running:
        yield running


def take(worker: GuardedWorker, path: Path, target: Path, view: View = View.R_CC) -> Taken:
    names = Pseudonyms("C001", "P001", f"C001-{view}", view, generate_uid(), generate_uid())
    return worker.take(TakeRequest(path, target, names), megapixels=1.0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a DICOM file"),
        (b"no image at all", "not a DICOM file"),
        (b"\0" * 128 + b"DICM", "no SOP Class UID"),
        (b"\0" * 128 + b"DICM" + b"\xff" * 500, "damaged|no SOP Class UID"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "without a DICOM header"),
    ],
)
def test_rubbish_is_refused_in_words(
    worker: GuardedWorker, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "rubbish"
    path.write_bytes(content)
    try:
        found = worker.inspect(InspectRequest(path)).judgement.reason
    except FileRefusedError as error:
        found = str(error)
    assert any(words in found for words in reason.split("|"))


def test_a_damaged_picture_is_refused_in_words(worker: GuardedWorker, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    with pytest.raises(FileRefusedError, match="damaged"):
        worker.inspect(InspectRequest(path, View.R_CC))


def test_a_coding_that_the_header_denies_is_told_in_the_notes(
    worker: GuardedWorker, make_dicom: Any, tmp_path: Path
) -> None:
    frame = imagecodecs.jpegls_encode(dcmread(make_dicom()).pixel_array)
    path = make_dicom(syntax=JPEGLosslessSV1, PixelData=encapsulate([frame]))
    notes = take(worker, path, tmp_path / "out").notes
    assert "the header says JPEG Lossless, the pixels are JPEG-LS" in notes


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_child_that_dies_is_replaced(make_dicom: Any) -> None:
    path = make_dicom()
    with GuardedWorker() as worker:
        assert worker.inspect(InspectRequest(path)).judgement.view is View.R_CC
        first = worker.process_id
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        assert worker.inspect(InspectRequest(path)).judgement.view is View.R_CC
        assert worker.process_id != first


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP here")
def test_a_child_that_hangs_is_killed_and_costs_one_file(make_dicom: Any) -> None:
    path = make_dicom()
    with GuardedWorker(header_seconds=0.5) as worker:
        worker.inspect(InspectRequest(path))
        assert worker.process_id is not None
        os.kill(worker.process_id, signal.SIGSTOP)
        with pytest.raises(FileRefusedError, match="took too long"):
            worker.inspect(InspectRequest(path))
        assert worker.inspect(InspectRequest(path)).judgement.view is View.R_CC


def bomb_of(path: Path, blocks: int) -> Path:
    """Turn a deflated file into one that swells to 16 MB a block."""
    content = path.read_bytes()
    dataset_at = 144 + struct.unpack_from("<I", content, 140)[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(b"\0" * 2**24) + packer.flush(zlib.Z_FULL_FLUSH)
    path.write_bytes(content[:dataset_at] + block * blocks + packer.flush())
    return path


@pytest.mark.skipif(os.name == "nt", reason="the processor's time is not limited there")
def test_a_file_that_takes_too_much_work_is_one_refused_file(make_dicom: Any) -> None:
    bomb = bomb_of(make_dicom("bomb.dcm", syntax=DeflatedExplicitVRLittleEndian), blocks=20)
    with GuardedWorker(header_seconds=0.05) as worker:
        with pytest.raises(FileRefusedError, match="took too long"):
            worker.inspect(InspectRequest(bomb))
        assert worker.process_id is None


@pytest.mark.skipif(os.name == "nt", reason="memory is limited by time alone there")
def test_a_small_file_that_asks_for_all_memory_is_one_refused_file(
    make_dicom: Any, tmp_path: Path
) -> None:
    bomb = bomb_of(make_dicom("bomb.dcm", syntax=DeflatedExplicitVRLittleEndian), blocks=80)
    good = make_dicom("good.dcm")
    with GuardedWorker(memory_bytes=1024**3) as worker:
        with pytest.raises(FileRefusedError, match="memory"):
            worker.inspect(InspectRequest(bomb))
        assert take(worker, good, tmp_path / "out").mammogram.rows == 160


@pytest.mark.parametrize("syntax", [None, JPEGLosslessSV1, JPEG2000Lossless])
def test_sixty_damaged_files_are_read_or_refused_and_never_stop_the_worker(
    worker: GuardedWorker, make_dicom: Any, tmp_path: Path, syntax: Any
) -> None:
    path = make_dicom(**({"syntax": syntax} if syntax else {}))
    whole = path.read_bytes()
    chance = random.Random(11)
    first = worker.process_id
    for _ in range(20):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 4, 30))):
            damaged[chance.randrange(132, len(damaged))] = chance.randrange(256)
        if chance.random() < 0.3:
            del damaged[chance.randrange(132, len(damaged)) :]
        path.write_bytes(damaged)
        with suppress(FileRefusedError):
            if worker.inspect(InspectRequest(path)).judgement.view:
                take(worker, path, tmp_path / "out")
    path.write_bytes(whole)
    assert take(worker, path, tmp_path / "out").mammogram.view is View.R_CC
    assert first is None or worker.process_id is not None


def test_two_headers_are_laid_side_by_side_in_the_child(
    tmp_path: Path, make_dicom: Callable[..., Path]
) -> None:
    before = make_dicom("before.dcm", PatientID="SECRET")
    after = make_dicom("after.dcm", PatientID="P001", Manufacturer="")
    with GuardedWorker() as worker:
        changes = {c.attribute: c for c in worker.compare(CompareRequest(before, after))}
        with pytest.raises(FileRefusedError):
            worker.compare(CompareRequest(tmp_path / "nothing.dcm", after))
    assert changes["PatientID"] == AttributeChange("PatientID", "SECRET", "P001", Fate.REPLACED)
    assert changes["Manufacturer"].fate is Fate.REMOVED
