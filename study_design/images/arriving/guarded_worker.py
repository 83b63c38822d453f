"""The parent's side of the child process that opens foreign files, with its limits.

Whatever happens in the child (a crash, too much memory, no answer in time) is one refused file; the
next file gets a fresh child.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

import study_design
from study_design.errors import DiskFullError, ImageError
from study_design.images.messages import (
    OUT_OF_TIME,
    READY,
    AttributeChange,
    CompareRequest,
    Inspection,
    InspectRequest,
    SameRequest,
    Taken,
    TakeRequest,
)

MEMORY_BYTES = 2 * 1024**3
START_SECONDS = 120.0
HEADER_SECONDS = 5.0
SECONDS_PER_MEGAPIXEL = 1.0
# How much longer than the work may take an answer is waited for: the computer may be busy.
PATIENCE = 6.0


# pydicom loads requests to fetch example files, a tenth of a start; the child fetches nothing.
_START = (
    "import sys; sys.modules['requests'] = None; "
    "from study_design.images.arriving.worker import main; main()"
)


class FileRefusedError(ImageError):
    """A file could not be read; the text is the reason alone."""


class GuardedWorker:
    """Opens foreign files in a child process that is replaced when it dies.

    Parameters
    ----------
    memory_bytes
        Address space that the child may use, where the system can limit it.
    header_seconds
        How long the processor may work on a header; pixels get a second more for each million.
        Where the system cannot limit that, and for a child that sleeps, the clock decides later.
    """

    def __init__(
        self, *, memory_bytes: int = MEMORY_BYTES, header_seconds: float = HEADER_SECONDS
    ) -> None:
        self._memory_bytes = memory_bytes
        self._header_seconds = header_seconds
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    @property
    def process_id(self) -> int | None:
        """The child's process id; None while none runs."""
        return self._process.pid if self._process else None

    def inspect(self, request: InspectRequest) -> Inspection:
        """Return what the header of a file says.

        Raises
        ------
        FileRefusedError
            Where it cannot be read.
        """
        try:
            body = TypeAdapter(InspectRequest).dump_json(request).decode()
        except PydanticSerializationError as error:
            raise FileRefusedError("its name is not valid text; rename the file") from error
        return TypeAdapter(Inspection).validate_json(
            self._ask("inspect", body, self._header_seconds)
        )

    def take(self, request: TakeRequest, megapixels: float) -> Taken:
        """Decode and de-identify a file into the target folder of the request.

        Raises
        ------
        FileRefusedError
            Where its pixels cannot be read or trusted.
        DiskFullError
            Where what is made of it does not fit on the study's disk.
        """
        body = TypeAdapter(TakeRequest).dump_json(request).decode()
        seconds = self._header_seconds + SECONDS_PER_MEGAPIXEL * megapixels
        return TypeAdapter(Taken).validate_json(self._ask("take", body, seconds))

    def compare(self, request: CompareRequest) -> tuple[AttributeChange, ...]:
        """Return what became of every attribute of a file when it was de-identified.

        Raises
        ------
        FileRefusedError
            Where one of the two cannot be read.
        """
        body = TypeAdapter(CompareRequest).dump_json(request).decode()
        changes = self._ask("compare", body, self._header_seconds)
        return TypeAdapter(tuple[AttributeChange, ...]).validate_json(changes)

    def is_same(self, request: SameRequest, megapixels: float) -> bool:
        """Tell whether two images that were taken are one picture.

        Raises
        ------
        FileRefusedError
            Where the files of one of them are missing or damaged.
        """
        body = TypeAdapter(SameRequest).dump_json(request).decode()
        seconds = self._header_seconds + SECONDS_PER_MEGAPIXEL * megapixels
        return TypeAdapter(bool).validate_json(self._ask("same", body, seconds))

    def _ask(self, act: str, body: str, seconds: float) -> str:
        """Return the JSON of a reply."""
        process = self._running()
        reply, in_time = _exchange(process, f"{seconds} {act} {body}\n", seconds * PATIENCE)
        if not reply:
            self._stop()
            in_time = in_time and process.returncode != OUT_OF_TIME
            raise FileRefusedError(
                f"damaged, reading it {'stopped the decoder' if in_time else 'took too long'}"
            )
        if not in_time:
            self._stop()
        verdict, _, rest = reply.strip().partition(" ")
        if verdict == "full":
            raise DiskFullError(rest)
        if verdict != "ok":
            raise FileRefusedError(rest)
        return rest

    def _running(self) -> subprocess.Popen[str]:
        """Return the child, started anew where none lives."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        root = str(Path(study_design.__file__).parents[1])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(self._memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            # One thread: each further one reserves address space of its own.
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(paths),
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
        )
        reply, _ = _exchange(self._process, "", START_SECONDS)
        if reply.strip() != READY:
            self._stop()
            raise ImageError(
                "Expected the image decoder to start, got no answer from it. "
                "Free some memory, or install Crossread again."
            )
        return self._process

    def _stop(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue


def _exchange(process: subprocess.Popen[str], request: str, seconds: float) -> tuple[str, bool]:
    """Send a line and return the reply, empty where none came, and whether it came in time."""
    late = threading.Event()

    def kill() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        if process.stdin is None or process.stdout is None:
            return "", True
        process.stdin.write(request)
        process.stdin.flush()
        return process.stdout.readline(), not late.is_set()
    except OSError:
        return "", not late.is_set()
    finally:
        timer.cancel()
