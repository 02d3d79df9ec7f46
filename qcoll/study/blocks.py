"""The rows of a study as blocks of its grid: laid out, and reduced to means and standard errors."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .computations import keeps_last
from .evaluate import unpacked
from .plan import Plan
from .quantities import WHOLE, quantity
from .store import Store

#: Points per block: what is in memory at once.
BLOCK = 2000


@dataclass
class Survey:
    """What the rows of all points have in common.

    Args:
        layout: of the values.
        circumstances: versions that rows were computed with.
        errors: why points failed, and how often.
        warnings: what computations warned of, and how often.
        rows: number of points with a row.
    """

    layout: str = ""
    circumstances: set[str] = field(default_factory=set)
    errors: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    rows: int = 0


@dataclass(frozen=True)
class Block:
    """Values of a rectangle of the result.

    Args:
        place: where they belong, along the axes that are kept.
        values: by name.
    """

    place: tuple[Any, ...]
    values: dict[str, NDArray[Any]]


def survey_of(plan: Plan, store: Store) -> Survey:
    """Look through the rows of all points.

    Raises:
        InputError: if the points have values of different shapes.
    """
    found = Survey()
    for _, indices in _rectangles(plan):
        for row, circumstances in store.rows(plan.keys(indices), values=False).values():
            found.rows += 1
            found.circumstances.add(circumstances)
            if row.error is not None:
                found.errors[row.error] = found.errors.get(row.error, 0) + 1
            elif found.layout and row.layout != found.layout:
                raise InputError(_unequal(found.layout, row.layout))
            else:
                found.layout = row.layout
            if row.warning is not None:
                found.warnings[row.warning] = found.warnings.get(row.warning, 0) + 1
    return found


def has_collisions(plan: Plan) -> bool:
    """Whether results have a dimension of collisions."""
    return plan.kind != "steady_state" and not keeps_last(plan.options)


def variables(plan: Plan, survey: Survey) -> dict[str, tuple[tuple[str, ...], tuple[int, ...], str]]:
    """Names of the result's variables with their dimensions, shape and kind."""
    kept = tuple(axis.name for axis in plan.kept)
    shape = tuple(len(axis) for axis in plan.kept)
    found: dict[str, tuple[tuple[str, ...], tuple[int, ...], str]] = {}
    for name, own, kind in json.loads(survey.layout or "[]"):
        dims = _dims(plan, name)
        found[name] = ((*kept, *dims), (*shape, *own), kind)
    if _averages(plan):
        for name in [name for name in found if not name.endswith("_error")]:
            found.setdefault(f"{name}_error", found[name])
        found["samples"] = (kept, shape, "count")
    if survey.errors:
        found["error"] = (kept, shape, "text")
    if survey.warnings:
        found["warning"] = (kept, shape, "text")
    return found


def blocks(plan: Plan, store: Store, survey: Survey) -> Iterator[Block]:
    """All blocks of the result; points without a row are nan."""
    size = 0
    if survey.layout:
        size = sum(math.prod(own) * (2 if kind == "complex" else 1) for _, own, kind in json.loads(survey.layout))
    repeats = math.prod(len(axis) for axis in plan.axes if axis.name in plan.reduced)
    for place, indices in _rectangles(plan):
        shape = tuple(len(range(*cut.indices(len(axis)))) for cut, axis in zip(place, plan.kept, strict=True))
        floats = np.full((len(indices), size), np.nan)
        texts: dict[str, list[list[str]]] = {
            name: [[] for _ in range(len(indices) // repeats)] for name in ("error", "warning")
        }
        keys = plan.keys(indices)
        known = store.rows(keys)
        for position, key in enumerate(keys):
            if key not in known:
                continue
            row, _ = known[key]
            if row.layout:
                floats[position] = np.frombuffer(row.payload)
            for name, said in (("error", row.error), ("warning", row.warning)):
                if said is not None and said not in texts[name][position // repeats]:
                    texts[name][position // repeats].append(said)
        values = _reduced(plan, survey, floats.reshape(-1, repeats, size))
        for name, wanted in (("error", survey.errors), ("warning", survey.warnings)):
            if wanted:
                values[name] = np.array(["; ".join(said) for said in texts[name]], dtype=object)
        yield Block(place, {name: value.reshape((*shape, *value.shape[1:])) for name, value in values.items()})


def _dims(plan: Plan, name: str) -> tuple[str, ...]:
    own = quantity(name)
    return (("collision",) if has_collisions(plan) and own.of != WHOLE else ()) + own.dims


def _averages(plan: Plan) -> bool:
    return math.prod(len(axis) for axis in plan.axes if axis.name in plan.reduced) > 1


def _reduced(plan: Plan, survey: Survey, floats: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    r"""Values of points (b, repeats, k): those of the only repeat, or means over repeats and their standard errors.

    With weights w, the shots where they vary, the mean is :math:`m = \sum w x / \sum w` and the square of its
    standard error :math:`\sum w (x - m)^2 / ((r - 1) \sum w)` for r repeats.
    """
    if not survey.layout:
        return {}
    if not _averages(plan):
        return unpacked(survey.layout, floats[:, 0])
    there = np.logical_not(np.isnan(floats).all(axis=2))
    samples = there.sum(axis=1)
    weights = np.where(there, _weights(plan), 0.0)[..., None]
    values = np.where(there[..., None], floats, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weights * values).sum(axis=1) / weights.sum(axis=1)
        spread = (weights * (values - mean[:, None]) ** 2).sum(axis=1)
        error = np.sqrt(spread / weights.sum(axis=1) / (samples[:, None] - 1.0))
    error[samples < 2] = np.nan
    found = unpacked(survey.layout, mean)
    errors = unpacked(survey.layout, error)
    names = [name for name in found if not name.endswith("_error")]
    return {
        **{name: found[name] for name in names},
        **{f"{name}_error": errors[name] for name in names},
        "samples": samples,
    }


def _weights(plan: Plan) -> NDArray[np.float64]:
    """One weight for every repeat: its number of shots where that differs."""
    axes = [axis for axis in plan.grid.axes if axis.name in plan.reduced]
    repeats = itertools.product(*(range(len(axis)) for axis in axes))
    found = []
    for places in repeats:
        weight = 1.0
        for axis, place in zip(axes, places, strict=True):
            if "shots" in axis.values:
                weight *= float(axis.values["shots"][place] or 1)
        found.append(weight)
    return np.array(found)


def _rectangles(plan: Plan) -> Iterator[tuple[tuple[slice, ...], range]]:
    """The grid in rectangles of at most a block, with the numbers of their points."""
    shape = tuple(len(axis) for axis in plan.kept)
    repeats = plan.grid.size // math.prod(shape)
    if not shape:
        yield (), range(repeats)
        return
    cut = next(k for k in range(len(shape)) if math.prod(shape[k + 1 :]) * repeats <= BLOCK or k == len(shape) - 1)
    inner = math.prod(shape[cut + 1 :]) * repeats
    step = max(1, BLOCK // inner)
    whole = tuple(slice(0, length) for length in shape[cut + 1 :])
    for number, outer in enumerate(np.ndindex(*shape[:cut])):
        for start in range(0, shape[cut], step):
            stop = min(start + step, shape[cut])
            first = (number * shape[cut] + start) * inner
            place = (*(slice(place, place + 1) for place in outer), slice(start, stop), *whole)
            yield place, range(first, first + (stop - start) * inner)


def _unequal(first: str, second: str) -> str:
    """What to say of points whose values differ in shape."""
    shapes = [{name: tuple(shape) for name, shape, _ in json.loads(layout)} for layout in (first, second)]
    for name in {**shapes[0], **shapes[1]}:
        if shapes[0].get(name) != shapes[1].get(name):
            return (
                f"{name!r} has the shape {shapes[0].get(name)} at one point and {shapes[1].get(name)} at another, "
                "which is no grid: leave the quantity out"
            )
    return "the points have values of different kinds: leave quantities out"
