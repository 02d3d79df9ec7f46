"""A study, checked and laid out: its points, their keys, and what is computed at each."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import __version__
from .axes import Axis, Grid, canonical
from .computations import OPTIONS
from .sources import ModelSource

#: Changes when rows of older versions of the format cannot be used any more.
FORMAT = 1


@dataclass(frozen=True)
class Plan:
    """Everything that is known of a study before its first point.

    Args:
        title: of the study.
        source: of the models.
        fixed: parameters of the model that do not vary.
        kind: of the computation.
        options: of the computation, with defaults.
        quantities: that are kept.
        axes: as the user has them.
        grid: all points, axes that are reduced last.
        reduced: names of the axes that are reduced.
        fingerprints: of the models of the first and the last point, where they can be made.
        batch: how many points are computed together.
    """

    title: str
    source: ModelSource
    fixed: Mapping[str, Any]
    kind: str
    options: Mapping[str, Any]
    quantities: tuple[str, ...]
    axes: tuple[Axis, ...]
    grid: Grid
    reduced: tuple[str, ...]
    fingerprints: Mapping[str, str]
    batch: int

    @property
    def kept(self) -> tuple[Axis, ...]:
        """The axes of the result."""
        return tuple(axis for axis in self.axes if axis.name not in self.reduced)

    @property
    def sampled(self) -> bool:
        """Whether some point has shots."""
        varied = [values for axis in self.axes for name, values in axis.values.items() if name == "shots"]
        return any(shots is not None for shots in (self.options.get("shots"), *(v for each in varied for v in each)))

    def split(self, point: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """All parameters of the model and all options of the computation at a point."""
        parameters = {**self._defaults, **self.fixed}
        options = dict(self.options)
        for name, value in point.items():
            (options if name in self.option_axes else parameters)[name] = value
        return parameters, options

    def keys(self, indices: Sequence[int]) -> list[bytes]:
        """Hashes of everything that defines points: code, model, parameters, computation, quantities."""
        found, common = [], self._hashed
        for places in self.grid.places(indices):
            digest = common.copy()
            for texts, place in zip(self._axis_texts, places, strict=True):
                digest.update(texts[place])
            found.append(digest.digest()[:16])
        return found

    def seed(self, key: bytes) -> int:
        """The seed of a point's shots where none is given: a number that belongs to the point alone."""
        return int.from_bytes(key[:4], "big") >> 1

    def identity(self) -> dict[str, Any]:
        """What a folder of results belongs to: what every row depends on, but for the values of the axes."""
        return {
            "model": self.source.name,
            "code of the model": self.source.identity,
            "parameters": json.loads(_readable(self.fixed)),
            "compute": {"kind": self.kind, **json.loads(_readable(self.options))},
            "quantities": list(self.quantities),
            "axes": {axis.name: list(axis.values) for axis in self.axes},
        }

    @functools.cached_property
    def _defaults(self) -> dict[str, Any]:
        known = self.source.parameters or {}
        return {name: value for name, value in known.items() if value is not inspect.Parameter.empty}

    @functools.cached_property
    def option_axes(self) -> frozenset[str]:
        """What varies and is an option of the computation."""
        return frozenset(name for name in self.grid.parameters if is_option(name, self.source, self.kind))

    @property
    def _hashed(self) -> Any:
        """The hash of what all points have in common."""
        fixed = {**self._defaults, **self.fixed}
        varied = set(self.grid.parameters)
        parameters = {name: value for name, value in fixed.items() if name not in varied}
        options = {name: value for name, value in self.options.items() if name not in varied}
        said = [str(FORMAT), __version__, self.source.identity, self.kind, *sorted(self.quantities), *sorted(varied)]
        said += [canonical(parameters, "parameters"), canonical(options, "compute")]
        return hashlib.sha256("|".join(said).encode())

    @functools.cached_property
    def _axis_texts(self) -> list[list[bytes]]:
        return [
            [
                "".join(
                    f"|{name}={canonical(values[place], name)}" for name, values in sorted(axis.values.items())
                ).encode()
                for place in range(len(axis))
            ]
            for axis in self.grid.axes
        ]


def is_option(name: str, source: ModelSource, kind: str) -> bool:
    """Whether an axis is an option of the computation, not a parameter of the model."""
    return name in OPTIONS[kind] and name not in (source.parameters or {})


def _readable(values: Mapping[str, Any]) -> str:
    """JSON of values, complex numbers and objects as texts."""
    return json.dumps({name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return canonical(value, "the study")
