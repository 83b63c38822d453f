"""Standard output and errors on which a name cannot steer the terminal.

Everything printed goes through here, so control characters of names, titles and file names come out
spelled. Progress bars, which are ours, write to the stream beneath.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from study_design.plain_text import escaped


class PlainOutput:
    """A stream that spells control characters; in all else it is the stream beneath.

    Attributes
    ----------
    beneath
        Where bars and colours of our own go.
    """

    def __init__(self, beneath: TextIO) -> None:
        self.beneath = beneath

    def write(self, text: str) -> int:
        """Write text, spelled where a terminal might obey it, replaced where it has no letter."""
        plain = escaped(text)
        encoding = getattr(self.beneath, "encoding", None) or "utf-8"
        self.beneath.write(plain.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self.beneath, name)


@contextmanager
def plain_output() -> Iterator[None]:
    """Print plainly while the block runs."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, PlainOutput(stream)) for stream in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def beneath(stream: TextIO) -> TextIO:
    """Return the stream for what is ours to steer."""
    return stream.beneath if isinstance(stream, PlainOutput) else stream
