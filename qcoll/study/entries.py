"""Errors that know which entry of a study they are about, so that a file's reader can say on which line it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import InputError


class EntryError(InputError):
    """An :class:`InputError` about one entry of a study.

    Args:
        message: for the user.
        entry: the way to it, such as ``("axes", "kappa")``.
    """

    def __init__(self, message: str, entry: tuple[str, ...]) -> None:
        super().__init__(message)
        self.entry = entry


@contextmanager
def about(*entry: str) -> Iterator[None]:
    """Errors from within are about this entry, unless they know better."""
    try:
        yield
    except EntryError:
        raise
    except InputError as error:
        raise EntryError(str(error), entry) from error
