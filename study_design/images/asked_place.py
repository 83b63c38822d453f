"""What is asked of an image in no slot: which view it is, or which of several images is used."""

from study_design.vocabulary import View

_SECOND, _SEVERAL = "a second ", "one of several images for "


def second_image(view: View, rival: str) -> str:
    """Return why an image waits whose slot another one fills."""
    return f"{_SECOND}{view} beside {rival}"


def several_images(view: View) -> str:
    """Return why an image waits that came with others for its slot."""
    return f"{_SEVERAL}{view}"


def repeated_view(why: str) -> View | None:
    """Return the view of which an image waits beside others; None where its view is asked."""
    for start in (_SECOND, _SEVERAL):
        if why.startswith(start):
            return next((view for view in View if why.removeprefix(start).startswith(view)), None)
    return None


def asked_place(image: str, why: str) -> str:
    """Return what is asked of an image that waits.

    Parameters
    ----------
    why
        Why it waits, as `cases.csv` has it.
    """
    view = repeated_view(why)
    if view is None:
        return f"which view is {image}? {why}".strip()
    return f"which image of {view} is used? {image} is {why}"
