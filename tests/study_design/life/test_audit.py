"""The audit report names acts, deviations, readers and problems, also of an altered record."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from study_design.life.audit import AuditReport, audit_study, write_audit
from study_design.life.signed_acts import withdraw_case
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.study_folder import StudyFolder


def report_of(folder: StudyFolder, now: datetime) -> AuditReport:
    return audit_study(folder, now=now + timedelta(days=60), report=lambda *_: None)


def test_text_and_page_hold_who_did_what_when(
    read_study: StudyFolder, now: datetime, tmp_path: Path
) -> None:
    withdraw_case(
        read_study, "C002", Signature(Actor("Ann <ann>"), "a & b", now + timedelta(days=50))
    )
    audit = report_of(read_study, now)
    sections = {section.title: section for section in audit.sections}
    acts = [row[3] for row in sections["Acts of the staff"].rows]
    assert acts == ["key enrolled", "study created", "protocol locked", "case withdrawn"]
    (deviation,) = sections["Deviations"].rows
    assert deviation[1:4] == ("Ann <ann>", "withdrawal", "case C002 withdrawn: a & b")
    assert ("4", "void", "case withdrawn: a & b") in sections["Planned reads"].rows
    (sitting,) = sections["Sittings of junior1"].rows
    assert sitting[2] == "8"
    text, page = write_audit(audit, tmp_path / "audit")
    assert "Ann <ann>" in text.read_text()
    assert "Ann &lt;ann&gt;" in page.read_text()
    assert "a &amp; b" in page.read_text()


def test_the_report_is_blind(read_study: StudyFolder, now: datetime) -> None:
    audit = report_of(read_study, now)
    for word in ("aided", "rating", "malignant", "birads"):
        assert word not in audit.text


def test_an_altered_record_is_reported_as_far_as_it_can_be_read(
    read_study: StudyFolder, now: datetime
) -> None:
    connection = sqlite3.connect(read_study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("UPDATE events SET payload = '{}' WHERE number = 3")
    connection.commit()
    connection.close()
    audit = report_of(read_study, now)
    titles = [section.title for section in audit.sections]
    assert titles == ["Integrity", "What cannot be told"]
    assert ("problem", "Event 3 is not what was recorded.") in audit.sections[0].rows
    assert "The record ends at event 0: none" in audit.subtitle
