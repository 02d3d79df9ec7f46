r"""Any number of collisions as one plain circuit.

::

    system    ─ initial state ─░───────────░─ collide ─░─────────────░─ collide ─░─ ...
    ancilla   ─ prepare ───────░─ prepare ─░─ collide ─░─ reset ─ prepare ...
    purifier  ─ prepare ────────── prepare ────────────── reset ─ prepare ...
                             tick:0   prepared:1     tick:1

A sequence is a list of segments (:mod:`qcoll.circuits.segments`), each with the qubits of system and ancilla that are
read after it. Joined to one circuit, a labelled barrier, a tick, ends each of them. It survives every level of
transpilation, so that one compiled circuit serves all numbers of collisions: a simulator saves the state at the ticks
(:func:`qcoll.simulate`), hardware runs are cut there and measured. At levels of synthesis that keep only the system's
state (:mod:`qcoll.compile.levels`) the system alone is read, and nothing is "prepared". With a measured correction the
ancilla is read too, which goes from one collision to the next without a reset.

Alternating ancillas are two or more such sets in turn: while the system collides with one, the others are reset and
prepared. Where collisions are drawn, a set is taken by those that need one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.quantum_info import DensityMatrix, Statevector, SuperOp, partial_trace

from ..circuits.correction import flip_in, with_control_flow
from ..circuits.segments import Segment, SequenceBuilder, after, before
from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import require_fresh
from ..model.cycle import Model
from .branches import CollisionPieces, Keeps
from .cycle import CycleLayout
from .levels import Level
from .memory import MemoryLayout
from .thermal import Purification

Ancillas = Literal["reset", "alternating", "fresh"]


@dataclass(frozen=True, eq=False, repr=False)
class CollisionCircuit:
    """``n`` collisions, or cycles, compiled for a model; made by :func:`compile_collisions`.

    Args:
        model: the collision model, or a cycle.
        n: number of collisions, or cycles.
        given_state: density matrix (d, d) of the system before the first collision; ``None`` for long systems.
        initial: circuit of the initial state on the system's qubits and its purifier (the reference).
        pieces: what one collision consists of.
        level: how the collision was synthesised.
        ancillas: ``"reset"`` (one ancilla, reset after each collision), ``"alternating"`` (several in turn) or
            ``"fresh"`` (new qubits each time).
        seed: of the draws, where each collision samples one of several circuits.
        feedforward: seconds from the end of a measurement to the flips that depend on it.
        cycle: the strokes of a cycle, of which ``pieces`` is the whole.
        memory: what happens between two collisions, where ancillas meet each other.
        sets: how many ancillas alternate.
    """

    model: Model
    n: int
    given_state: NDArray[np.complex128] | None
    initial: Purification
    pieces: CollisionPieces
    level: Level
    ancillas: Ancillas
    seed: int
    feedforward: float = 0.0
    cycle: CycleLayout | None = None
    memory: MemoryLayout | None = None
    sets: int = 2

    @functools.cached_property
    def circuit(self) -> QuantumCircuit:
        """The whole sequence as a plain ``QuantumCircuit``, with a labelled tick after every collision.

        Where collisions are drawn, this is the one realisation that :attr:`seed` gives. A measured correction is a
        ``measure`` and an ``if_test`` on the register "outcome", which holds the last outcome.
        """
        return with_control_flow(self.implicit_circuit, flip_in(None))

    @functools.cached_property
    def implicit_circuit(self) -> QuantumCircuit:
        """:attr:`circuit` with the flips after a measurement implied, for mapping (:mod:`..circuits.correction`)."""
        return self._built.whole()

    @functools.cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The sequence as pieces of circuit, each with what is read after it; the first is the initial state.

        >>> import qcoll
        >>> [segment.point for segment in qcoll.compile_collisions(qcoll.example_2(), n=2).segments]
        ['tick:0', 'prepared:1', 'tick:1', 'prepared:2', 'tick:2']
        """
        return tuple(self._built.segments)

    @functools.cached_property
    def _built(self) -> SequenceBuilder:
        if self.cycle is not None:
            return self.cycle.sequence(self.initial.circuit, self.ancillas, self.draws())
        if self.memory is not None:
            return self.memory.sequence(self.initial.circuit, self.n, fresh=self.ancillas == "fresh")
        pairs = list(self._fresh_registers())
        shown = self._turn_registers if self.ancillas == "alternating" else dict.fromkeys(pairs)
        registers = [register for pair in shown for register in pair if register.size]
        reference = QuantumRegister(self.initial.num_purifiers, "reference")
        own = QuantumRegister(self.model.num_system_qubits, "system")
        circuit = QuantumCircuit(own, *registers, *([reference] if reference.size else []), name=self.model.name)
        if self.pieces.measured:
            circuit.add_register(ClassicalRegister(1, "outcome"))
        system = list(own)
        sequence = SequenceBuilder(circuit)
        sequence.piece.compose(self.initial.circuit, [*system, *reference], inplace=True)
        sequence.read(after(0), [*system, *pairs[0][0]] if self.keeps == "joint state" else system)
        dirty: set[Any] = set()
        for number, (branch, (ancilla, purifier)) in enumerate(zip(self.draws(), pairs, strict=True), start=1):
            fresh = [*ancilla, *purifier]
            used = {fresh[position] for position in self._used[branch]}
            read = set(ancilla) if self.keeps == "joint state" else set()
            if again := [qubit for qubit in fresh if qubit in (used | read) & dirty]:
                sequence.piece.reset(again)
                dirty.difference_update(again)
            self.append_collision(sequence, number, system, list(ancilla), list(purifier), int(branch))
            if not self.pieces.measured:  # then the flips have left them in |0>
                dirty.update(used)
        return sequence

    @functools.cached_property
    def initial_state(self) -> NDArray[np.complex128]:
        """Density matrix (d, d) of the system before the first collision.

        Raises:
            InputError: if the system is too large for one.
        """
        if self.given_state is not None:
            return self.given_state
        size = self.initial.circuit.num_qubits
        require_memory(
            6 * COMPLEX_BYTES * max(2**size, 4**self.model.num_system_qubits),
            f"the density matrix of {self.model.num_system_qubits} system qubits",
            "the circuit that makes the initial state is .initial, and qcoll.evolve takes long systems",
        )
        vector = Statevector(self.initial.circuit)
        return np.asarray(partial_trace(vector, range(self.model.num_system_qubits, size)).data)

    @property
    def num_qubits(self) -> int:
        """Number of qubits of :attr:`circuit`, without building it."""
        sets = 1
        if self.cycle is not None:
            sets = self.n if self.ancillas == "fresh" else 1
        elif self.ancillas == "alternating" or (self.memory is not None and self.ancillas == "reset"):
            sets = min(self.n, self.sets)
        elif self.ancillas == "fresh":
            sets = int(sum(self.takes_qubits[branch] for branch in self.draws()))
        return self.model.num_system_qubits + self.pieces.num_fresh * sets + self.initial.num_purifiers

    @property
    def periodic(self) -> bool:
        """Whether the collisions repeat one piece of circuit that leaves nothing but the system behind."""
        if self.memory is not None:  # an ancilla is not forgotten before it has met the next
            return False
        return self.ancillas == "reset" or (self.ancillas == "alternating" and self.cycle is not None)

    @property
    def resets(self) -> bool:
        """Whether ancilla qubits are reset and used again."""
        if self.memory is not None:
            return self.ancillas != "fresh" and self.n > 2
        strokes = 0 if self.cycle is None or self.cycle.own_qubits else len(self.cycle.strokes)
        return self.ancillas != "fresh" and max(self.n, strokes) > 1

    @property
    def synthesis(self) -> str:
        """The name of the level."""
        return self.level.name

    @property
    def trotter_order(self) -> int:
        """The order of the product formula; at levels without one the default of those that have it."""
        return int(self.level.options()["trotter_order"])

    @property
    def trotter_steps(self) -> int:
        """The steps of the product formula, likewise."""
        return int(self.level.options()["trotter_steps"])

    @property
    def keeps(self) -> Keeps:
        """What the circuit keeps of the collision: ``"joint state"`` of system and ancilla, or ``"system"`` alone."""
        return self.pieces.keeps

    @property
    def preparation(self) -> Purification:
        """Circuit of the ancilla's state, from |0>; empty where the collision itself sees to it.

        Raises:
            InputError: if it is sampled from several, or of a cycle, which has one in each stroke.
        """
        self._require_one_collision()
        return self.pieces.only.preparation

    @property
    def collision(self) -> QuantumCircuit:
        """Circuit of one collision on the system's and the ancilla's qubits, and the purifier's if it needs them.

        Raises:
            InputError: if it is sampled from several, or of a cycle, which has one in each stroke.
        """
        self._require_one_collision()
        return self.pieces.only.collision

    def draws(self, n: int | None = None) -> NDArray[np.intp]:
        """Which branch of :attr:`pieces` each of ``n`` collisions is (all of them by default), shape (n,)."""
        return self.pieces.draws(self.n if n is None else n, self.seed)

    def turns(self, branches: Sequence[int] | None = None) -> list[int | None]:
        """Which of the alternating ancilla sets each collision takes, in turn; ``None`` where it needs none.

        Args:
            branches: which branch each collision is; by default what is sampled.
        """
        found: list[int | None] = []
        taken = 0
        for branch in self.draws() if branches is None else branches:
            needed = self.takes_qubits[branch]
            found.append(taken % self.sets if needed else None)
            taken += needed
        return found

    def append_collision(
        self,
        sequence: SequenceBuilder,
        number: int,
        system: list[Any],
        ancilla: list[Any],
        purifier: list[Any],
        branch: int = 0,
    ) -> None:
        """Append preparation and collision ``number`` with its points to a sequence, on qubits in |0>."""
        if self.cycle is not None:
            self.cycle.append(sequence, number, system, [*ancilla, *purifier], branch)
            return
        piece = self.pieces.branches[branch]
        joint = self.keeps == "joint state"
        if piece.preparation.circuit.data:
            sequence.piece.compose(piece.preparation.circuit, [*ancilla, *purifier], inplace=True)
        if joint:
            sequence.read(before(number), [*system, *ancilla])
        on = [*system, *ancilla, *purifier][: piece.collision.num_qubits]
        bits = sequence.piece.clbits[: piece.collision.num_clbits]
        sequence.piece.compose(piece.collision, on, bits, inplace=True)
        sequence.read(after(number), [*system, *ancilla] if joint or self.pieces.measured else system)

    def prepared_state(self) -> DensityMatrix:
        """The ancilla's state that the preparation makes without noise.

        Raises:
            InputError: if only the system is kept, or of a cycle.
        """
        self._require_one_collision()
        return self.pieces.prepared_state()

    def collision_unitary(self) -> NDArray[np.complex128]:
        """The joint unitary of the collision's circuit, on ancilla (x) system.

        Raises:
            InputError: if only the system is kept, or of a cycle.
        """
        self._require_one_collision()
        return self.pieces.unitary()

    def channel(self) -> SuperOp:
        """The map of one collision on the system that this circuit makes without noise, in the mean over draws.

        >>> import qcoll
        >>> compiled = qcoll.compile_collisions(qcoll.example_2(), n=1, synthesis="exact")
        >>> bool(abs(compiled.channel().data - qcoll.collision_channel(qcoll.example_2()).data).max() < 1e-12)
        True
        """
        if self.memory is not None:
            require_fresh(self.memory.model)
        return self.pieces.channel() if self.cycle is None else self.cycle.channel()

    def __repr__(self) -> str:
        steps = "collisions" if self.cycle is None else f"cycles of {len(self.cycle.strokes)} strokes"
        return (
            f"CollisionCircuit of {self.model.name!r}: {self.n} {steps} on {self.num_qubits} qubits, "
            f"{self.level}, {self.ancillas} ancillas"
        )

    def _require_one_collision(self) -> None:
        if self.cycle is not None:
            raise InputError(
                f"{self.model.name!r} is a cycle of {len(self.cycle.strokes)} strokes, each with circuits of its own: "
                "see .cycle.strokes"
            )

    @functools.cached_property
    def _used(self) -> list[set[int]]:
        """The ancilla's and purifier's qubits, by position, that each branch acts on."""
        return [branch.ancillas_used(self.pieces.num_system) for branch in self.pieces.branches]

    @functools.cached_property
    def takes_qubits(self) -> list[bool]:
        """Which branches need qubits besides the system's: a collision of the system alone takes no fresh ones."""
        return [self.keeps == "joint state" or bool(used) for used in self._used]

    @functools.cached_property
    def _turn_registers(self) -> list[tuple[QuantumRegister, QuantumRegister]]:
        """The registers of the alternating sets."""
        own, purifiers = self.pieces.num_ancilla, self.pieces.num_purifiers
        turns = range(1, min(self.n, self.sets) + 1)
        return [(QuantumRegister(own, f"ancilla{k}"), QuantumRegister(purifiers, f"purifier{k}")) for k in turns]

    def _fresh_registers(self) -> Iterator[tuple[QuantumRegister, QuantumRegister]]:
        """The ancilla's and purifier's registers of every collision."""
        sizes = self.pieces.num_ancilla, self.pieces.num_purifiers
        if self.ancillas == "reset":
            shared = QuantumRegister(sizes[0], "ancilla"), QuantumRegister(sizes[1], "purifier")
            yield from [shared] * self.n
            return
        none = QuantumRegister(0, "ancilla"), QuantumRegister(0, "purifier")
        if self.ancillas == "alternating":
            yield from (none if turn is None else self._turn_registers[turn] for turn in self.turns())
            return
        for number, branch in enumerate(self.draws(), start=1):
            if self.takes_qubits[branch]:
                yield QuantumRegister(sizes[0], f"ancilla{number}"), QuantumRegister(sizes[1], f"purifier{number}")
            else:
                yield none
