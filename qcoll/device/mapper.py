"""The steps of a mapping: bodies of collisions transpiled, placed, and joined to sequences; see :mod:`.mapping`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.correction import flip_in, with_feedforward
from ..circuits.discard import without_discarded, without_phases_of_empty
from ..circuits.segments import (
    TICK,
    SequenceBuilder,
    after,
    append_later,
    append_tick,
    before_last_read,
    read_qubits,
    reads_of,
    up_to,
)
from ..circuits.steps import active_qubits, compacted
from ..compile.sequence import CollisionCircuit
from ..errors import InputError
from .bodies import Bodies, Frame, ends, moves
from .embedding import SMALLEST, embeddings, pair_errors
from .mapped import MappedBranch, MappedCollisions
from .placement import LayoutScore
from .target import distances, restricted, scheduled
from .transpiling import transpile
from .verification import verified_transpile

#: An initial reference on the ancilla's qubits costs a reset, which takes longer than a swap or two.
RESET_IN_STEPS = 1.5


def _largest(circuits: Sequence[QuantumCircuit]) -> int:
    """Which circuit has the most two-qubit gates."""
    return max(range(len(circuits)), key=lambda index: circuits[index].num_nonlocal_gates())


class Mapper:
    """The steps of a mapping, which share their settings."""

    def __init__(
        self,
        compiled: CollisionCircuit,
        options: dict[str, Any],
        layout: Sequence[int] | None,
        optimization_level: int,
        seeds: tuple[int, ...],
        verify: bool,
        measured: bool = False,
    ) -> None:
        self._compiled = compiled
        self._options = options
        self._target: Any = options.get("target")
        self._layout = None if layout is None else list(layout)
        self._level = optimization_level
        self._seeds = seeds
        self._verify = verify
        self._measured = measured
        self._num_system = compiled.model.num_system_qubits
        self._num_carried = compiled.pieces.num_carried

    @property
    def compiled(self) -> CollisionCircuit:
        """What is mapped."""
        return self._compiled

    @property
    def target(self) -> Any:
        """What it is mapped to, or ``None``."""
        return self._target

    def for_set(self, qubits: Sequence[int]) -> Mapper:
        """A mapper of collisions on some qubits alone: the system's, and those of one set of ancilla qubits."""
        options = self._options if self._target is None else {"target": restricted(self._target, qubits)}
        own = replace(self._compiled, ancillas="reset")
        return Mapper(own, options, range(len(qubits)), self._level, self._seeds, self._verify, self._measured)

    def periodic(self, schedule: bool) -> MappedCollisions:
        """One set of ancilla qubits: a first collision and a period, each scheduled for itself."""
        best = self.best_bodies(self.abstract_bodies())
        frame = self._frame(best)

        def finished(piece: QuantumCircuit) -> QuantumCircuit:
            compact = compacted(piece, frame.used)
            return self._scheduled(compact, frame.target) if schedule else compact

        branches = [
            MappedBranch(branch.probability, finished(body), finished(self._period(body, best)))
            for branch, body in zip(self._compiled.pieces.branches, best.bodies, strict=True)
        ]
        return MappedCollisions(
            compiled=self._compiled,
            qubits=tuple(frame.used),
            target=frame.target,
            initial=finished(frame.initial),
            branches=tuple(branches),
            system=tuple(frame.used.index(qubit) for qubit in best.home[: self._num_system]),
            system_at_tick=tuple(frame.used.index(qubit) for qubit in best.at_tick[: self._num_system]),
            seed=best.seed,
            carried=tuple(frame.used.index(qubit) for qubit in best.home[self._num_system :]),
            carried_at_tick=tuple(
                frame.used.index(qubit) for qubit in best.at_tick[self._num_system : self._num_carried]
            ),
            layout=tuple(best.start),
            optimization_level=best.level,
            flip=self.flip,
        )

    def alternating(self, schedule: bool) -> MappedCollisions:
        """Sets of ancilla qubits in turn: rounds of collisions, joined and scheduled as a whole."""
        n = self._compiled.n
        best = self.best_bodies([self.abstract_round()])
        frame = self._frame(best)
        period = self._period(best.bodies[0], best)
        whole = frame.initial.copy()
        for done in range(0, n, self._compiled.sets):
            append_later(whole, best.bodies[0] if done == 0 else period, done)
        whole = compacted(without_discarded(up_to(whole, after(n)), kept=()), frame.used)
        return MappedCollisions(
            compiled=self._compiled,
            qubits=tuple(frame.used),
            target=frame.target,
            initial=scheduled(whole, frame.target) if schedule else whole,
            branches=(),
            system=tuple(frame.used.index(qubit) for qubit in best.home),
            system_at_tick=None,
            seed=best.seed,
            layout=tuple(best.start),
            optimization_level=best.level,
        )

    def fresh(self, schedule: bool) -> MappedCollisions:
        """New ancilla qubits for each collision: the whole sequence."""
        best, level, seed = self._best(self._compiled.implicit_circuit, self._layout)
        used = sorted(active_qubits(best))
        start = best.layout.initial_index_layout(filter_ancillas=True) if best.layout else used
        target = None if self._target is None else restricted(self._target, used)
        system = [used.index(qubit) for qubit in start[: self._num_system]]
        whole = without_phases_of_empty(compacted(best, used), set(range(len(used))) - set(system))
        if schedule:
            whole = self._scheduled(whole, target)
        return MappedCollisions(
            compiled=self._compiled,
            qubits=tuple(used),
            target=target,
            initial=whole,
            branches=(),
            system=tuple(system),
            system_at_tick=None,
            seed=seed,
            layout=tuple(start),
            optimization_level=level,
            flip=self.flip,
        )

    @property
    def flip(self) -> QuantumCircuit:
        """An X in the gates of the target."""
        names: Any = self._options["basis_gates"] if self._target is None else self._target.operation_names
        return flip_in(names)

    def _scheduled(self, circuit: QuantumCircuit, target: Target | None) -> QuantumCircuit:
        """The circuit with the delays of a schedule, in which flips wait for their outcome."""
        if target is None or target.dt is None:
            return scheduled(circuit, target)
        return scheduled(with_feedforward(circuit, math.ceil(self._compiled.feedforward / target.dt)), target)

    def _period(self, body: QuantumCircuit, best: Bodies) -> QuantumCircuit:
        """A later collision: reset what it needs, return the system to its qubits, and collide."""
        period = body.copy_empty_like()
        # before the way home, so that nothing but the system's state (and a measured ancilla's) is carried over
        acting = active_qubits(body) | active_qubits(best.way_home) | read_qubits(body)
        needed = sorted(acting - set(best.at_tick[: self._num_carried]))
        if self._target is None or "reset" in self._target.operation_names:
            period.reset(needed)
        elif needed and self._compiled.n > 1:
            raise InputError(
                f"the target has no reset, which qubits {needed} on the way between system and ancilla need: give a "
                "layout with system and ancilla side by side, or none"
            )
        period.compose(best.way_home, inplace=True)
        period.compose(body, inplace=True)
        return period

    def _frame(self, best: Bodies) -> Frame:
        """The initial state beside the collisions, and the qubits of both."""
        active = set().union(*(active_qubits(body) for body in best.bodies))
        initial = self.initial_on(best.home, active)
        read = set().union(*map(read_qubits, best.bodies))
        used = sorted(active | read | active_qubits(best.way_home) | active_qubits(initial) | set(best.home))
        return Frame(initial, used, None if self._target is None else restricted(self._target, used))

    def abstract_bodies(self) -> list[QuantumCircuit]:
        """Preparation and collision of every branch, on the qubits of the abstract circuit."""
        compiled = self._compiled
        size = self._num_system + compiled.pieces.num_fresh
        abstract = []
        for branch in range(len(compiled.pieces.branches)):
            sequence = SequenceBuilder(QuantumCircuit(size, int(compiled.pieces.measured)))
            self._append_collision(sequence, 1, branch)
            abstract.append(sequence.whole())
        return abstract

    def abstract_round(self, branch: int = 0) -> QuantumCircuit:
        """One collision with each of the sets of ancilla qubits."""
        count = min(self._compiled.n, self._compiled.sets)
        size = self._num_system + count * self._compiled.pieces.num_fresh
        sequence = SequenceBuilder(QuantumCircuit(size))
        for number in range(1, count + 1):
            self._append_collision(sequence, number, branch)
        return sequence.whole()

    def _append_collision(self, sequence: SequenceBuilder, number: int, branch: int = 0) -> None:
        """Append a collision with the ancilla set of its number; the sets follow the system."""
        pieces, qubits = self._compiled.pieces, sequence.piece.qubits
        system, start = qubits[: self._num_system], self._num_system + (number - 1) * pieces.num_fresh
        ancilla = qubits[start : start + pieces.num_ancilla]
        purifier = qubits[start + pieces.num_ancilla : start + pieces.num_fresh]
        self._compiled.append_collision(sequence, number, system, ancilla, purifier, branch)

    def best_bodies(self, abstract: list[QuantumCircuit]) -> Bodies:
        """The transpiled bodies of one collision, or of a pair, that are best of all seeds."""
        probabilities = self._compiled.pieces.probabilities if len(abstract) > 1 else [1.0]
        candidates = []
        layouts = self._layouts(abstract)
        for number, seed in enumerate(self._seeds):
            bodies = self._bodies(abstract, seed, layouts[number % len(layouts)])
            periods = [self._period(body, bodies) for body in bodies.bodies]
            weighted = list(zip(probabilities, periods, strict=True))
            waiting = bodies.at_tick[: self._num_system]
            score = LayoutScore(weighted, self._target, waiting, self._readings(bodies.bodies[0]))
            if layouts[0] is None:
                place, error = score.best_place()
                bodies = bodies.moved(place)
            else:
                error = score.error()
            depth = sum(weight * period.depth() for weight, period in weighted)
            candidates.append(((round(error, 12), score.two_qubit_gates, depth), seed, bodies))
        return min(candidates, key=lambda item: item[:2])[2]

    def _readings(self, circuit: QuantumCircuit) -> dict[int, float]:
        """How often the qubits of the last point of a piece are measured, for each time that the piece runs."""
        if not self._measured:
            return {}
        reads = reads_of(circuit)
        collisions = sum(point.kind == TICK and point.number > 0 for point in reads)
        return dict.fromkeys(list(reads.values())[-1], collisions / self._compiled.n)

    def _layouts(self, abstract: list[QuantumCircuit]) -> list[list[int]] | list[None]:
        """Layouts for the seeds in turn: the given one, places for a long chain, or none: the transpiler looks."""
        size = abstract[0].num_qubits
        if self._layout is not None:
            return [self._layout[:size]]
        if self._target is None or size < SMALLEST:
            return [None]
        main = abstract[_largest(abstract)]
        found = list(embeddings(main, self._target))
        return sorted(found, key=lambda layout: pair_errors(main, layout, self._target))[: len(self._seeds)] or [None]

    def _bodies(self, abstract: list[QuantumCircuit], seed: int, layout: list[int] | None) -> Bodies:
        """All branches for one seed: one decides the layout, and all end where it does."""
        main = _largest(abstract)
        leader, lowest = self._transpiled(abstract[main], seed, layout, self._num_carried)
        start, end = ends(leader, abstract[main].num_qubits)
        home = start[: self._num_carried]
        last_read = list(reads_of(abstract[main]).values())[-1]
        ticked = [end[index] for index in last_read]
        bodies = []
        for index, circuit in enumerate(abstract):
            body, level = leader, lowest
            if index != main:
                body, level = self._transpiled(circuit, seed, start, self._num_carried)
            lowest = min(lowest, level)
            finish = ends(body, circuit.num_qubits)[1]
            moved = moves(body.num_qubits, [finish[position] for position in last_read], ticked, self._target, seed)
            pruned = without_discarded(before_last_read(body, moved, ticked), ticked)
            bodies.append(without_phases_of_empty(pruned, set(range(pruned.num_qubits)) - set(home)))
        at_tick = ticked[: self._num_carried]
        return Bodies(
            bodies, moves(leader.num_qubits, at_tick, home, self._target, seed), seed, start, home, ticked, lowest
        )

    def initial_on(self, home: list[int], taken: set[int]) -> QuantumCircuit:
        """The initial state with the system at home and its reference close to it."""
        compiled = self._compiled
        circuit = QuantumCircuit(compiled.initial.circuit.num_qubits)
        circuit.compose(compiled.initial.circuit, inplace=True)
        home = home[: self._num_system]  # a measured ancilla is at home too
        layout = [*home, *self._reference_qubits(home, taken, compiled.initial.num_purifiers)]
        mapped, _ = self._transpiled(circuit, self._seeds[0], layout, 0)
        if self._target is None and mapped.num_qubits < compiled.num_qubits:
            wider = QuantumCircuit(compiled.num_qubits)
            mapped = wider.compose(mapped, layout)
        end = ends(mapped, self._num_system)[1]
        mapped.compose(moves(mapped.num_qubits, end, home, self._target, self._seeds[0]), inplace=True)
        in_the_way = sorted((active_qubits(mapped) - set(home)) & taken)
        if in_the_way:  # the reference may be forgotten, and the ancilla's qubits must begin in |0>
            if self._target is not None and "reset" not in self._target.operation_names:
                raise InputError(
                    "the mixed initial state's reference does not fit beside the ancilla on this device without "
                    "reset: start from a pure state, or use a larger device"
                )
            mapped.reset(in_the_way)
        append_tick(mapped, after(0), home)
        return mapped

    def _reference_qubits(self, home: list[int], taken: set[int], count: int) -> list[int]:
        """Qubits for the initial state's reference: close to the system by good gates, and rather not the ancilla's."""
        if self._target is None:
            first = self._compiled.num_qubits - count
            return list(range(first, first + count))
        steps = distances(self._target, home)
        others = [qubit for qubit in range(self._target.num_qubits) if qubit not in home]
        return sorted(others, key=lambda qubit: (steps[qubit] + RESET_IN_STEPS * (qubit in taken), qubit))[:count]

    def _best(self, circuit: QuantumCircuit, layout: list[int] | None) -> tuple[QuantumCircuit, int, int]:
        """The transpiled sequence that is best of all seeds, with its level and seed."""
        candidates = [(*self._transpiled(circuit, seed, layout, 0), seed) for seed in self._seeds]
        return min(candidates, key=lambda item: (self._badness(item[0]), item[2]))

    def _transpiled(
        self, circuit: QuantumCircuit, seed: int, layout: list[int] | None, carried: int
    ) -> tuple[QuantumCircuit, int]:
        """The circuit on the target, and the optimization level that it is from."""
        if self._target is None and self._options["basis_gates"] is None:
            return circuit.decompose("xx_plus_yy"), self._level  # the only gate of ours that simulators do not know
        options = dict(self._options)
        if self._target is not None and layout is not None:
            options["initial_layout"] = layout

        def transpiled(level: int) -> QuantumCircuit:
            return transpile(circuit, optimization_level=level, seed_transpiler=seed, **options)

        if not self._verify:
            return transpiled(self._level), self._level
        return verified_transpile(circuit, transpiled, self._level, carried)

    def _badness(self, circuit: QuantumCircuit) -> tuple[float, float, int]:
        """Error with waiting (as minus the logarithm of the success), two-qubit gates and depth of a sequence."""
        start = ends(circuit, self._num_system)[0]
        score = LayoutScore([(1.0, circuit)], self._target, start, self._readings(circuit))
        return round(score.error(), 12), score.two_qubit_gates, circuit.depth()
