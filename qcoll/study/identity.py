"""A text for a function that changes when what it computes may change: rows of another function are never mixed in."""

from __future__ import annotations

import functools
import hashlib
import inspect
import re
import types
from collections.abc import Callable, Mapping
from typing import Any

from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..model.ancilla import operator_text
from ..model.collision import CollisionModel
from .axes import canonical

#: Where an object is in memory, which is another place in every process.
_ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")


def function_identity(function: Callable[..., Any]) -> str:
    """Hash of a function's source, of the values that it takes from around it, and of its helpers in the same module.

    Comments count: a change of them is a new study, which costs time and nothing else.
    """
    return hashlib.sha256(_text(function, set()).encode()).hexdigest()


def _text(function: Any, seen: set[int]) -> str:
    """The text behind the hash; a function that calls itself is named there."""
    if isinstance(function, functools.partial):
        inner = _text(function.func, seen)
        return f"partial of {inner} with {[_value(a, function, seen) for a in function.args]} {_named(function, seen)}"
    name = getattr(function, "__qualname__", type(function).__qualname__)
    if id(function) in seen:
        return name
    seen.add(id(function))
    if not isinstance(function, types.FunctionType):
        call = vars(type(function)).get("__call__")
        own = _text(call, seen) if isinstance(call, types.FunctionType) else ""
        state = sorted(getattr(function, "__dict__", {}).items())
        inside = {key: _value(value, function, seen) for key, value in state}
        return f"{name} {inside} {_ADDRESS.sub('', repr(function))} {own}"
    around = inspect.getclosurevars(function)
    outside = {**around.globals, **around.nonlocals}
    values = ", ".join(f"{key} = {_value(outside[key], function, seen)}" for key in sorted(outside))
    return f"{_source(function)}\n{values}"


def _named(function: functools.partial[Any], seen: set[int]) -> list[str]:
    return [f"{key} = {_value(value, function, seen)}" for key, value in sorted(function.keywords.items())]


def _source(function: types.FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # typed into an interpreter: its code is all there is
        code = function.__code__
        return _ADDRESS.sub("", f"{code.co_code.hex()} {code.co_consts!r} {code.co_names!r}")


def _value(value: Any, of: Any, seen: set[int]) -> str:
    """What a function takes from around it."""
    if isinstance(value, types.ModuleType):
        return value.__name__
    if isinstance(value, CollisionModel):
        return value.fingerprint()
    if isinstance(value, SparsePauliOp):
        return operator_text(value)
    if isinstance(value, functools.partial):
        return _text(value, seen)
    if isinstance(value, types.FunctionType):
        own = value.__module__ == getattr(of, "__module__", None)
        return _text(value, seen) if own else f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, Mapping) and not all(isinstance(key, str | int | float) for key in value):
        return type(value).__qualname__
    try:
        return canonical(value, "the model")
    except InputError:  # no number, name or list of them: it cannot be compared between two runs
        return type(value).__qualname__
