"""Settings of all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

# Machines are shared and noisy; how long an example takes is no matter of these tests.
settings.register_profile("crossread", deadline=None)
settings.load_profile("crossread")


@pytest.fixture(scope="session", autouse=True)
def _keys_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the keys that tests make away from those of the account, and out of its keyring."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CROSSREAD_DATA", str(tmp_path_factory.mktemp("account")))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield
