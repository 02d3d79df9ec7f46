r"""Heat, work and entropy production of single collisions, measured.

Before and after collision k the energies and the system's state are estimated from independent circuits:

.. math::

    Q &= -\Delta\langle H_A\rangle, & W &= \Delta\langle H_S + H_A\rangle, & W_{sw} &= -\Delta\langle H_{SA}\rangle,\\
    \Delta U &= \Delta\langle H_S\rangle, & \Sigma &= \Delta S - \beta Q.

With this work the first law holds identically. What the device (and the splitting) violate is the conservation of
:math:`H_S + H_A + H_{SA}` during the collision, so the figure of merit is :math:`r = \Delta U - Q - W_{sw}`.

Linear quantities have exact covariances; entropies are those of the nearest physical states, with standard errors and
biases from resampled counts (bootstrap).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import PREPARED, TICK, ReadPoint, after, before
from ..exact.dynamics import evolve
from ..exact.thermodynamics import pulled_back_operators
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model
from ..trajectory.pauli import Complex, Real, from_pauli_vector, functional
from ..trajectory.trajectory import von_neumann_entropy
from .cycle_plan import rows
from .estimates import Frequencies, TickEstimates, TwoTicks, estimate, pauli_row, resampled_means
from .plan import READOUT, MeasurementPlan
from .reconstruction import nearest_state
from .settings import system_paulis


class Measured(NamedTuple):
    """A measured quantity of each chosen collision: value, standard error and estimated bias, each (m,)."""

    value: Real
    error: Real
    bias: Real


@dataclass(frozen=True, kw_only=True, eq=False)
class CollisionLedger:
    r"""What happened in each of the chosen collisions alone. Quantities that were not measured are ``None``.

    Args:
        collisions: the chosen collisions, shape (m,).
        heat: absorbed by the system from the ancilla.
        work: done on system and ancilla.
        switching_work: done by switching the interaction on and off.
        energy_change: of the system.
        entropy_change: of the nearest physical states.
        entropy_production: :math:`\Delta S - \beta Q`.
        first_law_residual: :math:`\Delta U - Q - W_{sw}`, zero for an ideal device and no splitting.
        heat_pulled_back: the heat that the exact collision would exchange from the measured state before it.
        work_pulled_back: likewise the work.
        heat_of_strokes: of a cycle, the heat of every stroke.
    """

    collisions: np.ndarray
    heat: Measured | None = None
    work: Measured | None = None
    switching_work: Measured | None = None
    energy_change: Measured | None = None
    entropy_change: Measured | None = None
    entropy_production: Measured | None = None
    first_law_residual: Measured | None = None
    heat_pulled_back: Measured | None = None
    work_pulled_back: Measured | None = None
    heat_of_strokes: tuple[Measured, ...] | None = None

    def items(self) -> list[tuple[str, Measured]]:
        """The quantities that were measured, by name."""
        return [(name, value) for name, value in vars(self).items() if isinstance(value, Measured)]


def exact_ledger(model: Model, at: Sequence[int], initial: Any = None) -> CollisionLedger:
    """The exact values of the same quantities, to hold beside the measured ones.

    >>> import qcoll
    >>> from qcoll.hardware import exact_ledger
    >>> ledger = exact_ledger(qcoll.example_2(alpha=0.2), at=[3, 5])
    >>> bool(ledger.entropy_production.value.min() > 0)
    True
    """
    chosen = np.array(sorted(at))
    exact = evolve(model, int(chosen[-1]), initial)

    def known(values: Real) -> Measured:
        own = values[chosen - 1]
        return Measured(own, np.zeros(len(own)), np.zeros(len(own)))

    return CollisionLedger(
        collisions=chosen,
        heat=known(exact.heat),
        work=known(exact.work),
        switching_work=known(exact.switching_work),
        energy_change=known(exact.energy_change),
        entropy_change=known(exact.entropy_change),
        entropy_production=known(exact.entropy_production),
        first_law_residual=known(exact.energy_change - exact.heat - exact.switching_work - exact.driving_work),
        heat_pulled_back=known(exact.heat),
        work_pulled_back=known(exact.work),
        heat_of_strokes=tuple(map(known, exact.heat_of_strokes.T)) if isinstance(model, Cycle) else None,
    )


def measured_ledger(
    plan: MeasurementPlan,
    frequencies: Mapping[str, TickEstimates],
    readout: Frequencies | None,
    replicates: Mapping[str, TickEstimates] | None,
) -> CollisionLedger:
    """Estimate the ledger of the plan's collisions.

    Args:
        plan: what was measured.
        frequencies: at every tick.
        readout: the calibration to correct with, or ``None``.
        replicates: frequencies of resampled experiments at every tick, or ``None`` for no bootstrap.
    """
    chosen = np.array(plan.at)
    if not plan.joint:
        return CollisionLedger(collisions=chosen)
    if isinstance(plan.model, Cycle):
        return _cycle_ledger(plan, plan.model, frequencies)
    single = _SingleCollisions(plan, plan.model, frequencies, readout, replicates)
    model, system, ancilla = plan.model, plan.model.joint_system, plan.model.joint_ancilla
    both = system + ancilla
    found: dict[str, Any] = {}
    if "heat" in plan.quantities:
        found["heat"] = single.change(-1.0 * ancilla)
    if "work" in plan.quantities:
        found["work"] = single.change(both)
        found["switching_work"] = single.change(-1.0 * model.interaction)
        found["energy_change"] = single.change(system)
        found["first_law_residual"] = single.change(both + model.interaction)
    if "state" in plan.quantities:
        found["energy_change"] = single.change(system)
        if model.memory is None:  # otherwise the state before the collision does not say what the collision does
            operators = pulled_back_operators(model)
            found["heat_pulled_back"] = single.before(operators.heat)
            found["work_pulled_back"] = single.before(operators.work)
        found["entropy_change"], found["entropy_production"] = single.entropies()
    if "heat" not in plan.quantities or model.ancilla.beta is None or model.memory is not None:
        found.pop("entropy_production", None)
    return CollisionLedger(collisions=chosen, **found)


def _cycle_ledger(plan: MeasurementPlan, cycle: Cycle, frequencies: Mapping[str, TickEstimates]) -> CollisionLedger:
    """Heat and work of chosen cycles: sums over strokes of what has been measured before and after each."""
    own = rows(cycle, plan.quantities)
    strokes = range(len(cycle.strokes))

    def measured(parts: Sequence[tuple[str, int, float]]) -> Measured:
        """A sum of quantities of strokes, each with its sign."""
        values, variances = [], []
        for k in plan.at:
            wanted: dict[str, dict[str, float]] = {}
            for quantity, stroke, sign in parts:
                for kind, (labels, row) in own.get((quantity, stroke), {}).items():
                    known = wanted.setdefault(kind, {})
                    for label, coefficient in zip(labels, row, strict=True):
                        known[label] = known.get(label, 0.0) + sign * coefficient
            value = variance = 0.0
            for kind, terms in wanted.items():
                means, covariance = estimate(frequencies[ReadPoint.at(kind, k)], list(terms))
                row = np.array(list(terms.values()))
                value, variance = value + float(row @ means), variance + float(row @ covariance @ row)
            values.append(value)
            variances.append(variance)
        return _linear(values, variances)

    def total(*names: tuple[str, float]) -> Measured:
        return measured([(name, stroke, sign) for name, sign in names for stroke in strokes])

    found: dict[str, Any] = {}
    each = None
    if "heat" in plan.quantities:
        found["heat"] = total(("heat", 1.0))
        each = tuple(measured([("heat", stroke, 1.0)]) for stroke in strokes)
    if "work" in plan.quantities:
        found |= {name: total((name, 1.0)) for name in ("work", "switching_work", "energy_change")}
    if {"heat", "work"} <= set(plan.quantities):
        found["first_law_residual"] = total(
            ("energy_change", 1.0), ("driving_work", -1.0), ("heat", -1.0), ("switching_work", -1.0)
        )
    return dataclasses.replace(CollisionLedger(collisions=np.array(plan.at), **found), heat_of_strokes=each)


class _SingleCollisions:
    """Estimators of what one collision changes, for all chosen collisions."""

    def __init__(
        self,
        plan: MeasurementPlan,
        model: CollisionModel,
        frequencies: Mapping[str, TickEstimates],
        readout: Frequencies | None,
        replicates: Mapping[str, TickEstimates] | None,
    ) -> None:
        self._plan = plan
        self._model = model
        self._frequencies = frequencies
        self._readout = readout
        self._replicates = replicates
        self._states = system_paulis(plan.model.num_system_qubits, plan.num_measured)[1:]

    def change(self, operator: SparsePauliOp) -> Measured:
        """Mean of an operator after the collision minus before it."""
        (labels, row), (labels_before, row_before) = map(pauli_row, (operator, self._plan.before(operator)))
        both, row = (*labels, *labels_before), np.concatenate([row, -row_before])
        values, variances = [], []
        for k in self._plan.at:
            ticks = TwoTicks(self._frequencies[after(k)], self._frequencies[before(k)], len(labels))
            means, covariance = estimate(ticks, both, self._readout)
            values.append(float(row @ means))
            variances.append(float(row @ covariance @ row))
        return _linear(values, variances)

    def before(self, operator: Complex) -> Measured:
        """Mean of an operator of the system in the state before the collision."""
        row = functional(operator)
        values, variances = [], []
        for k in self._plan.at:
            means, covariance = estimate(self._frequencies[before(k)], self._states, self._readout)
            values.append(float(row[0] + row[1:] @ means))
            variances.append(float(row[1:] @ covariance @ row[1:]))
        return _linear(values, variances)

    def entropies(self) -> tuple[Measured, Measured]:
        """Entropy change and entropy production."""
        values = np.array([self._entropies(self._frequencies, k, self._readout) for k in self._plan.at])
        error, bias = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
        if self._replicates is not None:
            readout = None
            if self._readout is not None:
                drawn_readout = self._replicates[READOUT]
                assert isinstance(drawn_readout, Frequencies)
                readout = drawn_readout
            drawn = np.array([self._entropies(self._replicates, k, readout) for k in self._plan.at])
            finite = np.isfinite(drawn).all(axis=2)
            error[finite] = drawn[finite].std(axis=1, ddof=1)
            bias[finite] = drawn[finite].mean(axis=1) - values[finite]
        change, production = (Measured(values[:, i], error[:, i], bias[:, i]) for i in range(2))
        return change, production

    def _entropies(self, frequencies: Mapping[str, TickEstimates], k: int, readout: Frequencies | None) -> Real:
        """Entropy change and production, shape (2,) or (2, size)."""
        entropy: Real = np.zeros(())
        heat: Real = np.zeros(())
        energy = self._model.joint_ancilla
        for kind, sign, operator in ((TICK, 1.0, energy), (PREPARED, -1.0, self._plan.before(energy))):
            labels, row = pauli_row(operator) if "heat" in self._plan.quantities else (self._states[:1], np.zeros(1))
            means = resampled_means(frequencies[ReadPoint.at(kind, k)], [*self._states, *labels], readout)
            own = means[..., : len(self._states)]
            vectors = np.concatenate([np.ones((*own.shape[:-1], 1)), own], axis=-1)
            entropy = entropy + sign * von_neumann_entropy(nearest_state(from_pauli_vector(vectors)))
            heat = heat - sign * (means[..., len(self._states) :] @ row)
        beta = self._model.ancilla.beta
        if beta is None:  # a given state's entropy flow is no multiple of the heat
            return np.stack([entropy, entropy])
        if np.isinf(beta):  # any heat at all is infinite entropy in units of the ground state
            return np.stack([entropy, np.where(heat == 0.0, entropy, -np.copysign(np.inf, np.sign(beta) * heat))])
        return np.stack([entropy, entropy - beta * heat])


def _linear(values: Sequence[float], variances: Sequence[float]) -> Measured:
    return Measured(np.array(values), np.sqrt(np.clip(variances, 0.0, None)), np.zeros(len(values)))
