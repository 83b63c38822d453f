"""Patient Orientation (PS3.3 C.7.6.1.1.1): where columns and rows lead in the patient."""

_OPPOSITES = ("AP", "LR", "FH")


def directions(said: tuple[str, ...]) -> tuple[str, ...]:
    r"""Return Patient Orientation in capitals; nothing where it is no pair of directions.

    Words hold the letters of directions too (`POSTERIOR\LEFT`), and mean others by them.
    """
    values = tuple(value.upper() for value in said)
    is_pair = len(values) == 2 and all(map(_is_direction, values))
    return values if is_pair else ()


def _is_direction(value: str) -> bool:
    """Tell whether a value names up to three directions of which none is opposite to another."""
    letters = set(value)
    known = 0 < len(value) <= len(_OPPOSITES) and letters <= set("".join(_OPPOSITES))
    return known and not any(letters >= set(pair) for pair in _OPPOSITES)
