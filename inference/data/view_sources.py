"""Where a view of a training set lies, and how its stored codes are had from there."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image
from pydicom.uid import generate_uid

from inference.preprocess import StoredView, picture_view, stored_view
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.image_store import case_images, load_mammogram, load_pixels
from study_design.images.messages import InspectRequest, Pseudonyms, TakeRequest
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


class ViewSource(Protocol):
    """A view on disk."""

    @property
    def view(self) -> View:
        """Which view it is."""
        ...

    @property
    def image(self) -> str:
        """Name of the image, unique in its training set."""
        ...

    def fingerprint(self) -> str:
        """Return a SHA-256 that changes with whatever the prepared view depends on."""
        ...

    def stored(self, worker: GuardedWorker) -> StoredView:
        """Return the view as it is stored; foreign files are opened by the worker."""
        ...


@dataclass(frozen=True, slots=True)
class StudyView:
    """An image in the cache of a study."""

    folder: StudyFolder
    case: str
    image: str
    view: View
    sha256: str

    def fingerprint(self) -> str:
        """Return the checksum of the codes and of how they are shown and hung."""
        facts = (self.folder.cache / f"{self.image}.json").read_bytes()
        return hashlib.sha256(self.sha256.encode() + facts).hexdigest()

    def stored(self, worker: GuardedWorker) -> StoredView:  # noqa: ARG002 - nothing foreign
        """Return the image, checked against its checksum."""
        mammograms = case_images(self.folder, self.case)
        mammogram = next(known for known in mammograms if known.image == self.image)
        return stored_view(load_pixels(self.folder, mammogram))


@dataclass(frozen=True, slots=True)
class FileView:
    """A DICOM, PNG or TIFF file that a manifest names."""

    path: Path
    case: str
    image: str
    view: View
    spacing_mm: float | None
    mirrored: bool | None

    def fingerprint(self) -> str:
        """Return the checksum of the file and of what the manifest says of it."""
        said = f"{self.view} {self.spacing_mm} {self.mirrored}"
        return hashlib.sha256(said.encode() + _file_digest(self.path)).hexdigest()

    def stored(self, worker: GuardedWorker) -> StoredView:
        """Return the view, decoded and oriented as an import does it."""
        path = self.path.absolute()
        inspection = worker.inspect(InspectRequest(path, self.view))
        names = Pseudonyms(self.case, "", "view", self.view, generate_uid(), generate_uid())
        with tempfile.TemporaryDirectory(prefix="crossread-view-") as aside:
            folder = StudyFolder(Path(aside))
            request = TakeRequest(path, folder.path, names, self.spacing_mm, self.mirrored)
            worker.take(request, inspection.megapixels)
            loaded = load_pixels(folder, load_mammogram(folder, names.image))
        return stored_view(loaded, self.image)


@dataclass(frozen=True, slots=True)
class PictureView:
    """A grey PNG without a header, low codes dark."""

    path: Path
    image: str
    view: View
    spacing_mm: float

    def fingerprint(self) -> str:
        """Return the checksum of the file and of its view."""
        said = f"{self.view} {self.spacing_mm}"
        return hashlib.sha256(said.encode() + _file_digest(self.path)).hexdigest()

    def stored(self, worker: GuardedWorker) -> StoredView:  # noqa: ARG002 - PNG only
        """Return the view; the chest wall in the picture decides its flips."""
        with Image.open(self.path, formats=("PNG",)) as picture:
            codes = np.ascontiguousarray(picture, dtype=np.uint16)
        return picture_view(codes, view=self.view, image=self.image, spacing_mm=self.spacing_mm)


def _file_digest(path: Path) -> bytes:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
