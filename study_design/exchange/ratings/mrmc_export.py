"""The ratings of a study, written for the programs that analyse multi-reader multi-case studies.

Readers', arms' and cases' names become integers, which every one of the programs takes; the key
stands beside the ratings. Consensus reads and the AI alone are no readers of a sample: they stay
in the tidy tables.
"""

from collections.abc import Callable
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.leaving import Leave, refuse_while_blind, unnoted
from study_design.exchange.ratings.imrmc import write_imrmc
from study_design.exchange.ratings.integer_key import key_of, key_path, numbered, write_key
from study_design.exchange.ratings.lrc import write_lrc
from study_design.exchange.ratings.mrmc_ratings import MrmcRatings, RatedCase, Reading
from study_design.exchange.ratings.mrmcaov import write_mrmcaov
from study_design.exchange.ratings.rjafroc_workbook import write_roc_workbook
from study_design.exchange.reference_sheet import read_reference
from study_design.exchange.study_rows import counts
from study_design.images.case_sheet import read_case_sheet
from study_design.protocol.study_file import read_study_file
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReaderKind
from study_design.whole_folder import whole_folder

Write = Callable[[Path, MrmcRatings], None]
Beside = Callable[[Path], tuple[str, ...]]
WRITERS: dict[str, tuple[str, Write]] = {
    "imrmc": ("ratings.imrmc", write_imrmc),
    "lrc": ("ratings.lrc", write_lrc),
    "mrmcaov": ("ratings.csv", write_mrmcaov),
    "rjafroc": ("ratings.xlsx", write_roc_workbook),
}


def nothing_beside(draft: Path) -> tuple[str, ...]:
    """Write no further file."""
    del draft
    return ()


def study_ratings(folder: StudyFolder) -> MrmcRatings:
    """Return the exam ratings of the readers' final test reads, with the truth of their cases.

    Excluded cases are left out. A read without a rating is a missing reading.

    Raises
    ------
    ProtocolError
        While the truth may not stand beside reads.
    BadInputError
        Where a case that was read has no truth.
    """
    study = read_study_file(folder.required().study_toml)
    refuse_while_blind(folder, "reads and truth together")
    with open_store(folder) as store:
        events = store.events()
    excluded = read_case_sheet(folder).excluded
    readings = tuple(
        Reading(read.reader, read.arm, read.case, read.answers.rating)
        for read in reads_of(events)
        if counts(read)
        and read.kind is not ReaderKind.CONSENSUS
        and read.case not in excluded
        and read.answers.rating is not None
    )
    met = {reading.case for reading in readings}
    cases = tuple(
        RatedCase(truth.case, truth.truth) for truth in read_reference(folder) if truth.case in met
    )
    return MrmcRatings(" ".join(study.title.split()), cases, readings)


def export_ratings(
    folder: StudyFolder,
    out: Path,
    form: str,
    *,
    leave: Leave = unnoted,
    beside: Beside = nothing_beside,
) -> tuple[Path, ...]:
    """Write a study's ratings in one of the formats of `WRITERS`, and the key of its integers.

    Parameters
    ----------
    leave
        Told before the files are seen.
    beside
        Writes further files into the same folder, once the ratings may leave, and names them.

    Raises
    ------
    BadInputError
        For what the program that reads the format would refuse; nothing is written.
    """
    name, write = WRITERS[form]
    ratings = study_ratings(folder)
    if not ratings.readings:
        raise BadInputError(
            f"Expected final test reads with a rating in {folder.path.name}, got none. "
            "Read cases first."
        )
    key = key_of(ratings)
    with whole_folder(out, "the ratings", leave=leave) as draft:
        write(draft / name, numbered(ratings, key))
        write_key(key_path(draft / name), key)
        more = beside(draft)
    return (out / name, key_path(out / name), *(out / one for one in more))
