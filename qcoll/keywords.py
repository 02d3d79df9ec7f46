"""Single options given as keywords beside an object that holds all of them."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .errors import InputError, near

Options = TypeVar("Options")


def with_changes(
    options: Options | None, kind: type[Options], changes: Mapping[str, Any], caller: Callable[..., Any], name: str
) -> Options:
    """The options with some of them changed.

    Args:
        options: given to ``caller``; ``None`` for the defaults of ``kind``.
        kind: a frozen dataclass.
        changes: by the names of its fields.
        caller: the function that took them, to name it and what else it takes.
        name: of its parameter for ``options``.

    Raises:
        InputError: if ``options`` is something else.
        TypeError: for a keyword that neither ``kind`` nor ``caller`` knows, as Python raises for any function.

    >>> import qcoll
    >>> qcoll.compile_collisions(qcoll.example_2(), n=3, trotter_oder=4)
    Traceback (most recent call last):
    ...
    TypeError: compile_collisions() takes no 'trotter_oder'; did you mean trotter_order or trotter_steps?
    """
    if not (options is None or isinstance(options, kind)):
        raise InputError(f"{name} is {options!r}, but must be {kind.__name__}(...)")
    known = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for keyword in changes:
        if keyword not in known:
            taken = [one.name for one in inspect.signature(caller).parameters.values() if one.kind != one.VAR_KEYWORD]
            meant = near(keyword, [*taken, *known])
            raise TypeError(f"{caller.__name__}() takes no {keyword!r}{meant}")
    if options is None:
        return kind(**changes)
    return dataclasses.replace(options, **changes) if changes else options  # type: ignore[type-var]
