r"""What an experiment costs and what it should show, before anything is spent.

The QPU time is estimated as :math:`2\,\mathrm{s} + (250\,\mathrm{\mu s} + \text{circuit}) \times \text{executions}` for
every job: the delay between executions outweighs the circuits, so many collisions are nearly free and many circuits
are not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from .combine import MeasuredTrajectory, combine
from .ledger import CollisionLedger, exact_ledger
from .prediction import predicted_counts
from .submission import Experiment

JOB_SECONDS = 2.0
REPETITION_SECONDS = 250e-6


@dataclass(frozen=True, eq=False)
class DryRun:
    """Cost and prediction of an experiment; prints itself.

    Args:
        experiment: what was examined.
        two_qubit_gates: of the longest circuit.
        two_qubit_depth: of the longest circuit.
        duration: of the longest circuit in seconds, or nan where the device has no durations.
        t1: shortest relaxation time of the qubits in use, in seconds, or nan.
        t2: shortest dephasing time, likewise.
        qpu_seconds: estimated QPU time.
        predicted: the trajectory that the device's noise model predicts, with the error bars of the shots.
        exact: the exact ledger.
        exact_coherence: after the chosen collisions.
    """

    experiment: Experiment
    two_qubit_gates: int
    two_qubit_depth: int
    duration: float
    t1: float
    t2: float
    qpu_seconds: float
    predicted: MeasuredTrajectory | None
    exact: CollisionLedger
    exact_coherence: np.ndarray

    def __str__(self) -> str:
        experiment = self.experiment
        device, mapped = experiment.device, experiment.measurement.mapped
        where = "simulated on this machine" if device.local else f"instance {device.instance}"
        lines = [
            f"{experiment.definition['name']} on {device.name} ({where}), calibrated {device.calibration_time}",
            f"  circuits     {len(experiment.measurement)} of up to {experiment.measurement.plan.at[-1]} collisions, "
            f"{experiment.shots} shots each: {experiment.executions} executions in {len(experiment.jobs)} job(s)",
            f"  qubits       {', '.join(map(str, mapped.qubits))} (transpiler seed {mapped.seed})",
            f"  longest      {self.two_qubit_gates} two-qubit gates in depth {self.two_qubit_depth}, "
            f"{self.duration * 1e6:.1f} us; T1 {self.t1 * 1e6:.0f} us, T2 {self.t2 * 1e6:.0f} us",
            f"  options      {experiment.options.summary()}",
            f"  QPU time     about {self.qpu_seconds:.0f} s" + (" if it were a real device" if device.local else ""),
        ]
        if self.predicted is not None:
            lines.append(f"  {'collision':<10} {'coherence':>22} {'heat':>22} {'work':>22} {'entropy production':>22}")
            lines += [self._row(index) for index in range(len(self.exact.collisions))]
            lines.append("  predicted by the device's noise model with the error of the shots, (exact)")
            if not experiment.options.scheduled:
                lines.append("  the device schedules these circuits itself, so waiting is missing from the prediction")
        return "\n".join(lines)

    def _row(self, index: int) -> str:
        assert self.predicted is not None
        cells = [f"{self.predicted.coherence[index + 1]:.3f} ({self.exact_coherence[index]:.3f})"]
        for name in ("heat", "work", "entropy_production"):
            own, exact = getattr(self.predicted.ledger, name), getattr(self.exact, name)
            cells.append(
                "not measured"
                if own is None
                else f"{own.value[index]:+.3f}±{own.error[index]:.3f} ({exact.value[index]:+.3f})"
            )
        return f"  {self.exact.collisions[index]:<10} " + " ".join(f"{cell:>22}" for cell in cells)


def dry_run(experiment: Experiment, *, predict: bool = True) -> DryRun:
    """Examine an experiment without sending anything.

    Args:
        experiment: from :func:`design_experiment`.
        predict: simulate the circuits with the device's noise; needs "state" among the quantities.

    Raises:
        InputError: if the prediction does not fit into memory.

    >>> import qcoll
    >>> from qcoll.run.hardware import design_experiment, dry_run
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=4)
    >>> examined = dry_run(design_experiment(compiled, "fake_lagos", at=[4], shots=1000))
    >>> 5 < examined.qpu_seconds < 7
    True
    """
    from ...exact.dynamics import evolve

    measurement, backend = experiment.measurement, experiment.device.backend
    plan, mapped = measurement.plan, measurement.mapped
    durations = [circuit_duration(circuit, backend.target) for circuit in measurement.circuits]
    longest = max(measurement.circuits, key=two_qubit_gates)
    finite = [0.0 if math.isnan(duration) else duration for duration in durations]
    executing = sum(REPETITION_SECONDS + duration for duration in finite) * experiment.shots
    predicted = None
    if predict and "state" in plan.quantities:
        twirled = experiment.options.mitigates_readout
        local = measurement.compact()
        counts = predicted_counts(local, experiment.shots, noise=backend, twirled=twirled)
        predicted = combine(counts, readout_mitigation=twirled)
    initial = mapped.compiled.initial_state
    return DryRun(
        experiment=experiment,
        two_qubit_gates=two_qubit_gates(longest),
        two_qubit_depth=longest.depth(lambda item: len(item.qubits) == 2 and item.operation.name != "barrier"),
        duration=max(durations),
        t1=_shortest(backend.target, mapped.qubits, "t1"),
        t2=_shortest(backend.target, mapped.qubits, "t2"),
        qpu_seconds=JOB_SECONDS * len(experiment.jobs) + executing,
        predicted=predicted,
        exact=exact_ledger(plan.model, plan.at, initial),
        exact_coherence=evolve(plan.model, plan.at[-1], initial, record=plan.at).coherence[1:],
    )


def two_qubit_gates(circuit: QuantumCircuit) -> int:
    """Number of two-qubit gates."""
    return sum(len(item.qubits) == 2 and item.operation.name != "barrier" for item in circuit.data)


def circuit_duration(circuit: QuantumCircuit, target: Target) -> float:
    """Duration of a circuit in seconds along its longest path, or nan where the target has no durations."""
    ends = dict.fromkeys(circuit.qubits, 0.0)
    for item in circuit.data:
        qubits = tuple(circuit.find_bit(qubit).index for qubit in item.qubits)
        length = 0.0
        if item.operation.name == "delay":
            length = item.operation.duration * (target.dt if item.operation.unit == "dt" else 1.0)
        elif item.operation.name != "barrier":
            properties = target[item.operation.name].get(qubits)
            if properties is None or properties.duration is None:
                return math.nan
            length = properties.duration
        end = max(ends[qubit] for qubit in item.qubits) + length
        ends.update(dict.fromkeys(item.qubits, end))
    return max(ends.values())


def _shortest(target: Target, qubits: tuple[int, ...], name: str) -> float:
    properties = target.qubit_properties or []
    known = [getattr(properties[q], name, None) for q in qubits] if properties else []
    return min((float(value) for value in known if value is not None), default=math.nan)
