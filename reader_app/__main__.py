"""The command line of Crossread, and the root at which its parts are put together.

Every error that a user can mend is one line on standard error and exit status 1.
"""

import importlib
import sys

import typer

from study_design.errors import CrossreadError

# Which file holds a command, in the order of work; only the file that is needed is loaded, so that
# answers come quickly.
COMMANDS = {
    "new": "study",
    "import": "images",
    "receive": "receiving",
    "cases": "cases",
    "place": "images",
    "exclude": "images",
    "burned-in": "burned_in",
    "doubts": "doubts",
    "link": "link",
    "readers": "study",
    "truth": "study",
    "detections": "study",
    "plan": "study",
    "lock": "study",
    "read": "reading",
    "simulate": "simulation",
    "decide": "simulation",
    "status": "closing",
    "reopen": "reopening",
    "freeze": "closing",
    "verify": "closing",
    "audit": "closing",
    "withdraw": "signed",
    "unblind": "signed",
    "attest": "signed",
    "amend": "signed",
    "backup": "safekeeping",
    "restore": "safekeeping",
    "export": "closing",
    "analyse": "analysis",
    "validate": "validation",
    "calibrate": "calibration",
    "demo": "demo",
    "phantoms": "phantoms",
    "photograph": "photograph",
    "train": "training",
    "evaluate": "detecting",
    "detect": "detecting",
    "example-detections": "detecting",
    "bench": "bench",
}


def application(words: list[str]) -> typer.Typer:
    """Return the command line with the command that the words ask for, or with all."""
    app = typer.Typer(
        name="crossread",
        help="Run a whole radiologist reader study on mammograms, and trust the result.",
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=False,
        rich_markup_mode=None,
    )

    @app.callback(invoke_without_command=True)
    def home(context: typer.Context) -> None:
        """Open the home window where no command is given."""
        if context.invoked_subcommand is None:
            from reader_app.qt.home import show_home

            raise typer.Exit(show_home())

    wanted = COMMANDS.get(next((word for word in words if not word.startswith("-")), ""))
    for file in dict.fromkeys([wanted] if wanted else COMMANDS.values()):
        importlib.import_module(f"reader_app.commands.{file}").register(app)
    order = list(COMMANDS)
    app.registered_commands.sort(key=lambda command: order.index(command.name or ""))
    return app


def main() -> int:
    """Run the command line and return the exit status."""
    try:
        application(sys.argv[1:])(prog_name="crossread")
    except CrossreadError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        where = error.filename or "a file"
        sys.stderr.write(
            f"Expected to read or write {where}, got: {error.strerror or error}. Check path and "
            "rights.\n"
        )
        return 1
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
