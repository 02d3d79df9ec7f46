"""The command line: words in, calls of the library, tables out. No physics happens here."""

from .commands import app, main

__all__ = ["app", "main"]
