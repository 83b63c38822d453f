"""The README's picture of phantoms: an exam as it is seen, and beside it what is known of it."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from study_design.geometry import Box
from study_design.phantom.exam import LesionSpec, PhantomExam, Storage, draw_exam
from study_design.phantom.render import PhantomImage, render
from study_design.vocabulary import AbnormalityType, Side, View

_SEED = 29
_SPACING_MM = 0.3
_DARK, _BRIGHT = 200.0, 3400.0  # stored values shown as black and as white
_LESION, _DISTRACTOR = "#ff6b5e", "#59c3ff"
_HANGING = (View.R_MLO, View.L_MLO)
_MARGIN_PX = 30


def write_phantom_picture(path: Path) -> None:
    """Write an exam's oblique views, without and with the boxes of lesions and distractors."""
    lesions = (
        LesionSpec(AbnormalityType.MASS, malignant=True, side=Side.LEFT),
        LesionSpec(AbnormalityType.CALCIFICATION, malignant=True, side=Side.RIGHT),
    )
    exam = draw_exam(_SEED, lesions=lesions, density="b", storage=Storage.HUNG)
    images = {image.view: image for image in render(exam, spacing_mm=_SPACING_MM).images}
    plain = [_picture(images[view]) for view in _HANGING]
    known = [_with_truth(exam, images[view]) for view in _HANGING]
    tiles = [np.asarray(picture) for picture in (*plain, *known)]
    outer = min(_air_columns(images[view]) for view in _HANGING) - _MARGIN_PX
    # Right breasts hang with their air to the left, left ones to the right.
    cut = [tile[:, outer:] if at % 2 == 0 else tile[:, :-outer] for at, tile in enumerate(tiles)]
    Image.fromarray(np.hstack(cut)).save(path, optimize=True)


def _air_columns(image: PhantomImage) -> int:
    """Count the columns beside the breast that hold nothing but air."""
    return int((~(image.pixels > 0).any(axis=0)).sum())


def _picture(image: PhantomImage) -> Image.Image:
    """Return a view in greys."""
    seen = (image.pixels.astype(np.float32) - _DARK) / (_BRIGHT - _DARK)
    return Image.fromarray((255 * np.clip(seen, 0.0, 1.0)).astype(np.uint8)).convert("RGB")


def _with_truth(exam: PhantomExam, image: PhantomImage) -> Image.Image:
    """Return a view with its boxes, each with what it is."""
    picture = _picture(image)
    draw = ImageDraw.Draw(picture)
    width = float(
        picture.width if image.view.side is Side.RIGHT else picture.width - _air_columns(image)
    )
    for lesion in image.boxes:
        known = exam.lesions[lesion.lesion - 1]
        word = f"{'malignant' if known.malignant else 'benign'} {known.type}"
        _frame(draw, lesion.box, f"{word}, depth {known.depth:.2f}", _LESION, width)
    kinds = {one.number: one.kind for one in exam.distractors}
    for distractor in image.distractors:
        _frame(draw, distractor.box, kinds[distractor.distractor], _DISTRACTOR, width)
    return picture


def _frame(draw: ImageDraw.ImageDraw, box: Box, word: str, colour: str, width_px: float) -> None:
    """Draw a box a little outside of its edges, and its word above it, left of `width_px`."""
    left, top = box.x_px - 3, box.y_px - 3
    right, bottom = box.x_px + box.width_px + 3, box.y_px + box.height_px + 3
    draw.rectangle((left, top, right, bottom), outline=colour, width=2)
    font = ImageFont.load_default(15)
    room = width_px - draw.textlength(word, font=font) - 8
    place = (max(4.0, min(left, room)), top - 22)
    draw.text(place, word, fill=colour, font=font, stroke_width=3, stroke_fill="black")
