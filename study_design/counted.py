"""Numbers with their nouns, as every line that counts prints them."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: 1 exam, 0 exams, 2 exams.

    Parameters
    ----------
    plural
        Where it is not the noun with an s.
    """
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
