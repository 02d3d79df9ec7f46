"""The ``qcoll`` command and how it reports errors."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from .. import __version__
from ..errors import InputError, MissingExtraError
from ..study.entries import EntryError
from . import budget, depth, figures, hardware, run, studies
from .words import in_options

#: Exit code of a command that was interrupted from the keyboard.
_INTERRUPTED = 130

app = typer.Typer(
    name="qcoll",
    help="Structured quantum collision models on quantum circuits, checked against the exact reduced dynamics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"qcoll {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options of every command."""


for command in (run, studies, figures, hardware, budget, depth):
    command.register(app)


def _told(error: Exception) -> str:
    """A message in the words of what the user wrote: options, or the entries of a file."""
    return str(error) if isinstance(error, EntryError) else in_options(str(error))


def main() -> None:
    """Run the command line; what a user can correct is one line on standard error and exit code 2."""
    try:
        app(standalone_mode=True)
    except (InputError, MissingExtraError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]error:[/] {escape(_told(error))}")
        sys.exit(2)
    except KeyboardInterrupt:
        _leave_interrupted()
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # typer turns an interrupt into this
            _leave_interrupted()
        raise


def _leave_interrupted() -> NoReturn:
    """End at once: a normal exit waits for the thread of an Aer job, and for ever if it is just being started."""
    Console(stderr=True).print("interrupted; no half-written files were left behind")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_INTERRUPTED)
