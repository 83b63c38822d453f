"""What several tests of this folder begin with."""

from given_receive import incoming as incoming
from given_receive import listener as listener
