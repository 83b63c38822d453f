"""Which image of the study a file means, and where its box lies there in stored pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from study_design.errors import BadInputError
from study_design.exchange.ai_files.reported import Corners, PictureSize, ReportedBox, ReportedImage
from study_design.exchange.ai_files.rows_of_others import NotOfStudyError
from study_design.images.case_list import CURRENT, CaseImage
from study_design.images.case_sheet import CaseSheet
from study_design.tables.cells import Resolve
from study_design.tables.foreign.units import Unit
from study_design.vocabulary import View

# Files keep coordinates as 32 bit numbers or as fractions; an edge may overstep by this much.
ROUNDING_PX = 0.01
# Fractions may overstep 1 a little; where all boxes end before this, they are fractions.
FIRST_PIXELS = 2.0
# Relative difference up to which two pictures have the same shape: a pixel in a small picture.
SAME_SHAPE = 0.01
# More zeros before a number than identifiers begin with.
MOST_ZEROS = 16
# Pictures that a detector was given, named after the images that they were made from.
PICTURE_SUFFIXES = (".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".npy")


@dataclass(frozen=True, slots=True)
class StudyNames:
    """How names in a file become the study's.

    Attributes
    ----------
    accept_twins
        An unknown image of a known case and view is taken for the study's image of that view.
    """

    sheet: CaseSheet
    resolve_case: Resolve
    resolve_image: Resolve
    accept_twins: bool = False
    _images: dict[str, CaseImage] = field(init=False, repr=False, compare=False)
    _views: dict[tuple[str, View], CaseImage] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shown = [one for one in self.sheet.images if one.view and one.exam_role == CURRENT]
        object.__setattr__(self, "_images", {one.image: one for one in self.sheet.images})
        object.__setattr__(self, "_views", {(one.case, one.view): one for one in shown if one.view})

    def case(self, on: ReportedImage) -> str:
        """Return the case that is meant, or refuse."""
        case = self.resolve_case(on.case) or on.case
        if case not in self.sheet.cases:
            self._refuse_cut(on.case)
            raise NotOfStudyError(f"expected a case of the study, got {on.case!r}")
        return case

    def image(self, on: ReportedImage) -> CaseImage:
        """Return the image that is meant; its twin of the same case and view where that is told.

        Raises
        ------
        BadInputError
            Where the study has no such image, or it is of another case or view than the file says.
        """
        case = (self.resolve_case(on.case) or on.case) if on.case else ""
        image = self._named(on.image)
        if image is not None:
            self._refuse_other_beside(image, on)
            return _agreeing(image, on, case)
        shown = self._views.get((case, on.view)) if on.view else None
        if shown is None:
            raise self._unknown(on, case)
        if on.image and not self.accept_twins:
            raise BadInputError(
                f"expected an image of the study, got {on.image}, another image of {on.view} of "
                f"case {case}, perhaps its FOR PROCESSING twin. Where both have the same pixels, "
                "say twins = true in the map file"
            )
        return shown

    def is_twin(self, on: ReportedImage) -> bool:
        """Tell whether a file means an image that the study does not have."""
        return bool(on.image) and self._named(on.image) is None

    def _named(self, name: str) -> CaseImage | None:
        """Return the image of a name, which may have been given the suffix of a picture."""
        if not name:
            return None
        found = self._images.get(self.resolve_image(name) or name)
        path = PurePath(name)
        if found is None and path.suffix.lower() in PICTURE_SUFFIXES:
            found = self._images.get(self.resolve_image(path.stem) or path.stem)
        return found

    def _refuse_other_beside(self, image: CaseImage, on: ReportedImage) -> None:
        """Refuse an image of which its row says another case of the study, side or projection."""
        beside = on.beside
        if beside is None:
            return
        case = self.resolve_case(beside.case) or beside.case
        for said, got in (
            (case if case in self.sheet.cases else None, image.case),
            (beside.side, image.view.side if image.view else beside.side),
            (beside.projection, image.view.projection if image.view else beside.projection),
        ):
            if said is not None and said != got:
                raise BadInputError(
                    f"expected an image of {said}, as the row says, got {on.image}, which is "
                    f"{image.view or 'unplaced'} of case {image.case}"
                )

    def _refuse_cut(self, name: str) -> None:
        """Refuse a number that is known with zeros before it: a row of the study all the same."""
        plain = name.removesuffix(".0")
        if plain.isdigit() and any(
            self.resolve_case("0" * zeros + plain) for zeros in range(MOST_ZEROS)
        ):
            raise BadInputError(
                f"expected an identifier of the study, got {name!r}, which is one without the "
                "zeros before it that a spreadsheet took away. Make its column text and write the "
                "identifiers again"
            )

    def _unknown(self, on: ReportedImage, case: str) -> BadInputError:
        """Return why an image is not the study's."""
        if case and case not in self.sheet.cases and not on.image:
            self._refuse_cut(on.case)
            return NotOfStudyError(f"expected a case of the study, got {on.case!r}")
        if case in self.sheet.cases and on.view is not None:
            return BadInputError(f"expected a view that case {case} has, got {on.view}")
        if not on.image:
            return BadInputError(f"expected an image, got case {on.case!r} without a view")
        return NotOfStudyError(f"expected an image of the study, got {on.image}")


def are_fractions(boxes: Sequence[ReportedBox]) -> bool:
    """Tell whether boxes said to be in pixels all lie in the first two: no view's boxes do."""
    edges = [max(b.corners.x0, b.corners.y0, b.corners.x1, b.corners.y1) for b in boxes]
    in_pixels = all(box.unit is Unit.PIXELS for box in boxes)
    return bool(edges) and in_pixels and all(edge <= FIRST_PIXELS for edge in edges)


def refuse_fraction_among_pixels(box: ReportedBox) -> None:
    """Refuse a box within the first pixel where others are in pixels: it counts something else."""
    corners = box.corners
    edges = (corners.x0, corners.y0, corners.x1, corners.y1)
    if box.unit is Unit.PIXELS and corners.finite and 0 < max(edges) <= 1 and min(edges) >= 0:
        raise BadInputError(
            "expected pixels, as in other rows, got fractions of the picture: "
            f"{', '.join(f'{edge:g}' for edge in edges)}"
        )


def refuse_no_box(box: ReportedBox) -> None:
    """Refuse four zeros, by which programs say that there is no box."""
    corners = box.corners
    edges = (corners.x0, corners.y0, corners.x1, corners.y1)
    if edges == (0.0,) * 4 or edges in ((-1.0,) * 4, (-1.0, -1.0, -2.0, -2.0)):
        raise BadInputError(
            "expected a box, or empty cells where there is none, got "
            + (
                "zeros alone, which are a point in the picture's corner"
                if not edges[0]
                else "-1 alone"
            )
        )


def stored_corners(box: ReportedBox, image: CaseImage) -> Corners:
    """Return the corners of a box in stored pixels; what oversteps by rounding is put on the edge.

    Raises
    ------
    BadInputError
        Where the corners are no numbers, in the wrong order, outside the image, or in a picture of
        another shape.
    """
    corners = box.corners
    if not corners.finite:
        raise BadInputError("expected numbers as coordinates, got a cell that holds none")
    if not corners.in_order:
        raise BadInputError(
            "expected the upper left corner before the lower right one, got "
            f"{corners.x0:g}, {corners.y0:g} before {corners.x1:g}, {corners.y1:g}"
        )
    if box.from_bottom:
        corners = corners.turned_over(_rows_told(box, image))
    if box.unit is Unit.FRACTIONS:
        corners = corners.scaled(image.columns, image.rows)
    elif box.on.size is not None:
        corners = _resized(corners, box.on.size, image)
    return _inside(corners, image)


def _rows_told(box: ReportedBox, image: CaseImage) -> float:
    """Return how many rows the picture has that the numbers of a box count in."""
    if box.unit is Unit.FRACTIONS:
        return 1.0
    return box.on.size.rows if box.on.size is not None else float(image.rows)


def _agreeing(image: CaseImage, on: ReportedImage, case: str) -> CaseImage:
    """Return an image, unless the file says that it is of another case or view."""
    if (case and case != image.case) or (on.view and on.view is not image.view):
        said = " ".join(part for part in (on.case, on.view.value if on.view else "") if part)
        raise BadInputError(
            f"expected an image of {said}, got {on.image}, which is {image.view or 'unplaced'} of "
            f"case {image.case}"
        )
    return image


def _resized(corners: Corners, size: PictureSize, image: CaseImage) -> Corners:
    """Return corners in a picture of another size in stored pixels; refuse another shape."""
    if (size.columns, size.rows) == (image.columns, image.rows):
        return corners
    across, down = image.columns / size.columns, image.rows / size.rows
    if abs(across / down - 1) > SAME_SHAPE:
        raise BadInputError(
            f"expected coordinates in a picture of {image.columns} x {image.rows} pixels, got "
            f"{size.columns:g} x {size.rows:g}, which is of another shape"
        )
    return corners.scaled(across, down)


def _inside(corners: Corners, image: CaseImage) -> Corners:
    """Return corners inside an image, or refuse them."""
    inner = Corners(
        max(corners.x0, 0.0),
        max(corners.y0, 0.0),
        min(corners.x1, float(image.columns)),
        min(corners.y1, float(image.rows)),
    )
    over = max(
        inner.x0 - corners.x0,
        inner.y0 - corners.y0,
        corners.x1 - inner.x1,
        corners.y1 - inner.y1,
    )
    if over > ROUNDING_PX:
        box = corners.box
        raise BadInputError(
            f"expected a box inside {image.columns} x {image.rows} pixels, got {box.x_px:g}, "
            f"{box.y_px:g}, {box.width_px:g} x {box.height_px:g}"
        )
    return inner
