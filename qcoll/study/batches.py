"""Many exact points at once: steady states and trajectories as stacked linear algebra."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..exact.channel import EXPECTED_ACCURACY
from ..exact.deviation import deviation, slowest_rate
from ..exact.stacked_dynamics import stacked_trajectories
from ..exact.sweep import ModelStack, steady_states, thermal_states
from ..limits import COMPLEX_BYTES
from ..model.collision import CollisionModel
from ..model.cycle import Model
from ..model.initial import initial_density_matrix
from ..trajectory.iterate import recorded_collisions
from ..trajectory.pauli import Complex, Real, l1_coherence
from ..trajectory.trajectory import von_neumann_entropy
from .computations import LAST, Values, keeps_last
from .quantities import MEAN
from .sources import ModelSource
from .stacks import linear_parameters, stack_of

#: Bytes that the arrays of one batch may take.
_MEMORY = 64_000_000
_LARGEST_BATCH = 1000
#: Systems larger than this are solved one by one: their transfer matrices are large enough to keep a processor busy.
_LARGEST_SYSTEM = 2


def batch_size(kind: str, model: Model, options: Mapping[str, Any], names: Sequence[str]) -> int:
    """How many points are computed together; 1 where they are not stacked at all."""
    if not isinstance(model, CollisionModel) or model.memory is not None or not model.physical.all():
        return 1
    if model.ancilla.beta is None and "entropy_production" in names:
        return 1
    exact = options.get("method") == "exact" or kind == "steady_state"
    if kind == "circuit" or not (exact and model.num_system_qubits <= _LARGEST_SYSTEM):
        return 1
    size = 12 * COMPLEX_BYTES * 4**model.num_qubits
    if kind == "trajectory":
        record = [options["n"]] if options["record"] == LAST else options["record"]
        kept = len(recorded_collisions(options["n"], record))
        size = size * 4**model.num_system_qubits + 6 * COMPLEX_BYTES * kept * 4**model.num_system_qubits
    return int(max(1, min(_LARGEST_BATCH, _MEMORY // size)))


def stacked_models(source: ModelSource, points: Sequence[Mapping[str, Any]]) -> ModelStack:
    """The models of points, from arrays where they are linear in their parameters, else from objects."""
    linear = linear_parameters(source)
    stack = None if linear is None else stack_of(source, linear, points)
    return ModelStack.of(cast(list[CollisionModel], [source(point) for point in points])) if stack is None else stack


def batch_values(
    kind: str,
    source: ModelSource,
    points: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any],
    names: Sequence[str],
) -> Values:
    """The values of many points, with a first axis that counts them.

    Args:
        kind: ``"steady_state"`` or ``"trajectory"``.
        source: of the models.
        points: all parameters of every point.
        options: of the computation, the same for all.
        names: the quantities.

    Raises:
        InputError: if one of the points cannot be computed; which one, says a batch of fewer.
    """
    stack = stacked_models(source, points)
    if stack.levels is not None:
        raise InputError("systems of modes with fewer levels than states are computed one by one")
    count = len(points)
    if kind == "steady_state":
        solved = steady_states(stack, options["method"])
        if np.any(solved.error > EXPECTED_ACCURACY):
            raise InputError("a steady state is hardly decided by the collisions: alone it comes with a warning")
        run = _Run(stack, solved.states[..., None, :, :], solved.heat, solved.work, steady=True)
    else:
        last = keeps_last(options)
        collisions = recorded_collisions(options["n"], [options["n"]] if last else options["record"])
        initial = None
        if options["initial"] is not None:
            initial = initial_density_matrix(source(points[0]), options["initial"])
        states, heat, work = stacked_trajectories(_full(stack, count), initial, collisions)
        run = _Run(stack, states, heat, work)
    found: Values = {}
    for name in names:
        values = run.values(name)
        if run.steady or keeps_last(options):
            values = run.end(name, values)
        found[name] = np.broadcast_to(values, (count, *values.shape[1:]))
    return found


def _full(stack: ModelStack, count: int) -> ModelStack:
    """The stack with its whole leading shape, where all points may be one model."""
    return dataclasses.replace(
        stack, beta=np.broadcast_to(stack.beta, (count,)), dt=np.broadcast_to(stack.dt, (count,))
    )


class _Run:
    """States (n, m + 1, d, d) and ledger (n, m) of a batch."""

    def __init__(self, stack: ModelStack, states: Complex, heat: Real, work: Real, *, steady: bool = False) -> None:
        self.stack, self.states, self.heat, self.work, self.steady = stack, states, heat, work, steady

    def values(self, name: str) -> NDArray[Any]:
        """A quantity: states (n, m + 1, ...), the ledger with its leading zero, the gap (n,)."""
        if name == "spectral_gap":
            return self._gap()
        if name == "state":
            return self.states
        if name == "coherence":
            return l1_coherence(self.states)
        if name == "entropy":
            return von_neumann_entropy(self.states)
        if name == "energy":
            return self._mean(self.stack.system)
        if found := MEAN.fullmatch(name):
            return self._mean(self._pauli(found.group(1)))
        return self._ledger(name)

    def end(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        """The value after the last collision, and the ledger's sum; for steady states there is one of each."""
        if name == "spectral_gap":
            return values
        if name in (
            "heat",
            "work",
            "switching_work",
            "driving_work",
            "energy_change",
            "entropy_change",
            "entropy_production",
        ):
            return np.asarray(values) if self.steady else np.asarray(values.sum(axis=-1))
        return np.asarray(values[:, -1])

    def _ledger(self, name: str) -> Real:
        beta = np.asarray(self.stack.beta)
        if self.steady:
            changes = {"heat": self.heat, "work": self.work, "driving_work": np.zeros_like(self.work)}
            if name == "entropy_production":
                self._finite(beta)
                return np.asarray(-beta * self.heat)
            return changes[name]
        changes = {
            "heat": self.heat,
            "work": self.work,
            "switching_work": self.work,
            "driving_work": np.zeros_like(self.work),
        }
        if name == "energy_change":
            changes[name] = np.diff(self._mean(self.stack.system), axis=-1)
        elif name in ("entropy_change", "entropy_production"):
            changes[name] = np.diff(von_neumann_entropy(self.states), axis=-1)
            if name == "entropy_production":
                self._finite(beta)
                changes[name] = changes[name] - beta[..., None] * self.heat
        values = changes[name]
        return np.concatenate([np.zeros((*values.shape[:-1], 1)), values], axis=-1)

    def _finite(self, beta: Real) -> None:
        if not np.all(np.isfinite(beta)):
            raise InputError("at beta = inf the entropy production is that of a single model")

    def _mean(self, operator: Complex) -> Real:
        stacked = operator[..., None, :, :] if operator.ndim == 3 else operator
        return np.asarray(np.einsum("...ij,...ji->...", self.states, stacked).real)

    def _pauli(self, label: str) -> Complex:
        operator = SparsePauliOp(label)
        if 2**operator.num_qubits != self.states.shape[-1]:
            raise InputError(f"mean_{label} has {len(label)} letters, but the system has another number of qubits")
        return np.asarray(operator.to_matrix())

    def _gap(self) -> Real:
        stack = self.stack
        change = deviation(stack.system, stack.ancilla, stack.interaction, thermal_states(stack), np.asarray(stack.dt))
        return slowest_rate(change)
