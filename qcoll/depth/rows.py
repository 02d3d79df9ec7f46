"""The benchmark's file: JSON lines, a header and rows, append-only and resumable.

A header says under which versions, targets and seeds the rows after it were measured; a run under other circumstances
appends a header of its own. Every line goes to the disk in one write. An interruption leaves at most one unfinished
last line, which the next run drops.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import InputError
from .experiment import Experiment
from .targets import snapshot_hash

Row = dict[str, Any]

#: Packages whose versions a header states, where they are installed.
PACKAGES = ("qcoll", "qiskit", "qiskit-aer", "qiskit-ibm-runtime", "numpy", "scipy", "pytket", "bqskit")


class RowFile:
    """A file of rows.

    Args:
        path: the file; it is made with its first line.

    Raises:
        InputError: if it cannot be read, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines, self._complete = _read(path)

    @property
    def rows(self) -> list[Row]:
        """All rows; of two with the same hash the later one."""
        return list({line["hash"]: line for line in self._lines if line["kind"] == "row"}.values())

    @property
    def header(self) -> Row | None:
        """The last header."""
        headers = [line for line in self._lines if line["kind"] == "header"]
        return headers[-1] if headers else None

    def begin(self, header: Row) -> None:
        """Drop a half-written last line, and state the circumstances unless the last header does."""
        if self._path.exists() and self._path.stat().st_size > self._complete:
            os.truncate(self._path, self._complete)
        if self.header != header:
            self.append(header)

    def append(self, line: Row) -> None:
        """Write one line to the end, whole and onto the disk.

        Raises:
            InputError: if the file cannot be written.
        """
        content = (json.dumps(line) + "\n").encode()
        try:
            with self._path.open("ab", buffering=0) as stream:
                stream.write(content)
                os.fsync(stream.fileno())
        except OSError as error:
            raise InputError(f"cannot write {self._path}: {error.strerror or error}; choose another --out") from error
        self._lines.append(line)
        self._complete += len(content)


def header_for(experiments: Iterable[Experiment]) -> Row:
    """The circumstances of a run: versions, snapshots of the targets, transpiler seeds."""
    chosen = list(experiments)
    return {
        "kind": "header",
        "python": platform.python_version(),
        "versions": installed_versions(),
        "targets": {name: snapshot_hash(name) for name in sorted({item.target for item in chosen})},
        "seeds": [list(seeds) for seeds in sorted({item.seeds for item in chosen})],
    }


def installed_versions() -> dict[str, str]:
    """Versions of the packages that decide the numbers, as far as they are installed."""
    from .. import __version__

    found = {"qcoll": __version__}
    for package in PACKAGES[1:]:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # an optional package: its absence is visible in the header
    return found


def _read(path: Path) -> tuple[list[Row], int]:
    """The complete lines of a file, and the bytes that they take."""
    if not path.exists():
        return [], 0
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    complete = content.rfind(b"\n") + 1
    lines: list[Row] = []
    for number, text in enumerate(content[:complete].splitlines(), start=1):
        try:
            line = json.loads(text)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: not JSON, so this is no file of rows; choose another") from error
        if not isinstance(line, dict) or line.get("kind") not in ("header", "row"):
            raise InputError(f"{path}, line {number}: neither a header nor a row; choose another file")
        lines.append(line)
    return lines, complete
