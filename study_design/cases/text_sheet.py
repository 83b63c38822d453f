"""The contact sheet: every place where text or a marker was found, for the coordinator's eyes.

One HTML file that needs no other: of each image the whole view, small, with the places framed, and
each place enlarged. It shows pixels of patients, and it may show names; it belongs nowhere but on
the coordinator's desk.
"""

import base64
import html
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from study_design.images.found_text import FoundText, read_found_text
from study_design.images.image_store import load_mammogram, load_pixels
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

_WHOLE_PX = 320
_PLACE_WIDTH_PX = 480
_FRAME = "#ffb000"
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Text in pixels: {study}</title>
<style>body{{background:#111;color:#ddd;font:15px sans-serif;margin:2em}}
section{{display:flex;gap:1em;align-items:flex-start;margin:1.5em 0;border-top:1px solid #444}}
h2{{font-size:1em;width:9em}}figure{{margin:0.5em}}figcaption{{color:#aaa}}</style>
<h1>Text or markers found in the pixels: {study}</h1>
<p>{places} places on {images} images, {waiting} not decided on. This page may show names: keep it
apart from the study and delete it when all is decided.</p>{sections}</html>
"""


def write_text_sheet(folder: StudyFolder, path: Path) -> int:
    """Write the contact sheet of a study; return the number of places on it.

    Raises
    ------
    ImageError
        Where an image is missing or damaged.
    """
    found = read_found_text(folder)
    images = sorted({text.image for text in found})
    sections = [_section(folder, image, [t for t in found if t.image == image]) for image in images]
    page = _PAGE.format(
        study=html.escape(folder.path.name),
        places=len(found),
        images=len(images),
        waiting=sum(text.verdict == "open" for text in found),
        sections="".join(sections),
    )
    write_atomically(path, page.encode())
    return len(found)


def _section(folder: StudyFolder, image: str, found: Sequence[FoundText]) -> str:
    """Return the part of the page for one image."""
    mammogram = load_mammogram(folder, image)
    codes = load_pixels(folder, mammogram).codes
    grey = _grey(codes, low_is_bright=mammogram.low_is_bright)
    figures = [_figure(_whole(grey, found), "stored as it is")]
    for text in found:
        box = text.box
        place = grey.crop((box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px))
        width = min(_PLACE_WIDTH_PX, 4 * box.width_px)
        place = place.resize((width, max(1, round(width * box.height_px / box.width_px))))
        decided = f"{text.verdict} {text.by} {text.why}".strip()
        figures.append(_figure(place, f"{box}: {decided}"))
    return f"<section><h2>{html.escape(image)}</h2>{''.join(figures)}</section>"


def _grey(codes: NDArray[np.uint16], *, low_is_bright: bool) -> Image.Image:
    """Return the full range as 8 bit grey, dark as film is: faint text is drawn out by a root."""
    low, high = (float(end) for end in np.percentile(codes, (0.0, 99.9)))
    share = np.clip((codes - low) / max(high - low, 1.0), 0.0, 1.0)
    share = 1.0 - share if low_is_bright else share
    return Image.fromarray((255.0 * np.sqrt(share)).astype(np.uint8))


def _whole(grey: Image.Image, found: Sequence[FoundText]) -> Image.Image:
    """Return the whole view, small, with the places framed."""
    scale = _WHOLE_PX / max(grey.size)
    small = grey.resize((max(1, round(grey.width * scale)), max(1, round(grey.height * scale))))
    framed = small.convert("RGB")
    pen = ImageDraw.Draw(framed)
    for text in found:
        box = text.box
        corners = (box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px)
        pen.rectangle([scale * corner for corner in corners], outline=_FRAME, width=2)
    return framed


def _figure(picture: Image.Image, caption: str) -> str:
    """Return a picture, held in the page itself, with its caption."""
    content = io.BytesIO()
    picture.save(content, format="PNG")
    data = base64.b64encode(content.getvalue()).decode("ascii")
    said = html.escape(caption)
    return (
        f'<figure><img alt="{said}" src="data:image/png;base64,{data}">'
        f"<figcaption>{said}</figcaption></figure>"
    )
