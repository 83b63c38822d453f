"""Lets a reader join a study whose protocol is not locked yet."""

from study_design.protocol.readers import ReaderProfile, with_reader, write_readers
from study_design.record.locked import refuse_when_locked
from study_design.study_folder import StudyFolder


def add_reader(folder: StudyFolder, profile: ReaderProfile) -> tuple[ReaderProfile, ...]:
    """Let a reader join and return all readers.

    Raises
    ------
    BadInputError
        Where the name is taken or no name, the group is none of the study's, or years or volume
        are none.
    ProtocolError
        Where the protocol is locked.
    """
    refuse_when_locked(folder, "add a reader")
    profiles = with_reader(folder, profile)
    write_readers(folder, profiles)
    return profiles
