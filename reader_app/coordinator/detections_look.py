"""What the preview of AI results shows of a case: its four views with the boxes where they hang."""

from dataclasses import dataclass

from reader_app.coordinator.view_picture import ViewPicture, view_picture
from reader_app.display.display_hanging import hung_point
from study_design.detections import CaseResult, Detection
from study_design.errors import ImageError
from study_design.geometry import Box, Point
from study_design.images.case_sheet import CaseSheet, read_case_sheet
from study_design.images.image_store import load_mammogram
from study_design.images.mammogram import Mammogram
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

# The longer side of a picture: sharp in a quarter of a large screen, and quick to make.
LOOKED_PX = 1100


@dataclass(frozen=True, slots=True)
class BoxFrame:
    """A box on a hung picture, as shares of its width and height, with what stands beside it."""

    left: float
    top: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class ViewLook:
    """A view with its boxes; `problem` says why there is no picture."""

    view: View
    picture: ViewPicture | None
    frames: tuple[BoxFrame, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CaseLook:
    """The four views of a case in hanging order."""

    case: str
    views: tuple[ViewLook, ...]


def look_at_case(folder: StudyFolder, result: CaseResult) -> CaseLook:
    """Return the views of a case with the boxes of its detections; slow: it reads pixels."""
    sheet = read_case_sheet(folder)
    return CaseLook(result.case, tuple(_look_at_view(folder, sheet, result, view) for view in View))


def _look_at_view(
    folder: StudyFolder, sheet: CaseSheet, result: CaseResult, view: View
) -> ViewLook:
    """Return one view with its boxes."""
    image = sheet.image(result.case, view)
    if image is None:
        return ViewLook(view, None, (), f"{view} is missing")
    try:
        picture = view_picture(folder, image.image, (), LOOKED_PX)
        mammogram = load_mammogram(folder, image.image)
    except ImageError as error:
        return ViewLook(view, None, (), str(error))
    frames = tuple(
        _frame(mammogram, box.where, found)
        for found in result.detections
        for box in found.boxes
        if box.image == image.image
    )
    return ViewLook(view, picture, frames)


def _frame(mammogram: Mammogram, box: Box, found: Detection) -> BoxFrame:
    """Return where a box of stored pixels hangs, with the type and score of its detection."""
    one = hung_point(mammogram, Point(box.x_px, box.y_px))
    other = hung_point(mammogram, Point(box.x_px + box.width_px, box.y_px + box.height_px))
    columns, rows = mammogram.columns_hung, mammogram.rows_hung
    return BoxFrame(
        left=min(one.x_hung, other.x_hung) / columns,
        top=min(one.y_hung, other.y_hung) / rows,
        width=abs(one.x_hung - other.x_hung) / columns,
        height=abs(one.y_hung - other.y_hung) / rows,
        words=f"{'+'.join(found.types) or 'untyped'} {found.score:g}",
    )
