"""Axes of a study: what is varied, value by value, crossed or zipped."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..limits import positive_integer, real_number
from .entries import EntryError, about

#: Digits of the values of a range: 0.6 as one would type it, not 0.6000000000000001, so that a longer range has the
#: same points again.
DIGITS = 12
_SPACINGS: dict[str, Callable[..., Any]] = {"linear": np.linspace, "logarithmic": np.geomspace}
_RANGE = ("from", "to", "count", "spacing")


@dataclass(frozen=True)
class Axis:
    """One axis: a parameter and its values, or several parameters that vary together.

    Args:
        name: of the axis, and of the dimension in the result.
        values: for every parameter its values; all have one length.
    """

    name: str
    values: Mapping[str, tuple[Any, ...]]

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    @property
    def zipped(self) -> bool:
        """Whether several parameters vary together."""
        return tuple(self.values) != (self.name,)


@dataclass(frozen=True)
class Grid:
    """All points of a study: every combination of the axes' values, the last axis fastest."""

    axes: tuple[Axis, ...]

    @functools.cached_property
    def shape(self) -> tuple[int, ...]:
        """Length of every axis."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of points."""
        return math.prod(self.shape)

    @functools.cached_property
    def parameters(self) -> tuple[str, ...]:
        """Everything that varies."""
        return tuple(name for axis in self.axes for name in axis.values)

    def places(self, indices: Sequence[int]) -> list[tuple[int, ...]]:
        """Where points are on the axes, given by their number."""
        if not self.axes:
            return [() for _ in indices]
        return list(zip(*(place.tolist() for place in np.unravel_index(indices, self.shape)), strict=True))

    def points(self, indices: Sequence[int]) -> Iterator[dict[str, Any]]:
        """The parameters of points, given by their number."""
        for places in self.places(indices):
            yield {
                name: values[place]
                for axis, place in zip(self.axes, places, strict=True)
                for name, values in axis.values.items()
            }


def read_axes(given: Mapping[str, Any]) -> tuple[Axis, ...]:
    """Axes from a mapping of names to values, ranges, or zipped values.

    Args:
        given: for each axis a list, an array, a range ``{"from": 0.1, "to": 10, "count": 5, "spacing": "logarithmic"}``
            (spacing is ``"linear"`` where it is left out), or ``{"zip": {"kappa": ..., "alpha": ...}}``.

    Raises:
        InputError: for anything else, no values, one value twice, zipped values of different length, or a parameter on
            two axes.

    >>> [axis.values for axis in read_axes({"kappa": {"from": 0.1, "to": 0.3, "count": 3}})]
    [{'kappa': (0.1, 0.2, 0.3)}]
    """
    if not isinstance(given, Mapping):
        raise EntryError(f"axes is {given!r}, but must be names with their values, {{kappa = [0.1, 0.2]}}", ("axes",))
    axes = []
    for name, values in given.items():
        if not isinstance(name, str) or not name or "/" in name:
            raise InputError(f"the axis {name!r} needs a name: a string without '/'")
        with about("axes", name):
            axes.append(_zipped(name, values) if _is_zip(values) else Axis(name, {name: axis_values(name, values)}))
    seen: set[str] = set()
    for axis in axes:
        for parameter in axis.values:
            if parameter in seen:
                raise EntryError(f"{parameter!r} is on two axes: leave one of them out", ("axes", axis.name))
            seen.add(parameter)
    return tuple(axes)


def axis_values(name: str, given: Any) -> tuple[Any, ...]:
    """The values of an axis from a list, an array or a range; see :func:`read_axes`."""
    if isinstance(given, Mapping):
        values = _range(name, given)
    elif isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError(
            f"axis {name!r} is {given!r}, but must be a list of values or a range such as "
            "{from = 0.1, to = 1.0, count = 10}"
        )
    else:
        values = tuple(value.item() if isinstance(value, np.generic) else value for value in given)
    if not values:
        raise InputError(f"axis {name!r} has no values: at least one is needed")
    texts = [canonical(value, f"axis {name!r}") for value in values]
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        raise InputError(f"axis {name!r} has the value {twice} twice: a point is computed once, leave one out")
    return values


def canonical(value: Any, where: str) -> str:
    """One text for everything that is equal, on every machine: what rows are keyed by.

    Raises:
        InputError: for what has no such text, such as a backend object.
    """
    if value is None or isinstance(value, bool | str):
        return json.dumps(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | float):
        return repr(float(value))
    if isinstance(value, complex):
        return repr(value) if value.imag else repr(value.real)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {key: part for key, part in dataclasses.asdict(value).items() if part is not None}
        return f"{type(value).__name__} {canonical(fields, where)}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {canonical(value[k], where)}" for k in sorted(value)) + "}"
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, Sequence):
        return "[" + ", ".join(canonical(part, where) for part in value) + "]"
    raise InputError(
        f"{where} holds a {type(value).__name__}, which cannot be written down: a study has numbers, names, lists and "
        "tables of them"
    )


def linear(start: float, stop: float, count: int) -> list[float]:
    """Evenly spaced values, rounded as one would type them."""
    return [float(f"{value:.{DIGITS}g}") for value in np.linspace(start, stop, count)]


def _range(name: str, given: Mapping[str, Any]) -> tuple[float, ...]:
    for key in given:
        if key not in _RANGE:
            raise InputError(f"axis {name!r} has an unknown entry {key!r}; a range has {', '.join(_RANGE)}, or zip")
    for key in ("from", "to", "count"):
        if key not in given:
            raise InputError(f"axis {name!r} is a range without {key!r}: write {{from = 0.1, to = 1.0, count = 10}}")
    spacing = given.get("spacing", "linear")
    if spacing not in _SPACINGS:
        raise InputError(f"spacing of axis {name!r} is {spacing!r}, but must be 'linear' or 'logarithmic'")
    ends = [real_number(given[key], f"{key!r} of axis {name!r}") for key in ("from", "to")]
    count = positive_integer(given["count"], f"'count' of axis {name!r}")
    if not all(math.isfinite(end) for end in ends):
        raise InputError(f"axis {name!r} goes from {ends[0]} to {ends[1]}, but the ends of a range are finite")
    if spacing == "logarithmic" and not (ends[0] > 0 and ends[1] > 0):
        raise InputError(f"axis {name!r} goes from {ends[0]} to {ends[1]}, but a logarithmic range is above zero")
    return tuple(float(f"{value:.{DIGITS}g}") for value in _SPACINGS[spacing](*ends, count))


def _is_zip(values: Any) -> bool:
    return isinstance(values, Mapping) and "zip" in values


def _zipped(name: str, given: Mapping[str, Any]) -> Axis:
    together = given["zip"]
    if len(given) > 1 or not isinstance(together, Mapping) or not together:
        raise InputError(f"axis {name!r}: write zip = {{kappa = [...], alpha = [...]}} and nothing beside it")
    values = {parameter: _listed(parameter, these) for parameter, these in together.items()}
    lengths = {parameter: len(these) for parameter, these in values.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{parameter} has {length}" for parameter, length in lengths.items())
        raise InputError(f"axis {name!r} zips values of different length: {said}; give all of them the same number")
    points = list(zip(*([canonical(v, name) for v in these] for these in values.values()), strict=True))
    if len(set(points)) < len(points):
        raise InputError(f"axis {name!r} has one combination twice: a point is computed once, leave one out")
    return Axis(name, values)


def _listed(name: str, given: Any) -> tuple[Any, ...]:
    """Like :func:`axis_values`, but a value may come again, since the other parameters differ."""
    if isinstance(given, Mapping | str) or not isinstance(given, Iterable):
        return axis_values(name, given)
    values = tuple(value.item() if isinstance(value, np.generic) else value for value in given)
    return values or axis_values(name, values)
