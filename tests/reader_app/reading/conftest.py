"""What several tests of this folder begin with."""

from given_reading_desk import keys as keys
