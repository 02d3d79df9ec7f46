r"""How long an experiment takes on a device, by what the device reports.

The QPU time is estimated as :math:`2\,\mathrm{s} + (\text{delay} + \text{circuit}) \times \text{executions}` for every
job, with the device's own repetition delay (250 us where it does not say). The delay between executions outweighs the
circuits, so many collisions are nearly free and many circuits are not. Folding for zero-noise extrapolation multiplies
the time of the two-qubit gates by the noise factor.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.steps import MARKS, steps
from .experiment import Experiment

JOB_SECONDS = 2.0
#: The delay between executions where the device does not say.
REPETITION_SECONDS = 250e-6


def repetition_delay(backend: Any) -> tuple[float, bool]:
    """Seconds between two executions, and whether the backend says so: 250 us on most devices, 4 ms on some.

    Without a statement of the backend it is :data:`REPETITION_SECONDS`.
    """
    stated = getattr(backend, "default_rep_delay", None)
    known = stated is not None and math.isfinite(stated) and stated > 0
    return (float(stated), True) if known and stated is not None else (REPETITION_SECONDS, False)


def qpu_seconds(experiment: Experiment) -> float:
    """The QPU time by the rule of the module, with folded gates as long as they are many."""
    factors = experiment.options.noise_factors if experiment.options.zne else (1.0,)
    delay, _ = repetition_delay(experiment.device.backend)
    total = (JOB_SECONDS + delay * experiment.calibrations) * len(experiment.jobs)
    for circuit, executions in zip(experiment.circuits, experiment.executions_of_circuits, strict=True):
        for factor in factors:
            duration = circuit_duration(circuit, experiment.device.backend.target, factor)
            known = 0.0 if math.isnan(duration) else duration
            total += (delay + known) * executions / len(factors)
    return total


def circuit_duration(circuit: QuantumCircuit, target: Target, noise_factor: float = 1.0) -> float:
    """Duration of a circuit in seconds along its longest path, or nan where the target has no durations.

    Args:
        circuit: on the target's qubits.
        target: of the device.
        noise_factor: how often each two-qubit gate is repeated.
    """
    ends = dict.fromkeys(range(circuit.num_qubits), 0.0)
    for operation, qubits, _ in steps(circuit):
        length = 0.0
        if operation.name == "delay":
            length = operation.duration * (target.dt if operation.unit == "dt" else 1.0)
        elif operation.name not in MARKS:
            properties = target[operation.name].get(qubits)
            if properties is None or properties.duration is None:
                return math.nan
            length = properties.duration * (noise_factor if len(qubits) == 2 else 1.0)
        end = max(ends[qubit] for qubit in qubits) + length
        ends.update(dict.fromkeys(qubits, end))
    return max(ends.values())


def shortest(target: Target, qubits: Collection[int], name: str) -> float:
    """The shortest relaxation time, "t1" or "t2", of some qubits; nan where none is reported."""
    properties = target.qubit_properties or []
    known = [getattr(properties[q], name, None) for q in qubits] if properties else []
    return min((float(value) for value in known if value is not None), default=math.nan)
