"""Named things of one kind: models, targets, compilers. Adding one is one registered function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ..errors import InputError, near

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Entries by name, in the order in which they were registered.

    Args:
        kind: what an entry is called in messages.

    >>> colours = Registry("colour")
    >>> colours.register("red")(lambda: 0xFF0000)()
    16711680
    >>> list(colours)
    ['red']
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._entries: dict[str, Entry] = {}

    def register(self, name: str) -> Callable[[Entry], Entry]:
        """A decorator that adds an entry under ``name``."""

        def add(entry: Entry) -> Entry:
            if name in self._entries:
                raise ValueError(f"there is already a {self._kind} {name!r}")
            self._entries[name] = entry
            return entry

        return add

    def find(self, name: str) -> Entry:
        """The entry called ``name``.

        Raises:
            InputError: if there is none; near matches are named.
        """
        if name in self._entries:
            return self._entries[name]
        raise InputError(f"unknown {self._kind} {name!r}{near(name, self)}; known: {', '.join(self)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries
