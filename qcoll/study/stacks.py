r"""The matrices of many models at once, without a model object for each.

Most models are linear: :math:`H_A = \sum_p p\,\partial_p H_A` with the frequencies and couplings p. A few models
then give the matrices of all points as sums of arrays. For which parameters that holds is known of the ready models
(and tested with random ones), and true by definition of a model file, whose parameters are coefficients. Nothing is
guessed of a function that somebody else wrote: its models are made one by one, and only their solution is stacked.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Complex as ComplexNumber
from numbers import Real as RealNumber
from typing import Any

import numpy as np

from ..errors import InputError, ModelWarning
from ..exact.sweep import ModelStack
from ..model.library import example_1, example_2
from ..model.operators import dense
from ..models import collective_bath, generalised_amplitude_damping
from ..trajectory.pauli import Complex
from .sources import FileModel, ModelSource

_PARTS = ("system", "ancilla", "interaction")


@dataclass(frozen=True)
class Linear:
    """The parameters in which each Hamiltonian of a model is linear, and zero where all of them are.

    Args:
        system: those of H_S.
        ancilla: those of H_A.
        interaction: those of H_SA.
        couplings: those that may be complex, with which a Hamiltonian is linear in real and imaginary part.
        instead: what a parameter is where it is ``None``.
    """

    system: tuple[str, ...]
    ancilla: tuple[str, ...]
    interaction: tuple[str, ...]
    couplings: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[str, ...]:
        """All parameters that may differ within a stack."""
        return tuple(dict.fromkeys((*self.system, *self.ancilla, *self.interaction, "beta", "dt")))


_PAIR = ("omega_1", "omega_2", "kappa")
_LINEAR: dict[Any, Linear] = {
    example_1: Linear(
        ("omega_s",),
        _PAIR,
        ("alpha_1", "alpha_2"),
        couplings=("alpha_1", "alpha_2"),
        instead={"alpha_1": "alpha", "alpha_2": "alpha"},
    ),
    example_2: Linear(("omega_s",), _PAIR, ("alpha",), couplings=("alpha",)),
    generalised_amplitude_damping: Linear(("omega",), ("omega",), ("coupling",)),
    collective_bath: Linear(("omega",), ("omega",), ("coupling",)),
}


def linear_parameters(source: ModelSource) -> Linear | None:
    """In which parameters the models of a source are linear, or ``None`` where nobody knows."""
    if isinstance(source.make, FileModel):
        model = source.make.model
        if model.ancilla.beta is None or model.memory is not None:
            return None
        named = {part: tuple(n for n in source.make.parameters if n.startswith(f"{part}.")) for part in _PARTS}
        return Linear(named["system"], named["ancilla"], named["interaction"])
    return _LINEAR.get(source.make)


def stack_of(source: ModelSource, linear: Linear, points: Sequence[Mapping[str, Any]]) -> ModelStack | None:
    """The models of points as arrays; ``None`` where models of this kind cannot be stacked.

    Args:
        source: of the models.
        linear: from :func:`linear_parameters`.
        points: all parameters of every point, which differ only in numbers.

    Raises:
        InputError: if a parameter is none; which one, and why, says the model of that point.
    """
    columns = {name: _column(name, linear, points) for name in linear.numbers}
    if np.any(np.isnan(columns["beta"])) or np.any(columns["dt"] <= 0):
        raise InputError("a point has no model")
    fixed = {name: value for name, value in points[0].items() if name not in linear.instead.values()}
    first: Any = _quiet(source, fixed | {name: column[0] for name, column in columns.items()})
    if not (first.physical.all() and first.ancilla.physical.all()):
        return None
    zero = fixed | dict.fromkeys(linear.numbers, 0.0) | {"beta": 1.0, "dt": 1.0}
    matrices: dict[str, Any] = {}
    for part in _PARTS:
        names = getattr(linear, part)
        size = 2 ** {"system": first.num_system_qubits, "ancilla": first.num_ancilla_qubits}.get(part, first.num_qubits)
        total = np.zeros((1, size, size), dtype=complex)
        for name in names:
            for unit, column in _units(columns[name], name in linear.couplings):
                slope = _part(_quiet(source, zero | {name: unit}), part)
                constant = np.all(column == column[0])
                total = total + (column[:1] if constant else column)[:, None, None] * slope
        matrices[part] = total
    return ModelStack(**matrices, beta=columns["beta"], dt=columns["dt"])


def _column(name: str, linear: Linear, points: Sequence[Mapping[str, Any]]) -> Any:
    """The values of a parameter as an array (n,)."""
    kind = ComplexNumber if name in linear.couplings else RealNumber
    found = []
    for point in points:
        value = point[name]
        if value is None and name in linear.instead:
            value = point[linear.instead[name]]
        if isinstance(value, bool) or not isinstance(value, kind):
            raise InputError(f"{name} is {value!r}, but must be a number")
        found.append(value)
    column = np.array(found, dtype=complex if name in linear.couplings else float)
    if name not in ("beta", "dt") and not np.all(np.isfinite(column)):
        raise InputError(f"{name} must be finite")
    if name == "dt" and not np.all(np.isfinite(column)):
        raise InputError("dt must be finite")
    return column


def _units(column: Any, coupling: bool) -> list[tuple[complex, Any]]:
    """Real unit values of a parameter and what they are multiplied by."""
    if not coupling:
        return [(1.0, column)]
    parts: list[tuple[complex, Any]] = [(1.0, column.real)]
    return [*parts, (1j, column.imag)] if np.any(column.imag) else parts


def _quiet(source: ModelSource, parameters: Mapping[str, Any]) -> Any:
    """A model that is used for its matrices alone, whatever else is strange about it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        return source(parameters)


def _part(model: Any, part: str) -> Complex:
    return dense(model.ancilla.hamiltonian if part == "ancilla" else getattr(model, part))
