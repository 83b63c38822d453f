"""What the keys for looking do to the panes; nothing of it is an answer or written down."""

from collections.abc import Callable, Mapping
from functools import partial

from reader_app.qt.reading.light_box import LightBox
from reader_app.reading.keys import Command


def viewing_commands(light_box: LightBox) -> Mapping[Command, Callable[[], object]]:
    """Return what carries out each command that only changes how the images are seen."""
    return {
        Command.NEXT_HANGING_STEP: partial(light_box.go, 1),
        Command.PREVIOUS_HANGING_STEP: partial(light_box.go, -1),
        Command.VENDOR_WINDOW: light_box.next_window,
        Command.RESET: light_box.reset,
        Command.INVERT: light_box.invert,
        Command.ONE_TO_ONE: light_box.one_to_one,
        Command.TRUE_SIZE: light_box.show_true_size,
        Command.TOGETHER: light_box.pairs.toggle,
        Command.LENS: light_box.lens.hold,
        Command.RULER: light_box.toggle_ruler,
    }
