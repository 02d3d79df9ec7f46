"""The same experiment through an estimator, for mitigation that works on expectation values (zero-noise extrapolation).

Construct, run, combine as with a sampler; but what comes back are means and standard errors of Pauli strings, and what
they have in common is not known: their covariance is taken as diagonal.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import BaseEstimatorV2, StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp

from ..circuits.steps import on_qubits
from ..compile.sequence import CollisionCircuit
from ..device import MappedCollisions
from ..errors import InputError
from ..trajectory.pauli import Real
from .circuits import as_mapped, check_level, is_sampled, prefixes
from .plan import QUANTITIES, MeasurementPlan, Quantity, plan_for

#: Means that were the same in every shot get this error, so that weights stay finite.
SMALLEST_ERROR = 1e-6


DRAWN_AND_ESTIMATED = (
    "the collisions are sampled from several circuits, and an estimator, as zero-noise extrapolation needs, takes one "
    'of them: measure without it, or compile with synthesis="channel", or with preparation="purified"'
)


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
        at_factors: the values at each noise factor, where they were extrapolated.
    """

    plan: MeasurementPlan
    ticks: Mapping[str, PauliMeans]
    summary: str
    at_factors: Mapping[float, EstimatedMeans] = field(default_factory=dict)

    @property
    def unmitigated(self) -> EstimatedMeans | None:
        """The values without extrapolation, at the smallest noise factor, where there was any."""
        return self.at_factors[min(self.at_factors)] if self.at_factors else None


@dataclass(frozen=True, eq=False)
class PubMeans:
    """What an estimator found for one circuit, as plain arrays.

    Args:
        values: means, shape (sets, Pauli strings, noise factors); one noise factor without extrapolation.
        errors: their standard errors.
        reported: the estimator's own extrapolated means, shape (sets, Pauli strings).
        reported_errors: its own standard errors.
    """

    values: Real
    errors: Real
    reported: Real
    reported_errors: Real


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
            circuits=tuple(on_qubits(each, own, num_qubits) for each in self.circuits),
            qubits=tuple(tuple(own[qubit] for qubit in each) for each in self.qubits),
        )

    def pubs(self) -> list[tuple[QuantumCircuit, list[SparsePauliOp]]]:
        """What an estimator takes."""
        return [
            (circuit, [SparsePauliOp(label).apply_layout(list(qubits), circuit.num_qubits) for label in labels])
            for circuit, labels, qubits in zip(self.circuits, self.labels, self.qubits, strict=True)
        ]


def observed_circuits(
    circuit: MappedCollisions | CollisionCircuit,
    at: int | Sequence[int],
    quantities: Sequence[Quantity] = QUANTITIES,
    *,
    observables: Sequence[str] = (),
    merge: bool = False,
) -> ObservedCircuits:
    """Circuits and Pauli strings for an estimator, as :func:`measurement_circuits` are for a sampler.

    Args:
        circuit: mapped or compiled.
        at: collisions after which to measure.
        quantities: "state", "heat", "work".
        observables: more Pauli strings of the system.
        merge: as for :func:`measurement_circuits`.

    Raises:
        InputError: for a bad collision, quantity or observable, or circuits that have given up what is asked for.

    >>> import qcoll
    >>> from qiskit_aer.primitives import EstimatorV2
    >>> from qcoll.hardware import combine, observed_circuits, run_estimator
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=2)
    >>> exact = EstimatorV2(options={"backend_options": {"method": "density_matrix"}})
    >>> found = combine(run_estimator(observed_circuits(compiled, at=[2]), exact, precision=0.0))
    >>> bool(abs(found.states[-1] - qcoll.simulate(compiled).states[-1]).max() < 1e-7)
    True
    """
    mapped = as_mapped(circuit)
    compiled = mapped.compiled
    if is_sampled(compiled):
        raise InputError(DRAWN_AND_ESTIMATED)
    plan = plan_for(compiled, at, quantities, observables)
    check_level(compiled, plan)
    cut = prefixes(mapped, plan, merge)
    if merge:
        cut = {tick: (mapped.finished(prefix), qubits) for tick, (prefix, qubits) in cut.items()}
    return ObservedCircuits(
        plan=plan,
        mapped=mapped,
        ticks=tuple(cut),
        circuits=tuple(_named(prefix, tick) for tick, (prefix, _) in cut.items()),
        labels=tuple(map(plan.labels_at, cut)),
        qubits=tuple(tuple(qubits[: plan.num_measured_at(tick)]) for tick, (_, qubits) in cut.items()),
    )


def run_estimator(observed: ObservedCircuits, estimator: BaseEstimatorV2, precision: float) -> EstimatedMeans:
    """Run observed circuits on any estimator.

    Where the estimator gives means at several noise factors, they are extrapolated here (see :func:`extrapolated`).

    Args:
        observed: from :func:`observed_circuits`; for a real device ``.on_device(backend.num_qubits)``.
        estimator: any ``BaseEstimatorV2``: Aer's (with ``method="density_matrix"``), or the runtime's
            (:func:`qcoll.hardware.runtime_estimator`).
        precision: standard error to aim for.

    Raises:
        InputError: for an estimator that would give wrong numbers without a word.
    """
    _check_estimator(observed, estimator)
    means = means_of(estimator.run(observed.pubs(), precision=precision).result())
    extrapolates = means[0].values.shape[-1] > 1
    factors = tuple(estimator.options.resilience.zne.noise_factors) if extrapolates else ()
    own = [(each.values[0], each.errors[0]) for each in means]
    name = f"{type(estimator).__name__}, precision {precision:g}"
    return estimated_means(observed.plan, observed.ticks, observed.labels, own, factors, name)


def means_of(result: Any) -> tuple[PubMeans, ...]:
    """Plain arrays from an estimator's ``PrimitiveResult``.

    Raises:
        InputError: if a circuit's result has no means.
    """
    found = []
    for index, each in enumerate(result):
        data = each.data
        if "evs" not in data:
            raise InputError(
                f"the result of circuit {index} has {sorted(data)!r}, but no means 'evs': it belongs to another "
                "experiment"
            )
        reported, reported_errors = (_by_sets(data[name]) for name in ("evs", "stds"))
        values, errors = reported[..., None], reported_errors[..., None]
        if "evs_noise_factors" in data:
            # stds_noise_factors is the deviation of single shots, not of their mean, where nothing is twirled
            values, errors = (
                np.stack([_by_sets(part) for part in np.moveaxis(np.asarray(data[name], dtype=float), -1, 0)], axis=-1)
                for name in ("evs_noise_factors", "ensemble_stds_noise_factors")
            )
        found.append(PubMeans(values, errors, reported, reported_errors))
    return tuple(found)


def estimated_means(
    plan: MeasurementPlan,
    ticks: Sequence[str],
    labels: Sequence[tuple[str, ...]],
    means: Sequence[tuple[Real, Real]],
    factors: Sequence[float],
    name: str,
) -> EstimatedMeans:
    """Means at all ticks, extrapolated to no noise (see :func:`extrapolated`) where there are several noise factors.

    Args:
        plan: what was measured.
        ticks: name of each tick.
        labels: Pauli strings at each.
        means: values and standard errors at each, shape (Pauli strings, noise factors).
        factors: the noise factors; none without extrapolation.
        name: where and how precisely they were measured.
    """

    def at(index: int) -> dict[str, PauliMeans]:
        return {
            tick: PauliMeans(own, values[:, index], errors[:, index])
            for tick, own, (values, errors) in zip(ticks, labels, means, strict=True)
        }

    if not factors:
        return EstimatedMeans(plan, at(0), name)
    known = np.asarray(factors, dtype=float)
    extrapolated_at = {
        tick: PauliMeans(own, *extrapolated(known, values, errors))
        for tick, own, (values, errors) in zip(ticks, labels, means, strict=True)
    }
    raw = {
        float(factor): EstimatedMeans(plan, at(index), f"{name}, noise factor {factor:g}")
        for index, factor in enumerate(factors)
    }
    return EstimatedMeans(plan, extrapolated_at, f"{name}, extrapolated", raw)


def means_to_npz(means: Sequence[PubMeans], factors: Sequence[float]) -> bytes:
    """Means as the bytes of an npz file: the arrays of circuit i as ``values_i``, ``errors_i`` and so on."""
    arrays = {f"{name}_{index}": array for index, each in enumerate(means) for name, array in vars(each).items()}
    stream = io.BytesIO()
    np.savez(stream, circuits=np.int64(len(means)), noise_factors=np.asarray(factors, dtype=float), **arrays)
    return stream.getvalue()


def means_from_npz(content: bytes) -> tuple[PubMeans, ...]:
    """Means that :func:`means_to_npz` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as table:
        names = [each.name for each in fields(PubMeans)]
        return tuple(PubMeans(*(table[f"{name}_{i}"] for name in names)) for i in range(int(table["circuits"])))


def _by_sets(array: Any) -> Real:
    """Shape (Pauli strings, ...) as (sets, Pauli strings)."""
    numbers = np.asarray(array, dtype=float)
    return numbers.reshape(len(numbers), -1).T


def _named(circuit: QuantumCircuit, name: str) -> QuantumCircuit:
    circuit.name = name
    return circuit


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


def _check_estimator(observed: ObservedCircuits, estimator: Any) -> None:
    if not isinstance(estimator, BaseEstimatorV2):
        raise InputError(f"estimator is a {type(estimator).__name__}, but must be a BaseEstimatorV2")
    resets = any("reset" in circuit.count_ops() for circuit in observed.circuits)
    if resets and isinstance(estimator, StatevectorEstimator):
        raise InputError(
            "StatevectorEstimator runs one random outcome of every reset, which gives wrong numbers: use "
            "qiskit_aer.primitives.EstimatorV2 with method density_matrix, or compile with ancillas='fresh'"
        )
