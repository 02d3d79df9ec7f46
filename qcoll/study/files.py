"""Studies as TOML files.

A file has what :class:`~qcoll.Study` takes::

    title = "Steady coherence"
    model = "example_2"
    parameters = { alpha = 0.2 }
    compute = "steady_state"
    quantities = ["coherence"]

    [axes]
    kappa = { from = 0.05, to = 3.0, count = 60 }
    beta = [0.2, 0.5, 1.0, 2.0, 5.0]
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..model.toml_lines import line_of
from .computations import OPTIONS
from .entries import EntryError
from .sources import find_source
from .study import Study

_KEYS = ("title", "model", "parameters", "compute", "quantities", "axes", "reduce")
_KINDS: tuple[tuple[str, type, str], ...] = (
    ("axes", dict, "a table"),
    ("parameters", dict, "a table"),
    ("title", str, "a text"),
    ("reduce", list, "a list of axes"),
)
_NEEDED = ("model", "compute", "axes")


def load_study(path: str | Path) -> Study:
    """Read a study from a TOML file; a model file or script in it is looked for beside it.

    Raises:
        InputError: if the file is missing or something in it is wrong; the message names the line.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file in UTF-8: a study is TOML") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML: {error}") from error
    except OSError as error:
        raise InputError(f"cannot read the study {path}: {error.strerror or error}") from error
    lines = text.splitlines()

    def refuse(message: str, *entry: str) -> InputError:
        found = _line(lines, entry)
        return EntryError(f"{path}{f', line {found}' if found else ''}: {message}", entry)

    _check_entries(document, refuse)
    try:
        source = find_source(document["model"], path.parent)
    except InputError as error:
        raise refuse(str(error), "model") from error
    try:
        return Study(
            source,
            document["axes"],
            document["compute"],
            document.get("quantities"),
            document.get("parameters", {}),
            document.get("reduce"),
            document.get("title", path.stem),
        )
    except InputError as error:
        raise refuse(str(error), *getattr(error, "entry", ())) from error


def _check_entries(document: Mapping[str, Any], refuse: Callable[..., InputError]) -> None:
    """Refuse unknown, missing and misshapen entries."""
    for key in document:
        if key not in _KEYS:
            raise refuse(f"unknown entry {key!r}; a study has {', '.join(_KEYS)}", key)
    for key in _NEEDED:
        if key not in document:
            raise refuse(f"{key!r} is missing: a study has model, compute and axes")
    for key, kind, said in _KINDS:
        if key in document and not isinstance(document[key], kind):
            raise refuse(f"{key} is {document[key]!r}, but must be {said}", key)
    compute = document["compute"]
    if isinstance(compute, Mapping) and (named := compute.get("kind")) in OPTIONS:
        for option in compute:
            if option != "kind" and option not in OPTIONS[named]:
                said = f"{named} has no option {option!r}; it has {', '.join(OPTIONS[named])}"
                raise refuse(said, "compute", option)


def _line(lines: list[str], entry: tuple[str, ...]) -> int | None:
    """The line of an entry; that of the table around it where it stands in one line with others."""
    while entry:
        found = line_of(lines, entry[:-1], entry[-1])
        if found and (len(entry) == 1 or f"{entry[-1]}" in lines[found - 1]):
            return found
        entry = entry[:-1]
    return None
