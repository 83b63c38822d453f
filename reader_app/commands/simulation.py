"""Simulated readers: one process decides, knowing the truth; others read, knowing only scripts."""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.progress import progress_bar
from reader_app.commands.parts.signing import By, StudyPath, now, signer, study_at
from reader_app.simulated.breasts import breast_boxes
from reader_app.simulated.findings import CaseKnowledge
from reader_app.simulated.reader import write_reading
from reader_app.simulated.script import write_scripts
from study_design.detections import SystemResults
from study_design.errors import CrossreadError, ProtocolError
from study_design.exchange.detection_json import (
    detections_path,
    read_system_results,
    result_of,
)
from study_design.exchange.reference_sheet import read_lesions
from study_design.life.simulated_copy import simulated_copy
from study_design.protocol.plan import read_plan
from study_design.protocol.readers import read_readers
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.study_folder import StudyFolder

Report = Callable[[str, int, int], None]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("simulate")(simulate_command)
    app.command("decide", hidden=True)(decide_command)


def simulate_command(
    study: StudyPath,
    copy: Annotated[
        Path | None, typer.Option(help="Simulate a copy made here, not the study itself.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same answers.")] = 1,
    by: By = "",
) -> None:
    """Let simulated readers read the whole plan through the real windows."""
    folder = study_at(study)
    if copy is not None:
        folder = simulated_copy(folder, copy.resolve(), by=signer(by), now=now())
    with progress_bar() as report:
        simulate_study(folder, seed=seed, report=report)
    typer.echo(f"Simulated readers have read {folder.path}. These are no data of persons.")


def simulate_study(
    folder: StudyFolder, *, seed: int, report: Report, screenshots: Path | None = None
) -> None:
    """Let every reader of a simulated study read what is unread, each in a process of its own.

    Parameters
    ----------
    screenshots
        Where pictures of the first reader of each group go; None for no pictures.

    Raises
    ------
    ProtocolError
        Where the study is not marked as simulated.
    """
    if not read_study_file(folder.study_toml).simulated:
        raise ProtocolError(
            f"Expected a study with simulated = true, got {folder.path.name}. "
            f"Simulate a copy: crossread simulate {folder.path.name} --copy DIR"
        )
    total = len(read_plan(folder))
    done: Counter[str] = Counter()
    profiles = read_readers(folder)
    pictured = {profile.group: profile.reader for profile in reversed(profiles)}.values()
    with tempfile.TemporaryDirectory(prefix="crossread-") as scratch:
        scripts = Path(scratch) / "scripts.json"
        _run(["decide", str(folder.path), str(scripts), "--seed", str(seed)], lambda _: None)

        def read(reader: str) -> None:
            def heard(line: str) -> None:
                done[reader] += line.startswith("acknowledged")
                report("Read through the windows", done.total(), total)

            words = ["read", str(folder.path), "--reader", reader, "--script", str(scripts)]
            if screenshots is not None and reader in pictured:
                words += ["--screenshots", str(screenshots / reader)]
            _run(words, heard)

        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            list(pool.map(read, [profile.reader for profile in profiles]))


def decide_command(
    study: StudyPath,
    out: Annotated[Path, typer.Argument()],
    seed: Annotated[int, typer.Option()] = 1,
) -> None:
    """Decide all answers of the simulated readers and write them as key and mouse scripts."""
    folder = study_at(study)
    study_file = read_study_file(folder.study_toml)
    known = _knowledge(folder, _ai_results(folder, study_file))
    write_scripts(out, write_reading(read_plan(folder), known, study_file, seed=seed))


def _ai_results(folder: StudyFolder, study: StudyFile) -> SystemResults | None:
    """Return the results that the study's AI arm shows."""
    arm = next((arm for arm in study.arms if arm.ai), None)
    return read_system_results(detections_path(folder, arm)) if arm else None


def _knowledge(folder: StudyFolder, ai: SystemResults | None) -> Mapping[str, CaseKnowledge]:
    """Return what is known of each case."""
    lesions = read_lesions(folder)
    top_score = float(ai.scale.rsplit("-", 1)[1]) if ai else 1.0
    return {
        case: CaseKnowledge(
            case=case,
            lesions=tuple(lesion for lesion in lesions if lesion.case == case),
            breasts=breasts,
            ai=result_of(ai, case) if ai else None,
            top_score=top_score,
        )
        for case, breasts in breast_boxes(folder).items()
    }


def _run(words: list[str], heard: Callable[[str], None]) -> None:
    """Run a command in a process of its own; its one line of error becomes ours."""
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(
            [sys.executable, "-m", "reader_app", *words],
            # Nobody watches a simulated reader: its real windows are drawn, but not on a screen.
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process:
            for line in process.stdout or ():
                heard(line.rstrip())
        errors.seek(0)
        said = errors.read().strip()
    if process.returncode:
        raise CrossreadError(said.splitlines()[-1] if said else f"{words[0]} ended unexpectedly.")
