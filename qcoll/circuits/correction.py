r"""Measure and correct: a last gate controlled by a discarded ancilla, as a measurement and a classical flip.

For an ancilla that nobody reads afterwards, a controlled flip and a measurement of the control with a flip of the
target where the outcome is 1 are the same channel:

.. math::

    \mathrm{Tr}_A[CX\,\rho\,CX] = \sum_{m=0,1} X^m\,\langle m|\rho|m\rangle\,X^m .

The same outcome flips the ancilla back to \|0>, so that the next collision needs no reset. Iten, Colbeck and
Christandl, Phys. Rev. A 95, 052316 (2017), call circuits with such corrections MeasuredQCM.

A wrong outcome flips both wrongly, and then the next collision finds its ancilla in \|1>. Measured: with the noise of
FakeTorino (0.6 % wrong outcomes on the qubits chosen) that costs more than the CX that it saves. One collision of
example 2 has an error of 0.0065 instead of 0.0040 (trace distance of the Choi states) with strong collisions, kappa =
alpha = 1, beta = 2, dt = 0.5, and of 0.0021 instead of 0.0013 with the paper's; of example 1 of 0.0046 instead of
0.0030 with the paper's. After 50 strong collisions example 2 ends 0.039 from the exact state instead of 0.028. (Example
1 with the paper's parameters ends 0.007 instead of 0.090 away: there wrong flips and relaxation pull against each
other.) With the figures of :meth:`~qcoll.NoiseFigures.typical` the two are even at 0.8 % wrong outcomes for strong
collisions of example 2; below that measuring wins. Time is not what decides: a reset takes as long as a readout, unless
the control electronics are slow (``feedforward``).

While a circuit is transpiled, moved and scheduled, the flips are implied by a labelled barrier on system and ancilla:
schedules know measurements and barriers, but no control flow. :func:`with_control_flow` writes the ``if_test`` out.
"""

from __future__ import annotations

from collections.abc import Iterable

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, CircuitInstruction, Clbit, Operation
from qiskit.circuit.library import get_standard_gate_name_mapping

from .steps import MARKS, steps
from .transpiling import in_gates

#: Label of the barrier that implies the flips: of its first qubit, and of its last, which was measured.
CORRECT = "correct"


def append_measured_flip(circuit: QuantumCircuit, system: int, ancilla: int) -> None:
    """Append the measurement of ``ancilla`` into the circuit's first bit, and the flips of both where it is 1."""
    circuit.measure(ancilla, 0)
    circuit.append(Barrier(2, label=CORRECT), [system, ancilla])


def implies_flips(operation: Operation | CircuitInstruction) -> bool:
    """Whether an instruction is the barrier that implies the flips."""
    return bool(operation.name in MARKS and operation.label == CORRECT)


def is_measured(circuit: QuantumCircuit) -> bool:
    """Whether a circuit measures and corrects."""
    return any(implies_flips(item) for item in circuit.data)


def with_control_flow(circuit: QuantumCircuit, flip: QuantumCircuit) -> QuantumCircuit:
    """The circuit with the implied flips as ``if_test``, which simulators and devices run.

    Args:
        circuit: with measurements and barriers that imply flips.
        flip: one-qubit circuit of an X, in the gates that the circuit may have.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.circuits.correction import append_measured_flip, flip_in, with_control_flow
    >>> circuit = QuantumCircuit(2, 1)
    >>> append_measured_flip(circuit, system=0, ancilla=1)
    >>> dict(with_control_flow(circuit, flip_in(None)).count_ops())
    {'measure': 1, 'if_else': 1}
    """
    if not is_measured(circuit):
        return circuit
    written = circuit.copy_empty_like()
    outcome: dict[int, Clbit] = {}
    for operation, qubits, clbits in steps(circuit):
        if implies_flips(operation):
            target, measured = qubits[0], qubits[-1]
            with written.if_test((outcome[measured], 1)):
                written.compose(flip, [target], inplace=True)
                written.compose(flip, [measured], inplace=True)
            continue
        if operation.name == "measure":
            outcome[qubits[0]] = written.clbits[clbits[0]]
        written.append(operation, qubits, clbits, copy=False)
    return written


def deferred(circuit: QuantumCircuit) -> QuantumCircuit:
    """The unitary circuit with the same channel on what is kept: every measured flip as a controlled one."""
    unitary = QuantumCircuit(circuit.num_qubits)
    for operation, qubits, _ in steps(circuit, without={"measure"}):
        if implies_flips(operation):
            unitary.cx(qubits[-1], qubits[0])
        else:
            unitary.append(operation, qubits)
    return unitary


def flip_in(names: Iterable[str] | None) -> QuantumCircuit:
    """An X on one qubit in the one-qubit gates among ``names``; ``None`` for any gates."""
    circuit = QuantumCircuit(1)
    circuit.x(0)
    known = get_standard_gate_name_mapping()
    gates = [name for name in names or () if name in known and known[name].num_qubits == 1]
    gates = [name for name in gates if name not in ("measure", "reset", "delay")]
    return in_gates(circuit, gates, 1) if gates and "x" not in gates else circuit


def with_feedforward(circuit: QuantumCircuit, duration: int) -> QuantumCircuit:
    """The circuit with so many time steps between every measurement and its flips, which the measured qubit waits."""
    if duration == 0 or not is_measured(circuit):
        return circuit
    waiting = circuit.copy_empty_like()
    for operation, qubits, clbits in steps(circuit):
        if implies_flips(operation):
            waiting.delay(duration, qubits[-1], unit="dt")
        waiting.append(operation, qubits, clbits, copy=False)
    return waiting
