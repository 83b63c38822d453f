"""Dates are written alike everywhere, in English, in the zone of the moment."""

from datetime import datetime, timedelta, timezone

from study_design.dates import day_text, minute_text


def test_a_date_has_its_month_in_words() -> None:
    moment = datetime(2027, 1, 3, 9, 5, tzinfo=timezone(timedelta(hours=8)))
    assert day_text(moment) == "3 Jan 2027"
    assert minute_text(moment) == "3 Jan 2027 09:05"
