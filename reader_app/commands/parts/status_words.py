"""The status of a study in words, for the terminal."""

from collections.abc import Iterator

from study_design.counted import counted
from study_design.life.status import ReaderStatus, ReadingFlags, StudyStatus


def status_lines(status: StudyStatus, name: str) -> Iterator[str]:
    """Yield the lines that tell a study's status; `name` is that of its folder."""
    version = f", protocol version {status.protocol_version}" if status.protocol_version else ""
    simulated = ", simulated" if status.simulated else ""
    yield f"{status.title}: {status.state}{version}{simulated}"
    if not status.planned:
        yield f"  No plan yet. Draw it: crossread plan {name}"
    for count in status.cells:
        why = f" ({count.reason})" if count.reason else ""
        yield f"  {count.cells} of {status.planned} planned reads {count.state}{why}"
    if status.deviations:
        yield f"  {counted(status.deviations, 'deviation')}; crossread audit {name} names them"
    yield from (f"  clock: {what}" for what in status.clocks)
    if status.left_out:
        files = counted(status.left_out, "file")
        yield f"  {files} brought and not in the study; crossread files {name} names them and why"
    for reader in status.readers:
        again = f" ({reader.to_redo} to be done again)" if reader.to_redo else ""
        yield f"{reader.reader} ({reader.group}): {reader.done} read{again}, {reader.left} left"
        yield from (f"  {line}" for line in _reader_lines(reader))


def _reader_lines(reader: ReaderStatus) -> Iterator[str]:
    """Yield what is next for a reader and how the reads went."""
    if reader.next_cell and reader.opens_at:
        case = f"case {reader.next_position} of {reader.next_total}, period {reader.next_period}"
        state = f"{reader.next_state}, " if reader.next_state else ""
        when = "now" if reader.open_now else f"from {_minute(reader.opens_at)}"
        word = ", on trusted time or an attestation: crossread attest" if reader.on_word else ""
        yield f"next: {case}, {state}may be read {when}{word}"
    if reader.median_active_s is not None and reader.last_read:
        typical_s, last = reader.median_active_s, _minute(reader.last_read)
        yield f"median active time {typical_s:.0f} s, last read {last}"
    flags = ", ".join(_flag_words(reader.flags))
    if flags:
        yield f"look at: {flags}"


def _flag_words(flags: ReadingFlags) -> Iterator[str]:
    """Yield the flags that are raised."""
    if flags.interrupted:
        yield counted(flags.interrupted, "interrupted read")
    if flags.done_again:
        yield f"{counted(flags.done_again, 'read')} done again"
    if flags.focus_lost_s:
        yield f"other windows in front for {flags.focus_lost_s:.0f} s"
    if flags.stalls:
        yield f"{counted(flags.stalls, 'wait')} of 3 s or more for the program"
    if flags.idle_s:
        yield f"idle for {flags.idle_s:.0f} s"
    if flags.suspended:
        yield f"{counted(flags.suspended, 'time')} the computer slept"
    if flags.outliers:
        yield f"unusual times in {', '.join(flags.outliers)}"


def _minute(moment: str) -> str:
    """Return a moment of the record to the minute."""
    return f"{moment[:10]} {moment[11:16]} UTC"
