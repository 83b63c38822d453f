"""How a picture moves in its pane: dragged, zoomed, 1:1, or as the mirror image of its partner.

Every placement returned is kept in the pane, as `Placement.kept_in` says.
"""

from reader_app.display.display_frame import Hanging, hung
from reader_app.display.display_hanging import (
    CommonScale,
    DevicePoint,
    HungPoint,
    PaneSize,
    Placement,
    zoomed_scale,
)
from reader_app.display.display_pyramid import Picture
from study_design.vocabulary import Side

ONE_TO_ONE = 1.0  # device pixels a picture pixel


def panned(hanging: Hanging, right_device: float, down_device: float) -> Placement:
    """Return where a picture lies after a drag by so many device pixels."""
    moved = hanging.placement.panned(right_device, down_device)
    return moved.kept_in(hanging.picture.mammogram, hanging.pane)


def zoomed(hanging: Hanging, factor: float, at: DevicePoint, scale: CommonScale) -> Placement:
    """Return where a picture lies after a zoom; what is at `at` stays there.

    Parameters
    ----------
    scale
        At which the picture hangs: the smallest of all, and to reach it is to hang anew.
    """
    mammogram, pane = hanging.picture.mammogram, hanging.pane
    smallest = scale.scale_of(mammogram)
    wanted = zoomed_scale(hanging.placement.scale, factor, smallest)
    if wanted == smallest:
        return hung(hanging.picture, pane, scale).placement
    return hanging.placement.zoomed(wanted, at).kept_in(mammogram, pane)


def one_to_one(hanging: Hanging, at: DevicePoint | None) -> Placement:
    """Return where a picture lies with a pixel of it on each device pixel.

    Parameters
    ----------
    at
        What is there stays there; None puts the middle of the breast into the pane's middle.
    """
    if at is None:
        pane, centre = hanging.pane, hanging.picture.breast_centre
        left, top = centre.x_hung - pane.width / 2, centre.y_hung - pane.height / 2
        placement = Placement(left, top, ONE_TO_ONE)
    else:
        placement = hanging.placement.zoomed(ONE_TO_ONE, at)
    return placement.kept_in(hanging.picture.mammogram, hanging.pane).snapped()


def mirrored(lead: Hanging, picture: Picture, pane: PaneSize, scale: CommonScale) -> Placement:
    """Return where the picture of the other breast lies as the mirror image of `lead`.

    The axis is the seam where both panes and both chest walls meet; places correspond that are as
    far from the chest wall and from the middle row of their picture. Pictures with other spacings
    are magnified differently, so that both breasts have one physical size.

    Parameters
    ----------
    lead
        Where the picture of one breast has been moved to.
    picture, pane
        Of the other breast, in the same projection.
    scale
        At which both hang; a lead that hangs at it lets its partner hang too.
    """
    if lead == hung(lead.picture, lead.pane, scale):
        return hung(picture, pane, scale).placement
    own, others = lead.picture.mammogram, picture.mammogram
    magnified = lead.placement.scale * (scale.scale_of(others) / scale.scale_of(own))
    anchor = lead.placement.to_device(HungPoint(lead.picture.chest_wall_hung, own.rows_hung / 2))
    lead_is_right = own.view is not None and own.view.side is Side.RIGHT
    seam_device = (lead.pane if lead_is_right else pane).width
    below_middle_device = anchor.y_device - lead.pane.height / 2
    placement = Placement(
        picture.chest_wall_hung - (seam_device - anchor.x_device) / magnified,
        others.rows_hung / 2 - (pane.height / 2 + below_middle_device) / magnified,
        magnified,
    )
    kept = placement.kept_in(others, pane)
    return kept.snapped() if magnified == ONE_TO_ONE else kept
