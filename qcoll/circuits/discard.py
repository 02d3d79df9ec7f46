"""What changes nothing that anybody looks at: on qubits before they are forgotten, and on such as are still in |0>.

A collision ends with the ancilla's own evolution, and an ancilla that nobody reads is discarded: its last evolution
changes nothing. The same goes for the basis changes that a transpiler leaves in front of a reset, and for the phases
that it leaves behind one.
"""

from __future__ import annotations

from collections.abc import Iterable

from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Operation

from .correction import implies_flips
from .segments import point_of
from .steps import IDLE, Step, kept_steps, steps, with_items


def without_discarded(circuit: QuantumCircuit, kept: Iterable[int], *, ticks: bool = True) -> QuantumCircuit:
    """The circuit without the gates that change neither the kept qubits at its end nor what is read on the way.

    Args:
        circuit: gates, resets, measurements and ticks.
        kept: indices of the qubits that are kept at the end; the others are discarded.
        ticks: whether the qubits of every tick are read there; otherwise the ticks are left out.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.circuits.discard import without_discarded
    >>> circuit = QuantumCircuit(3)
    >>> _ = circuit.cx(0, 1), circuit.cx(1, 2), circuit.reset(1), circuit.h(2)
    >>> dict(without_discarded(circuit, kept=[0]).count_ops())
    {'cx': 1}
    >>> without_discarded(circuit, kept=[0, 2]).count_ops()["cx"]
    2
    """
    live = set(kept)
    wanted = []
    for item, step in reversed(list(zip(circuit.data, steps(circuit), strict=True))):
        qubits, name = set(step.qubits), step.operation.name
        if point_of(step.operation) is not None:
            if not ticks:
                continue
            live |= qubits
        elif name == "reset":
            if not qubits & live:
                continue
            live -= qubits  # what was there before is forgotten
        elif name == "measure" or implies_flips(step.operation):
            live |= qubits
        elif not qubits & live:
            continue
        elif name != "delay":
            live |= qubits
        wanted.append(item)
    return with_items(circuit.copy_empty_like(), wanted[::-1])


def without_phases_of_empty(circuit: QuantumCircuit, empty: Iterable[int]) -> QuantumCircuit:
    """The circuit without the one-qubit gates that only give a phase to a qubit in |0>: a global phase.

    Args:
        circuit: gates, resets, measurements and ticks.
        empty: indices of the qubits that begin in |0>.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.circuits.discard import without_phases_of_empty
    >>> circuit = QuantumCircuit(2)
    >>> _ = circuit.rz(0.3, 0), circuit.rz(0.3, 1), circuit.sx(1), circuit.rz(0.4, 1)
    >>> [item.name for item in without_phases_of_empty(circuit, empty=[1])]
    ['rz', 'sx', 'rz']
    """
    still = set(empty)

    def changes(step: Step) -> bool:
        if step.operation.name == "reset":
            still.update(step.qubits)
        elif still.issuperset(step.qubits) and _is_diagonal(step.operation):
            return False
        elif step.operation.name not in IDLE:
            still.difference_update(step.qubits)
        return True

    return kept_steps(circuit, changes)


def _is_diagonal(operation: Operation) -> bool:
    """Whether it is a one-qubit gate that keeps |0>; with free parameters, whether it is known to."""
    if not isinstance(operation, Gate) or operation.num_qubits != 1:
        return False
    if operation.is_parameterized():
        return operation.name in ("rz", "p")
    return bool(operation.to_matrix()[1, 0] == 0)
