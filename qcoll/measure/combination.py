"""Combine: counts become a trajectory with standard errors, the third of three steps."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import after, before
from ..errors import InputError
from ..model.collision import CollisionModel, require_fresh
from ..model.cycle import Cycle, Model
from ..trajectory.pauli import Real, from_pauli_vector
from ..trajectory.strokes import StrokeLedger
from ..trajectory.trajectory import Trajectory
from .counts import MeasuredCounts
from .estimates import (
    Frequencies,
    TickEstimates,
    estimate,
    estimates_at_ticks,
    pauli_row,
    readout_estimates,
    resampled,
)
from .estimator import EstimatedMeans
from .measured_ledger import CollisionLedger, Measured, measured_ledger
from .reconstruction import effective_beta, nearest_state
from .settings import system_paulis


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MeasuredTrajectory(Trajectory):
    """A trajectory estimated from counts.

    The states are linear inversions at tick 0 and after the chosen collisions. ``heat``, ``work`` and
    ``switching_work`` keep the meaning they have in every trajectory, sums since the last recorded collision. They are
    known where the collision before was chosen too, and ``nan`` elsewhere: what happened in collisions that nobody
    measured is not known. What was measured, always, is :attr:`ledger`: each chosen collision alone.

    Args:
        model: the collision model, or a cycle.
        counts: the raw counts, or what an estimator gave.
        ledger: heat, work and entropy production of each chosen collision alone, with standard errors.
        unmitigated: the same without readout mitigation or extrapolation, where there was any.
    """

    model: Model
    counts: MeasuredCounts | EstimatedMeans
    ledger: CollisionLedger
    unmitigated: MeasuredTrajectory | None = None

    @property
    def mitigated_readout(self) -> bool:
        """Whether the readout error was divided out."""
        return self.unmitigated is not None and isinstance(self.counts, MeasuredCounts)

    def physical(self) -> MeasuredTrajectory:
        """The same with the nearest physical states, which are biased towards mixed ones (see the module)."""
        return dataclasses.replace(
            self, kind=f"{self.kind}, nearest physical states", states=nearest_state(self.states)
        )

    def ancilla_beta(self) -> Measured:
        """The effective inverse temperature of the ancilla as the device prepares it before each chosen collision.

        Raises:
            InputError: if the heat was not measured, or of a cycle.
        """
        if not isinstance(self.model, CollisionModel):
            raise InputError(f"{self.model.name!r} is a cycle, whose strokes have ancillas of their own")
        require_fresh(self.model)
        if "heat" not in self.counts.plan.quantities:
            raise InputError("the ancilla's energy was not measured: add 'heat' to the quantities")
        ancilla = self.model.ancilla
        constant = float(np.trace(ancilla.hamiltonian.to_matrix()).real) / 2**ancilla.num_qubits
        estimates, readout = _estimates(self.counts, self.mitigated_readout)
        labels, row = pauli_row(self.counts.plan.before(self.model.joint_ancilla))
        fitted = []
        for k in self.counts.plan.at:
            means, covariance = estimate(estimates[before(k)], labels, readout)
            fitted.append(effective_beta(ancilla, constant + row @ means, float(np.sqrt(row @ covariance @ row))))
        values, errors = np.array(fitted).T
        return Measured(values, errors, np.zeros(len(values)))


def combine(
    counts: MeasuredCounts | EstimatedMeans, *, readout_mitigation: bool = False, bootstrap: int = 200, seed: int = 0
) -> MeasuredTrajectory:
    """Make a trajectory of counts: the third of three steps.

    Args:
        counts: from :func:`run` or :func:`run_estimator`, or from a stored experiment.
        readout_mitigation: divide by the measured attenuation of the (twirled) readout; the trajectory without it is
            kept in ``.unmitigated``.
        bootstrap: number of resampled experiments behind the errors of entropies; 0 for none (then ``nan``).
        seed: of the resampling.

    Raises:
        InputError: if the states were not measured, or the readout cannot be corrected for.
    """
    plan = counts.plan
    if "state" not in plan.quantities:
        raise InputError(
            "a trajectory needs the system's states, which were not measured: add 'state' to the quantities, or take "
            "single observables with qcoll.hardware.expectation"
        )
    estimates, readout = _estimates(counts, readout_mitigation)
    vectors, covariances = [], []
    size = plan.model.num_system_qubits
    for k in (0, *plan.at):
        labels = system_paulis(size, plan.num_measured if k else size)[1:]
        means, covariance = estimate(estimates[after(k)], labels, readout)
        vectors.append(np.concatenate([[1.0], means]))
        covariances.append(np.pad(covariance, ((1, 0), (1, 0))))
    rng = np.random.default_rng(seed)
    replicates = resampled(estimates, rng, bootstrap) if bootstrap else None
    ledger = measured_ledger(plan, estimates, readout, replicates)
    collisions = np.array([0, *plan.at], dtype=np.int64)
    raw = counts if readout else counts.unmitigated if isinstance(counts, EstimatedMeans) else None
    contiguous = np.diff(collisions) == 1
    more: dict[str, Any] = {}
    if isinstance(plan.model, Cycle):
        more["strokes"] = _strokes(contiguous, ledger, plan.model)
    if isinstance(plan.model, Cycle) or plan.model.memory is not None:
        more["entropy_flow"] = np.full(len(contiguous), np.nan)
    return MeasuredTrajectory(
        model=plan.model,
        kind=counts.summary + (", readout mitigated" if readout else ""),
        collisions=collisions,
        states=from_pauli_vector(np.array(vectors)),
        pauli_covariance=np.array(covariances),
        heat=_where(contiguous, ledger.heat, "value"),
        work=_where(contiguous, ledger.work, "value"),
        switching_work=_where(contiguous, ledger.switching_work, "value"),
        heat_error=_where(contiguous, ledger.heat, "error"),
        work_error=_where(contiguous, ledger.work, "error"),
        counts=counts,
        ledger=ledger,
        **more,
        unmitigated=None if raw is None else combine(raw, bootstrap=bootstrap, seed=seed),
    )


def expectation(
    counts: MeasuredCounts | EstimatedMeans, observable: SparsePauliOp, *, readout_mitigation: bool = False
) -> tuple[Real, Real]:
    """Means and standard errors (m + 1,) of an observable of the system at tick 0 and after the chosen collisions.

    For systems too large for tomography; its Pauli strings must have been among the observables.

    Raises:
        InputError: if one was not measured.
    """
    plan = counts.plan
    estimates, readout = _estimates(counts, readout_mitigation)
    labels, row = pauli_row(observable)
    constant = sum(float(np.real(c)) for label, c in observable.to_list() if set(label) == {"I"})
    values, errors = [], []
    for k in (0, *plan.at):
        padding = "I" * (plan.num_measured - plan.model.num_system_qubits if k else 0)
        means, covariance = estimate(estimates[after(k)], [padding + label for label in labels], readout)
        values.append(constant + row @ means)
        errors.append(np.sqrt(row @ covariance @ row))
    return np.array(values), np.array(errors)


def _estimates(
    counts: MeasuredCounts | EstimatedMeans, mitigated: bool
) -> tuple[Mapping[str, TickEstimates], Frequencies | None]:
    estimates = estimates_at_ticks(counts)
    return estimates, readout_estimates(counts, estimates) if mitigated else None


def _strokes(known: np.ndarray, ledger: CollisionLedger, cycle: Cycle) -> StrokeLedger:
    """The heat of every stroke where it was measured; what was not is nan."""
    nothing = np.full((len(known), len(cycle.strokes)), np.nan)
    heat = nothing
    if ledger.heat_of_strokes is not None:
        heat = np.stack([_where(known, own, "value") for own in ledger.heat_of_strokes], axis=1)
    return StrokeLedger(
        energy_change=nothing,
        heat=heat,
        work=nothing,
        switching_work=nothing,
        driving_work=nothing,
        entropy_flow=nothing,
    )


def _where(known: np.ndarray, measured: Measured | None, part: str) -> Real:
    """The measured values where they are the sums since the last recorded collision, and nan elsewhere."""
    if measured is None:
        return np.full(len(known), np.nan)
    return np.where(known, getattr(measured, part), np.nan)
