"""What stands in a circuit, and the same circuit elsewhere: the loops over instructions that everything else shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, CircuitInstruction, Operation

#: Instructions that do nothing, but keep others in their order.
MARKS = frozenset({"barrier"})
#: The same, and waiting.
IDLE = MARKS | {"delay"}


class Step(NamedTuple):
    """An instruction of a circuit, and the indices of the qubits and bits that it is on."""

    operation: Operation
    qubits: tuple[int, ...]
    clbits: tuple[int, ...]


def steps(circuit: QuantumCircuit, *, without: Collection[str] = ()) -> Iterator[Step]:
    """All instructions in their order, but those of some names.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.circuits.steps import steps
    >>> circuit = QuantumCircuit(2)
    >>> _ = circuit.h(0), circuit.barrier(), circuit.cx(0, 1)
    >>> [(operation.name, qubits) for operation, qubits, _ in steps(circuit, without={"barrier"})]
    [('h', (0,)), ('cx', (0, 1))]
    """
    position = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    bits = {bit: index for index, bit in enumerate(circuit.clbits)}
    for item in circuit.data:
        operation = item.operation
        if operation.name not in without:
            yield Step(operation, tuple(position[q] for q in item.qubits), tuple(bits[c] for c in item.clbits))


def active_qubits(circuit: QuantumCircuit) -> set[int]:
    """Indices of the qubits on which anything happens, waiting included."""
    return {qubit for step in steps(circuit, without=MARKS) for qubit in step.qubits}


def with_items(circuit: QuantumCircuit, items: Sequence[CircuitInstruction]) -> QuantumCircuit:
    """The circuit itself, with instructions appended that are on its own qubits and bits."""
    piece = QuantumCircuit.from_instructions(items, qubits=circuit.qubits, clbits=circuit.clbits)
    circuit.compose(piece, inplace=True)  # several times faster than one by one
    return circuit


def kept_steps(circuit: QuantumCircuit, keep: Callable[[Step], bool]) -> QuantumCircuit:
    """The circuit with those of its instructions that are to be kept."""
    items = [item for item, step in zip(circuit.data, steps(circuit), strict=True) if keep(step)]
    return with_items(circuit.copy_empty_like(), items)


def leaving_out(circuit: QuantumCircuit, names: Collection[str]) -> QuantumCircuit:
    """The circuit without the instructions of some names."""
    return kept_steps(circuit, lambda step: step.operation.name not in names)


def on_qubits(circuit: QuantumCircuit, place: Sequence[int] | Mapping[int, int], num_qubits: int) -> QuantumCircuit:
    """The circuit on other qubits, up to its global phase.

    Args:
        circuit: whose bits, registers of bits and name stay as they are.
        place: the new index of each qubit. Qubits without one have to be idle; barriers lose them.
        num_qubits: how many qubits there are then.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.circuits.steps import on_qubits, steps
    >>> circuit = QuantumCircuit(3)
    >>> _ = circuit.cx(2, 0), circuit.barrier()
    >>> [(operation.name, qubits) for operation, qubits, _ in steps(on_qubits(circuit, {0: 4, 2: 1}, 5))]
    [('cx', (1, 4)), ('barrier', (4, 1))]
    """
    places = place if isinstance(place, Mapping) else dict(enumerate(place))
    moved = QuantumCircuit(num_qubits, name=circuit.name)
    moved.add_bits(bit for bit in circuit.clbits if not circuit.find_bit(bit).registers)
    for register in circuit.cregs:
        moved.add_register(register)
    inside = {index: place for index, place in places.items() if place < num_qubits}
    there = {qubit: moved.qubits[inside[i]] for i, qubit in enumerate(circuit.qubits) if i in inside}
    items = []
    for item in circuit.data:
        on = [there[qubit] for qubit in item.qubits if qubit in there]
        if len(on) == len(item.qubits):
            items.append(item.replace(qubits=on))
        elif item.name in MARKS:
            items.append(CircuitInstruction(Barrier(len(on), label=item.label), on))
        else:
            idle = [circuit.find_bit(qubit).index for qubit in item.qubits if qubit not in there]
            raise KeyError(f"{item.name} acts on qubits {idle}, which have no place")
    return with_items(moved, items)


def compacted(circuit: QuantumCircuit, used: Sequence[int]) -> QuantumCircuit:
    """The circuit on some of its qubits alone, in this order; the others have to be idle."""
    return on_qubits(circuit, {qubit: index for index, qubit in enumerate(used)}, len(used))


def two_qubit_gates(circuit: QuantumCircuit) -> int:
    """Number of gates on two qubits."""
    return len(pairs_of(circuit))


def pairs_of(circuit: QuantumCircuit) -> list[tuple[int, int]]:
    """The pairs of qubits that the gates on two qubits act on, gate by gate."""
    found = [step.qubits for step in steps(circuit, without=MARKS) if len(step.qubits) == 2]
    return [(first, second) for first, second in found]


def two_qubit_depth(circuit: QuantumCircuit) -> int:
    """Depth of the gates on two qubits alone."""
    return int(circuit.depth(lambda item: len(item.qubits) == 2 and item.operation.name not in MARKS))


def depth(circuit: QuantumCircuit) -> int:
    """Depth of all that happens, without waiting."""
    return int(circuit.depth(lambda item: item.operation.name not in IDLE))
