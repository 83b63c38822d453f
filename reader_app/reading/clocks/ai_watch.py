"""How long AI marks were on the screen during a read, and when for the first time."""

from dataclasses import dataclass


@dataclass(slots=True)
class AiWatch:
    """Keeps account of the showing and hiding of AI marks in one read.

    Moments are seconds since the read's first full paint; what earlier sittings have counted comes
    in at the start.
    """

    first_shown_s: float | None = None
    total_s: float = 0.0
    visible: bool = False
    _since_s: float = 0.0

    def show(self, at_s: float) -> None:
        """Note that marks appear."""
        if not self.visible:
            self.visible = True
            self._since_s = at_s
            self.first_shown_s = at_s if self.first_shown_s is None else self.first_shown_s

    def hide(self, at_s: float) -> None:
        """Note that marks disappear."""
        if self.visible:
            self.visible = False
            self.total_s += at_s - self._since_s
