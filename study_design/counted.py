"""Numbers with their nouns, as every line that counts prints them."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: 1 exam, 0 exams, 2 boxes, 1,200 files.

    Parameters
    ----------
    plural
        Where it is not the noun with s, or es after x and s.
    """
    several = plural or f"{noun}{'es' if noun.endswith(('x', 's')) else 's'}"
    return f"{number:,} {noun if number == 1 else several}"
