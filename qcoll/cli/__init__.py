"""The command line: words in, calls of the library, tables out. No physics happens here."""

from __future__ import annotations

import os
import sys
from typing import Any


def main() -> None:
    """Run the command line. An interrupt while the packages are still being loaded is one line as well."""
    try:
        from .commands import main as run
    except KeyboardInterrupt:
        print("interrupted before anything was begun", file=sys.stderr, flush=True)
        os._exit(130)
    run()


def __getattr__(name: str) -> Any:
    if name == "app":  # for tools that document commands
        from .commands import app

        return app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
