"""Write or check the page of equations and claims: ``python -m qcoll.paper --check docs/paper.md``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..errors import InputError
from ..storage import check_page, write_atomically
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
    return check_page(page, options.check)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as error:
        sys.exit(f"error: {error}")
