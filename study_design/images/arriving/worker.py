"""The child process in which foreign files are opened: a program of its own, asked line by line.

A file that makes a library crash, hang or take all memory takes this process down and nothing else;
`guarded_worker` starts the next one. Requests come on standard input, one a line: the act and its
JSON; replies go out the same way. What a library prints cannot be mistaken for a reply.
"""

import json
import os
import signal
import struct
import sys
import warnings
import zlib
from contextlib import suppress

from PIL import Image
from pydantic import TypeAdapter
from pydicom import config, dcmread
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filebase import DicomBytesIO

from study_design.disk import named_when_full
from study_design.errors import DiskFullError, ImageError
from study_design.images.arriving.acceptance import judge
from study_design.images.arriving.damage_words import damage_words
from study_design.images.arriving.file_kind import FileKind, file_kind
from study_design.images.arriving.picture import (
    check_picture,
    decode_picture,
    picture_low_is_bright,
)
from study_design.images.arriving.same_picture import is_same_picture
from study_design.images.deidentification.deidentify import (
    deidentify,
    wrap_picture,
    write_burned_in,
)
from study_design.images.deidentification.header_changes import header_changes
from study_design.images.found_text import may_identify, places
from study_design.images.header.attributes import text
from study_design.images.header.bare_file import read_until
from study_design.images.header.dicom import read_header
from study_design.images.header.orientation import Edge, Flips, flips_for
from study_design.images.header.presentation import CodeRange, Presentation, presentation_of
from study_design.images.header.spacing import Spacing
from study_design.images.image_store import codes_sha256, write_image
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.images.messages import (
    READY,
    AttributeChange,
    CompareRequest,
    Evidence,
    Identity,
    Inspection,
    InspectRequest,
    Judgement,
    SameRequest,
    Taken,
    TakeRequest,
    Tier,
    Verdict,
)
from study_design.images.pixels.breast import find_breast
from study_design.images.pixels.burned_in import find_text
from study_design.images.pixels.decode import StoredPixels, decode_dicom
from study_design.images.pixels.pixel_element import PIXEL_DATA, open_pixels
from study_design.images.pixels.window_reach import (
    breast_values,
    full_range,
    reach_doubts,
    stored_values,
)
from study_design.study_folder import StudyFolder
from study_design.vocabulary import Side

CHANGES = TypeAdapter(tuple[AttributeChange, ...])

# Whatever the libraries raise for a damaged file. Anything else ends the process, which is a
# refusal as well, only a slower one.
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BytesLengthException,
    EOFError,
    Image.DecompressionBombError,
    InvalidDicomError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def inspect(request: InspectRequest) -> Inspection:
    """Return what becomes of a file as far as its header tells."""
    if file_kind(request.path) is FileKind.PICTURE:
        if request.claimed is None:
            raise ImageError("a picture without a DICOM header; name its view in a manifest")
        claim = Evidence(Tier.MANIFEST, request.claimed.side, request.claimed.projection)
        return Inspection(
            Judgement(Verdict.ACCEPTED, view=request.claimed, evidence=(claim,)),
            Identity(),
            check_picture(request.path) / 1e6,
        )
    header = read_header(request.path)
    return Inspection(
        judge(header, claimed=request.claimed), header.identity, header.rows * header.columns / 1e6
    )


def take(request: TakeRequest) -> Taken:
    """Decode a file once and write its de-identified DICOM and its cached pixels."""
    if file_kind(request.path) is FileKind.PICTURE:
        pixels = decode_picture(request.path)
        presentation = _presentation_of_picture(request)
        dataset: Dataset = wrap_picture(
            pixels,
            request.names,
            request.spacing_mm,
            low_is_bright=presentation.low_is_bright,
        )
    else:
        element = open_pixels(request.path)
        pixels = decode_dicom(element)
        dataset = deidentify(element.header, pixels, request.names)
        presentation = presentation_of(element.header)
    taken = _store(request, pixels, presentation, text(dataset, "BurnedInAnnotation"))
    if taken.text:
        write_burned_in(dataset, identifies=may_identify(taken.text) or None)
    images = StudyFolder(request.target).images
    images.mkdir(parents=True, exist_ok=True)
    # Made in memory first: on a full disk pydicom hides what the system said.
    content = DicomBytesIO()
    dataset.save_as(content, enforce_file_format=True)
    (images / f"{request.names.image}.dcm").write_bytes(content.getvalue())
    return taken


def compare(request: CompareRequest) -> tuple[AttributeChange, ...]:
    """Return what became of every attribute of a file when it was de-identified."""
    with request.original.open("rb") as stream:
        original = read_until(stream, lambda tag, *_: int(tag) >= PIXEL_DATA)
    return header_changes(
        original,
        dcmread(request.kept, stop_before_pixels=True),
    )


def _presentation_of_picture(request: TakeRequest) -> Presentation:
    """Return how a picture without header is shown: as its format says, full range."""
    said = request.spacing_mm is not None
    spacing = Spacing(request.spacing_mm, "pixel spacing of the manifest" if said else "")
    notes = () if said else ("no spacing: none in the manifest",)
    low_is_bright = picture_low_is_bright(request.path)
    return Presentation(low_is_bright, (), 1.0, 0.0, spacing, "", None, (), notes)


def _store(
    request: TakeRequest, pixels: StoredPixels, presentation: Presentation, burned_in: str
) -> Taken:
    """Write the pixels with their air mask and the facts of the mammogram."""
    names, codes = request.names, pixels.codes
    padding = presentation.padding
    if padding is not None:
        padding = CodeRange(padding.low - pixels.code_offset, padding.high - pixels.code_offset)
    breast = find_breast(codes, low_is_bright=presentation.shows_low_bright, padding=padding)
    orientation = presentation.patient_orientation if request.trusts_orientation else ()
    # Without a view nothing is hung; the flips are found when the image gets one.
    view = names.view
    flips = flips_for(view, orientation, breast.chest_wall) if view else Flips(False, False)
    mirrored = flips.mirrored
    tissue = breast_values(pixels, breast.air)
    reach = reach_doubts(tissue, presentation.modality, presentation.windows)
    doubts = [*pixels.doubts, *presentation.doubts, *reach, *filter(None, [flips.doubt])]
    if request.mirrored is not None and request.mirrored != mirrored:
        doubts.append(f"mirrored = {request.mirrored:d} in the manifest, but it looks otherwise")
    notes = [*doubts, *pixels.notes, *presentation.notes, *filter(None, [flips.note])]
    spacing = presentation.spacing
    if spacing.mm is None and request.spacing_mm is not None:
        spacing = Spacing(request.spacing_mm, "pixel spacing of the manifest")
        notes = [note for note in notes if not note.startswith("no spacing")]
    mammogram = Mammogram(
        image=names.image,
        case=names.case,
        view=names.view,
        rows=codes.shape[0],
        columns=codes.shape[1],
        bits_stored=pixels.bits_stored,
        sha256=codes_sha256(codes),
        windows=presentation.windows or (_all_values(pixels, padding, presentation),),
        code_offset=pixels.code_offset,
        rescale_slope=presentation.rescale_slope,
        rescale_intercept=presentation.rescale_intercept,
        low_is_bright=presentation.low_is_bright,
        spacing_mm=spacing.mm,
        spacing_source=spacing.source,
        flip_horizontal=flips.horizontal,
        flip_vertical=flips.vertical,
        transposed=flips.transposed,
        mirrored=mirrored if request.mirrored is None else request.mirrored,
        vendor=presentation.vendor,
        modality_table=presentation.modality_table,
        doubts=tuple(doubts),
    )
    write_image(StudyFolder(request.target), mammogram, codes, breast.air)
    side = {Edge.RIGHT: Side.RIGHT, Edge.LEFT: Side.LEFT}.get(breast.chest_wall or Edge.TOP)
    found = find_text(codes, breast.air, low_is_bright=presentation.shows_low_bright)
    if found and not may_identify(found):
        notes.append(f"a marker or short text at {places(found)}: see crossread burned-in")
    return Taken(mammogram, tuple(notes), side, found, burned_in)


def _all_values(
    pixels: StoredPixels, padding: CodeRange | None, presentation: Presentation
) -> VoiWindow:
    """Return the window of a picture whose header has none."""
    return full_range(stored_values(pixels, padding), presentation.modality)


def _done(act: str, body: str) -> str:
    """Do what is asked and return what came of it as JSON."""
    if act == "inspect":
        inspection = inspect(TypeAdapter(InspectRequest).validate_json(body))
        return TypeAdapter(Inspection).dump_json(inspection).decode()
    if act == "compare":
        changes = compare(TypeAdapter(CompareRequest).validate_json(body))
        return CHANGES.dump_json(changes).decode()
    if act == "same":
        asked = TypeAdapter(SameRequest).validate_json(body)
        return json.dumps(is_same_picture(asked.one, asked.other))
    wanted = TypeAdapter(TakeRequest).validate_json(body)
    with named_when_full(wanted.target, "the imported images"):
        taken = take(wanted)
    return TypeAdapter(Taken).dump_json(taken).decode()


def answer(line: str) -> str:
    """Return the reply to a request: `ok` and JSON, `refused` or `full` and the reason."""
    act, _, body = line.partition(" ")
    try:
        return f"ok {_done(act, body)}"
    except DiskFullError as error:
        return f"full {error}"
    except ImageError as error:
        return f"refused {error}"
    except InvalidDicomError:
        return "refused not a DICOM file"
    except MemoryError:
        return "refused needs more memory than any mammogram"
    except DAMAGE as error:
        return f"refused {damage_words(error, act)}"


def limit_resources(memory_bytes: int) -> None:
    """Bound the memory of this process where the system allows it, and leave no core files."""
    if sys.platform != "win32":  # the parent's time limit holds there
        import resource

        for limit, value in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
            with suppress(ValueError, OSError):
                resource.setrlimit(limit, (value, value))


def limit_time(seconds: float) -> None:
    """End this process after so much work of the processor, where the system can; 0: never."""
    if sys.platform != "win32":  # the parent's clock decides there
        signal.setitimer(signal.ITIMER_PROF, seconds)


def main() -> None:
    """Answer requests until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    config.settings.reading_validation_mode = config.IGNORE
    config.settings.writing_validation_mode = config.IGNORE
    limit_resources(int(sys.argv[1]))
    print(READY, file=replies, flush=True)
    for line in sys.stdin:
        seconds, _, request = line.partition(" ")
        limit_time(float(seconds))
        reply = answer(request)
        limit_time(0)
        print(reply, file=replies, flush=True)
