"""What a device would measure, by its own noise model: the exact outcome probabilities of the circuits to be sent.

They include the noise of gates, waiting, basis rotations and readout. They go through the same :func:`combine` as
counts do, so that predictions have the same meaning as results, and the error bars that the shots will give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from ..device.noise import resolve_noise
from ..limits import COMPLEX_BYTES, require_memory
from ..trajectory.pauli import Real
from .circuits import MeasurementCircuits, contents
from .counts import MeasuredCounts, by_sequence, sequences_of
from .sampled_sequences import shots_of_a_circuit

#: Outcomes rarer than this are rounding.
SMALLEST_PROBABILITY = 1e-15


def predicted_counts(
    measurement: MeasurementCircuits | Sequence[MeasurementCircuits],
    shots: int,
    noise: Any = None,
    *,
    twirled: bool = False,
) -> MeasuredCounts:
    """Expected counts (not whole numbers) of measurement circuits, without shot noise.

    Args:
        measurement: from :func:`measurement_circuits`, or the draws from :func:`drawn_measurements`, on their own
            qubits (not widened to a device). Circuits that several draws have in common are simulated once.
        shots: of every setting, for the error bars; the draws share them.
        noise: ``None``, or a device whose target the circuits were mapped to.
        twirled: whether measurements are twirled, which makes the readout error symmetric.

    >>> import qcoll
    >>> from qcoll.hardware import combine, measurement_circuits, predicted_counts
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=3)
    >>> predicted = combine(predicted_counts(measurement_circuits(compiled, at=[3]), shots=1000))
    >>> bool(abs(predicted.states[-1] - qcoll.simulate(compiled).states[-1]).max() < 1e-7)
    True
    """
    from qiskit_aer import AerSimulator

    sequences = sequences_of(measurement)
    count, mapped = shots_of_a_circuit(shots, len(sequences)), sequences[0].mapped
    require_memory(
        3 * COMPLEX_BYTES * 4 ** len(mapped.qubits),
        f"the density matrix of {len(mapped.qubits)} qubits",
        "use ancillas='reset' or a smaller model",
    )
    noise_model, source = None, "circuit"
    if noise is not None:
        resolved = resolve_noise(noise, len(mapped.qubits))
        noise_model, source = resolved.build(mapped.target, mapped.qubits), resolved.name
    simulator = AerSimulator(method="density_matrix", noise_model=noise_model, max_parallel_threads=1)
    circuits = [circuit for each in sequences for circuit in each.circuits]
    keys = [contents(circuit) for circuit in circuits]
    different = dict(zip(keys, circuits, strict=True))
    saving, measured = zip(*map(_with_probabilities, different.values()), strict=True)
    result = simulator.run(list(saving), shots=1).result()
    if not result.success:
        raise RuntimeError(f"Aer failed: {result.status}")
    errors = _readout_errors(noise_model, twirled)
    counts = {}
    for index, (key, qubits) in enumerate(zip(different, measured, strict=True)):
        exact = _read_out(np.asarray(result.data(index)["probabilities"]), qubits, errors)
        counts[key] = {k: count * float(p) for k, p in enumerate(exact) if p > SMALLEST_PROBABILITY}
    own = by_sequence([counts[key] for key in keys], len(sequences))
    return MeasuredCounts.of(sequences[0].plan, own, f"prediction for {source}", twirled, expected=True)


def _with_probabilities(circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[int]]:
    """The circuit with the probabilities of its measured qubits saved instead of measured, and those qubits."""
    saving = QuantumCircuit(circuit.num_qubits)
    measured = []
    for item in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.operation.name == "measure":
            measured.append(qubits[0])
        else:
            saving.append(item.operation, qubits, copy=False)
    saving.save_probabilities(measured)
    return saving, measured


def _readout_errors(noise_model: Any, twirled: bool) -> dict[int | None, Real]:
    """For every qubit (``None``: any other) the matrix P[seen, true]."""
    found: dict[int | None, Real] = {None: np.eye(2)}
    if noise_model is None:
        return found
    for error in noise_model.to_dict()["errors"]:
        if error["type"] == "roerror":
            matrix = np.asarray(error["probabilities"]).T
            if twirled:
                matrix = (matrix + matrix[::-1, ::-1]) / 2
            found |= {qubits[0]: matrix for qubits in error.get("gate_qubits", [[None]])}
    return found


def _read_out(probabilities: Real, qubits: list[int], errors: Mapping[int | None, Real]) -> Real:
    """Probabilities of outcomes as they are seen, first qubit least significant."""
    size = len(qubits)
    tensor = probabilities.reshape((2,) * size)  # the last axis is the first qubit
    for position, qubit in enumerate(qubits):
        axis = size - 1 - position
        tensor = np.moveaxis(np.tensordot(errors.get(qubit, errors[None]), tensor, axes=(1, axis)), 0, axis)
    return np.clip(tensor.reshape(-1), 0.0, None)
