"""The version stands in two places and is one."""

import tomllib
from pathlib import Path

from study_design.software import SOFTWARE_VERSION


def test_the_version_is_that_of_the_distribution() -> None:
    pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert tomllib.loads(pyproject.read_text())["project"]["version"] == SOFTWARE_VERSION
