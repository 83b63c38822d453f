"""Text of cells that a spreadsheet held as something else; see `number_style.Typed` too."""


class Dated(str):
    """The text of a cell that was a date or a time, as ISO 8601 writes it."""

    __slots__ = ()


class NotComputed(str):
    """The text of a formula beside which no value is stored."""

    __slots__ = ()
