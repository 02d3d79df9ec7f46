"""Numbers and sweeps as they are typed on the command line."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TypeVar

from ..errors import InputError
from ..limits import positive_integer
from ..model import Model
from ..study.axes import linear
from .run import find_model

Number = TypeVar("Number", int, float)


def points(name: str, parameters: list[str], sweeps: list[str]) -> tuple[list[Model], dict[str, list[float]]]:
    """The models of all points, and what they differ in: every combination of the swept values."""
    values = dict(_sweep(text) for text in sweeps)
    if len(values) < len(sweeps):
        raise InputError(f"--sweep is given twice for one parameter: {', '.join(sweeps)}")
    fixed = {pair.partition("=")[0] for pair in parameters}
    if both := fixed & set(values):
        raise InputError(f"{', '.join(sorted(both))} is swept, and cannot be fixed with -p as well")
    combinations = list(itertools.product(*values.values()))
    models = [
        find_model(name, [*parameters, *(f"{key}={value!r}" for key, value in zip(values, each, strict=True))])
        for each in combinations
    ]
    return models, {key: [each[index] for each in combinations] for index, key in enumerate(values)}


def _sweep(text: str) -> tuple[str, list[float]]:
    """A swept parameter and its values, from name=start:stop:count or name=value,value,..."""
    name, separator, given = text.partition("=")
    try:
        if not separator or not name:
            raise ValueError
        if ":" not in given:
            return name, [float(part) for part in given.split(",")]
        start, stop, count = given.split(":")
        return name, linear(float(start), float(stop), positive_integer(int(count), "the count"))
    except ValueError:
        raise InputError(
            f"--sweep is {text!r}, but must be name=start:stop:count or name=value,value,..., such as alpha=0.2:1:5"
        ) from None


def numbers(option: str, text: str, kind: Callable[[str], Number], example: str) -> list[Number]:
    """Numbers with commas between them.

    Raises:
        InputError: naming the option, with an example.
    """
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"{option} is {text!r}, but must be numbers with commas between, such as {example}") from None
