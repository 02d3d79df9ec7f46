"""The channel that a plain circuit makes of the system: what a circuit from a file is checked by."""

from __future__ import annotations

from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.quantum_info import SuperOp

from ..compile.sequence import append_tick
from ..run.aer import states_at_ticks


def sequence_channel(circuit: QuantumCircuit, start: Sequence[int], end: Sequence[int]) -> SuperOp:
    r"""The map of the system's state by a circuit whose other qubits begin in |0> and are forgotten.

    The system is entangled with as many reference qubits, so that one run gives the Choi matrix.

    Args:
        circuit: gates, resets and barriers; no measurements.
        start: the system's qubits at the beginning.
        end: the system's qubits at the end.

    >>> circuit = QuantumCircuit(2)
    >>> circuit.swap(0, 1)  # doctest: +ELLIPSIS
    <...>
    >>> sequence_channel(circuit, [0], [1]).is_unitary(), sequence_channel(circuit, [0], [0]).is_unitary()
    (True, False)
    """
    size, count = circuit.num_qubits, len(start)
    references = list(range(size, size + count))
    entangled = QuantumCircuit(size + count)
    entangled.h(references)
    entangled.cx(references, list(start))
    for item in circuit.data:
        if item.operation.name != "barrier":
            entangled.append(item.operation, [circuit.find_bit(qubit).index for qubit in item.qubits])
    append_tick(entangled, "tick:end", [entangled.qubits[index] for index in end])
    state = states_at_ticks([entangled], traced=references)[0]["tick:end"]
    d = 2**count
    images = d * state.reshape(d, d, d, d).transpose(0, 2, 1, 3)  # E(|k><l|) at [k, l]
    return SuperOp(images.transpose(3, 2, 1, 0).reshape(d * d, d * d))
