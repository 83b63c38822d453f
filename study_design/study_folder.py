"""Where everything of one study lies on disk.

The link file, which ties pseudonyms to the hospital's own identifiers, lies beside the folder and
not in it, so that a study can be copied or handed over without it.
"""

from dataclasses import dataclass
from pathlib import Path

from study_design.errors import BadInputError


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """The paths of one study; nothing here is opened."""

    path: Path

    @property
    def study_toml(self) -> Path:
        """Protocol and analysis plan, as a person reads and edits them."""
        return self.path / "study.toml"

    @property
    def protocol(self) -> Path:
        """Every locked version of the protocol."""
        return self.path / "protocol"

    @property
    def cases_csv(self) -> Path:
        """Exams and views, without identity and without truth."""
        return self.path / "cases.csv"

    @property
    def readers_csv(self) -> Path:
        """The readers, in the order in which they joined."""
        return self.path / "readers.csv"

    @property
    def images(self) -> Path:
        """De-identified DICOM."""
        return self.path / "images"

    @property
    def cache(self) -> Path:
        """Decoded pixels with checksums; can be rebuilt from `images`."""
        return self.path / "cache"

    @property
    def detections(self) -> Path:
        """AI results, one file a system."""
        return self.path / "detections"

    @property
    def reference_standard(self) -> Path:
        """The truth; the reading process never opens it."""
        return self.path / "reference_standard"

    @property
    def plan_csv(self) -> Path:
        """The schedule, written once."""
        return self.path / "plan.csv"

    @property
    def record(self) -> Path:
        """The append-only events."""
        return self.path / "record.sqlite"

    @property
    def results(self) -> Path:
        """Exports, tables and figures; can be rebuilt."""
        return self.path / "results"

    @property
    def burned_in_csv(self) -> Path:
        """Text and markers found in the pixels, and what the coordinator decided on each."""
        return self.path / "burned_in.csv"

    @property
    def doubts_csv(self) -> Path:
        """What is doubtful of how images are shown, and who found it right."""
        return self.path / "doubts.csv"

    @property
    def questions_csv(self) -> Path:
        """What headers leave open of exams and persons, and what the coordinator answered."""
        return self.path / "questions.csv"

    @property
    def files_csv(self) -> Path:
        """What became of every file that an import met, for the flow of cases."""
        return self.path / "files.csv"

    @property
    def callers_csv(self) -> Path:
        """Which machines the listener turned away, and why."""
        return self.path / "callers.csv"

    @property
    def link_file(self) -> Path:
        """Pseudonyms and the identifiers they stand for, sealed, apart from the study."""
        return self.path.with_name(self.path.name + ".link")

    @property
    def file_names(self) -> Path:
        """Which file of the hospital each row of files.csv stands for, sealed, beside the study."""
        return self.path.with_name(self.path.name + ".files")

    @property
    def plain_link_csv(self) -> Path:
        """The link file as earlier versions wrote it, in plain text."""
        return self.path.with_name(self.path.name + ".link.csv")

    def required(self) -> "StudyFolder":
        """Return the folder itself, or refuse where it holds no study."""
        if not self.study_toml.is_file():
            raise BadInputError(
                f"Expected a study folder at {self.path}, got no study.toml there. "
                f"Check the path, or make one: crossread new {self.path} --template zhou2023"
            )
        return self
