"""How mammograms hang: which views stand where, at which scale, and where a pixel is on the screen.

Three frames meet here. Stored pixels are those of the file and of every mark (`geometry.Point`).
Hung pixels are the same picture after its turn and flips. Device pixels are those of a pane on the
screen, 0.0, 0.0 = its top left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from study_design.geometry import Box, Point
from study_design.images.mammogram import Mammogram
from study_design.vocabulary import Side, View

LARGEST_SCALE = 8.0  # device pixels a picture pixel
BAR_LENGTHS_MM = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class HungPoint:
    """A place in hung pixels."""

    x_hung: float
    y_hung: float


@dataclass(frozen=True, slots=True)
class DevicePoint:
    """A place in a pane, in device pixels."""

    x_device: float
    y_device: float


@dataclass(frozen=True, slots=True)
class PaneSize:
    """Width and height of a pane in device pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class HangingStep:
    """Which views are on the screen together: rows from top to bottom, each from left to right."""

    name: str
    rows: tuple[tuple[View, ...], ...]

    @property
    def views(self) -> tuple[View, ...]:
        """All views of the step."""
        return tuple(view for row in self.rows for view in row)


HANGING_STEPS = (
    HangingStep("all views", ((View.R_CC, View.L_CC), (View.R_MLO, View.L_MLO))),
    HangingStep("CC", ((View.R_CC, View.L_CC),)),
    HangingStep("MLO", ((View.R_MLO, View.L_MLO),)),
    HangingStep("right breast", ((View.R_CC, View.R_MLO),)),
    HangingStep("left breast", ((View.L_CC, View.L_MLO),)),
)


def hung_point(mammogram: Mammogram, point: Point) -> HungPoint:
    """Return where a stored place hangs."""
    x, y = (point.y_px, point.x_px) if mammogram.transposed else (point.x_px, point.y_px)
    return HungPoint(
        mammogram.columns_hung - x if mammogram.flip_horizontal else x,
        mammogram.rows_hung - y if mammogram.flip_vertical else y,
    )


def stored_point(mammogram: Mammogram, point: HungPoint) -> Point:
    """Return the stored place of a hung one."""
    x = mammogram.columns_hung - point.x_hung if mammogram.flip_horizontal else point.x_hung
    y = mammogram.rows_hung - point.y_hung if mammogram.flip_vertical else point.y_hung
    return Point(y, x) if mammogram.transposed else Point(x, y)


def inside(mammogram: Mammogram, point: Point) -> Point:
    """Return the nearest place on the picture, in stored pixels."""
    return Point(
        min(max(point.x_px, 0.0), float(mammogram.columns)),
        min(max(point.y_px, 0.0), float(mammogram.rows)),
    )


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies in its pane.

    Attributes
    ----------
    left_hung, top_hung
        The hung place that stands in the pane's top left corner; negative where air is beside it.
    scale
        Device pixels a picture pixel.
    """

    left_hung: float
    top_hung: float
    scale: float

    def to_device(self, point: HungPoint) -> DevicePoint:
        """Return where in the pane a hung place is."""
        return DevicePoint(
            (point.x_hung - self.left_hung) * self.scale,
            (point.y_hung - self.top_hung) * self.scale,
        )

    def to_hung(self, point: DevicePoint) -> HungPoint:
        """Return the hung place at a place of the pane."""
        return HungPoint(
            self.left_hung + point.x_device / self.scale,
            self.top_hung + point.y_device / self.scale,
        )

    def zoomed(self, scale: float, at: DevicePoint) -> "Placement":
        """Return the placement at another scale; what is at `at` stays there."""
        still = self.to_hung(at)
        return Placement(
            still.x_hung - at.x_device / scale, still.y_hung - at.y_device / scale, scale
        )

    def panned(self, right_device: float, down_device: float) -> "Placement":
        """Return the placement after the picture has been dragged by so many device pixels."""
        return replace(
            self,
            left_hung=self.left_hung - right_device / self.scale,
            top_hung=self.top_hung - down_device / self.scale,
        )

    def snapped(self) -> "Placement":
        """Return the placement moved to whole pixels: at scale 1 no pixel is interpolated."""
        return replace(
            self, left_hung=float(round(self.left_hung)), top_hung=float(round(self.top_hung))
        )

    def kept_in(self, mammogram: Mammogram, pane: PaneSize) -> "Placement":
        """Return the placement moved so that a quarter of the picture or pane is seen each way."""
        return replace(
            self,
            left_hung=_kept(self.left_hung, pane.width / self.scale, mammogram.columns_hung),
            top_hung=_kept(self.top_hung, pane.height / self.scale, mammogram.rows_hung),
        )

    def box_on_screen(self, mammogram: Mammogram, box: Box) -> Box:
        """Return a stored box as it lies in the pane; the result is in device pixels."""
        corners = (
            self.to_device(hung_point(mammogram, Point(x, y)))
            for x, y in (
                (box.x_px, box.y_px),
                (box.x_px + box.width_px, box.y_px + box.height_px),
            )
        )
        first, second = (Point(c.x_device, c.y_device) for c in corners)
        return Box.around(first, second)


@dataclass(frozen=True, slots=True)
class CommonScale:
    """The one scale of all panes on the screen.

    `a_device_px` is mm a device pixel; where a spacing is unknown (`in_mm` False) it is picture
    pixels a device pixel, and sizes on the screen may not be compared.
    """

    a_device_px: float
    in_mm: bool

    def scale_of(self, mammogram: Mammogram) -> float:
        """Return device pixels a picture pixel."""
        spacing_mm = mammogram.spacing_mm if self.in_mm else None
        return (spacing_mm or 1.0) / self.a_device_px


def common_scale(mammograms: Sequence[Mammogram], pane: PaneSize) -> CommonScale:
    """Return the largest scale at which each of the mammograms fits into a pane of this size."""
    in_mm = all(mammogram.spacing_mm is not None for mammogram in mammograms)
    units = [(m.spacing_mm or 1.0) if in_mm else 1.0 for m in mammograms]
    return CommonScale(
        max(
            (
                max(m.columns_hung * unit / pane.width, m.rows_hung * unit / pane.height)
                for m, unit in zip(mammograms, units, strict=True)
            ),
            default=1.0,
        ),
        in_mm,
    )


def hang(
    mammogram: Mammogram, chest_wall_hung: float, *, pane: PaneSize, scale: CommonScale
) -> Placement:
    """Return where a mammogram hangs in its pane: chest wall at the inner edge, centred in height.

    The inner edge of a right breast's pane is the right one, of a left breast's the left one; what
    the picture holds beyond the chest wall is padding and lies outside the pane.
    """
    of_picture = scale.scale_of(mammogram)
    right = mammogram.view is not None and mammogram.view.side is Side.RIGHT
    width_hung, height_hung = pane.width / of_picture, pane.height / of_picture
    return Placement(
        chest_wall_hung - width_hung if right else chest_wall_hung,
        (mammogram.rows_hung - height_hung) / 2,
        of_picture,
    )


def scale_bar_mm(mammogram: Mammogram, scale: float, longest_device: float) -> int | None:
    """Return the length of the longest round scale bar that is no longer than so many pixels.

    None where the spacing is unknown or the picture is too large for any bar.
    """
    if mammogram.spacing_mm is None:
        return None
    longest_mm = longest_device / scale * mammogram.spacing_mm
    return max((length for length in BAR_LENGTHS_MM if length <= longest_mm), default=None)


def zoomed_scale(scale: float, factor: float, smallest: float) -> float:
    """Return a scale after a zoom by a factor, no smaller than `smallest`, no larger than 8."""
    return min(max(scale * factor, smallest), max(LARGEST_SCALE, smallest))


def _kept(start_hung: float, pane_hung: float, picture_px: int) -> float:
    """Return where a pane may begin on one axis so that enough of the picture is seen."""
    seen = min(pane_hung, picture_px) / 4
    return min(max(start_hung, seen - pane_hung), picture_px - seen)
