r"""What an experiment with a finite number of shots would see: tomography, energies, standard errors.

The states at the ticks come from the density-matrix run. At each tick, before and after every collision, system and
ancilla are measured in as few Pauli bases as the system's tomography and the energies need; the rotations and the
readout have the noise of the device. Every setting at every tick is an experiment of its own with ``shots`` shots.

The states are linear inversions: unbiased, so that expectation values and their standard errors are honest, but they
may have small negative eigenvalues, and functions of them that are not linear (entropy, coherence) are biased.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import SparsePauliOp

from ..compile.sequence import PREPARED, TICK
from ..errors import InputError
from ..trajectory.pauli import from_pauli_vector
from .circuit_trajectory import CircuitTrajectory
from .measurement import Estimates, rotation_circuit, settings_for, system_paulis


def sampled_trajectory(
    expected: CircuitTrajectory, joint: dict[str, Any], shots: int, seed: int | None
) -> CircuitTrajectory:
    """Estimate states and ledger from shots.

    Args:
        expected: the trajectory without shot noise.
        joint: the joint states of system and ancilla at the ticks.
        shots: shots per setting and tick.
        seed: of the sampling.
    """
    if len(expected) != expected.n + 1:
        raise InputError("with shots every collision is measured, so record must be 1")
    model, n = expected.model, expected.n
    energies = {"ancilla": model.joint_ancilla, "free": model.joint_system + model.joint_ancilla}
    energies["interaction"] = model.interaction
    labels = system_paulis(model.num_system_qubits, model.num_qubits)
    needed = [*labels, *(label for operator in energies.values() for label in operator.paulis.to_labels())]
    at_start = settings_for([label[-model.num_system_qubits :] for label in labels])
    settings = settings_for(list(dict.fromkeys(needed)))
    wanted = [(f"{TICK}:0", basis) for basis in at_start]
    wanted += [(f"{kind}:{k}", basis) for k in range(1, n + 1) for kind in (PREPARED, TICK) for basis in settings]
    seen = _sample(expected, joint, wanted, shots, seed)
    estimates = {tick: Estimates({b: seen[t, b] for t, b in wanted if t == tick}) for tick in dict(wanted)}
    vectors, covariances = [], []
    for k in range(n + 1):
        own = labels if k else [label[-model.num_system_qubits :] for label in labels]
        means, covariance = estimates[f"{TICK}:{k}"].paulis(own[1:])
        vectors.append(np.concatenate([[1.0], means]))
        covariances.append(np.pad(covariance, ((1, 0), (1, 0))))
    changes = {name: _changes(estimates, operator, n) for name, operator in energies.items()}
    return replace(
        expected,
        kind=f"{expected.kind}, {shots} shots",
        states=from_pauli_vector(np.array(vectors)),
        heat=-changes["ancilla"][0],
        work=changes["free"][0],
        switching_work=-changes["interaction"][0],
        pauli_covariance=np.array(covariances),
        heat_error=np.sqrt(changes["ancilla"][1]),
        work_error=np.sqrt(changes["free"][1]),
        expected=expected,
        shots=shots,
    )


def _changes(estimates: dict[str, Estimates], operator: SparsePauliOp, n: int) -> tuple[Any, Any]:
    """Change of an energy in every collision, and its variance."""
    after = np.array([estimates[f"{TICK}:{k}"].value(operator) for k in range(1, n + 1)])
    before = np.array([estimates[f"{PREPARED}:{k}"].value(operator) for k in range(1, n + 1)])
    return after[:, 0] - before[:, 0], after[:, 1] + before[:, 1]


def _sample(
    expected: CircuitTrajectory,
    joint: dict[str, Any],
    wanted: list[tuple[str, str]],
    shots: int,
    seed: int | None,
) -> dict[tuple[str, str], dict[int, int]]:
    """Counts of every setting at every tick, in one Aer job."""
    from qiskit_aer import AerSimulator

    positions = _tick_qubits(expected)
    rotations: dict[tuple[str, str], QuantumCircuit] = {}
    circuits = []
    for tick, basis in wanted:
        kind = "start" if tick == f"{TICK}:0" else tick.split(":")[0]
        if (kind, basis) not in rotations:
            rotations[kind, basis] = _measurement(expected, positions[kind], basis)
        state = joint[tick]
        circuit = rotations[kind, basis].copy_empty_like()
        circuit.set_density_matrix(_on_register(state, positions[kind], circuit.num_qubits))
        circuit.compose(rotations[kind, basis], inplace=True)
        circuits.append(circuit)
    # spread over all seeds: Aer numbers its circuits' seeds upwards, so that neighbouring seeds share streams
    spread = int(np.random.SeedSequence(seed).generate_state(1)[0] >> 1)
    simulator = AerSimulator(
        method="density_matrix", noise_model=expected.noise_model, max_parallel_threads=1, seed_simulator=spread
    )
    result = simulator.run(circuits, shots=shots).result()
    if not result.success:
        raise RuntimeError(f"Aer failed: {result.status}")
    return {
        key: {int(outcome, 2): number for outcome, number in result.get_counts(index).items()}
        for index, key in enumerate(wanted)
    }


def _tick_qubits(trajectory: CircuitTrajectory) -> dict[str, list[int]]:
    """The qubits of the circuit that hold system and ancilla at each kind of tick."""
    circuit = trajectory.mapped.sequence(min(2, trajectory.n) if trajectory.mapped.periodic else None)
    found: dict[str, list[int]] = {}
    for item in circuit.data:
        if item.operation.name == "barrier" and item.operation.label:
            kind = "start" if item.operation.label == f"{TICK}:0" else item.operation.label.split(":")[0]
            qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
            found.setdefault(kind, qubits)
    found["start"] = found["start"][: trajectory.model.num_system_qubits]
    return found


def _measurement(trajectory: CircuitTrajectory, qubits: list[int], basis: str) -> QuantumCircuit:
    """Rotation and readout of one setting in the gates of the device, on its qubits."""
    size = max(qubits) + 1
    rotation = QuantumCircuit(size, len(qubits))
    rotation.compose(rotation_circuit(basis), qubits, inplace=True)
    rotation.measure(qubits, range(len(qubits)))
    if trajectory.noise_model is None:
        return rotation
    gates = [name for name in trajectory.noise_model.basis_gates if name not in ("delay", "reset", "measure")]
    return transpile(rotation, basis_gates=gates, optimization_level=1, initial_layout=range(size))


def _on_register(state: Any, qubits: list[int], size: int) -> Any:
    """A density matrix of some qubits with the others of a register in |0>."""
    full = np.zeros((2**size, 2**size), dtype=complex)
    index = np.zeros(len(state), dtype=int)
    for position, qubit in enumerate(qubits):
        index |= (np.arange(len(state)) >> position & 1) << qubit
    full[np.ix_(index, index)] = state
    return full
