"""The command line of Crossread, and the root at which its parts are put together.

Every error that a user can mend is one line on standard error and exit status 1.
"""

import errno
import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from reader_app.plain_output import plain_output
from study_design.disk import full_disk, is_full
from study_design.errors import CrossreadError
from study_design.private import private_files
from study_design.software import SOFTWARE_VERSION, commit
from study_design.tables.table_faults import BadTableError

# Which file holds a command, in the order of work; only the file that is needed is loaded, so that
# answers come quickly.
COMMANDS = {
    "new": "study",
    "import": "images",
    "files": "files",
    "echo": "asking",
    "query": "asking",
    "receive": "receiving",
    "cases": "cases",
    "place": "images",
    "exclude": "images",
    "exams": "exams",
    "burned-in": "burned_in",
    "doubts": "doubts",
    "link": "link",
    "readers": "study",
    "truth": "study",
    "detections": "detections",
    "plan": "study",
    "lock": "study",
    "unlock": "signed",
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
    "enrol": "safekeeping",
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
    def home(
        context: typer.Context,
        version: Annotated[
            bool, typer.Option("--version", help="Print program, schema, form of record, commit.")
        ] = False,
    ) -> None:
        """Open the home window where no command is given."""
        if version:
            typer.echo(version_line())
            raise typer.Exit
        if context.invoked_subcommand is None:
            from reader_app.qt.home import show_home

            raise typer.Exit(show_home())

    wanted = COMMANDS.get(next((word for word in words if not word.startswith("-")), ""))
    for file in dict.fromkeys([wanted] if wanted else COMMANDS.values()):
        importlib.import_module(f"reader_app.commands.{file}").register(app)
    order = list(COMMANDS)
    app.registered_commands.sort(key=lambda command: order.index(command.name or ""))
    return app


def version_line() -> str:
    """Return the program, the schema of its study files, the form of its records, the commit."""
    from study_design.protocol.study_file import SCHEMA
    from study_design.record.upcast import FORM

    return f"crossread {SOFTWARE_VERSION}, schema {SCHEMA}, record form {FORM}, commit {commit()}"


def _of_the_system(error: OSError) -> str:
    """Return what is told of a failed access to a file."""
    if is_full(error):
        # Without a name it is a file that was being written: here, or where temporary files go.
        where = Path(error.filename or Path.cwd())
        return str(full_disk(where, where.name or "a file"))
    where_text = error.filename or "a file"
    if error.errno == errno.ENOENT and error.filename:
        return (
            f"Expected {where_text}, got nothing of that name: it was moved, renamed or removed. "
            "Check the path."
        )
    return (
        f"Expected to read or write {where_text}, got: {error.strerror or error}. Check path and "
        "rights."
    )


def main() -> int:
    """Run the command line and return the exit status."""
    with private_files(), plain_output():
        return _run()


def _run() -> int:
    """Run the command that the words ask for."""
    try:
        application(sys.argv[1:])(prog_name="crossread")
    except CrossreadError as error:
        for line in error.lines if isinstance(error, BadTableError) else (error,):
            sys.stderr.write(f"{line}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{_of_the_system(error)}\n")
        return 1
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
