"""On which line of a TOML file a key stands, for messages."""

from __future__ import annotations

import re
from collections.abc import Sequence


def line_of(lines: Sequence[str], table: tuple[str, ...], key: str | None, prefix: tuple[str, ...] = ()) -> int | None:
    """Line of a key in a table, of the table's header, or ``None`` where the layout is unusual (inline tables).

    Args:
        lines: the text.
        table: the names of the table, from the outside.
        key: in the table, or ``None``.
        prefix: names that all headers begin with, which are left out of ``table``.
    """
    current: tuple[str, ...] = ()
    header = None
    for number, line in enumerate(lines, start=1):
        if match := re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line):
            current = tuple(part.strip().strip("\"'") for part in match.group(1).split("."))
            if current[: len(prefix)] == prefix:
                current = current[len(prefix) :]
            if current == table:
                header = number
            if key is not None and current == (*table, key):
                return number
        elif current == table and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
    return header
