import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from inference.training.checkpoint import FILE
from inference.training.loop import DivergedError, TrainingSettings, train
from inference.training.loss_curve import CURVE, FIGURE, read_curve
from inference.training.processes import Processes
from inference.training.schedule import Augmentation, Course, Optimizer, Schedule
from study_design.errors import BadInputError

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from tiny_system import TinySystem, tiny_exams  # noqa: E402

torch.set_num_threads(1)
ALONE = Processes(0, 1, torch.device("cpu"))
SCHEDULE = Schedule(
    Optimizer.ADAM,
    lr=0.01,
    iterations=60,
    batch=2,
    clip=1.0,
    course=Course.COSINE,
    augmentation=Augmentation(scale=(0.8, 1.2), flip_vertical=True, contrast=0.1),
)


def _system() -> TinySystem:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TinySystem()


def _run(out: Path, schedule: Schedule = SCHEDULE, **changes: float) -> TinySystem:
    system = _system()
    settings = replace(TrainingSettings(out, schedule, seed=5), **changes)
    train(system, tiny_exams(7), settings, processes=ALONE)
    return system


def _same(first: TinySystem, second: TinySystem) -> bool:
    states = first.state_dict(), second.state_dict()
    return all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_a_run_in_pieces_ends_as_one_without_a_stop(tmp_path: Path, optimizer: Optimizer) -> None:
    schedule = replace(SCHEDULE, optimizer=optimizer, iterations=6)
    whole = _run(tmp_path / "whole", schedule)
    for _ in range(6):
        pieces = _run(tmp_path / "pieces", schedule, minutes=0.0)
    assert _same(whole, pieces)
    assert [p.iteration for p in read_curve(tmp_path / "pieces", 99)] == list(range(1, 7))


def test_a_killed_run_goes_on_to_the_same_end(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; "
        f"sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[2])!r}]; "
        "import test_loop as t; import inference.training.loop as loop; "
        "step = loop._Run._step; "
        "loop._Run._step = lambda run: (time.sleep(0.02), step(run)); "
        "t._run(Path(sys.argv[1]), checkpoint_seconds=0.0)"
    )
    killed = tmp_path / "killed"
    with subprocess.Popen([sys.executable, "-c", program, str(killed)]) as process:
        while not (killed / FILE).is_file():
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert _same(_run(killed), _run(tmp_path / "whole"))


def test_training_lowers_the_loss_and_draws_its_curve(tmp_path: Path) -> None:
    _run(tmp_path, replace(SCHEDULE, iterations=300))
    points = read_curve(tmp_path, 300)
    assert points[-1].total < 0.5 * points[0].total
    assert points[-1].total == pytest.approx(sum(points[-1].parts.values()))
    assert "<svg" in (tmp_path / FIGURE).read_text()
    assert (tmp_path / CURVE).read_text().startswith("iteration,learning_rate,loss,x,y\n")


def test_a_finished_run_is_left_as_it_is(tmp_path: Path) -> None:
    first = _run(tmp_path)
    written = (tmp_path / FILE).stat().st_mtime_ns
    outcome = train(
        _system(), tiny_exams(7), TrainingSettings(tmp_path, SCHEDULE, seed=5), processes=ALONE
    )
    assert outcome.finished
    assert outcome.iterations == 60
    assert _same(first, _run(tmp_path))
    assert (tmp_path / FILE).stat().st_mtime_ns >= written


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    _run(tmp_path)
    with pytest.raises(BadInputError, match="another one"):
        _run(tmp_path, replace(SCHEDULE, lr=0.02))


def test_a_plateau_lowers_the_learning_rate(tmp_path: Path) -> None:
    schedule = replace(SCHEDULE, course=Course.PLATEAU, lr=1e-9, patience=1, iterations=60, batch=7)
    _run(tmp_path, schedule)
    rates = [point.rate for point in read_curve(tmp_path, 60)]
    assert rates[-1] < 0.011 * rates[0]


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    exams = tiny_exams(2)
    exams[0].views[0].pixels[:] = np.nan
    settings = TrainingSettings(tmp_path, SCHEDULE, seed=5)
    with pytest.raises(DivergedError, match="got nan at iteration"):
        train(_system(), exams, settings, processes=ALONE)


def test_two_processes_take_the_step_that_one_would(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; "
        f"sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[2])!r}]; "
        "import test_loop as t; from inference.training.processes import processes\n"
        "with processes() as among:\n"
        "    system = t._system()\n"
        "    settings = t.TrainingSettings(Path(sys.argv[1]), t.PLAIN, seed=5)\n"
        "    t.train(t.without_noise(system), t.tiny_exams(7), settings, processes=among)\n"
        "assert t.threads_of_the_group() == []\n"
    )
    alone = without_noise(_system())
    train(
        alone,
        tiny_exams(7),
        TrainingSettings(tmp_path / "alone", PLAIN, seed=5),
        processes=ALONE,
    )
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port = str(opened.getsockname()[1])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "two")],
            env={
                **os.environ,
                "RANK": str(rank),
                "WORLD_SIZE": "2",
                "MASTER_ADDR": "127.0.0.1",
                "MASTER_PORT": port,
                "OMP_NUM_THREADS": "1",
            },
        )
        for rank in (0, 1)
    ]
    assert [process.wait() for process in started] == [0, 0]
    together = load_file(tmp_path / "two" / FILE)
    for name, tensor in alone.state_dict().items():
        torch.testing.assert_close(together[f"system/{name}"], tensor, rtol=1e-4, atol=1e-6)


def threads_of_the_group() -> list[str]:
    """Return the threads that still serve a group of processes, where the system names them."""
    tasks = Path("/proc/self/task")
    names = [(task / "comm").read_text().strip() for task in tasks.glob("*")]
    return [name for name in names if "gloo" in name]


PLAIN = replace(SCHEDULE, iterations=5, augmentation=Augmentation())


def without_noise(system: TinySystem) -> TinySystem:
    system.noise = 0.0
    return system


def test_rates_warm_up_and_follow_their_course() -> None:
    schedule = replace(SCHEDULE, warmup=10, iterations=100)
    assert schedule.rate(0) == pytest.approx(1e-5)
    assert schedule.rate(5) == pytest.approx(0.5 * 0.01, rel=0.01)
    assert schedule.rate(50) == pytest.approx(0.005)
    assert schedule.rate(100) == pytest.approx(0, abs=1e-9)
    steps = replace(schedule, course=Course.STEPS)
    assert [steps.rate(i) for i in (50, 75, 95)] == pytest.approx([0.01, 0.001, 0.0001])
