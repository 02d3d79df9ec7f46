"""The same experiment through an estimator, for mitigation that works on expectation values (zero-noise extrapolation).

Construct, run, combine as with a sampler; but what comes back are means and standard errors of Pauli strings, and what
they have in common is not known: their covariance is taken as diagonal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import BaseEstimatorV2, StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp

from ...compile import MappedCollisions, map_collisions
from ...compile.sequence import TICK, CollisionCircuit
from ...errors import InputError
from ...trajectory.pauli import Real
from .circuits import prefixes, widened
from .plan import QUANTITIES, MeasurementPlan, Quantity, chosen_collisions

#: Means that were the same in every shot get this error, so that weights stay finite.
SMALLEST_ERROR = 1e-6


@dataclass(frozen=True, eq=False)
class PauliMeans:
    """Means and standard errors of Pauli strings at one tick.

    Args:
        labels: the Pauli strings.
        values: their means, shape (..., k).
        errors: their standard errors, shape (k,).
    """

    labels: tuple[str, ...]
    values: Real
    errors: Real

    def means(self, labels: Sequence[str]) -> Real:
        """Means of chosen strings, shape (..., len(labels))."""
        return np.asarray(self.values[..., self._positions(labels)])

    def covariance(self, labels: Sequence[str]) -> Real:
        """Their covariance, diagonal."""
        return np.diag(self.errors[self._positions(labels)] ** 2)

    def resampled(self, rng: np.random.Generator, size: int) -> PauliMeans:
        """The same experiment drawn ``size`` times, with Gaussian errors."""
        return replace(self, values=rng.normal(self.values, self.errors, size=(size, len(self.labels))))

    def _positions(self, labels: Sequence[str]) -> list[int]:
        if missing := [label for label in labels if label not in self.labels]:
            raise InputError(f"the Pauli strings {', '.join(missing)} were not measured: add them to the observables")
        return [self.labels.index(label) for label in labels]


@dataclass(frozen=True, eq=False)
class EstimatedMeans:
    """What an estimator made of a plan.

    Args:
        plan: what was measured.
        ticks: means of the Pauli strings at every tick.
        summary: where and how precisely they were measured.
        unmitigated: the values without extrapolation, at the smallest noise factor, where the estimator gives them.
    """

    plan: MeasurementPlan
    ticks: Mapping[str, PauliMeans]
    summary: str
    unmitigated: EstimatedMeans | None = None


@dataclass(frozen=True, eq=False)
class ObservedCircuits:
    """Circuits that stop at the ticks of a plan, and the Pauli strings to estimate there.

    Args:
        plan: what is measured.
        mapped: the sequence that the circuits are prefixes of.
        ticks: name of the tick of each circuit.
        circuits: without measurements.
        labels: Pauli strings of each circuit, on system and ancilla.
        qubits: which qubits of each circuit these are.
    """

    plan: MeasurementPlan
    mapped: MappedCollisions
    ticks: tuple[str, ...]
    circuits: tuple[QuantumCircuit, ...]
    labels: tuple[tuple[str, ...], ...]
    qubits: tuple[tuple[int, ...], ...]

    def on_device(self, num_qubits: int) -> ObservedCircuits:
        """The same on the physical qubits of a device."""
        own = self.mapped.qubits
        return replace(
            self,
            circuits=tuple(widened(each, own, num_qubits) for each in self.circuits),
            qubits=tuple(tuple(own[qubit] for qubit in each) for each in self.qubits),
        )

    def pubs(self) -> list[tuple[QuantumCircuit, list[SparsePauliOp]]]:
        """What an estimator takes."""
        return [
            (circuit, [SparsePauliOp(label).apply_layout(list(qubits), circuit.num_qubits) for label in labels])
            for circuit, labels, qubits in zip(self.circuits, self.labels, self.qubits, strict=True)
        ]


def observed_circuits(
    circuit: MappedCollisions | CollisionCircuit, at: int | Sequence[int], quantities: Sequence[Quantity] = QUANTITIES
) -> ObservedCircuits:
    """Circuits and Pauli strings for an estimator, as :func:`measurement_circuits` are for a sampler.

    Args:
        circuit: mapped or compiled.
        at: collisions after which to measure.
        quantities: "state", "heat", "work".

    Raises:
        InputError: for a bad collision or quantity.

    >>> import qcoll
    >>> from qiskit_aer.primitives import EstimatorV2
    >>> from qcoll.run.hardware import combine, observed_circuits, run_estimator
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=2)
    >>> exact = EstimatorV2(options={"backend_options": {"method": "density_matrix"}})
    >>> found = combine(run_estimator(observed_circuits(compiled, at=[2]), exact, precision=0.0))
    >>> bool(abs(found.states[-1] - qcoll.simulate(compiled).states[-1]).max() < 1e-7)
    True
    """
    mapped = circuit
    if isinstance(circuit, CollisionCircuit):
        mapped = map_collisions(circuit, seeds=(0,), schedule=False)
    assert isinstance(mapped, MappedCollisions)
    compiled = mapped.compiled
    plan = MeasurementPlan(model=compiled.model, at=chosen_collisions(at, compiled.n), quantities=tuple(quantities))
    cut = prefixes(mapped, plan)
    size = compiled.model.num_system_qubits
    labels = {tick: plan.labels if tick != f"{TICK}:0" else plan.initial_labels for tick in cut}
    return ObservedCircuits(
        plan=plan,
        mapped=mapped,
        ticks=tuple(cut),
        circuits=tuple(prefix for prefix, _ in cut.values()),
        labels=tuple(labels[tick] for tick in cut),
        qubits=tuple(
            tuple(qubits[: plan.num_measured if tick != f"{TICK}:0" else size]) for tick, (_, qubits) in cut.items()
        ),
    )


def run_estimator(observed: ObservedCircuits, estimator: BaseEstimatorV2, precision: float) -> EstimatedMeans:
    """Run observed circuits on any estimator.

    Where the estimator gives means at several noise factors, they are extrapolated here (see :func:`extrapolated`).

    Args:
        observed: from :func:`observed_circuits`; for a real device ``.on_device(backend.num_qubits)``.
        estimator: any ``BaseEstimatorV2``: Aer's (with ``method="density_matrix"``), or :func:`runtime_estimator`.
        precision: standard error to aim for.

    Raises:
        InputError: for an estimator that would give wrong numbers without a word.
    """
    _check_estimator(observed, estimator)
    result = estimator.run(observed.pubs(), precision=precision).result()
    mitigated, raw = {}, {}
    for tick, labels, own in zip(observed.ticks, observed.labels, result, strict=True):
        if "evs_noise_factors" in own.data:
            factors = np.asarray(estimator.options.resilience.zne.noise_factors, dtype=float)
            # stds_noise_factors is the deviation of single shots, not of their mean, where nothing is twirled
            values, errors = own.data.evs_noise_factors, own.data.ensemble_stds_noise_factors
            smallest = int(np.argmin(factors))
            raw[tick] = PauliMeans(labels, values[:, smallest], errors[:, smallest])
            mitigated[tick] = PauliMeans(labels, *extrapolated(factors, values, errors))
        else:
            mitigated[tick] = PauliMeans(labels, np.asarray(own.data.evs), np.asarray(own.data.stds))
    name = f"{type(estimator).__name__}, precision {precision:g}"
    unmitigated = EstimatedMeans(observed.plan, raw, name) if raw else None
    return EstimatedMeans(observed.plan, mitigated, name + (", extrapolated" if raw else ""), unmitigated)


def extrapolated(factors: Real, values: Real, errors: Real) -> tuple[Real, Real]:
    """Means extrapolated to no noise by a weighted straight line, and their standard errors.

    The values are those of the runtime's linear extrapolation. Its errors come from the residuals of the fit, of which
    three noise factors leave one: they scatter from zero to infinity. These follow from the errors of the points.

    Args:
        factors: noise factors, shape (f,).
        values: means, shape (k, f).
        errors: their standard errors, shape (k, f).
    """
    found, spread = [], []
    for own, error in zip(values, np.maximum(errors, SMALLEST_ERROR), strict=True):
        columns = np.stack([np.ones_like(factors), factors], axis=1) / error[:, None]
        covariance = np.linalg.inv(columns.T @ columns)
        found.append((covariance @ columns.T @ (own / error))[0])
        spread.append(np.sqrt(covariance[0, 0]))
    return np.array(found), np.array(spread)


def runtime_estimator(device: Any, *, zne: bool = False, seed: int | None = None, **options: Any) -> Any:
    """The runtime's estimator on a device, without any mitigation but what is named.

    Args:
        device: from :func:`open_device`.
        zne: zero-noise extrapolation by folding gates (not resets) to 1, 3 and 5 times their noise. The extrapolated
            means can lie outside [-1, 1]; those at the smallest factor are kept.
        seed: of the simulator, for fake devices.
        options: more of the runtime's options.
    """
    from .runtime import estimator_on

    resilience: dict[str, Any] = {"measure_mitigation": False, "zne_mitigation": zne}
    if zne:
        resilience["zne"] = {"noise_factors": (1, 3, 5), "extrapolator": "linear"}
    return estimator_on(device, {"resilience_level": 0, "resilience": resilience, **options}, seed)


def _check_estimator(observed: ObservedCircuits, estimator: Any) -> None:
    if not isinstance(estimator, BaseEstimatorV2):
        raise InputError(f"estimator is a {type(estimator).__name__}, but must be a BaseEstimatorV2")
    resets = any("reset" in circuit.count_ops() for circuit in observed.circuits)
    if resets and isinstance(estimator, StatevectorEstimator):
        raise InputError(
            "StatevectorEstimator runs one random outcome of every reset, which gives wrong numbers: use "
            "qiskit_aer.primitives.EstimatorV2 with method density_matrix, or compile with ancillas='fresh'"
        )
