"""The study's own cache of decoded pixels: what the reading window opens, and nothing else.

Each image lies in `cache` as three files: `IMAGE.json` (the facts of the Mammogram and their
SHA-256), `IMAGE.npy` (its codes) and `IMAGE.air` (the SHA-256 of the air mask, then the mask as
packed bits). Checksums are compared at every load, so a damaged file is never shown. As whoever
changes a file can write its checksum too, the lock fixes one more of all that the pixels' own does
not cover: `display_sha256`.
"""

import hashlib
import json
import tokenize
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from study_design.errors import BadInputError, ImageError
from study_design.foreign_text import parsed_json, read_bounded
from study_design.images.case_list import cases_of
from study_design.images.mammogram import Mammogram
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

_MAMMOGRAM = TypeAdapter(Mammogram)
# Tables of 65,536 entries, a Modality and some VOI LUTs, in Base64.
_MOST_FACTS_BYTES = 20_000_000
# What numpy raises for a damaged file; its header is Python's own spelling of a table.
_DAMAGED_ARRAY = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
)
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
    stored = np.ascontiguousarray(codes, dtype="<u2")
    with (cache / f"{mammogram.image}.npy").open("wb") as stream:
        # As np.save writes it, which does not say that a disk is full.
        np.lib.format.write_array_header_1_0(
            stream, np.lib.format.header_data_from_array_1_0(stored)
        )
        stream.write(stored.data)
    (cache / f"{mammogram.image}.air").write_bytes(hashlib.sha256(packed).digest() + packed)
    write_facts(folder, mammogram)


def write_facts(folder: StudyFolder, mammogram: Mammogram) -> None:
    """Write the facts of an image whose pixels stay as they are."""
    facts = _MAMMOGRAM.dump_python(mammogram, mode="json")
    sealed = json.dumps({**facts, _FACTS_SHA256: _facts_sha256(facts)}, indent=1)
    write_atomically(folder.cache / f"{mammogram.image}.json", sealed.encode() + b"\n")


def load_mammogram(folder: StudyFolder, image: str, case: str = "") -> Mammogram:
    """Return the facts of an image.

    Raises
    ------
    ImageError
        In the reader's words, where the file is missing or damaged.
    """
    return _read_facts(folder, image, case or image)[0]


def display_sha256(folder: StudyFolder, image: str, case: str = "") -> str:
    """Return what fixes how an image is shown: a SHA-256 of its facts and of its air mask.

    It is taken of what the files say and not of their bytes; facts that a later version adds are
    not in files of an earlier one, so theirs stays as it was. Whether the mask is the one that its
    own checksum says is compared when it is loaded.

    Raises
    ------
    ImageError
        In the reader's words, where a file is missing or damaged.
    """
    _, facts_sha256 = _read_facts(folder, image, case or image)
    try:
        with (folder.cache / f"{image}.air").open("rb") as stream:
            air_sha256 = stream.read(_DIGEST_BYTES)
    except OSError as error:
        raise _not_shown(case or image, "a file is missing") from error
    if len(air_sha256) != _DIGEST_BYTES:
        raise _not_shown(case or image, "the file is damaged")
    return _shown_sha256(facts_sha256, air_sha256)


def _read_facts(folder: StudyFolder, image: str, case: str) -> tuple[Mammogram, str]:
    """Return the facts of an image and their checksum, compared with the one in the file."""
    try:
        facts = parsed_json(read_bounded(folder.cache / f"{image}.json", _MOST_FACTS_BYTES))
        mammogram = _MAMMOGRAM.validate_python(facts)
    except OSError as error:
        raise _not_shown(case, "a file is missing") from error
    except (ValueError, BadInputError) as error:
        raise _not_shown(case, "the file is damaged") from error
    noted = facts.pop(_FACTS_SHA256, "") if isinstance(facts, dict) else ""
    if not isinstance(facts, dict) or not isinstance(noted, str) or noted != _facts_sha256(facts):
        raise _not_shown(case, "the file is damaged")
    return mammogram, noted


def _shown_sha256(facts_sha256: str, air_sha256: bytes) -> str:
    """Return the SHA-256 of both."""
    return hashlib.sha256(f"{facts_sha256} {air_sha256.hex()}".encode()).hexdigest()


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


def load_pixels(folder: StudyFolder, mammogram: Mammogram, fixed: str = "") -> LoadedImage:
    """Return a mammogram with its pixels, checked; may be called from several threads at once.

    Parameters
    ----------
    fixed
        Its `display_sha256` as the lock fixed it; empty where nothing did.

    Raises
    ------
    ImageError
        In the reader's words, where a file is missing, its checksum differs, or the image would not
        be shown as it was when the study was locked.
    """
    shape = mammogram.rows, mammogram.columns
    try:
        codes = np.load(folder.cache / f"{mammogram.image}.npy")
        sealed = (folder.cache / f"{mammogram.image}.air").read_bytes()
    except OSError as error:
        raise _not_shown(mammogram.case, "a file is missing") from error
    except _DAMAGED_ARRAY as error:
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
    if fixed:
        facts, facts_sha256 = _read_facts(folder, mammogram.image, mammogram.case)
        if facts != mammogram or _shown_sha256(facts_sha256, sealed[:_DIGEST_BYTES]) != fixed:
            raise _not_shown(mammogram.case, "how it is shown was changed since the lock")
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
