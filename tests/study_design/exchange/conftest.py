"""What several tests of this folder begin with."""

from given_brought_sheets import bring as bring
from given_detection_import import boxes_csv as boxes_csv
