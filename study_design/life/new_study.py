"""Makes the folder of a new study from a template."""

import json
import re
from datetime import datetime
from importlib import resources
from pathlib import Path

from study_design.errors import BadInputError
from study_design.private import keep_private
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.payloads.staff import StudyCreated
from study_design.record.store.record_store import open_store
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

_TITLE = re.compile(r'^title = ".*"$', re.MULTILINE)
_SIMULATED = re.compile(r"^simulated = false\b", re.MULTILINE)


def templates() -> tuple[str, ...]:
    """Return the names of the templates at hand."""
    files = (resources.files("study_design.protocol") / "templates").iterdir()
    return tuple(sorted(file.name[:-5] for file in files if file.name.endswith(".toml")))


def new_study(
    path: Path,
    *,
    template: str,
    by: Actor,
    now: datetime,
    title: str = "",
    simulated: bool = False,
) -> StudyFolder:
    """Make a study: study.toml, empty subfolders and a record that says who made it, when.

    Parameters
    ----------
    title
        The folder's name where empty.
    simulated
        Marks a study whose reads are made by a program.

    Raises
    ------
    BadInputError
        Where the folder holds anything, no template has the name, or the title is no line.
    """
    if template not in templates():
        raise BadInputError(
            f"Expected one of the templates {', '.join(templates())}, got {template!r}. Choose one."
        )
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise BadInputError(
            f"Expected a new or empty folder for the study, got {path}. Choose another path."
        )
    title = title or path.name
    if not title.isprintable():
        raise BadInputError(f"Expected a title of one printable line, got {title!r}.")
    folder = StudyFolder(path)
    for part in (folder.protocol, folder.images, folder.detections, folder.reference_standard):
        part.mkdir(parents=True, exist_ok=True)
    write_atomically(folder.study_toml, _study_toml(template, title, simulated=simulated).encode())
    read_study_file(folder.study_toml)
    start_record(folder, title, template, by=by, now=now)
    keep_private(folder)
    return folder


def start_record(
    folder: StudyFolder, title: str, template: str, *, by: Actor, now: datetime
) -> None:
    """Make the record of a new study; its first event says who made it."""
    made = StudyCreated(title, template, SOFTWARE_VERSION)
    with open_store(folder, create=True) as store:
        store.append(staff_act(made, by=by, now=now, once="study"))


def _study_toml(template: str, title: str, *, simulated: bool) -> str:
    """Return the template with the title filled in."""
    file = resources.files("study_design.protocol") / "templates" / f"{template}.toml"
    # A JSON string of printable characters is a TOML basic string too.
    quoted = json.dumps(title, ensure_ascii=False)
    content = _TITLE.sub(lambda _: f"title = {quoted}", file.read_text(encoding="utf-8"))
    return _SIMULATED.sub("simulated = true", content) if simulated else content
