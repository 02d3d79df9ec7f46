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

from ..errors import InputError
from .axes import canonical
from .batches import batch_values
from .computations import Values, point_values
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
    """The rows of points, those of one stack together."""
    if plan.batch == 1:
        return [_single(plan, index) for index in indices]
    linear = linear_parameters(plan.source)
    free = set() if linear is None else {*linear.numbers, *linear.instead.values()}
    apart = [name for name in plan.grid.parameters if linear is not None and name not in free]
    apart += [name for name in plan.grid.parameters if name in plan.option_axes and name not in apart]
    groups: dict[str, list[int]] = {}
    for index, point in zip(indices, plan.grid.points(indices), strict=True):
        groups.setdefault("|".join(canonical(point[name], name) for name in apart), []).append(index)
    return [row for group in groups.values() for row in _stacked(plan, group)]


def _stacked(plan: Plan, indices: list[int]) -> list[Row]:
    """A batch at once; where a point of it fails, its halves, down to that point."""
    if len(indices) == 1:
        return [_single(plan, indices[0])]
    split = [plan.split(point) for point in plan.grid.points(indices)]
    try:
        values = batch_values(plan.kind, plan.source, [p for p, _ in split], split[0][1], plan.quantities)
    except (InputError, LinAlgError):  # of which point, its own row will say
        middle = len(indices) // 2
        return _stacked(plan, indices[:middle]) + _stacked(plan, indices[middle:])
    layout, floats = _flat(values, len(indices))
    return [Row(key, layout, row.tobytes()) for key, row in zip(plan.keys(indices), floats, strict=True)]


def _single(plan: Plan, index: int) -> Row:
    """One point; whatever goes wrong is kept beside it."""
    (key,) = plan.keys([index])
    ((parameters, options),) = (plan.split(point) for point in plan.grid.points([index]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model = plan.source(parameters)
            values = point_values(plan.kind, model, options, plan.quantities, plan.seed(key))
        except Exception as error:  # noqa: BLE001  a point may fail in any way; it must not end a study of thousands
            return Row(key, error=f"{type(error).__name__}: {error}")
    said = "; ".join(dict.fromkeys(str(warning.message) for warning in caught)) or None
    layout, floats = _flat({name: np.asarray(value)[None] for name, value in values.items()}, 1)
    return Row(key, layout, floats[0].tobytes(), warning=said)


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


def evaluate_packed(payload: bytes, indices: Sequence[int]) -> list[Row]:
    """The same in another process, which unpacks a plan once."""
    return evaluate(_plan(payload), indices)
