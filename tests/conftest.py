"""Settings of all tests, and a real archive of images for those that need one."""

import importlib.util
import ipaddress
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import settings
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    BreastProjectionXRayImageStorageForProcessing,
    BreastTomosynthesisImageStorage,
    ComprehensiveSRStorage,
    DigitalMammographyXRayImageStorageForProcessing,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    GrayscaleSoftcopyPresentationStateStorage,
    KeyObjectSelectionDocumentStorage,
    MammographyCADSRStorage,
    RawDataStorage,
    SegmentationStorage,
    XRayRadiationDoseSRStorage,
    generate_uid,
)
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

    def __init__(self, binary: str, plugin: Path, folder: Path, **more: Any) -> None:
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
            "DicomCheckCalledAet": True,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {self.USER: self.PASSWORD},
            "DicomAlwaysAllowStore": True,
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            # Whoever asks must be known; what it may ask is then its own matter.
            "DicomAlwaysAllowFind": True,
            "DicomAlwaysAllowMove": True,
            "DicomAlwaysAllowGet": True,
            **more,
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


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


def installed_orthanc(folder: Path, **more: Any) -> Orthanc:
    """Return an Orthanc with its DICOMweb plugin, not started yet; skip where there is none."""
    binary = shutil.which("Orthanc")
    plugin = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
    if binary is None or not plugin.exists():
        pytest.skip("Orthanc is absent: apt-get install orthanc orthanc-dicomweb")
    return Orthanc(binary, plugin, folder, **more)


@pytest.fixture(scope="session")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """Start Orthanc; tests share it, so each brings its own patients."""
    server = installed_orthanc(tmp_path_factory.mktemp("orthanc"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def orthanc_tls(
    tmp_path_factory: pytest.TempPathFactory, certificates: "Certificates"
) -> Iterator[Orthanc]:
    """Start an Orthanc that speaks DICOM over TLS only, to its own, and lets nobody take."""
    server = installed_orthanc(
        tmp_path_factory.mktemp("orthanc-tls"),
        DicomTlsEnabled=True,
        DicomTlsCertificate=str(certificates.pem("pacs")),
        DicomTlsPrivateKey=str(certificates.key("pacs")),
        DicomTlsTrustedCertificates=str(certificates.pem("authority")),
        DicomTlsRemoteCertificateRequired=True,
        DicomAlwaysAllowGet=False,
    )
    server.start()
    yield server
    server.kill()


@dataclass(frozen=True)
class Certificates:
    """PEM files: an authority, `pacs` and `station` signed by it, `stranger` by another one."""

    folder: Path

    def pem(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def make(self, name: str, issuer: str = "") -> None:
        """Write a certificate of 127.0.0.1, signed by an issuer that has one, or by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signing, by = key, subject
        if issuer:
            by = x509.load_pem_x509_certificate(self.pem(issuer).read_bytes()).subject
            signing = serialization.load_pem_private_key(self.key(issuer).read_bytes(), None)
        here = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=not issuer, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(here), critical=False)
            .sign(signing, hashes.SHA256())
        )
        self.pem(name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key(name).write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.make("authority")
    made.make("other authority")
    for name in ("pacs", "station"):
        made.make(name, "authority")
    made.make("stranger", "other authority")
    return made


# What an archive keeps beside mammograms: the name of the class, and the modality.
COMPANIONS = {
    "tomosynthesis": (BreastTomosynthesisImageStorage, "MG"),
    "projection": (BreastProjectionXRayImageStorageForProcessing, "MG"),
    "raw image": (DigitalMammographyXRayImageStorageForProcessing, "MG"),
    "presentation state": (GrayscaleSoftcopyPresentationStateStorage, "PR"),
    "CAD report": (MammographyCADSRStorage, "SR"),
    "structured report": (ComprehensiveSRStorage, "SR"),
    "dose report": (XRayRadiationDoseSRStorage, "SR"),
    "segmentation": (SegmentationStorage, "SEG"),
    "key objects": (KeyObjectSelectionDocumentStorage, "KO"),
    "raw data": (RawDataStorage, "MG"),
    "document": (EncapsulatedPDFStorage, "DOC"),
    "private object": (UID("1.2.840.113619.4.27"), "MG"),
}


@pytest.fixture
def make_companions(tmp_path: Path) -> Callable[..., list[Path]]:
    """Return a function that writes the companions of a mammogram into its exam."""

    def make(mammogram: Path, names: Iterable[str] = tuple(COMPANIONS)) -> list[Path]:
        image = dcmread(mammogram)
        files = []
        for name in names:
            storage_class, modality = COMPANIONS[name]
            made = Dataset()
            made.file_meta = FileMetaDataset()
            made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "AccessionNumber"):
                setattr(made, keyword, image.get(keyword))
            made.StudyDate = image.get("StudyDate") or "20260105"
            made.SeriesInstanceUID = generate_uid(entropy_srcs=[image.SOPInstanceUID, name])
            made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = storage_class
            uid = generate_uid(entropy_srcs=[name, image.SOPInstanceUID])
            made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = uid
            made.Modality = modality
            if "ImageStorage" in storage_class.keyword:
                made.update(_pixels(frames=3 if name == "tomosynthesis" else 1))
            files.append(tmp_path / "companions" / f"{name} {uid[-8:]}.dcm")
            files[-1].parent.mkdir(exist_ok=True)
            made.save_as(files[-1], enforce_file_format=True)
        return files

    return make


def _pixels(frames: int) -> Dataset:
    made = Dataset()
    made.Rows = made.Columns = 64
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.NumberOfFrames = frames
    made.add_new("PixelData", "OW", bytes(64 * 64 * 2 * frames))
    return made
