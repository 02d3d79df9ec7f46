"""Write or check the gallery of ready models: ``python -m qcoll.models --write docs/gallery.md``."""

from __future__ import annotations

import argparse
import inspect
import sys
from pathlib import Path

import qcoll.models

from ..errors import InputError
from ..plots import save_figure
from ..storage import check_page, write_atomically
from .gallery import GALLERY, Entry, drawn

HEADER = """# Gallery of ready models

Models of the literature, one function each in `qcoll.models`, with their sources. This page and its figures are written
by `python -m qcoll.models --write docs/gallery.md`; `--check` instead of `--write` fails when a number changes. Each
model is tested against the closed form or the published state that its text names. In Python, after

```python
import numpy as np
import qcoll
```
"""


def main(arguments: list[str] | None = None) -> int:
    """Write the page and its figures, or compare the page with the one that is there (exit code 1 if it changed)."""
    parser = argparse.ArgumentParser(prog="python -m qcoll.models", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--write", type=Path, metavar="PAGE", help="write the page and the figures beside it")
    chosen.add_argument("--check", type=Path, metavar="PAGE", help="fail if the page is not what the models give")
    options = parser.parse_args(arguments)
    page, figures = HEADER, {}
    for entry in GALLERY:
        figure, said = drawn(entry)
        figures[f"gallery_{entry.function}.png"] = figure
        page += section(entry, said)
    if options.write is not None:
        folder = options.write.parent / "images"
        folder.mkdir(parents=True, exist_ok=True)
        for name, figure in figures.items():
            save_figure(figure, folder / name)
        write_atomically(options.write, page.encode())
        return 0
    return check_page(page, options.check)


def section(entry: Entry, said: str) -> str:
    """The text of one model: its source, how it is made, its figure."""
    function = getattr(qcoll.models, entry.function)
    module = inspect.getdoc(sys.modules[function.__module__]) or ""
    source = module.split("\n\n")[1].replace("\n", " ")
    summary = (inspect.getdoc(function) or "").split("\n\n", maxsplit=1)[0]
    return (
        f"\n## {entry.title}\n\n{summary} {source}\n\n```python\nqcoll.models.{entry.code}\n```\n\n"
        f"![{entry.title}](images/gallery_{entry.function}.png)\n\n{said}\n"
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as error:
        sys.exit(f"error: {error}")
