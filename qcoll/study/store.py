"""Rows on disk: an SQLite file, which takes whole rows or none, whenever its writer is killed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..storage import writable_folder, write_atomically
from .evaluate import Row

ROWS, DESCRIPTION = "rows.sqlite", "study.json"
#: Keys per query; SQLite takes no more than 999 in old versions.
_CHUNK = 500
_TABLES = (
    "CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, text TEXT UNIQUE NOT NULL)",
    "CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, layout INTEGER NOT NULL, payload BLOB NOT NULL, "
    "error TEXT, warning TEXT, circumstances INTEGER NOT NULL)",
)


class Store:
    """The rows of one study in one folder. Use it as a context manager: it holds the folder against other runs.

    Args:
        folder: where the rows are, made if need be.
        identity: what the study is, but for the values of its axes.
        circumstances: versions of what computes; kept with every row.

    Raises:
        InputError: if the folder cannot be written, is in use, or belongs to another study.
    """

    def __init__(self, folder: Path, identity: dict[str, Any], circumstances: str) -> None:
        self.folder = writable_folder(folder)
        _claim(self.folder, identity)
        self._database = _opened(self.folder / ROWS, circumstances)
        self._circumstances = circumstances
        self._texts: dict[str, int] = {}

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows, all of them or, if this is interrupted, none.

        Raises:
            InputError: if the disk is full, or cannot be written for another reason.
        """
        try:
            with self._database:
                now = self._text(self._circumstances)
                self._database.executemany(
                    "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?)",
                    [(row.key, self._text(row.layout), row.payload, row.error, row.warning, now) for row in rows],
                )
        except sqlite3.OperationalError as error:
            raise InputError(
                f"cannot write {self.folder / ROWS}: {error}; free space, or go on in another folder"
            ) from error

    def done(self, keys: Sequence[bytes], *, failed: bool = True) -> set[bytes]:
        """Which of some points have rows; those that failed count, unless they are to be tried again."""
        condition = "" if failed else " AND error IS NULL"
        return {key for (key,) in self._select(f"SELECT key FROM rows WHERE key IN ({{}}){condition}", keys)}

    def rows(self, keys: Sequence[bytes], *, values: bool = True) -> dict[bytes, tuple[Row, str]]:
        """Rows of some points by key, each with the circumstances that it was computed in.

        Args:
            keys: of the points.
            values: leave them out, where only the rest is looked at.
        """
        query = (
            f"SELECT key, l.text, {'payload' if values else 'NULL'}, error, warning, c.text FROM rows "
            "JOIN texts l ON l.id = layout JOIN texts c ON c.id = circumstances WHERE key IN ({})"
        )
        return {row[0]: (Row(*row[:5]), row[5]) for row in self._select(query, keys)}

    def _select(self, query: str, keys: Sequence[bytes]) -> Iterator[Any]:
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            yield from self._database.execute(query.format(",".join("?" * len(chunk))), chunk)

    def _text(self, text: str) -> int:
        """The number of a text that many rows share."""
        if text not in self._texts:
            self._database.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (text,))
            ((self._texts[text],),) = self._database.execute("SELECT id FROM texts WHERE text = ?", (text,))
        return self._texts[text]


def _claim(folder: Path, identity: dict[str, Any]) -> None:
    """Make the folder that of a study, or refuse one that belongs to another."""
    path = folder / DESCRIPTION
    if not path.exists():
        if (folder / ROWS).exists():
            raise InputError(f"{folder} holds rows but no {DESCRIPTION}: choose another folder")
        write_atomically(path, json.dumps(identity, indent=1).encode())
        return
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}; choose another folder") from error
    differing = [name for name in identity if found.get(name) != identity[name]]
    if differing:
        raise InputError(
            f"{folder} holds another study: {', '.join(differing)} differ; choose another folder (values of axes may "
            "be added and left out, anything else is a new study)"
        )


def _opened(path: Path, circumstances: str) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(path, timeout=0.5)
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        with database:  # writes, and so takes the lock and keeps it
            database.execute("BEGIN EXCLUSIVE")
            for table in _TABLES:
                database.execute(table)
            database.executemany("INSERT OR IGNORE INTO texts (text) VALUES (?)", [("",), (circumstances,)])
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise InputError(
                f"another run is writing into {path.parent}: wait for it, or choose another folder"
            ) from error
        raise InputError(f"cannot write {path}: {error}; choose another folder") from error
    except sqlite3.DatabaseError as error:
        raise InputError(f"{path} is no file of rows: {error}; choose another folder") from error
    return database
