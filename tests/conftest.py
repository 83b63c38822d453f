"""Settings of all tests, and a real archive of images for those that need one."""

import importlib.util
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import settings
from pydicom import dcmread
from pynetdicom import AE

# Machines are shared and noisy; how long an example takes is no matter of these tests.
# The examples are the same at every run; `--hypothesis-profile search` draws others.
settings.register_profile("crossread", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("crossread")

_TESTS = Path(__file__).parent
# What cannot be imported without PyTorch, which is an extra.
_NEED_TORCH = (
    _TESTS / "inference",
    _TESTS / "reader_app" / "evaluation",
    _TESTS / "reader_app" / "bench" / "test_phantom_table.py",
)


class WithoutTorch(pytest.Module):
    """A file of tests that cannot be loaded: one skipped test that says why."""

    def collect(self) -> list[pytest.Item]:
        pytest.skip('PyTorch is absent: pip install "crossread[ai]"', allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    needs_torch = any(module_path.is_relative_to(path) for path in _NEED_TORCH)
    if not needs_torch or importlib.util.find_spec("torch") is not None:
        return None
    without: pytest.Module = WithoutTorch.from_parent(parent, path=module_path)
    return without


@pytest.fixture(scope="session", autouse=True)
def _keys_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the keys that tests make away from those of the account, and out of its keyring."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CROSSREAD_DATA", str(tmp_path_factory.mktemp("account")))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield


@dataclass(frozen=True)
class SmallDisk:
    """A disk of its own, of two megabytes."""

    path: Path

    def fill(self, leave_bytes: int) -> None:
        """Leave no more room than this."""
        room = shutil.disk_usage(self.path).free - leave_bytes
        (self.path / "ballast").write_bytes(bytes(max(0, room)))

    @property
    def names(self) -> set[str]:
        """What lies on it, hidden or not, beside the ballast."""
        return {path.name for path in self.path.rglob("*")} - {"ballast"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Mount a small file system in memory; needs the rights to."""
    where = tmp_path / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(where)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk is mounted by root on Linux only: mount -t tmpfs")
    yield SmallDisk(where)
    subprocess.run(["umount", str(where)], check=True)


class Orthanc:
    """A DICOM archive of our own: port 0 of nothing, two free ports, one user, an empty store."""

    USER, PASSWORD, TITLE = "coordinator", "right-password", "ORTHANC"

    def __init__(self, binary: str, plugin: Path, folder: Path) -> None:
        self.web_port, self.dicom_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.dicomweb = f"{self.url}/dicom-web"
        self._command = [binary, str(folder / "orthanc.json")]
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        settings_of_server = {
            "Name": "Archive of the tests",
            "StorageDirectory": str(folder / "store"),
            "Plugins": [str(plugin)],
            "HttpPort": self.web_port,
            "DicomPort": self.dicom_port,
            "DicomAet": self.TITLE,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {self.USER: self.PASSWORD},
            "DicomAlwaysAllowStore": True,
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        (folder / "orthanc.json").write_text(json.dumps(settings_of_server))

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        for _ in range(2400):
            try:
                self.ask("GET", "/system")
                return
            except requests.ConnectionError:
                assert self._process.poll() is None, self._log.read_text()
                time.sleep(0.05)
        raise TimeoutError(self._log.read_text())

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask(self, method: str, path: str, content: Any = None) -> Any:
        answer = requests.request(
            method, self.url + path, json=content, auth=(self.USER, self.PASSWORD), timeout=60
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def store(self, files: Iterable[Path]) -> None:
        """Send files by C-STORE, each as it is compressed."""
        datasets = [dcmread(file) for file in files]
        sender = AE(ae_title="SENDER")
        for dataset in datasets:
            sender.add_requested_context(dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID)
        association = sender.associate("127.0.0.1", self.dicom_port, ae_title=self.TITLE)
        assert association.is_established
        for dataset in datasets:
            assert association.send_c_store(dataset).Status == 0
        association.release()


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


@pytest.fixture(scope="session")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """Start Orthanc with its DICOMweb plugin; tests share it, so each brings its own patients."""
    binary = shutil.which("Orthanc")
    plugin = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
    if binary is None or not plugin.exists():
        pytest.skip("Orthanc is absent: apt-get install orthanc orthanc-dicomweb")
    server = Orthanc(binary, plugin, tmp_path_factory.mktemp("orthanc"))
    server.start()
    yield server
    server.kill()
