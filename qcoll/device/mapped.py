"""A compiled collision circuit on the qubits and gates of a target: what mapping makes and runs take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.correction import flip_in, with_control_flow
from ..circuits.discard import without_discarded
from ..circuits.segments import ReadPoint, append_later, reads_of, up_to
from ..circuits.steps import leaving_out, on_qubits, steps
from ..compile.sequence import CollisionCircuit
from ..errors import InputError
from .target import merged, scheduled
from .turns import Turns


@dataclass(frozen=True, eq=False)
class MappedBranch:
    """One of the circuits that a collision may be, on the used qubits of a target.

    With a measured correction the flips are implied (:mod:`~qcoll.circuits.correction`).

    Args:
        probability: with which it is sampled.
        first: as the first collision, from qubits that are in |0>.
        period: as a later one, from tick to tick: the reset of the qubits it needs, swaps that return the system if
            routing moved it, preparation and collision.
    """

    probability: float
    first: QuantumCircuit
    period: QuantumCircuit


@dataclass(frozen=True, eq=False)
class MappedCollisions:
    """A compiled collision circuit on the used qubits of a target; :meth:`sequence` is the whole of it as one circuit.

    Args:
        compiled: what was mapped.
        qubits: the target's qubits in use; position i here is qubit i of the circuits.
        target: the part of the target on those qubits, or ``None`` if there was none.
        initial: the circuit of the initial state up to tick:0; for alternating and fresh ancillas the whole sequence,
            if there are no turns.
        branches: the circuits that a collision may be, in the order of ``compiled.pieces.branches``; none for
            alternating and fresh ancillas.
        system: the system's qubits at tick 0.
        system_at_tick: the system's qubits at all later ticks, where they are the same.
        seed: the transpiler seed that was kept.
        optimization_level: the lowest of the compiler's levels that a collision's circuits are from (for fresh
            ancillas: the whole circuit); lower than asked for where that rounds.
        layout: the target's qubits on which one collision begins (for fresh ancillas: the whole circuit), in the order
            of the compiled circuit's: what ``map_collisions(..., layout=)`` takes to do the same again.
        carried: qubits at tick 0 whose state goes from one collision to the next beside the system's: the ancilla's,
            with a measured correction and reset ancillas.
        carried_at_tick: the same at all later ticks.
        flip: one-qubit circuit of an X in the target's gates.
        turns: of sampled collisions on alternating ancillas, the circuits of every set, of which a sequence is made.
    """

    compiled: CollisionCircuit
    qubits: tuple[int, ...]
    target: Target | None
    initial: QuantumCircuit
    branches: tuple[MappedBranch, ...]
    system: tuple[int, ...]
    system_at_tick: tuple[int, ...] | None
    seed: int | None
    optimization_level: int
    layout: tuple[int, ...] = ()
    carried: tuple[int, ...] = ()
    carried_at_tick: tuple[int, ...] = ()
    flip: QuantumCircuit = field(default_factory=lambda: flip_in(None))
    turns: Turns | None = None

    def __repr__(self) -> str:
        steps = "collisions" if self.compiled.cycle is None else "cycles"
        return (
            f"MappedCollisions of {self.compiled.model.name!r}: {self.compiled.n} {steps} on {len(self.qubits)} qubits"
            f"{', scheduled' if self.scheduled else ''}"
        )

    @property
    def periodic(self) -> bool:
        """Whether the sequence repeats one period (reset ancillas)."""
        return bool(self.branches)

    @property
    def pieces(self) -> list[QuantumCircuit]:
        """The initial state and all circuits that a later collision may be."""
        turns = () if self.turns is None else self.turns.pieces
        return [
            self.initial,
            *(branch.period for branch in self.branches),
            *(piece for each in turns for piece in each),
        ]

    @property
    def scheduled(self) -> bool:
        """Whether delays fill the gaps."""
        pieces = [*self.pieces, *(branch.first for branch in self.branches)]
        return any("delay" in piece.count_ops() for piece in pieces)

    @property
    def operations(self) -> set[str]:
        """Names of all gates in use."""
        return {name for piece in self.pieces for name in piece.count_ops()}

    @property
    def operations_on_qubits(self) -> set[tuple[str, tuple[int, ...]]]:
        """All gates in use, each with the qubits (of the circuits) that it acts on."""
        return {(step.operation.name, step.qubits) for piece in self.pieces for step in steps(piece)}

    @property
    def first(self) -> QuantumCircuit | None:
        """The first collision, where it is one circuit; ``None`` where nothing repeats.

        Raises:
            InputError: if it is sampled from several.
        """
        return self._only.first if self.branches else None

    @property
    def period(self) -> QuantumCircuit | None:
        """Every later collision, from tick to tick, likewise."""
        return self._only.period if self.branches else None

    def sequence(self, n: int | None = None, branches: Sequence[int] | None = None) -> QuantumCircuit:
        """The circuit of ``n`` collisions (all by default) on the qubits in use, with its ticks numbered.

        Args:
            n: number of collisions.
            branches: which branch each collision is; by default what the compiled circuit draws.
        """
        return with_control_flow(self.implicit_sequence(n, branches), self.flip)

    def on_device(self, num_qubits: int) -> QuantumCircuit:
        """The circuit of all collisions on the physical qubits of a device, up to its global phase.

        Args:
            num_qubits: of the device, such as ``backend.num_qubits``.
        """
        return on_qubits(self.sequence(), self.qubits, num_qubits)

    def implicit_sequence(self, n: int | None = None, branches: Sequence[int] | None = None) -> QuantumCircuit:
        """:meth:`sequence` with the flips after a measurement implied (:mod:`~qcoll.circuits.correction`)."""
        count = self.compiled.n if n is None else n
        if self.turns is not None:
            drawn = self.compiled.draws(count) if branches is None else branches
            return self.turns.sequence(self.initial, self.system, drawn)
        if not self.branches:
            if count != self.compiled.n:
                raise InputError(
                    f"{self.compiled.ancillas} ancillas were mapped for n = {self.compiled.n} collisions, "
                    f"not for {count}"
                )
            return self.initial
        circuit = self.initial.copy()
        if self.compiled.pieces.measured:
            circuit.add_register(ClassicalRegister(1, "outcome"))
        drawn = self.compiled.draws(count) if branches is None else branches
        for number, branch in enumerate(drawn, start=1):
            mapped = self.branches[branch]
            append_later(circuit, mapped.first if number == 1 else mapped.period, number - 1)
        return circuit

    def read_at(self, label: str, num_read: int) -> tuple[QuantumCircuit, list[int]]:
        """The circuit that is read at one tick alone, and the first ``num_read`` qubits of that tick.

        Without the other ticks, and without what is discarded at them, neighbouring collisions merge. The circuit has
        no delays; :meth:`finished` gives it those of a schedule.

        Args:
            label: of the tick, such as ``"tick:5"``.
            num_read: how many of its qubits are read, the system's first.

        Raises:
            InputError: if there is no such tick, or with a measured correction.
        """
        if self.compiled.pieces.measured:
            raise InputError(
                "circuits with a measured correction are not cut and merged at a tick: take sequence(), or compile "
                'with correction="coherent"'
            )
        point = ReadPoint(label)
        whole = self.sequence(max(point.number, 1) if self.periodic or self.turns is not None else None)
        reads = reads_of(whole)
        if point not in reads:
            raise InputError(f"the circuit has no {label}: it has {self.compiled.n} collisions")
        qubits = list(reads[point][:num_read])
        awake = leaving_out(up_to(whole, point), {"delay"})
        return without_discarded(awake, qubits, ticks=False), qubits

    def finished(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """A circuit on these qubits with its one-qubit gates merged, and delays if these circuits have them."""
        whole = merged(circuit, self.target)
        return scheduled(whole, self.target) if self.scheduled else whole

    @property
    def _only(self) -> MappedBranch:
        if len(self.branches) > 1:
            raise InputError(
                f"this collision is sampled from {len(self.branches)} circuits, so there is no one circuit of it: "
                "see branches for all of them"
            )
        return self.branches[0]
