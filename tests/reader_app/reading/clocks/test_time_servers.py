"""Which time servers a station asks: the environment before the file, and no nonsense."""

from pathlib import Path

import pytest

from reader_app.reading.clocks.time_servers import VARIABLE, time_servers
from study_design.errors import BadInputError


def addresses(path: Path) -> list[str]:
    return [server.geturl() for server in time_servers(path)]


def test_without_a_word_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert addresses(tmp_path / "station.toml") == []


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "station.toml"
    path.write_text('time_servers = ["ntp://time.example.org", "https://pacs/dicom-web"]\n')
    monkeypatch.delenv(VARIABLE, raising=False)
    assert addresses(path) == ["ntp://time.example.org", "https://pacs/dicom-web"]
    monkeypatch.setenv(VARIABLE, "ntp://here:1234 http://there/")
    assert addresses(path) == ["ntp://here:1234", "http://there/"]
    monkeypatch.setenv(VARIABLE, "")
    assert addresses(path) == []


@pytest.mark.parametrize(
    "text", ["time_servers = 3", 'time_servers = "ntp://here"', "time_servers = [1]", "= 3", "\x00"]
)
def test_a_file_that_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    path = tmp_path / "station.toml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=r'expected .*time_servers = \["ntp://time'):
        time_servers(path)


def test_an_address_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "time.example.org")
    with pytest.raises(BadInputError, match=r"Expected a time server, got 'time\.example\.org'"):
        time_servers(tmp_path / "station.toml")
