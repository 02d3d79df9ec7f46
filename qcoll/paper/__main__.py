"""Write or check the page of equations and claims: ``python -m qcoll.paper --check docs/paper.md``."""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

from ..errors import InputError
from ..storage import write_atomically
from .document import document


def main(arguments: list[str] | None = None) -> int:
    """Run every check; write the page, or compare it with the one that is there (exit code 1 if it changed)."""
    parser = argparse.ArgumentParser(prog="python -m qcoll.paper", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--write", type=Path, metavar="PAGE", help="write the page and the plot beside it")
    chosen.add_argument("--check", type=Path, metavar="PAGE", help="fail if the page is not what the checks give")
    options = parser.parse_args(arguments)
    page = document()
    if options.write is not None:
        from .figures import draw_parting

        write_atomically(options.write, page.encode())
        draw_parting(options.write.parent / "figures")
        return 0
    return _compare(page, options.check)


def _compare(page: str, path: Path) -> int:
    try:
        present = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; write it first with --write") from error
    if present == page:
        return 0
    changes = difflib.unified_diff(present.splitlines(), page.splitlines(), str(path), "checked now", lineterm="", n=0)
    sys.stdout.write("\n".join(changes) + "\n")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as error:
        sys.exit(f"error: {error}")
