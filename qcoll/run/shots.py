r"""What an experiment with a finite number of shots would see: tomography, energies, standard errors.

The states at the ticks come from the density-matrix run. At each tick, before and after every collision, system and
ancilla are measured in as few Pauli bases as the system's tomography and the energies need; the rotations and the
readout have the noise of the device. Every setting at every tick is an experiment of its own with ``shots`` shots. A
circuit that keeps only the system is measured there alone, and its heat and work follow from the estimated states
(:mod:`.system_ledger`).

The states are linear inversions: unbiased, so that expectation values and their standard errors are honest, but they
may have small negative eigenvalues, and functions of them that are not linear (entropy, coherence) are biased.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import APART, JOINED, PREPARED, TICK, ReadPoint, after, reads_of
from ..device.transpiling import transpile
from ..errors import InputError
from ..measure.settings import Estimates, rotation_circuit, settings_for, system_paulis
from ..model.collision import CollisionModel
from ..trajectory.pauli import Real, from_pauli_vector
from .circuit_trajectory import CircuitTrajectory
from .mean import on_register
from .memory_ledger import fields_with_memory, meeting_observables
from .seeds import aer_seed
from .system_ledger import (
    HEAT,
    WORK,
    errors_of_states,
    ledger_observables,
    ledger_of_states,
    trajectory_fields,
)

#: The tick before the first collision.
START = after(0)


def sampled_trajectory(
    expected: CircuitTrajectory, saved: dict[ReadPoint, Any], shots: int, seed: int | None
) -> CircuitTrajectory:
    """Estimate states and ledger from shots.

    Args:
        expected: the trajectory without shot noise.
        saved: the states of system and ancilla, or of the system alone where no more is kept, at the ticks.
        shots: shots per setting and tick.
        seed: of the sampling.
    """
    if len(expected) != expected.n + 1:
        raise InputError("with shots every collision is measured, so record must be 1")
    compiled, n = expected.mapped.compiled, expected.n
    model, pieces = compiled.model, compiled.pieces
    assert isinstance(model, CollisionModel)  # cycles have a way of their own
    meeting = meeting_observables(model) if model.memory is not None else []
    joint = pieces.keeps == "joint state"
    last = ledger_observables(model) if joint else []
    first = [pieces.before(operator) for operator in last]
    labels = system_paulis(model.num_system_qubits, model.num_qubits if joint else model.num_system_qubits)
    at_start = [label[-model.num_system_qubits :] for label in labels]
    settings = {PREPARED: _settings(labels, first)} if joint else {}
    settings[TICK] = _settings(labels, last)
    wanted = [(START, basis) for basis in settings_for(at_start)]
    wanted += [(ReadPoint.at(kind, k), basis) for k in range(1, n + 1) for kind in settings for basis in settings[kind]]
    if meeting:
        bases = _settings([], meeting)
        wanted += [
            (ReadPoint.at(kind, k), basis) for k in range(2, n + 1) for kind in (APART, JOINED) for basis in bases
        ]
    seen = sample(expected, saved, wanted, shots, seed)
    estimates = {tick: Estimates({b: seen[t, b] for t, b in wanted if t == tick}) for tick in dict(wanted)}
    vectors, covariances = [], []
    for k in range(n + 1):
        means, covariance = estimates[after(k)].paulis((labels if k else at_start)[1:])
        vectors.append(np.concatenate([[1.0], means]))
        covariances.append(np.pad(covariance, ((1, 0), (1, 0))))
    states, covariance = from_pauli_vector(np.array(vectors)), np.array(covariances)
    if joint:
        ledger, errors = _changes(estimates, first, last)
    else:
        ledger, errors = ledger_of_states(model, states), errors_of_states(model, covariance)
    if meeting:
        met = [[0.0] * len(meeting), *(_met(estimates, meeting, k) for k in range(2, n + 1))]
        fields = fields_with_memory(model, expected.collisions, states, np.hstack([ledger, np.array(met)]))
    else:
        fields = trajectory_fields(expected.collisions, states, ledger)
    return replace(
        expected,
        **fields,
        kind=f"{expected.kind}, {shots} shots",
        pauli_covariance=covariance,
        heat_error=errors[:, HEAT],
        work_error=errors[:, WORK],
        expected=expected,
        shots=shots,
    )


def _settings(labels: list[str], operators: list[SparsePauliOp]) -> list[str]:
    needed = [*labels, *(label for operator in operators for label in operator.paulis.to_labels())]
    return settings_for(list(dict.fromkeys(needed)))


def _changes(
    estimates: dict[ReadPoint, Estimates], before: list[SparsePauliOp], after: list[SparsePauliOp]
) -> tuple[Real, Real]:
    """Changes of energies in every collision and their standard errors, each (n, k)."""

    def values(kind: str, operators: list[SparsePauliOp]) -> Real:
        ticks = [estimate for point, estimate in estimates.items() if point.kind == kind and point != START]
        return np.array([[estimate.value(operator) for operator in operators] for estimate in ticks])

    first, last = values(PREPARED, before), values(TICK, after)
    return last[..., 0] - first[..., 0], np.sqrt(last[..., 1] + first[..., 1])


def _met(estimates: dict[ReadPoint, Estimates], observables: list[SparsePauliOp], k: int) -> list[float]:
    """What changes when ancilla k meets the one before it."""
    apart, joined = estimates[ReadPoint.at(APART, k)], estimates[ReadPoint.at(JOINED, k)]
    return [joined.value(own)[0] - apart.value(own)[0] for own in observables]


def sample(
    expected: CircuitTrajectory,
    saved: dict[ReadPoint, Any],
    wanted: list[tuple[ReadPoint, str]],
    shots: int,
    seed: int | None,
) -> dict[tuple[ReadPoint, str], dict[int, int]]:
    """Counts of every setting at every tick, in one Aer job."""
    from qiskit_aer import AerSimulator

    positions = _tick_qubits(expected)
    rotations: dict[tuple[tuple[int, ...], str], QuantumCircuit] = {}
    circuits = []
    for tick, basis in wanted:
        qubits = positions[tick]
        if (qubits, basis) not in rotations:
            rotations[qubits, basis] = _measurement(expected, qubits, basis)
        circuit = rotations[qubits, basis].copy_empty_like()
        state = saved[tick] if tick != START else expected.states[0]
        circuit.set_density_matrix(on_register(state, qubits, circuit.num_qubits))
        circuit.compose(rotations[qubits, basis], inplace=True)
        circuits.append(circuit)
    simulator = AerSimulator(
        method="density_matrix", noise_model=expected.noise_model, max_parallel_threads=1, seed_simulator=aer_seed(seed)
    )
    result = simulator.run(circuits, shots=shots).result()
    if not result.success:
        raise RuntimeError(f"Aer failed: {result.status}")
    return {
        key: {int(outcome, 2): number for outcome, number in result.get_counts(index).items()}
        for index, key in enumerate(wanted)
    }


def _tick_qubits(trajectory: CircuitTrajectory) -> dict[ReadPoint, tuple[int, ...]]:
    """The qubits of the circuit that are measured at each tick: system and ancilla, at the start the system alone."""
    compiled = trajectory.mapped.compiled
    num_system = trajectory.model.num_system_qubits
    found = reads_of(trajectory.mapped.sequence())
    if compiled.keeps == "system":  # with a measured correction the ticks are on the ancilla too
        found = {label: qubits[:num_system] for label, qubits in found.items()}
    found[START] = found[START][:num_system]
    if trajectory.noise_model is None:  # qubits without noise are all alike, and fresh ones may be many
        found = {label: tuple(range(len(qubits))) for label, qubits in found.items()}
    return found


def _measurement(trajectory: CircuitTrajectory, qubits: tuple[int, ...], basis: str) -> QuantumCircuit:
    """Rotation and readout of one setting in the gates of the device, on its qubits."""
    size = max(qubits) + 1
    rotation = QuantumCircuit(size, len(qubits))
    rotation.compose(rotation_circuit(basis), qubits, inplace=True)
    rotation.measure(qubits, range(len(qubits)))
    if trajectory.noise_model is None:
        return rotation
    # devices list more than gates: delays, and kinds of resets and measurements of their own
    standard = get_standard_gate_name_mapping()
    gates = [name for name in trajectory.noise_model.basis_gates if isinstance(standard.get(name), Gate)]
    return transpile(rotation, basis_gates=gates, optimization_level=1, initial_layout=range(size))
