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
from qiskit.circuit import Barrier, Operation

from .steps import MARKS, steps

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
        self._empty = empty.copy_empty_like()
        self._empty.global_phase = 0
        self._index = {qubit: index for index, qubit in enumerate(empty.qubits)}
        self.segments: list[Segment] = []
        #: The circuit since the last point, to append to.
        self.piece = self._empty.copy()

    def read(self, point: ReadPoint, qubits: Iterable[Any]) -> None:
        """End the piece here, where some of its qubits are read."""
        self.segments.append(Segment(self.piece, tuple(self._index[qubit] for qubit in qubits), point))
        self.piece = self._empty.copy()

    def whole(self) -> QuantumCircuit:
        """All of it as one circuit with ticks."""
        return joined([*self.segments, Segment(self.piece)])


def joined(segments: Sequence[Segment]) -> QuantumCircuit:
    """The segments as one circuit with a tick where each is read: for transpilers, simulators, devices and files."""
    whole = segments[0].circuit.copy_empty_like()
    whole.global_phase = sum(segment.circuit.global_phase for segment in segments)
    for segment in segments:
        append_segment(whole, segment)
    return whole


def append_segment(whole: QuantumCircuit, segment: Segment) -> None:
    """Append a segment and its tick to a circuit on the same qubits, and bits if it has any."""
    for operation, qubits, clbits in steps(segment.circuit):
        whole.append(operation, qubits, clbits, copy=False)
    if segment.point is not None:
        append_tick(whole, segment.point, segment.reads)


def segments_of(circuit: QuantumCircuit) -> list[Segment]:
    """The segments of a circuit with ticks, and what follows the last of them if anything does."""
    builder = SequenceBuilder(circuit)
    builder.piece.global_phase = circuit.global_phase
    for operation, qubits, clbits in steps(circuit):
        point = point_of(operation)
        if point is None:
            builder.piece.append(operation, qubits, clbits, copy=False)
        else:
            builder.read(point, [circuit.qubits[qubit] for qubit in qubits])
    rest = [Segment(builder.piece)] if builder.piece.data or not builder.segments else []
    return [*builder.segments, *rest]


def point_of(operation: Operation) -> ReadPoint | None:
    """The point that an instruction marks, or ``None``."""
    if operation.name not in MARKS or operation.label is None or ":" not in operation.label:
        return None
    return ReadPoint(operation.label)


def append_tick(circuit: QuantumCircuit, point: ReadPoint, qubits: Sequence[Any]) -> None:
    """Append the mark of a point to a circuit."""
    circuit.append(Barrier(len(qubits), label=str(point)), list(qubits))


def append_later(whole: QuantumCircuit, piece: QuantumCircuit, done: int) -> None:
    """Append a piece whose points are numbered from 1, after ``done`` collisions."""
    for operation, qubits, clbits in steps(piece):
        point = point_of(operation)
        if point is None:
            whole.append(operation, qubits, clbits, copy=False)
        else:
            append_tick(whole, point.later(done), qubits)


#: Appends to a circuit what there is at a point, whose qubits it is given.
Write = Callable[[QuantumCircuit, ReadPoint, tuple[int, ...]], None]


def replaced(circuit: QuantumCircuit, write: Write) -> QuantumCircuit:
    """The circuit with something else in the place of its ticks.

    Args:
        circuit: with ticks.
        write: appends to the new circuit what there is instead.
    """
    new = circuit.copy_empty_like()
    for operation, qubits, clbits in steps(circuit):
        point = point_of(operation)
        if point is None:
            new.append(operation, qubits, clbits, copy=False)
        else:
            write(new, point, qubits)
    return new


def with_ends_marked(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit as other programs read it: a barrier without a label after every collision, and no other ticks."""

    def write(plain: QuantumCircuit, point: ReadPoint, qubits: tuple[int, ...]) -> None:
        if point.kind == TICK and point.number:
            plain.barrier(qubits)

    return replaced(circuit, write)


def reads_of(circuit: QuantumCircuit) -> dict[ReadPoint, tuple[int, ...]]:
    """Which qubits are read at each point of a circuit with ticks, in the order of the points."""
    found = ((point_of(step.operation), step.qubits) for step in steps(circuit))
    return {point: qubits for point, qubits in found if point is not None}


def read_qubits(circuit: QuantumCircuit) -> set[int]:
    """Indices of the qubits that are read anywhere."""
    return {qubit for qubits in reads_of(circuit).values() for qubit in qubits}


def up_to(circuit: QuantumCircuit, point: ReadPoint) -> QuantumCircuit:
    """The circuit up to a point, with its tick.

    Raises:
        ValueError: if there is no such point.
    """
    cut = circuit.copy_empty_like()
    for operation, qubits, clbits in steps(circuit):
        cut.append(operation, qubits, clbits, copy=False)
        if point_of(operation) == point:
            return cut
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
