"""Settings of all tests."""

from hypothesis import settings

# Machines are shared and noisy; how long an example takes is no matter of these tests.
settings.register_profile("crossread", deadline=None)
settings.load_profile("crossread")
