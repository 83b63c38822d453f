"""A key that is held acts once in the desk windows too, with real keys on a screen."""

from collections.abc import Callable
from pathlib import Path

FILE = Path(__file__).with_name("windows_on_screen.py")


def test_a_held_key_acts_once_in_the_windows(run_on_screen: Callable[..., None]) -> None:
    run_on_screen(FILE, 1366, 768, select="held")
