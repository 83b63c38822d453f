"""What several tests of this folder begin with."""

from given_decode import write as write
