"""Errors that a user can act on: one line that says what was expected, what was got, what to do."""


class CrossreadError(Exception):
    """Something a user can mend; its text is one line and is shown as it stands.

    One subclass for each reason that a caller treats differently; the command line turns every one
    into exit status 1.
    """

    def __str__(self) -> str:
        return " ".join(str(self.args[0]).split()) if self.args else type(self).__name__


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
