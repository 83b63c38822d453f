"""What the commands of the AI systems say where torch is not installed."""

import importlib

from study_design.errors import CrossreadError


class TorchMissingError(CrossreadError):
    """The extra `ai` is not installed."""


def require_torch(command: str) -> None:
    """Refuse a command that needs torch where it is absent, or there and cannot be loaded.

    Raises
    ------
    TorchMissingError
        In one line that says how to install it.
    """
    try:
        importlib.import_module("torch")
    except (ImportError, OSError) as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        got = "none" if absent else f"one that cannot be loaded ({str(error).splitlines()[0]})"
        again = "" if absent else " --force-reinstall"
        raise TorchMissingError(
            f"crossread {command}: expected PyTorch, which runs the AI systems, got {got}. "
            f'Install it: pip install{again} "crossread[ai]"'
        ) from error
