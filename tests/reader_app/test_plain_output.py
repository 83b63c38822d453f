"""What is printed: names are spelled out, bars go beneath."""

import io
import sys

import pytest

from reader_app.plain_output import PlainOutput, beneath, plain_output


def test_control_characters_are_spelled_and_lines_stay_lines() -> None:
    stream = io.StringIO()
    PlainOutput(stream).write("R\x1b[31m\u202e1\tdone\n")
    assert stream.getvalue() == "R\\x1b[31m\\u202e1\tdone\n"


def test_letters_that_a_terminal_lacks_are_spelled_and_no_error() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    PlainOutput(stream).write("王 \udc80")
    stream.flush()
    assert raw.getvalue() == b"\\u738b \\udc80"


def test_both_streams_are_plain_while_the_block_runs(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with plain_output():
        sys.stdout.write("\x1b")
        sys.stderr.write("\x9b")
        assert (beneath(sys.stdout), beneath(sys.stderr)) == before
    assert (sys.stdout, sys.stderr) == before
    said = capsys.readouterr()
    assert (said.out, said.err) == ("\\x1b", "\\x9b")
    assert beneath(sys.stdout) is sys.stdout
