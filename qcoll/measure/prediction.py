"""What a device would measure, by its own noise model: the exact outcome probabilities of the circuits to be sent.

They include the noise of gates, waiting, basis rotations and readout. They go through the same :func:`combine` as
counts do, so that predictions have the same meaning as results, and the error bars that the shots will give.

Circuits on many qubits of which few are in use at a time (fresh ancillas, two sets in turn) are simulated on those few:
the noise is written into the circuit, and a simulated qubit that nothing measured depends on any more becomes another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.segments import ReadPoint, after, append_tick, replaced
from ..circuits.steps import MARKS, steps
from ..device.decoupling import with_pulses
from ..device.lightcone import economical
from ..device.noise import resolve_noise
from ..device.noisy_circuit import with_noise_inside
from ..device.slow_noise import noise_models
from ..limits import COMPLEX_BYTES, require_memory
from ..trajectory.pauli import Real
from .circuits import MeasurementCircuits, contents
from .counts import MeasuredCounts, by_sequence, sequences_of
from .sampled_sequences import shots_of_a_circuit

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

#: Outcomes rarer than this are rounding.
SMALLEST_PROBABILITY = 1e-15


def predicted_counts(
    measurement: MeasurementCircuits | Sequence[MeasurementCircuits],
    shots: int,
    noise: Any = None,
    *,
    twirled: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> MeasuredCounts:
    """Expected counts (not whole numbers) of measurement circuits, without shot noise.

    Args:
        measurement: from :func:`measurement_circuits`, or the draws from :func:`sampled_measurements`, on their own
            qubits (not widened to a device). Circuits that several draws have in common are simulated once.
        shots: of every setting, for the error bars; the draws share them.
        noise: ``None``, or a device whose target the circuits were mapped to; detunings of
            :func:`~qcoll.device.slow_noise.detuned_noise` are averaged over, and its pulses are put into the delays.
        twirled: whether measurements are twirled, which makes the readout error symmetric.
        progress: called with a short text before every circuit.

    Raises:
        InputError: if the density matrix of the qubits that are in use at one time does not fit into memory.

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
    noise_model, source, pulses = None, "circuit", None
    resolved = None if noise is None else resolve_noise(noise, len(mapped.qubits))
    if resolved is not None:
        noise_model, source = resolved.build(mapped.target, mapped.qubits), resolved.name
        if resolved.detuning is not None and mapped.target is not None:
            pulses = resolved.detuning.decoupling
    models = noise_models(resolved, mapped, noise_model)
    circuits = [circuit for each in sequences for circuit in each.circuits]
    keys = [contents(circuit) for circuit in circuits]
    different = dict(zip(keys, circuits, strict=True))
    narrow = mapped.compiled.ancillas != "reset"
    waiting = list(different.values())
    if pulses is not None:
        waiting = [with_pulses(circuit, mapped.target, pulses) for circuit in waiting]
    prepared = [[_to_simulate(circuit, model, narrow) for model in models] for circuit in waiting]
    measured = [each[0][1] for each in prepared]
    size = max(each[0][0].num_qubits for each in prepared)
    require_memory(
        3 * COMPLEX_BYTES * 4**size,
        f"the density matrix of the {size} qubits that are in use at one time",
        "take a smaller model, fewer collisions, fewer gates (synthesis=), or leave the prediction out",
    )
    simulators = [
        AerSimulator(method="density_matrix", noise_model=None if narrow else model, max_parallel_threads=1)
        for model in models
    ]
    found = []
    for index, each in enumerate(prepared):
        progress(f"predicting circuit {index + 1} of {len(prepared)}, {size} qubits at a time")
        runs = [_probabilities(simulator, circuit) for simulator, (circuit, _) in zip(simulators, each, strict=True)]
        found.append(np.mean(runs, axis=0))
    errors = _readout_errors(noise_model, twirled)
    counts = {}
    for key, probabilities, qubits in zip(different, found, measured, strict=True):
        exact = _read_out(probabilities, qubits, errors)
        counts[key] = {k: count * float(p) for k, p in enumerate(exact) if p > SMALLEST_PROBABILITY}
    own = by_sequence([counts[key] for key in keys], len(sequences))
    return MeasuredCounts.of(sequences[0].plan, own, f"prediction for {source}", twirled, expected=True)


def _to_simulate(
    circuit: QuantumCircuit, noise_model: NoiseModel | None, narrow: bool
) -> tuple[QuantumCircuit, list[int]]:
    """The circuit with the probabilities of its measured qubits saved instead of measured, and those qubits.

    Args:
        circuit: as it is to be sent.
        noise_model: of its qubits.
        narrow: put it on as few simulated qubits as are in use at one time, with the noise in the circuit.
    """
    measured = [step.qubits[0] for step in steps(circuit) if step.operation.name == "measure"]
    left_out = {"measure", *(MARKS if narrow else ())}  # points on the way are not read
    gates = QuantumCircuit(circuit.num_qubits)
    for operation, qubits, _ in steps(circuit, without=left_out):
        gates.append(operation, qubits, copy=False)
    if not narrow:
        gates.save_probabilities(measured)
        return gates, measured
    if noise_model is not None:
        gates = with_noise_inside(gates, noise_model)
    append_tick(gates, after(0), measured)

    def save(saving: Any, _: ReadPoint, qubits: tuple[int, ...]) -> None:
        saving.save_probabilities(list(qubits))

    return replaced(economical(gates, (), len(measured)), save), measured


def _probabilities(simulator: Any, circuit: QuantumCircuit) -> Real:
    """The probabilities of all outcomes that a circuit saves."""
    result = simulator.run(circuit, shots=1).result()
    if not result.success:
        raise RuntimeError(f"Aer failed: {result.status}")
    return np.asarray(result.data(0)["probabilities"])


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
