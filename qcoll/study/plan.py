"""A study, checked and laid out: its points, their keys, and what is computed at each."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import __version__
from ..errors import InputError
from ..exact.dynamics import LARGEST_TRANSFER_MATRIX
from ..model.cycle import Model
from ..model.initial import initial_density_matrix
from .axes import Axis, Grid, canonical, read_axes
from .batches import batch_size
from .computations import LAST, OPTIONS, REPEATED, check_options, checked_compute
from .entries import EntryError, about
from .quantities import check_means, checked_quantities
from .sources import ModelSource

#: Changes when rows of older versions of the format cannot be used any more.
FORMAT = 1
#: Axes that are reduced to mean and standard error unless the study says which.
REDUCED = REPEATED
#: Dimensions that results have of their own.
RESERVED = ("collision", "row", "column")


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
        return frozenset(name for name in self.grid.parameters if _is_option(name, self.source, self.kind))

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


def make_plan(
    source: ModelSource,
    axes: Mapping[str, Any],
    compute: Any,
    quantities: Any,
    parameters: Mapping[str, Any],
    reduce: Sequence[str] | None,
    title: str,
) -> Plan:
    """Check a study as a whole.

    Raises:
        InputError: for whatever the user can put right; nothing is computed then.
    """
    with about("compute"):
        kind, given = checked_compute(compute)
    ordered = read_axes(axes)
    names = [name for axis in ordered for name in axis.values]
    _check_parameters(source, kind, names, parameters)
    options = {**OPTIONS[kind], **given}
    if both := set(names) & (set(parameters) | set(given)):
        name = min(both)
        said = f"{name!r} is an axis and has a fixed value as well: leave one of them out"
        raise EntryError(said, ("parameters" if name in parameters else "compute", name))
    if "n" in names and "record" not in names:
        if given.get("record", LAST) != LAST:
            said = "n is an axis, so that runs differ in length: record must be 'last', or left out"
            raise EntryError(said, ("compute", "record"))
        options["record"] = LAST
    if "record" in names:
        raise EntryError("record cannot be an axis: results would have different shapes", ("axes", "record"))
    for axis in ordered:
        if axis.name in RESERVED:
            raise InputError(
                f"the axis {axis.name!r} needs another name: results have dimensions {', '.join(RESERVED)}"
            )
    with about("reduce"):
        reduced = _reduced(ordered, reduce)
    for axis in ordered:
        if axis.name in reduced and None in axis.values.get("shots", ()):
            said = "exact states (no shots) weigh more than any shots: leave them out, or say what to reduce instead"
            raise EntryError(said, ("axes", axis.name))
    grid = Grid(tuple(sorted(ordered, key=lambda axis: axis.name in reduced)))
    first, *others = grid.points(list(dict.fromkeys((0, grid.size - 1, grid.size // 2))))
    option_axes = {name for name in names if _is_option(name, source, kind)}
    for axis in ordered:
        for name in set(axis.values) & option_axes:
            for value in axis.values[name]:
                with about("axes", axis.name):
                    check_options(kind, options | {k: v for k, v in first.items() if k in option_axes} | {name: value})
    start = options | {name: value for name, value in first.items() if name in option_axes}
    with about("compute"):
        check_options(kind, start)
    with about("quantities"):
        chosen = checked_quantities(quantities, kind)
    models = _some_models(
        source,
        [{**parameters, **{k: v for k, v in p.items() if k not in option_axes}} for p in (first, *others)],
    )
    model = next(iter(models.values()))
    with about("quantities"):
        check_means(chosen, model.num_system_qubits)
    if start.get("initial") is not None and model.num_system_qubits <= LARGEST_TRANSFER_MATRIX:
        with about("compute", "initial"):
            initial_density_matrix(model, start["initial"])
    return Plan(
        title=title,
        source=source,
        fixed=dict(parameters),
        kind=kind,
        options=options,
        quantities=chosen,
        axes=ordered,
        grid=grid,
        reduced=reduced,
        fingerprints={place: each.fingerprint() for place, each in models.items() if place != "middle"},
        batch=_repeats(grid, option_axes) if kind == "circuit" else batch_size(kind, model, start, chosen),
    )


def _repeats(grid: Grid, option_axes: Collection[str]) -> int:
    """How many points one after the other differ in shots and seed alone."""
    count = 1
    for axis in reversed(grid.axes):
        if not set(axis.values) <= set(REPEATED) & set(option_axes):
            break
        count *= len(axis)
    return count


def _some_models(source: ModelSource, candidates: Sequence[Mapping[str, Any]]) -> dict[str, Model]:
    """The models of a few points: a study may have points that fail, but not only those."""
    refused: InputError | None = None
    found: dict[str, Model] = {}
    for place, parameters in zip(("first", "last", "middle"), candidates, strict=False):
        if found and place == "middle":
            break
        try:
            found[place] = source(parameters)
        except InputError as error:
            refused = refused or error
        except TypeError as error:
            given = ", ".join(parameters) or "nothing"
            raise InputError(f"{source.name} cannot be called with {given}: {error}") from error
    if not found:
        raise InputError(f"the models of the first, the last and the middle point are refused: {refused}") from refused
    return found


def _is_option(name: str, source: ModelSource, kind: str) -> bool:
    return name in OPTIONS[kind] and name not in (source.parameters or {})


def _check_parameters(source: ModelSource, kind: str, axes: Sequence[str], fixed: Mapping[str, Any]) -> None:
    """Refuse parameters that nobody has."""
    for name in [*axes, *fixed]:
        with about("parameters" if name in fixed else "axes", name):
            _check_parameter(source, kind, name, "parameter" if name in fixed else "axis")


def _check_parameter(source: ModelSource, kind: str, name: str, what: str) -> None:
    known, is_option = source.parameters, name in OPTIONS[kind]
    if known is None:
        return
    if name in known and is_option:
        raise InputError(f"{name!r} is a parameter of {source.name} and an option of {kind}: rename the parameter")
    if what == "parameter" and is_option:
        raise InputError(f"{name!r} is an option of {kind}: it belongs to compute, not to parameters")
    if name not in known and not is_option:
        raise InputError(
            f"{source.name} has no parameter for the {what} {name!r}; it has {', '.join(known)}; "
            f"{kind} has the options {', '.join(OPTIONS[kind])}"
        )


def _reduced(axes: Sequence[Axis], given: Sequence[str] | None) -> tuple[str, ...]:
    names = [axis.name for axis in axes]
    if given is None:
        return tuple(name for name in names if name in REDUCED)
    for name in given:
        if name not in names:
            raise InputError(f"reduce names {name!r}, but the axes are {', '.join(names)}")
    return tuple(name for name in names if name in given)


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
