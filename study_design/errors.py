"""Errors that a user can act on: one line that says what was expected, what was got, what to do."""

import re

# What a cell, a name or a file quotes may be as long as a file; a line of text is not.
_LONG_WORD = re.compile(r"(\S{200})\S{100,}(\S{20})")
_BEGIN, _END = 1500, 400


class CrossreadError(Exception):
    """Something a user can mend; its text is one line, of bounded length, shown as it stands.

    One subclass for each reason that a caller treats differently; the command line turns every one
    into exit status 1.
    """

    def __str__(self) -> str:
        if not self.args:
            return type(self).__name__
        line = _LONG_WORD.sub(r"\1...\2", " ".join(str(self.args[0]).split()))
        # What was expected stands at the beginning, what to do at the end.
        return line if len(line) <= _BEGIN + _END else f"{line[:_BEGIN]} ... {line[-_END:]}"


class BadInputError(CrossreadError):
    """A file or value from outside does not say what it must."""


class ProtocolError(CrossreadError):
    """The protocol forbids the act, now or ever (locked, incomplete, frozen, not yet planned)."""


class WashoutError(ProtocolError):
    """A case may not be read again yet."""


class ImageError(CrossreadError):
    """A picture cannot be read, decoded or trusted."""


class RecordError(CrossreadError):
    """The record of the study cannot be written, read or trusted."""


class DiskFullError(CrossreadError):
    """A disk has no room for what was to be written."""
