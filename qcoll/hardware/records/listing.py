"""The records of a folder: all of them, or the one that is meant."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from ...errors import InputError
from .record import RECORD, Record, created, read_record

DEFAULT_ROOT = Path("hardware-runs")


def list_jobs(root: str | Path = DEFAULT_ROOT, damaged: Callable[[InputError], None] | None = None) -> list[Record]:
    """All records in a folder, oldest first.

    Args:
        root: the folder.
        damaged: called with the error of each record that cannot be read, which is then left out.

    Raises:
        InputError: if one cannot be read and ``damaged`` is not given.
    """
    found = []
    for folder in sorted(path.parent for path in Path(root).glob(f"*/{RECORD}")):
        if folder.name.startswith("."):
            continue
        try:
            found.append(read_record(folder))
        except InputError as error:
            if damaged is None:
                raise
            damaged(error)
    return sorted(found, key=created)


def find_record(name: str | None = None, root: str | Path = DEFAULT_ROOT) -> Record:
    """The record with a name, the only one whose name begins so, the one in a folder, or the latest of all.

    Raises:
        InputError: if there is none, or several.
    """
    if name is None:
        records = list_jobs(root, damaged=lambda _: None)  # the latest that can be read
        if not records:
            raise InputError(f"nothing was submitted from {root}: start with qcoll submit")
        return records[-1]
    if (Path(name) / RECORD).exists():
        return read_record(Path(name))
    names = [path.parent.name for path in Path(root).glob(f"*/{RECORD}")]
    found = [each for each in names if each == name] or [each for each in names if each.startswith(name)]
    if len(found) == 1:
        return read_record(Path(root) / found[0])
    if found:
        raise InputError(f"{name!r} is the beginning of several submissions: {', '.join(sorted(found))}")
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.3)
    hint = f"; there are {', '.join(near)}" if near else ": list them with qcoll jobs"
    raise InputError(f"nothing called {name!r} was submitted from {root}{hint}")


def described(record: Record) -> str:
    """What a record asked for, by which it is told apart from others: parameters, collisions, level, options, shots."""
    definition, options = record.data["definition"], record.options.summary()
    compilation = definition["compilation"]
    level, ancillas = compilation["synthesis"], compilation["ancillas"]
    parts = (
        _parameters(record),
        f"collisions {','.join(map(str, record.plan.at))}",
        f"{level} of order {compilation['trotter_order']}" if level == "trotter" else level,
        "" if ancillas == "reset" else f"{ancillas} ancillas",
        "" if options == "none" else options,
        f"{definition['shots']} shots",
    )
    return ", ".join(filter(None, parts))


def _parameters(record: Record) -> str:
    """The swept values, and the model's parameters where the record has them."""
    asked = dict(record.data.get("parameters", {}))
    points = [point.values for point in record.points]
    for name in points[0] if len(points) > 1 else ():
        values = sorted({point[name] for point in points})
        asked[name] = f"{values[0]:g}...{values[-1]:g} ({len(values)})"
    return " ".join(f"{name}={value}" for name, value in asked.items())
