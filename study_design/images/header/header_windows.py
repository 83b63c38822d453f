"""The windows of a header: pairs of Window Center and Window Width (PS3.3 C.11.2.1.2).

The two attributes are lists whose values belong together by their places. A pair is put together
before it is judged, so that one bad value never makes a window of two others.
"""

from dataclasses import dataclass
from itertools import zip_longest

from pydicom.dataset import Dataset

from study_design.images.header.attributes import items, spelled_numbers, text, texts
from study_design.images.header.spelled_number import SpelledNumber
from study_design.images.header.value_range import ValueRange, rescale_of, rescaled_range
from study_design.images.mammogram import VoiFunction, VoiWindow

# Names of windows that makers use; any other is shown by its number.
WINDOW_NAMES = ("NORMAL", "HARDER", "SOFTER", "LINEAR LUT", "DEFAULT", "USER")

# Makers give ten at most; the rest of a longer list is damage.
_MOST_WINDOWS = 32
_ABSENT = SpelledNumber((), is_empty=True)
# So many steps of grey at least lie in a window that was meant for a picture.
_FEWEST_STEPS = 2


@dataclass(frozen=True, slots=True)
class HeaderWindows:
    """The windows that make sense, in their order, with what was assumed and what is doubtful."""

    windows: tuple[VoiWindow, ...]
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A centre and a width at one place, from 1; `fault` says why it is no window."""

    place: int
    centre: float = 0.0
    width: float = 0.0
    fault: str = ""


def window_name(said: str, place: int) -> str:
    """Return the name of a window from a closed list, or its number, counted from 1."""
    return said.upper() if said.upper() in WINDOW_NAMES else f"window {place}"


def header_windows(dataset: Dataset) -> HeaderWindows:
    """Return the windows of a header.

    A pair that is no window is left out, with a note that says why; the others keep their places
    and names. A doubt is left where none remains.
    """
    pairs = _pairs(dataset)
    function, notes = _function(dataset)
    if len(pairs) > _MOST_WINDOWS:
        notes.append(f"{len(pairs)} windows in the header: the first {_MOST_WINDOWS} are shown")
        pairs = pairs[:_MOST_WINDOWS]
    sound = [pair for pair in pairs if not pair.fault]
    if function is VoiFunction.LINEAR and _is_exact(dataset, sound):
        function = VoiFunction.LINEAR_EXACT
        notes.append("a window narrower than 1 cannot be LINEAR: shown as LINEAR_EXACT")
    faults = [(pair.place, pair.fault or _fault_of_width(pair.width, function)) for pair in pairs]
    bad = {place: fault for place, fault in faults if fault}
    notes += [f"window {place} of the header is left out: {fault}" for place, fault in bad.items()]
    names = texts(dataset, "WindowCenterWidthExplanation")
    windows = tuple(
        VoiWindow(
            pair.centre,
            pair.width,
            function,
            window_name("".join(names[pair.place - 1 : pair.place]), pair.place),
        )
        for pair in pairs
        if pair.place not in bad
    )
    if pairs and not windows:
        return HeaderWindows((), (), (f"no window of the header can be shown ({_why(bad)})",))
    return HeaderWindows(windows, tuple(notes))


def _why(bad: dict[int, str]) -> str:
    """Return why none of the windows can be shown."""
    return ", ".join(f"window {place}: {fault}" for place, fault in bad.items())


def _pairs(dataset: Dataset) -> list[_Pair]:
    """Return what stands at each place where there is anything; half a list is no windows."""
    values = rescaled_range(dataset)
    if items(dataset, "ModalityLUTSequence"):
        values = ValueRange(0, (1 << 16) - 1)
    centres, widths = (
        spelled_numbers(dataset, "WindowCenter"),
        spelled_numbers(dataset, "WindowWidth"),
    )
    if not centres or not widths:
        return []
    both = zip_longest(centres, widths, fillvalue=_ABSENT)
    return [
        _pair(place, centre, width, values)
        for place, (centre, width) in enumerate(both, start=1)
        if not (centre.is_empty and width.is_empty)
    ]


def _pair(place: int, centre: SpelledNumber, width: SpelledNumber, values: ValueRange) -> _Pair:
    """Return a pair; of two readings of a number the one that the values of the picture allow."""
    span = values.high - values.low
    at = centre.within(values.low - span, values.high + span)
    wide = width.within(0, 2 * span)
    if at is None:
        return _Pair(place, fault=f"its centre {centre.fault}")
    if wide is None:
        return _Pair(place, fault=f"its width {width.fault}")
    return _Pair(place, at, wide)


def _function(dataset: Dataset) -> tuple[VoiFunction, list[str]]:
    """Return the VOI LUT Function, which a file may spell with blanks or in small letters."""
    said = text(dataset, "VOILUTFunction").upper().replace(" ", "_").replace("-", "_")
    if said in tuple(VoiFunction):
        return VoiFunction(said), []
    notes = ["an unknown VOI LUT Function: shown as LINEAR"] if said else []
    return VoiFunction.LINEAR, notes


def _is_exact(dataset: Dataset, pairs: list[_Pair]) -> bool:
    """Tell whether windows are narrower than LINEAR allows because the values have small steps.

    LINEAR presumes values in steps of 1 and takes half a step off; a slope below 1 makes smaller
    ones, and a file that has a window narrower than 1 then cannot mean LINEAR by any of them.
    """
    if items(dataset, "ModalityLUTSequence"):
        return False
    step = abs(rescale_of(dataset).slope)
    return any(_FEWEST_STEPS * step <= pair.width < 1 for pair in pairs)


def _fault_of_width(width: float, function: VoiFunction) -> str:
    """Return why a width is none (PS3.3 C.11.2.1.2.1 and C.11.2.1.3); empty where it is one."""
    if width <= 0:
        return f"its width is {width:g}"
    if function is VoiFunction.LINEAR and width < 1:
        return f"its width {width:g} is narrower than a grey level"
    return ""
