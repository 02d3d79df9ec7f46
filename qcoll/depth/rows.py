"""The benchmark's file: JSON lines, a header and rows, append-only and resumable.

A header says under which versions, targets and seeds the rows after it were measured; a run under other circumstances
appends a header of its own. Every line goes to the disk in one write and ends with a digest of its own content, so that
an edited line is noticed. Lines are not chained: two runs may append to one file at a time. An interruption leaves at
most one unfinished last line, which the next run drops.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

from ..errors import InputError
from .case import Case
from .circumstances import code_hash, installed_versions
from .targets import snapshot_hash

Row = dict[str, Any]

#: Raised when the meaning of a line changes.
FILE_FORMAT = 4

#: How lines of this format begin.
_BEGINNINGS = (f'{{"kind": "header", "format": {FILE_FORMAT}, '.encode(), b'{"kind": "row", "hash": "')

#: What the user can do about a file that cannot be used.
OTHERWISE = "move the file, or choose another --out"

#: A row's settings, by which it is known.
_SETTINGS = tuple(each.name for each in dataclasses.fields(Case))


class RowFile:
    """A file of rows.

    Args:
        path: the file; it is made with its first line.

    Raises:
        InputError: if it cannot be read, or holds anything that this program did not write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines, self._complete, self._unfinished = _read(path)

    @property
    def rows(self) -> list[Row]:
        """All rows; of two with the same settings the later one."""
        return [row for row, _ in self._measured()]

    @property
    def older(self) -> int:
        """How many of the rows were measured by other versions or other code than the last header states."""
        now = self.header
        return sum(
            any(header[key] != now[key] for key in ("versions", "code")) for _, header in self._measured() if now
        )

    @property
    def header(self) -> Row | None:
        """The last header."""
        headers = [line for line in self._lines if line["kind"] == "header"]
        return headers[-1] if headers else None

    def begin(self, header: Row) -> None:
        """Drop a half-written last line, and state the circumstances unless the last header does.

        Raises:
            InputError: if the file cannot be written.
        """
        if self._path.exists():
            content = self._path.read_bytes()
            if self._unfinished and content[self._complete :] == self._unfinished:
                with self._writing() as stream:
                    stream.truncate(self._complete)
            elif content and not content.endswith(b"\n"):
                with self._writing() as stream:
                    stream.write(b"\n")
        if self.header != header:
            self.append(header)

    def append(self, line: Row) -> None:
        """Write one line to the end, whole and onto the disk.

        Raises:
            InputError: if the file cannot be written.
        """
        with self._writing() as stream:
            stream.write(_written(line))
        self._lines.append(line)

    @contextmanager
    def _writing(self) -> Iterator[FileIO]:
        try:
            with self._path.open("ab", buffering=0) as stream:
                yield stream
                os.fsync(stream.fileno())
        except OSError as error:
            raise InputError(f"cannot write {self._path}: {error.strerror or error}; choose another --out") from error

    def _measured(self) -> list[tuple[Row, Row]]:
        """The rows that count, with the headers before them."""
        found: dict[str, tuple[Row, Row]] = {}
        header: Row = {}
        for line in self._lines:
            if line["kind"] == "header":
                header = line
            else:
                found[json.dumps([line[name] for name in _SETTINGS])] = line, header
        return list(found.values())


def header_for(cases: Iterable[Case]) -> Row:
    """The circumstances of a run: versions, the code, snapshots of the targets, transpiler seeds."""
    chosen = list(cases)
    return {
        "kind": "header",
        "format": FILE_FORMAT,
        "python": platform.python_version(),
        "versions": installed_versions(),
        "code": code_hash(),
        "targets": {name: snapshot_hash(name) for name in sorted({item.target for item in chosen})},
        "seeds": [list(seeds) for seeds in sorted({item.seeds for item in chosen})],
    }


def _written(line: Row) -> bytes:
    """A line as it stands in the file, with the digest of what comes before it."""
    text = json.dumps(line)[:-1]
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f'{text}, "digest": "{digest}"}}\n'.encode()


def _read(path: Path) -> tuple[list[Row], int, bytes]:
    """The complete lines of a file, the bytes that they take, and an unfinished line after them."""
    if not path.exists():
        return [], 0, b""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    *texts, rest = content.split(b"\n")
    if _is_json(rest):  # a whole line without its end; half a line never is
        texts, rest = [*texts, rest], b""
    lines: list[Row] = []
    for number, text in enumerate(texts, start=1):
        lines.append(_parsed(text, f"{path}, line {number}"))
        if lines[0]["kind"] != "header":
            raise InputError(f"{path}, line 1: a row without a header before it; {OTHERWISE}")
    known = _BEGINNINGS if lines else _BEGINNINGS[:1]
    if not any(rest.startswith(beginning[: len(rest)]) for beginning in known):
        raise InputError(
            f"{path}, line {len(lines) + 1}: no line of qcoll depth, nor the beginning of one that was interrupted; "
            f"{OTHERWISE}"
        )
    return lines, len(content) - len(rest), rest


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _parsed(text: bytes, where: str) -> Row:
    """A line without its digest, which must be right.

    Raises:
        InputError: if this program did not write it, or not like this.
    """
    try:
        line = json.loads(text)
    except ValueError as error:
        raise InputError(f"{where}: not JSON, so this is no file of rows; {OTHERWISE}") from error
    if not isinstance(line, dict) or line.get("kind") not in ("header", "row"):
        raise InputError(f"{where}: neither a header nor a row; {OTHERWISE}")
    if line["kind"] == "header" and line.get("format") != FILE_FORMAT:
        raise InputError(
            f"{where}: written by another version of qcoll, in another format than {FILE_FORMAT}; {OTHERWISE}"
        )
    line.pop("digest", None)
    if text + b"\n" != _written(line):
        raise InputError(
            f"{where}: its digest does not fit its content, so it was edited or is no line of qcoll depth; remove the "
            f"line to measure it again, or {OTHERWISE}"
        )
    return line
