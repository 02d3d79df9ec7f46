"""From the numbers of points to their rows: what a worker does, wherever it is."""

from __future__ import annotations

import functools
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from .. import __version__
from ..errors import InputError
from .axes import canonical
from .batches import batch_values
from .computations import REPEATED, Values, exact_values
from .stacks import linear_parameters

if TYPE_CHECKING:
    from .plan import Plan


@dataclass(frozen=True)
class Row:
    """What is kept of one point.

    Args:
        key: hash of everything that defines it.
        layout: names, shapes and kinds of its values, as JSON; empty where the point failed.
        payload: the values, as the bytes of 64-bit floats; complex ones are two.
        error: why the point failed.
        warning: what the computation warned of.
    """

    key: bytes
    layout: str = ""
    payload: bytes = b""
    error: str | None = None
    warning: str | None = None


def evaluate(plan: Plan, indices: Sequence[int]) -> list[Row]:
    """The rows of points, those that can be computed together."""
    if plan.batch == 1:
        return [row for index in indices for row in _together(plan, [index])]
    apart = _apart(plan)
    groups: dict[str, list[int]] = {}
    for index, point in zip(indices, plan.grid.points(indices), strict=True):
        groups.setdefault("|".join(canonical(point[name], name) for name in apart), []).append(index)
    return [row for group in groups.values() for row in _together(plan, group)]


def _apart(plan: Plan) -> list[str]:
    """What must not differ within a group."""
    varied = plan.grid.parameters
    if plan.kind == "circuit":
        return [name for name in varied if name not in REPEATED or name not in plan.option_axes]
    linear = linear_parameters(plan.source)
    if linear is None:
        return [name for name in varied if name in plan.option_axes]
    free = {*linear.numbers, *linear.instead.values()}
    return [name for name in varied if name not in free]


def _together(plan: Plan, indices: list[int]) -> list[Row]:
    """A group at once; where a point of it fails, its halves, down to that point, whose error is kept beside it."""
    keys = plan.keys(indices)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            values = _group_values(plan, indices, keys)
        except Exception as error:  # noqa: BLE001  a point may fail in any way; it must not end a study of thousands
            if len(indices) == 1:
                return [Row(keys[0], error=f"{type(error).__name__}: {error}")]
            values = None
    if values is None:
        middle = len(indices) // 2
        return _together(plan, indices[:middle]) + _together(plan, indices[middle:])
    said = "; ".join(dict.fromkeys(str(warning.message) for warning in caught)) or None
    layout, floats = _flat(values, len(indices))
    return [Row(key, layout, row.tobytes(), warning=said) for key, row in zip(keys, floats, strict=True)]


def _group_values(plan: Plan, indices: list[int], keys: list[bytes]) -> Values:
    """The values of a group, with a first axis that counts its points."""
    split = [plan.split(point) for point in plan.grid.points(indices)]
    parameters, options = split[0]
    if plan.kind == "circuit":
        from .circuits import circuit_values

        repeats = [
            (own["shots"], plan.seed(key) if own["seed"] is None else own["seed"])
            for key, (_, own) in zip(keys, split, strict=True)
        ]
        model = plan.source(parameters)
        return _stacked(circuit_values(model, options, repeats, plan.quantities, sampled=plan.sampled))
    if plan.batch > 1:
        try:
            return batch_values(plan.kind, plan.source, [each for each, _ in split], options, plan.quantities)
        except (InputError, LinAlgError):  # of which point, and whether it has a value all the same, it says alone
            if len(indices) > 1:
                raise
    return _stacked([exact_values(plan.kind, plan.source(parameters), options, plan.quantities)])


def _stacked(points: list[Values]) -> Values:
    return {name: np.array([values[name] for values in points]) for name in points[0]}


def _flat(values: Values, count: int) -> tuple[str, NDArray[np.float64]]:
    """Values (count, ...) as one array of floats (count, k), and how it is made up."""
    layout, parts = [], []
    for name, value in values.items():
        array = np.ascontiguousarray(value)
        kind = "complex" if np.iscomplexobj(array) else "real"
        layout.append([name, list(array.shape[1:]), kind])
        array = array.astype(complex if kind == "complex" else float, copy=False)
        parts.append(array.reshape(count, -1).view(np.float64))
    return json.dumps(layout), np.ascontiguousarray(np.concatenate(parts, axis=1))


def unpacked(layout: str, floats: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """The values (..., shape) behind floats (..., k), the inverse of what rows are packed by."""
    found, start = {}, 0
    for name, shape, kind in json.loads(layout):
        size = int(np.prod(shape, dtype=int)) * (2 if kind == "complex" else 1)
        part = np.ascontiguousarray(floats[..., start : start + size])
        start += size
        found[name] = (part.view(complex) if kind == "complex" else part).reshape(*floats.shape[:-1], *shape)
    return found


@functools.lru_cache(maxsize=4)
def _plan(payload: bytes) -> Plan:
    import cloudpickle

    plan: Plan = cloudpickle.loads(payload)
    return plan


def evaluate_packed(payload: bytes, indices: Sequence[int], version: str) -> list[Row]:
    """The same in another process, which unpacks a plan once.

    Raises:
        ImportError: if another version of qcoll is installed there, whose numbers might differ.
    """
    if version != __version__:
        raise ImportError(f"it has qcoll {__version__}, but the study is run with {version}")
    return evaluate(_plan(payload), indices)
