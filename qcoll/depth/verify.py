"""The channel that a plain circuit makes of the system: what a circuit from a file is checked by."""

from __future__ import annotations

from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.quantum_info import SuperOp

from ..circuits.segments import after, append_tick
from ..circuits.steps import MARKS, steps
from ..run.aer import states_at_ticks


def sequence_channel(circuit: QuantumCircuit, start: Sequence[int], end: Sequence[int]) -> SuperOp:
    r"""The map of the system's state by a circuit whose other qubits begin in |0> and are forgotten.

    The system is entangled with as many reference qubits, so that one run gives the Choi matrix.

    Args:
        circuit: gates and resets; no measurements.
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
    for operation, qubits, _ in steps(circuit, without=MARKS):
        entangled.append(operation, qubits)
    append_tick(entangled, after(1), end)
    state = states_at_ticks([entangled], traced=references)[0][after(1)]
    d = 2**count
    images = d * state.reshape(d, d, d, d).transpose(0, 2, 1, 3)  # E(|k><l|) at [k, l]
    return SuperOp(images.transpose(3, 2, 1, 0).reshape(d * d, d * d))
