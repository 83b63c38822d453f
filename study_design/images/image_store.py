"""The study's own cache of decoded pixels: what the reading window opens, and nothing else.

Each image lies in `cache` as three files: `IMAGE.json` (the facts of the Mammogram and their
SHA-256), `IMAGE.npy` (its codes) and `IMAGE.air` (the SHA-256 of the air mask, then the mask as
packed bits). Checksums are compared at every load, so a damaged file is never shown.
"""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from study_design.errors import ImageError
from study_design.exchange.csv_file import write_atomically
from study_design.images.case_list import cases_of
from study_design.images.mammogram import Mammogram
from study_design.study_folder import StudyFolder

_MAMMOGRAM = TypeAdapter(Mammogram)
_FACTS_SHA256 = "facts_sha256"
_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class LoadedImage:
    """A mammogram with its pixels.

    Attributes
    ----------
    codes
        Unsigned 16 bit, rows x columns, stored orientation, read only.
    air
        True where nothing of the patient is; same shape, read only.
    """

    mammogram: Mammogram
    codes: NDArray[np.uint16]
    air: NDArray[np.bool_]


def codes_sha256(codes: NDArray[np.uint16]) -> str:
    """Return the SHA-256 of a pixel matrix: row by row, 16 bit little endian."""
    return hashlib.sha256(np.ascontiguousarray(codes, dtype="<u2").data).hexdigest()


def write_image(
    folder: StudyFolder, mammogram: Mammogram, codes: NDArray[np.uint16], air: NDArray[np.bool_]
) -> None:
    """Write the three files of an image; `mammogram.sha256` must be that of the codes."""
    cache = folder.cache
    cache.mkdir(parents=True, exist_ok=True)
    packed = np.packbits(air).tobytes()
    np.save(cache / f"{mammogram.image}.npy", np.ascontiguousarray(codes, dtype="<u2"))
    (cache / f"{mammogram.image}.air").write_bytes(hashlib.sha256(packed).digest() + packed)
    facts = _MAMMOGRAM.dump_python(mammogram, mode="json")
    sealed = json.dumps({**facts, _FACTS_SHA256: _facts_sha256(facts)}, indent=1)
    write_atomically(cache / f"{mammogram.image}.json", sealed.encode() + b"\n")


def load_mammogram(folder: StudyFolder, image: str, case: str = "") -> Mammogram:
    """Return the facts of an image.

    Raises
    ------
    ImageError
        In the reader's words, where the file is missing or damaged.
    """
    try:
        facts = json.loads((folder.cache / f"{image}.json").read_bytes())
        mammogram = _MAMMOGRAM.validate_python(facts)
    except OSError as error:
        raise _not_shown(case or image, "a file is missing") from error
    except ValueError as error:
        raise _not_shown(case or image, "the file is damaged") from error
    if facts.pop(_FACTS_SHA256, "") != _facts_sha256(facts):
        raise _not_shown(case or image, "the file is damaged")
    return mammogram


def _facts_sha256(facts: dict[str, object]) -> str:
    """Return the SHA-256 of what a mammogram's file says, the checksum of the codes included."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def case_images(folder: StudyFolder, case: str) -> tuple[Mammogram, ...]:
    """Return the images of a case in hanging order: R-CC, L-CC, R-MLO, L-MLO.

    Raises
    ------
    ImageError
        Where there is no such case, or the cache does not hold what cases.csv lists.
    """
    for entry in cases_of(folder):
        if entry.case == case:
            break
    else:
        raise ImageError(f"Expected the name of a case of the study, got {case}. Check cases.csv.")
    mammograms = []
    for listed in entry.images:
        mammogram = load_mammogram(folder, listed.image, case)
        if (mammogram.sha256, mammogram.view) != (listed.sha256, listed.view):
            raise _not_shown(case, "the file is damaged")
        mammograms.append(mammogram)
    return tuple(mammograms)


def load_pixels(folder: StudyFolder, mammogram: Mammogram) -> LoadedImage:
    """Return a mammogram with its pixels, checked; may be called from several threads at once.

    Raises
    ------
    ImageError
        In the reader's words, where a file is missing or its checksum differs.
    """
    shape = mammogram.rows, mammogram.columns
    try:
        codes = np.load(folder.cache / f"{mammogram.image}.npy")
        sealed = (folder.cache / f"{mammogram.image}.air").read_bytes()
    except OSError as error:
        raise _not_shown(mammogram.case, "a file is missing") from error
    except (ValueError, EOFError) as error:
        raise _not_shown(mammogram.case, "the file is damaged") from error
    packed = sealed[_DIGEST_BYTES:]
    whole = (
        codes.shape == shape
        and codes.dtype == np.dtype("<u2")
        and codes_sha256(codes) == mammogram.sha256
        and hashlib.sha256(packed).digest() == sealed[:_DIGEST_BYTES]
        and len(packed) == -(-codes.size // 8)
    )
    if not whole:
        raise _not_shown(mammogram.case, "the file is damaged")
    bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=codes.size)
    air = bits.view(np.bool_).reshape(shape)
    codes.flags.writeable = False
    air.flags.writeable = False
    return LoadedImage(mammogram, codes, air)


def _not_shown(case: str, why: str) -> ImageError:
    """Return what a reader is told; the coordinator finds the file by the case."""
    return ImageError(
        f"Case {case} could not be shown: {why}. Your earlier reads are saved. "
        "Please call the coordinator."
    )
