"""Status, verify, export, audit and the signed acts as a coordinator types them."""

import io
import json
import os
import select
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest

from study_design.protocol.plan import read_plan
from study_design.protocol.study_file import read_study_file
from study_design.study_folder import StudyFolder

CTRL_C = b"\x03"


class Answer(Protocol):
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


Crossread = Callable[..., Answer]


def unread(study: StudyFolder) -> tuple[object, ...]:
    """The freeze of a study that nobody has read."""
    title = read_study_file(study.study_toml).title
    return ("freeze", study.path, "--missing", "a test of the end", "--title", title)


def test_the_status_is_told_in_words_and_as_json(crossread: Crossread, study: StudyFolder) -> None:
    words = crossread("status", study.path)
    assert words.status == 0
    assert "locked, nobody has begun, protocol version 1, simulated" in words.out
    assert "16 of 16 planned reads missing (not read)" in words.out
    content = json.loads(crossread("status", study.path, "--json").out)
    assert (content["state"], content["planned"]) == ("locked, nobody has begun", 16)
    assert {reader["left"] for reader in content["readers"]} == {8}
    assert all(reader["open_now"] for reader in content["readers"])


def test_a_name_cannot_steer_the_terminal(crossread: Crossread, study: StudyFolder) -> None:
    sly = study.path.rename(study.path.with_name("all\x1b[2J\u202ewell"))
    answer = crossread("audit", sly)
    assert answer.status == 0
    assert not {"\x1b", "\u202e"} & set(answer.out + answer.err)
    assert "\\u202ewell" in answer.out
    refused = crossread("status", sly / "not\x1bthere")
    assert refused.status == 1
    assert "\x1b" not in refused.err


def test_a_locked_study_that_lost_its_plan_says_so_in_one_line(
    crossread: Crossread, study: StudyFolder
) -> None:
    study.plan_csv.unlink()
    for words in (("status",), ("freeze",)):
        answer = crossread(*words, study.path)
        assert (answer.status, answer.out) == (1, "")
        (line,) = answer.err.splitlines()
        assert "plan" in line


def test_a_frozen_study_whose_truth_is_not_known_says_so_and_takes_it_signed(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    reference = study.reference_standard / "reference.csv"
    whole = reference.read_text()
    sheet = tmp_path / "less.csv"
    sheet.write_text("".join(whole.splitlines(keepends=True)[:-1]))
    signed = ("--by", "Ann", "--reason", "one case is to follow")
    assert crossread("truth", study.path, sheet, "--replace", *signed).status == 0
    answer = crossread(*unread(study))
    assert answer.status == 0
    assert (
        f"got none of {whole.splitlines()[-1].split(',')[0]}. Bring it in: crossread truth "
        f"{study.path.name} reference.csv --by NAME --reason TEXT"
    ) in answer.err
    sheet.write_text(whole)
    assert crossread("truth", study.path, sheet).status == 1
    assert crossread("truth", study.path, sheet, *signed).status == 0
    assert crossread("truth", study.path, sheet, *signed).status == 1, "it stays as it is now"
    assert "truth" not in crossread("verify", study.path).out


def test_verify_names_the_head_and_one_line_a_problem(
    crossread: Crossread, study: StudyFolder
) -> None:
    answer = crossread("verify", study.path)
    assert answer.status == 0
    assert "It ends at event" in answer.out
    image = next(study.images.glob("*.dcm"))
    image.unlink()
    (study.detections / "more.json").write_text("{}")
    answer = crossread("verify", study.path)
    assert answer.status == 1
    grave = [line for line in answer.out.splitlines() if line.startswith("Problem: ")]
    assert grave == [
        "Problem: detections/more.json was added.",
        f"Problem: images/{image.name} is missing.",
    ]


def test_a_certificate_is_a_witness_of_the_record(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    kept = tmp_path / "certificate.json"
    kept.write_text(crossread("verify", study.path, "--json").out)
    last_hash = json.loads(kept.read_text())["last_hash"]
    for witness in (kept, last_hash):
        assert crossread("verify", study.path, "--against", witness).status == 0
    connection = sqlite3.connect(study.record)
    connection.execute("DROP TRIGGER events_no_delete")
    connection.execute("DELETE FROM events WHERE number = (SELECT max(number) FROM events)")
    connection.commit()
    connection.close()
    for witness in (kept, last_hash):
        assert crossread("verify", study.path, "--against", witness).status == 1
    answer = crossread("verify", study.path, "--against", tmp_path / "nowhere.json")
    assert answer.status == 1
    assert "Expected the hash of an event or a manifest.json" in answer.err


def test_an_unknown_format_is_refused_and_tidy_is_the_usual_one(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    answer = crossread("export", study.path, "--out", tmp_path / "out", "--format", "excel")
    assert answer.status == 1
    assert "tidy" in answer.err
    assert not (tmp_path / "out").exists()
    assert (
        crossread("export", study.path, "--out", tmp_path / "out", "--format", "tidy").status == 0
    )
    assert (tmp_path / "out" / "schedule.csv").is_file()
    assert not (tmp_path / "out" / "reference.csv").exists()
    again = crossread("export", study.path, "--out", tmp_path / "out")
    assert (again.status, again.err.count("\n")) == (0, 1)
    assert "withheld: reads.csv, findings.csv, " in again.err
    assert crossread("verify", study.path).status == 0


@pytest.mark.parametrize(
    "act", [("withdraw", "C001"), ("unblind",), ("attest", "--clock", "right")]
)
def test_signed_acts_need_a_reason_and_become_deviations(
    crossread: Crossread, study: StudyFolder, tmp_path: Path, act: tuple[str, ...]
) -> None:
    command, *rest = act
    answer = crossread(command, study.path, *rest)
    assert answer.status == 1
    assert "expected --reason TEXT" in answer.err
    said = ("--by", "Ann", "--reason", "as the board decided")
    assert crossread(command, study.path, *rest, *said).status == 0
    crossread("export", study.path, "--out", tmp_path / "out")
    (_, deviation) = (tmp_path / "out" / "deviations.csv").read_text().splitlines()
    assert ",Ann," in deviation
    assert "as the board decided" in deviation
    audit = crossread("audit", study.path, "--out", tmp_path / "audit")
    assert audit.status == 0
    assert "as the board decided" in audit.out
    page = (tmp_path / "audit" / "audit.html").read_text()
    assert "as the board decided" in page


def test_a_case_is_erased_and_everything_afterwards_says_so(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    said = ("--by", "Ann", "--reason", "she withdrew her consent")
    assert crossread("withdraw", study.path, "C001", "--erase").status == 1  # without a reason
    for sure in ((), ("--sure", "C002"), ("--sure", "")):
        unsure = crossread("withdraw", study.path, "C001", "--erase", *sure, *said)
        assert (unsure.status, "Expected --sure C001" in unsure.err) == (1, True)
        assert len(list(study.images.glob("C001-*.dcm"))) == 4
    erased = crossread("withdraw", study.path, "C001", "--erase", "--sure", "C001", *said)
    assert "C001 is withdrawn and 4 images of it are erased." in erased.out
    assert "backups, exports and packages made before still hold the images" in erased.err
    gone = "Case C001: its 4 images were erased on "
    assert gone in crossread("verify", study.path).out
    assert crossread("verify", study.path).status == 0
    exported = crossread("export", study.path, "--out", tmp_path / "out")
    assert (exported.status, gone in exported.err) == (0, True)
    deviations = (tmp_path / "out" / "deviations.csv").read_text()
    assert "4 images of case C001 erased: she withdrew her consent" in deviations
    saved = crossread("backup", study.path, tmp_path / "b.zip")
    assert (saved.status, gone in saved.err) == (0, True)
    assert crossread("audit", study.path, "--out", tmp_path / "audit").status == 0
    who = crossread("link", study.path, "--show", "C001", "--reason", "x")
    assert (who.status, "which was erased, for consent was withdrawn" in who.err) == (1, True)


def test_a_case_nobody_planned_is_not_withdrawn(crossread: Crossread, study: StudyFolder) -> None:
    answer = crossread("withdraw", study.path, "C999", "--reason", "typing")
    assert answer.status == 1
    assert "Expected a case of the plan, got 'C999'" in answer.err


def test_a_study_goes_into_one_file_and_comes_back(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    made = crossread("backup", study.path, tmp_path / "study.zip")
    back = crossread("restore", tmp_path / "study.zip", tmp_path / "again")
    assert (made.status, back.status) == (0, 0)
    assert made.out.split()[-1] in back.out
    assert "Verified: it is what was written." in back.out
    assert crossread("restore", tmp_path / "study.zip", tmp_path / "again").status == 1
    assert crossread("verify", tmp_path / "again").status == 0


def test_a_study_that_nobody_has_read_is_frozen_with_a_reason_and_its_title_only(
    crossread: Crossread, study: StudyFolder
) -> None:
    refused = crossread("freeze", study.path)
    assert (refused.status, refused.out, refused.err.count("\n")) == (1, "", 1)
    assert "got 16 missing: " in refused.err
    without_title = crossread("freeze", study.path, "--missing", "all ill")
    assert (without_title.status, without_title.err.count("\n")) == (1, 1)
    assert "--title TITLE" in without_title.err
    done = crossread(*unread(study))
    assert (done.status, done.err.count("4 planned reads are missing.")) == (0, 4)
    assert "frozen without: a test of the end" in crossread("verify", study.path).out


class Terminal(io.StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "status"), [("{title}\n", 0), ("another\n", 1)])
def test_who_sits_at_a_terminal_is_asked_for_the_title(
    crossread: Crossread,
    study: StudyFolder,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    status: int,
) -> None:
    title = read_study_file(study.study_toml).title
    monkeypatch.setattr("sys.stdin", Terminal(typed.format(title=title)))
    answer = crossread("freeze", study.path, "--missing", "all ill")
    assert answer.status == status
    assert "Title of the study" in answer.out
    assert title not in answer.out.splitlines()[0]


def test_a_freeze_is_lifted_by_name_and_said_in_the_status(
    crossread: Crossread, study: StudyFolder
) -> None:
    assert crossread("freeze", study.path, "--lift", "--reason", "r").status == 1
    assert crossread(*unread(study)).status == 0
    assert crossread("freeze", study.path, "--lift").status == 1, "no reason"
    lifted = crossread("freeze", study.path, "--lift", "--by", "Ann", "--reason", "she is back")
    assert (lifted.status, lifted.err) == (0, "")
    assert "Lifted freeze 1" in lifted.out
    assert "being read, freeze lifted" in crossread("status", study.path).out
    again = crossread(*unread(study))
    assert "(freeze 2)" in again.out


def test_a_lock_is_lifted_while_nobody_has_read(crossread: Crossread, study: StudyFolder) -> None:
    unlocked = crossread("unlock", study.path, "--by", "Ann", "--reason", "one case too many")
    assert (unlocked.status, unlocked.err) == (0, "")
    assert "as version 2" in unlocked.out
    assert "unlocked" in crossread("status", study.path).out
    case = read_plan(study)[0].case
    assert crossread("exclude", study.path, case, "--reason", "no consent").status == 0
    assert crossread("plan", study.path).status == 0
    assert crossread("lock", study.path, "--by", "Ann").status == 0
    assert "protocol version 2" in crossread("status", study.path).out
    assert crossread("verify", study.path).status == 0


def test_an_amendment_that_weakens_the_protocol_says_so(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    text = study.study_toml.read_text()
    file = tmp_path / "amended.toml"
    shorter = text.replace("washout_days = 21", "washout_days = 1")
    file.write_text(shorter.replace("version = 1", "version = 2"))
    answer = crossread("amend", study.path, file, "--by", "Ann", "--reason", "no time")
    assert answer.status == 0
    assert "Warning: weaker than before: design.washout_days 21 -> 1" in answer.err
    assert "1 days: below the 28" in answer.err


def test_a_word_on_the_date_says_what_the_clock_did(
    crossread: Crossread, study: StudyFolder
) -> None:
    said = ("--by", "Ann", "--reason", "asked by the monitor")
    answer = crossread("attest", study.path, *said)
    assert answer.status == 1
    assert answer.err.startswith("Expected right, or what the clock did, got nothing.")
    assert answer.err.endswith("say it: --clock TEXT\n")
    assert crossread("attest", study.path, *said, "--clock", "right").status == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        (b"C001\n", 0, "C001 is withdrawn and 4 images of it are erased."),
        (b"C002\n", 1, "Nothing was erased; repeat the name of the case."),
        (b"\x04", 1, "Aborted!"),
        (CTRL_C, 1, "Aborted!"),
    ],
    ids=["its name", "another", "end of input", "Ctrl-C"],
)
def test_at_a_terminal_the_case_is_asked_for_before_it_is_erased(
    study: StudyFolder, typed: bytes, status: int, told: str
) -> None:
    import pty

    words = ("withdraw", str(study.path), "C001", "--erase", "--by", "Ann", "--reason", "she asked")
    # A shell without job control lets what it starts behind it ignore Ctrl-C.
    heed = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    program = f"{heed}import sys\nfrom reader_app.__main__ import main\nsys.exit(main())"
    child, terminal = pty.fork()  # the only way to a terminal that Ctrl-C reaches a program from
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", program, *words])
    said = b""
    while b"who it was for ever (C001): " not in said:
        said += os.read(terminal, 4096)
    assert len(list(study.images.glob("C001-*.dcm"))) == 4
    os.write(terminal, typed)
    with suppress(OSError):  # Linux: the other end is closed
        while True:
            # Python's line editor may sleep on over a Ctrl-C that comes as it begins to wait.
            while typed == CTRL_C and not select.select([terminal], [], [], 2.0)[0]:
                os.write(terminal, typed)
            more = os.read(terminal, 4096)
            if not more:
                break
            said += more
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == status
    os.close(terminal)
    assert told in " ".join(said.decode().split())
    assert len(list(study.images.glob("C001-*.dcm"))) == (0 if status == 0 else 4)
