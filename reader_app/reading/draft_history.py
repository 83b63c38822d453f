"""The drafts of an open read, one step a key or mark: for undo and redo."""

from reader_app.reading.draft import Draft


class DraftHistory:
    """Steps back and forward through the drafts of one read."""

    def __init__(self) -> None:
        self._past: list[Draft] = []
        self._future: list[Draft] = []

    def note(self, before: Draft, after: Draft) -> None:
        """Remember a step; what was undone before it can no longer be redone."""
        if before != after:
            self._past.append(before)
            self._future.clear()

    def back(self, now: Draft) -> Draft | None:
        """Return the draft before the last step; None where there is none."""
        if not self._past:
            return None
        self._future.append(now)
        return self._past.pop()

    def forward(self, now: Draft) -> Draft | None:
        """Return the draft after the step that was undone last; None where there is none."""
        if not self._future:
            return None
        self._past.append(now)
        return self._future.pop()
