"""The child process that opens a DICOMDIR: prints the parts of each path it names, as JSON."""

import json
import sys
import warnings
from pathlib import Path

from pydicom import config, dcmread
from pydicom.dataset import Dataset

from study_design.images.arriving.guarded_worker import MEMORY_BYTES
from study_design.images.arriving.worker import limit_resources
from study_design.images.header.attributes import items, texts

LARGEST_INDEX_BYTES = 256_000_000  # about 200,000 images


def references_in(index: Dataset) -> list[tuple[str, ...]]:
    """Return the Referenced File ID of each record that has one (PS3.3 F.3.2.2)."""
    records = items(index, "DirectoryRecordSequence")
    return [parts for record in records if (parts := texts(record, "ReferencedFileID"))]


def main() -> None:
    """Print what the index named by the first argument refers to."""
    warnings.simplefilter("ignore")
    config.settings.reading_validation_mode = config.IGNORE
    limit_resources(MEMORY_BYTES)
    index = Path(sys.argv[1])
    if index.stat().st_size > LARGEST_INDEX_BYTES:
        raise SystemExit(1)
    dataset = dcmread(index)
    if "DirectoryRecordSequence" not in dataset:
        raise SystemExit(1)
    sys.stdout.write(json.dumps(references_in(dataset)))


if __name__ == "__main__":
    main()
