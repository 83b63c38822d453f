"""What the commands of the AI systems say where torch is not installed."""

import importlib.util

from study_design.errors import CrossreadError


class TorchMissingError(CrossreadError):
    """The extra `ai` is not installed."""


def require_torch(command: str) -> None:
    """Refuse a command that needs torch where it cannot be had; it is not loaded here.

    Raises
    ------
    TorchMissingError
        In one line that says how to install it.
    """
    if importlib.util.find_spec("torch") is None:
        raise TorchMissingError(
            f"crossread {command}: expected PyTorch, which runs the AI systems, got none. "
            'Install it: pip install "crossread[ai]"'
        )
