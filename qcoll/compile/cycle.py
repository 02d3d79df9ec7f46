r"""Cycles as circuits: the strokes' pieces on one layout of qubits.

::

    system    ─░─ stroke 0 ─░─────────░─ stroke 1 ─░─ ... ─░─
    ancilla   ─░─ stroke 0 ─░─ reset ─░─ stroke 1 ─░─ ...
           prepared0:1  stroke0:1  prepared1:1  stroke1:1   tick:1

Strokes use each other's ancilla qubits, reset in between, or have qubits of their own; a free evolution needs none.
Where strokes are sampled from several circuits, a cycle is one of all their combinations.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit, QuantumRegister
from qiskit.quantum_info import Operator, SparsePauliOp, SuperOp

from ..circuits.segments import ReadPoint, SequenceBuilder, after, stroke_kinds
from ..errors import InputError
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, FreeEvolution
from ..model.operators import dense
from ..synthesis.joint import unitary_circuit
from .blocks import free_layers, mode_qubits
from .branches import Branch, CollisionPieces, Keeps
from .levels import Level
from .product_formula import product_formula
from .thermal import Purification

#: Combinations of sampled strokes that are mapped and run one by one.
LARGEST_PRODUCT = 64
#: Free evolutions of more qubits have a product formula where one is asked for.
LARGEST_WHOLE = 3


@dataclass(frozen=True, eq=False)
class CycleLayout:
    """The strokes of a cycle, compiled, and the ancilla qubits that they use.

    Args:
        cycle: the strokes as they were given.
        strokes: the circuits of each.
        own_qubits: whether every stroke has ancilla qubits of its own; otherwise all begin with the same.
    """

    cycle: Cycle
    strokes: tuple[CollisionPieces, ...]
    own_qubits: bool

    @property
    def keeps(self) -> Keeps:
        """What the circuits keep, of all strokes."""
        return "joint state" if all(pieces.keeps == "joint state" for pieces in self.strokes) else "system"

    @property
    def places(self) -> list[range]:
        """Which of the cycle's fresh qubits each stroke uses, its ancilla's first."""
        sizes = [pieces.num_fresh for pieces in self.strokes]
        starts = [sum(sizes[:number]) if self.own_qubits else 0 for number in range(len(sizes))]
        return [range(start, start + size) for start, size in zip(starts, sizes, strict=True)]

    @functools.cached_property
    def combinations(self) -> list[tuple[int, ...]]:
        """Which branch of each stroke the branches of a cycle are."""
        return list(itertools.product(*(range(len(pieces.branches)) for pieces in self.strokes)))

    @functools.cached_property
    def whole(self) -> CollisionPieces:
        """A cycle as if it were one collision: its branches, and as many fresh qubits as it needs."""
        num_system, width = self.cycle.num_system_qubits, max(place.stop for place in self.places)
        nothing = Purification(QuantumCircuit(width), width, 0)
        branches = []
        for branch, chosen in enumerate(self.combinations):
            sequence = SequenceBuilder(QuantumCircuit(num_system + width))
            body = sequence.piece
            self.append(sequence, 1, body.qubits[:num_system], body.qubits[num_system:], branch, read=False)
            pairs = zip(self.strokes, chosen, strict=True)
            weight = math.prod(pieces.branches[index].probability for pieces, index in pairs)
            branches.append(Branch(weight, nothing, body))
        return CollisionPieces(num_system, width, 0, tuple(branches), self.keeps)

    def append(
        self,
        sequence: SequenceBuilder,
        number: int,
        system: Sequence[Any],
        fresh: Sequence[Any],
        branch: int = 0,
        *,
        read: bool = True,
        dirty: set[Any] | None = None,
    ) -> None:
        """Append cycle ``number`` with its points.

        Args:
            sequence: gets the gates.
            number: of the cycle.
            system: the system's qubits.
            fresh: the cycle's ancilla qubits.
            branch: which combination of the strokes' branches.
            read: whether anything is read.
            dirty: which qubits are not in |0>, brought up to date; none by default.
        """
        own = [[fresh[position] for position in place] for place in self.places]
        self._append(sequence, number, system, own, self.combinations[branch], read, set() if dirty is None else dirty)

    def sequence(
        self, initial: QuantumCircuit, ancillas: str, draws: Sequence[int] | NDArray[np.intp]
    ) -> SequenceBuilder:
        """Cycles from an initial state on system and reference, one for each draw."""
        sets = self.registers(ancillas, len(draws))
        registers = [register for own in dict.fromkeys(map(tuple, sets)) for register in own if register.size]
        system = QuantumRegister(self.cycle.num_system_qubits, "system")
        reference = QuantumRegister(initial.num_qubits - system.size, "reference")
        circuit = QuantumCircuit(system, *registers, *([reference] if reference.size else []), name=self.cycle.name)
        sequence = SequenceBuilder(circuit)
        sequence.piece.compose(initial, [*system, *reference], inplace=True)
        sequence.read(after(0), system)
        dirty: set[Any] = set()
        for number, (branch, fresh) in enumerate(zip(draws, sets, strict=True), start=1):
            qubits = [qubit for register in fresh for qubit in register]
            self.append(sequence, number, list(system), qubits, int(branch), dirty=dirty)
        return sequence

    def registers(self, ancillas: str, n: int) -> list[list[QuantumRegister]]:
        """For every cycle the registers of its strokes' ancilla qubits (one for all where they share), to be joined."""
        if ancillas == "fresh":
            return [
                [QuantumRegister(pieces.num_fresh, f"ancilla{cycle}_{k}") for k, pieces in enumerate(self.strokes)]
                for cycle in range(1, n + 1)
            ]
        sets = (
            [QuantumRegister(pieces.num_fresh, f"ancilla{k}") for k, pieces in enumerate(self.strokes)]
            if self.own_qubits
            else [QuantumRegister(self.whole.num_fresh, "ancilla")]
        )
        return [sets] * n

    def channel(self) -> SuperOp:
        """The map of one cycle on the system, without noise and in the mean over draws."""
        maps = [
            SuperOp(Operator(pieces.only.collision)) if isinstance(stroke, FreeEvolution) else pieces.channel()
            for stroke, pieces in zip(self.cycle.strokes, self.strokes, strict=True)
        ]
        return functools.reduce(lambda first, second: first.compose(second), maps)

    def _append(
        self,
        sequence: SequenceBuilder,
        number: int,
        system: Sequence[Any],
        own: Sequence[Sequence[Any]],
        chosen: Sequence[int],
        read: bool,
        dirty: set[Any],
    ) -> None:
        for index, (pieces, qubits, branch) in enumerate(zip(self.strokes, own, chosen, strict=True)):
            piece, ancilla = pieces.branches[branch], qubits[: pieces.num_ancilla]
            begins, ends = stroke_kinds(index)
            joint = pieces.keeps == "joint state"
            used = {qubits[position] for position in piece.ancillas_used(pieces.num_system)}
            if again := [q for q in qubits if q in dirty and (q in used or (joint and q in ancilla))]:
                sequence.piece.reset(again)
                dirty.difference_update(again)
            if piece.preparation.circuit.data:
                sequence.piece.compose(piece.preparation.circuit, qubits, inplace=True)
            kept = [*system, *ancilla] if joint else list(system)
            if read and joint and len(ancilla):
                sequence.read(ReadPoint.at(begins, number), kept)
            sequence.piece.compose(piece.collision, [*system, *qubits][: piece.collision.num_qubits], inplace=True)
            dirty.update(used)
            if read:
                sequence.read(ReadPoint.at(ends, number), kept)
        if read:
            sequence.read(after(number), system)


def cycle_layout(cycle: Cycle, *, own_qubits: bool, level: Level) -> CycleLayout:
    """Compile every stroke of a cycle.

    Args:
        cycle: the strokes.
        own_qubits: whether every stroke has ancilla qubits of its own.
        level: of all strokes.

    Raises:
        InputError: if a stroke cannot be compiled like this; the message names it.

    >>> import qcoll
    >>> from qcoll.compile.cycle import cycle_layout
    >>> from qcoll.compile.levels import Exact
    >>> cycle = qcoll.Cycle([qcoll.example_1(), qcoll.example_2()])
    >>> layout = cycle_layout(cycle, own_qubits=False, level=Exact())
    >>> layout.whole.num_fresh
    4
    """
    strokes: list[CollisionPieces] = []
    for number, stroke in enumerate(cycle.strokes):
        if isinstance(stroke, CollisionModel):
            try:
                pieces = level.pieces(stroke)
            except InputError as error:
                raise InputError(f"stroke {number}, {stroke.name!r}: {error}") from error
            if pieces.measured:
                raise InputError(
                    f'stroke {number}, {stroke.name!r}: correction="measured" carries its ancilla on without a reset, '
                    'which the next stroke does not: use correction="coherent"'
                )
        else:
            kept: Keeps = "joint state" if all(p.keeps == "joint state" for p in strokes) else "system"
            order, steps = level.splitting or (0, 0)
            modes = mode_qubits(cycle.system_modes)
            pieces = _alone(free_circuit(stroke.hamiltonian, stroke.dt, modes, order, steps), kept)
        strokes.append(pieces)
    layout = CycleLayout(cycle, tuple(strokes), own_qubits)
    if len(layout.combinations) > LARGEST_PRODUCT:
        raise InputError(
            f"the strokes of {cycle.name!r} are sampled from {len(layout.combinations)} combinations of circuits, but "
            f"at most {LARGEST_PRODUCT} are run: use a level or preparation that samples nothing"
        )
    return layout


def free_circuit(
    hamiltonian: SparsePauliOp, time: float, modes: list[tuple[int, ...]], order: int, steps: int
) -> QuantumCircuit:
    """The evolution of the system alone as a circuit, without splitting where it is small or the order is 0."""
    size = int(hamiltonian.num_qubits)
    if order == 0 or size <= LARGEST_WHOLE:
        energies, vectors = np.linalg.eigh(dense(hamiltonian))
        return unitary_circuit((vectors * np.exp(-1j * time * energies)) @ vectors.conj().T)
    circuit = QuantumCircuit(size)
    parts = free_layers(hamiltonian, modes)
    for layer, fraction in product_formula(len(parts), order, steps):
        for block in parts[layer]:
            circuit.compose(block.evolution(fraction * time), block.qubits, inplace=True)
    return circuit


def _alone(circuit: QuantumCircuit, keeps: Keeps) -> CollisionPieces:
    """A circuit of the system alone as a piece without ancillas."""
    nothing = Purification(QuantumCircuit(0), 0, 0)
    return CollisionPieces(circuit.num_qubits, 0, 0, (Branch(1.0, nothing, circuit),), keeps)
