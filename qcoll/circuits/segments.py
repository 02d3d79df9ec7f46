r"""A sequence as a list of segments: pieces of circuit, and what is read after each.

Simulators, devices and files want one plain circuit. There a labelled barrier, a tick, marks where a segment ends, on
the qubits that are read: it survives every level of transpilation, so that a mapped circuit is read back as segments.
This module alone writes ticks and reads them::

    Segment, ... ── joined ──▶ QuantumCircuit with ticks ── transpile ──▶ QuantumCircuit ── segments_of ──▶ Segment, ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, CircuitInstruction, Operation

from .steps import MARKS, with_items

#: Kinds of points: after a collision (or cycle), before it with the fresh ancilla, after a stroke of a cycle.
TICK, PREPARED, STROKE = "tick", "prepared", "stroke"
#: Before and after two ancillas meet, on both of them.
APART, JOINED = "apart", "joined"


class ReadPoint(str):
    """Where a sequence is read: its kind and the number of the collision, as the text that stands on disk.

    "tick:k" is after collision (or cycle) k, "prepared:k" before collision k, with the fresh ancilla. In a cycle
    "stroke3:k" is after stroke 3 of cycle k, and "prepared3:k" before it.

    >>> from qcoll.circuits.segments import TICK, ReadPoint
    >>> point = ReadPoint.at(TICK, 3)
    >>> point, point.kind, point.number, point.later(2)
    ('tick:3', 'tick', 3, 'tick:5')
    """

    __slots__ = ()

    @classmethod
    def at(cls, kind: str, number: int) -> ReadPoint:
        """The point of a kind at a collision."""
        return cls(f"{kind}:{number}")

    @property
    def kind(self) -> str:
        """The text before the colon."""
        return self.partition(":")[0]

    @property
    def number(self) -> int:
        """Of the collision or cycle."""
        return int(self.partition(":")[2])

    def later(self, by: int) -> ReadPoint:
        """The point of the same kind so many collisions later."""
        return ReadPoint.at(self.kind, self.number + by)


def after(number: int) -> ReadPoint:
    """After a collision or cycle; after none of them, where the initial state is."""
    return ReadPoint.at(TICK, number)


def before(number: int) -> ReadPoint:
    """Before a collision, with the fresh ancilla."""
    return ReadPoint.at(PREPARED, number)


def stroke_kinds(stroke: int) -> tuple[str, str]:
    """The kinds of the points before and after a stroke of a cycle."""
    return f"{PREPARED}{stroke}", f"{STROKE}{stroke}"


def stroke_of(kind: str) -> int:
    """The stroke that a kind of point is before or after."""
    return int(kind.removeprefix(PREPARED).removeprefix(STROKE))


@dataclass(frozen=True, eq=False)
class Segment:
    """A piece of a sequence, and what is read after it.

    Args:
        circuit: on all qubits of the sequence.
        reads: indices of the qubits that are read, in the order of the state that is read.
        point: where; ``None`` after what follows the last point, and then nothing is read.
    """

    circuit: QuantumCircuit
    reads: tuple[int, ...] = ()
    point: ReadPoint | None = None


#: How many instructions come before, where, and which qubits.
_Read = tuple[int, ReadPoint, tuple[int, ...]]


class SequenceBuilder:
    """A sequence under construction.

    Args:
        empty: has the registers of the sequence.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.circuits.segments import SequenceBuilder, after, joined
    >>> sequence = SequenceBuilder(QuantumCircuit(2))
    >>> _ = sequence.piece.cx(0, 1)
    >>> sequence.read(after(1), sequence.piece.qubits[:1])
    >>> [(segment.point, segment.reads) for segment in sequence.segments]
    [('tick:1', (0,))]
    >>> dict(joined(sequence.segments).count_ops())
    {'cx': 1, 'barrier': 1}
    """

    def __init__(self, empty: QuantumCircuit) -> None:
        #: All of the circuit so far, without ticks, to append to.
        self.piece = empty.copy_empty_like()
        self._index = {qubit: index for index, qubit in enumerate(empty.qubits)}
        self._reads: list[_Read] = []

    def read(self, point: ReadPoint, qubits: Iterable[Any]) -> None:
        """End a segment here, where some of its qubits are read."""
        self._reads.append((len(self.piece), point, tuple(self._index[qubit] for qubit in qubits)))

    @property
    def segments(self) -> list[Segment]:
        """The segments so far, and what follows the last of them if anything does."""
        return _cut(self.piece, list(self.piece.data), self._reads)

    def whole(self) -> QuantumCircuit:
        """All of it as one circuit with ticks."""
        whole, data, items, start = self.piece.copy_empty_like(), list(self.piece.data), [], 0
        for end, point, reads in self._reads:
            on = [whole.qubits[index] for index in reads]
            items += [*data[start:end], CircuitInstruction(_tick(point, len(on)), on)]
            start = end
        return with_items(whole, items + data[start:])


def joined(segments: Sequence[Segment]) -> QuantumCircuit:
    """The segments as one circuit with a tick where each is read: for transpilers, simulators, devices and files."""
    sequence = SequenceBuilder(segments[0].circuit)
    sequence.piece.global_phase = 0  # those of the segments add up
    for segment in segments:
        sequence.piece.compose(segment.circuit, inplace=True)
        if segment.point is not None:
            sequence.read(segment.point, [sequence.piece.qubits[index] for index in segment.reads])
    return sequence.whole()


def append_segment(whole: QuantumCircuit, segment: Segment) -> None:
    """Append a segment and its tick to a circuit on the same qubits, and bits if it has any."""
    whole.compose(segment.circuit, inplace=True)
    if segment.point is not None:
        append_tick(whole, segment.point, segment.reads)


def segments_of(circuit: QuantumCircuit) -> list[Segment]:
    """The segments of a circuit with ticks, and what follows the last of them if anything does."""
    position = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    items: list[CircuitInstruction] = []
    reads: list[_Read] = []
    for item in circuit.data:
        point = point_of(item)
        if point is None:
            items.append(item)
        else:
            reads.append((len(items), point, tuple(position[qubit] for qubit in item.qubits)))
    return _cut(circuit, items, reads)


def _cut(circuit: QuantumCircuit, items: Sequence[CircuitInstruction], reads: Sequence[_Read]) -> list[Segment]:
    """Instructions of a circuit in segments that end at reads; the first has the circuit's global phase."""
    found: list[Segment] = []
    start = 0
    for end, point, qubits in [*reads, (len(items), None, ())]:
        if point is None and found and start == end:
            break
        piece = circuit.copy_empty_like()
        if found:
            piece.global_phase = 0
        found.append(Segment(with_items(piece, items[start:end]), qubits, point))
        start = end
    return found


def point_of(given: Operation | CircuitInstruction) -> ReadPoint | None:
    """The point that an instruction marks, or ``None``."""
    if given.name not in MARKS or given.label is None or ":" not in given.label:
        return None
    return ReadPoint(given.label)


def append_tick(circuit: QuantumCircuit, point: ReadPoint, qubits: Sequence[Any]) -> None:
    """Append the mark of a point to a circuit."""
    circuit.append(_tick(point, len(qubits)), list(qubits))


def _tick(point: ReadPoint, size: int) -> Barrier:
    return Barrier(size, label=str(point))


def append_later(whole: QuantumCircuit, piece: QuantumCircuit, done: int) -> None:
    """Append a piece whose points are numbered from 1, after ``done`` collisions."""
    qubits = {qubit: whole.qubits[index] for index, qubit in enumerate(piece.qubits)}
    bits = {bit: whole.clbits[index] for index, bit in enumerate(piece.clbits[: whole.num_clbits])}
    items = []
    for item in piece.data:
        on, point = [qubits[qubit] for qubit in item.qubits], point_of(item)
        if point is None:
            items.append(item.replace(qubits=on, clbits=[bits[bit] for bit in item.clbits]))
        else:
            items.append(CircuitInstruction(_tick(point.later(done), len(on)), on))
    with_items(whole, items)


#: Appends to a circuit what there is at a point, whose qubits it is given.
Write = Callable[[QuantumCircuit, ReadPoint, tuple[int, ...]], None]


def replaced(circuit: QuantumCircuit, write: Write) -> QuantumCircuit:
    """The circuit with something else in the place of its ticks.

    Args:
        circuit: with ticks.
        write: appends to the new circuit what there is instead.
    """
    new = circuit.copy_empty_like()
    position = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    items: list[CircuitInstruction] = []
    for item in circuit.data:
        point = point_of(item)
        if point is None:
            items.append(item)
        else:
            with_items(new, items)
            write(new, point, tuple(position[qubit] for qubit in item.qubits))
            items = []
    return with_items(new, items)


def with_ends_marked(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit as other programs read it: a barrier without a label after every collision, and no other ticks."""

    def write(plain: QuantumCircuit, point: ReadPoint, qubits: tuple[int, ...]) -> None:
        if point.kind == TICK and point.number:
            plain.barrier(qubits)

    return replaced(circuit, write)


def reads_of(circuit: QuantumCircuit) -> dict[ReadPoint, tuple[int, ...]]:
    """Which qubits are read at each point of a circuit with ticks, in the order of the points."""
    position = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    found = ((point_of(item), item.qubits) for item in circuit.data)
    return {point: tuple(position[qubit] for qubit in qubits) for point, qubits in found if point is not None}


def read_qubits(circuit: QuantumCircuit) -> set[int]:
    """Indices of the qubits that are read anywhere."""
    return {qubit for qubits in reads_of(circuit).values() for qubit in qubits}


def up_to(circuit: QuantumCircuit, point: ReadPoint) -> QuantumCircuit:
    """The circuit up to a point, with its tick.

    Raises:
        ValueError: if there is no such point.
    """
    for index, item in enumerate(circuit.data):
        if point_of(item) == point:
            return with_items(circuit.copy_empty_like(), circuit.data[: index + 1])
    raise ValueError(f"the circuit has no {point}")


def before_last_read(circuit: QuantumCircuit, moves: QuantumCircuit, qubits: Sequence[int]) -> QuantumCircuit:
    """The circuit with moves before its last point, which is then read on other qubits."""
    if not moves.data:
        return circuit
    last = list(reads_of(circuit))[-1]

    def write(new: QuantumCircuit, point: ReadPoint, own: tuple[int, ...]) -> None:
        if point == last:
            new.compose(moves, inplace=True)
        append_tick(new, point, qubits if point == last else own)

    return replaced(circuit, write)
