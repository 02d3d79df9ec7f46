r"""Collisions on the gates and qubits of a target: one collision is compiled once and repeated.

The body of a collision (preparation, collision, ticks) is transpiled alone, the best of several seeds is kept, and
swaps bring the system home if routing moved it. Every period is then the same piece of circuit, so that

* all numbers of collisions share one layout and one transpilation,
* the channel of one period, iterated, is the noisy dynamics of the whole sequence.

Where collisions are drawn from several circuits, each is compiled like this, on the layout of the one with the most
two-qubit gates, and all leave the system in the same place.

Only the qubits in use are kept, with the part of the target that describes them. Fresh ancillas have no period: there
the whole sequence is transpiled, once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import Target
from qiskit.transpiler.passes.routing.algorithms import ApproximateTokenSwapper

from ..errors import InputError
from .mapped import MappedBranch, MappedCollisions
from .sequence import TICK, CollisionCircuit, append_tick
from .target import distances, restricted, scheduled

DEFAULT_SEEDS = tuple(range(10))

#: An initial reference on the ancilla's qubits costs a reset, which takes longer than a swap or two.
RESET_IN_STEPS = 1.5


def map_collisions(
    compiled: CollisionCircuit,
    target: Target | None = None,
    *,
    basis_gates: Sequence[str] | None = None,
    layout: Sequence[int] | None = None,
    optimization_level: int = 3,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    schedule: bool = True,
) -> MappedCollisions:
    """Map a compiled circuit to a target, or just to a set of gates.

    Args:
        compiled: from :func:`~qcoll.compile_collisions`.
        target: a device's target, e.g. ``backend.target``.
        basis_gates: gates to use where there is no target (all qubits connected). Without either nothing is
            transpiled: the gates stay as they are.
        layout: physical qubits for the qubits of ``compiled.circuit``, in its order; ``None`` lets the transpiler
            choose by the target's reported errors.
        optimization_level: of the transpiler, 0 to 3.
        seeds: transpiler seeds to try; the circuit with the smallest reported error, then the fewest two-qubit gates,
            is kept.
        schedule: insert the delays of an as-late-as-possible schedule where the target has durations.

    Raises:
        InputError: if the target has too few qubits, or no reset where ancillas are to be reset.
    """
    if target is not None:
        _check_target(compiled, target)
    options: dict[str, object] = {"target": target} if target is not None else {"basis_gates": basis_gates}
    mapper = _Mapper(compiled, options, layout, optimization_level, tuple(seeds))
    return mapper.fresh(schedule) if compiled.ancillas == "fresh" else mapper.periodic(schedule)


def _check_target(compiled: CollisionCircuit, target: Target) -> None:
    needed = compiled.num_qubits
    if compiled.ancillas == "reset":
        needed -= compiled.initial.num_purifiers  # the reference may share the ancilla's qubits
    if target.num_qubits is not None and target.num_qubits < needed:
        raise InputError(
            f"the circuit needs {needed} qubits, but the target has {target.num_qubits}: use a larger device"
            + (", fewer collisions, or ancillas='reset'" if compiled.ancillas == "fresh" else "")
        )
    if compiled.ancillas == "reset" and compiled.n > 1 and "reset" not in target.operation_names:
        raise InputError(
            "the target has no reset, which reset ancillas need: compile with ancillas='fresh' "
            f"({compiled.pieces.num_fresh} new qubits per collision)"
        )


class _Mapper:
    """The steps of a mapping, which share their settings."""

    def __init__(
        self,
        compiled: CollisionCircuit,
        options: dict[str, object],
        layout: Sequence[int] | None,
        optimization_level: int,
        seeds: tuple[int, ...],
    ) -> None:
        self._compiled = compiled
        self._options = options
        self._target: Any = options.get("target")
        self._layout = None if layout is None else list(layout)
        self._level = optimization_level
        self._seeds = seeds
        self._num_system = compiled.model.num_system_qubits

    def periodic(self, schedule: bool) -> MappedCollisions:
        best = self._best_bodies()
        active = set().union(*(_active(body) for body in best.bodies))
        initial = self._initial(best.home, active)
        used = sorted(active | _active(best.way_home) | _active(initial) | set(best.home))
        target = None if self._target is None else restricted(self._target, used)

        def finished(piece: QuantumCircuit) -> QuantumCircuit:
            compact = _compacted(piece, used)
            return scheduled(compact, target) if schedule else compact

        branches = [
            MappedBranch(branch.probability, finished(body), finished(self._period(body, best)))
            for branch, body in zip(self._compiled.pieces.branches, best.bodies, strict=True)
        ]
        return MappedCollisions(
            compiled=self._compiled,
            qubits=tuple(used),
            target=target,
            initial=finished(initial),
            branches=tuple(branches),
            system=tuple(used.index(qubit) for qubit in best.home),
            system_at_tick=tuple(used.index(qubit) for qubit in best.at_tick[: self._num_system]),
            seed=best.seed,
            layout=tuple(best.start),
        )

    def fresh(self, schedule: bool) -> MappedCollisions:
        best, seed = self._best(self._compiled.circuit, self._layout)
        used = sorted(_active(best))
        start = best.layout.initial_index_layout(filter_ancillas=True) if best.layout else used
        target = None if self._target is None else restricted(self._target, used)
        whole = _compacted(best, used)
        if schedule:
            whole = scheduled(whole, target)
        return MappedCollisions(
            compiled=self._compiled,
            qubits=tuple(used),
            target=target,
            initial=whole,
            branches=(),
            system=tuple(used.index(qubit) for qubit in start[: self._num_system]),
            system_at_tick=None,
            seed=seed,
            layout=tuple(start),
        )

    def _period(self, body: QuantumCircuit, best: _Bodies) -> QuantumCircuit:
        """A later collision: reset what it needs, bring the system home, and collide."""
        period = body.copy_empty_like()
        if self._target is None or "reset" in self._target.operation_names:
            # before the way home, so that nothing but the system's state is carried over
            needed = _active(body) | _active(best.way_home)
            period.reset(sorted(needed - set(best.at_tick[: self._num_system])))
        period.compose(best.way_home, inplace=True)
        period.compose(body, inplace=True)
        return period

    def _best_bodies(self) -> _Bodies:
        """The transpiled bodies of one collision that are best of all seeds."""
        compiled = self._compiled
        size = self._num_system + compiled.pieces.num_fresh
        ancilla_end = self._num_system + compiled.pieces.num_ancilla
        abstract = []
        for branch in range(len(compiled.pieces.branches)):
            body = QuantumCircuit(size)
            parts = body.qubits[: self._num_system], body.qubits[self._num_system : ancilla_end]
            compiled.append_collision(body, 1, *parts, body.qubits[ancilla_end:], branch)
            abstract.append(body)
        probabilities = compiled.pieces.probabilities
        candidates = []
        for seed in self._seeds:
            bodies = self._bodies(abstract, seed)
            way = np.array(self._badness(bodies.way_home))
            badness = sum(p * (self._badness(body) + way) for p, body in zip(probabilities, bodies.bodies, strict=True))
            candidates.append((tuple(badness), seed, bodies))
        return min(candidates, key=lambda item: item[:2])[2]

    def _bodies(self, abstract: list[QuantumCircuit], seed: int) -> _Bodies:
        """All branches for one seed: one decides the layout, and all end where it does."""
        main = max(range(len(abstract)), key=lambda index: abstract[index].num_nonlocal_gates())
        layout = None if self._layout is None else self._layout[: abstract[main].num_qubits]
        leader = self._transpiled(abstract[main], seed, layout)
        start, end = self._ends(leader, abstract[main].num_qubits)
        ticked = end[: len(abstract[main].data[-1].qubits)]
        bodies = []
        for index, circuit in enumerate(abstract):
            body = leader if index == main else self._transpiled(circuit, seed, start)
            own_end = self._ends(body, len(ticked))[1]
            bodies.append(_with_last_tick(body, self._moved(body, own_end, ticked, seed), ticked))
        home, at_tick = start[: self._num_system], ticked[: self._num_system]
        return _Bodies(bodies, self._moved(leader, at_tick, home, seed), seed, start, home, ticked)

    def _initial(self, home: list[int], taken: set[int]) -> QuantumCircuit:
        """The initial state with the system at home and its reference close to it."""
        compiled = self._compiled
        circuit = QuantumCircuit(compiled.initial.circuit.num_qubits)
        circuit.compose(compiled.initial.circuit, inplace=True)
        layout = [*home, *self._reference_qubits(home, taken, compiled.initial.num_purifiers)]
        mapped = self._transpiled(circuit, self._seeds[0], layout)
        if self._target is None and mapped.num_qubits < compiled.num_qubits:
            wider = QuantumCircuit(compiled.num_qubits)
            mapped = wider.compose(mapped, layout)
        mapped.compose(self._moved(mapped, self._ends(mapped, self._num_system)[1], home, self._seeds[0]), inplace=True)
        in_the_way = sorted((_active(mapped) - set(home)) & taken)
        if in_the_way:  # the reference may be forgotten, and the ancilla's qubits must begin in |0>
            if self._target is not None and "reset" not in self._target.operation_names:
                raise InputError(
                    "the mixed initial state's reference does not fit beside the ancilla on this device without "
                    "reset: start from a pure state, or use a larger device"
                )
            mapped.reset(in_the_way)
        append_tick(mapped, f"{TICK}:0", [mapped.qubits[qubit] for qubit in home])
        return mapped

    def _reference_qubits(self, home: list[int], taken: set[int], count: int) -> list[int]:
        """Qubits for the initial state's reference: close to the system by good gates, and rather not the ancilla's."""
        if self._target is None:
            first = self._compiled.num_qubits - count
            return list(range(first, first + count))
        steps = distances(self._target, home)
        others = [qubit for qubit in range(self._target.num_qubits) if qubit not in home]
        return sorted(others, key=lambda qubit: (steps[qubit] + RESET_IN_STEPS * (qubit in taken), qubit))[:count]

    def _best(self, circuit: QuantumCircuit, layout: list[int] | None) -> tuple[QuantumCircuit, int]:
        candidates = [(self._transpiled(circuit, seed, layout), seed) for seed in self._seeds]
        return min(candidates, key=lambda item: (self._badness(item[0]), item[1]))

    def _transpiled(self, circuit: QuantumCircuit, seed: int, layout: list[int] | None) -> QuantumCircuit:
        if self._target is None and self._options["basis_gates"] is None:
            return circuit.decompose("xx_plus_yy")  # the only gate of ours that simulators do not know
        options = dict(self._options)
        if self._target is not None and layout is not None:
            options["initial_layout"] = layout
        return transpile(circuit, optimization_level=self._level, seed_transpiler=seed, **options)

    def _ends(self, mapped: QuantumCircuit, count: int) -> tuple[list[int], list[int]]:
        """Where the first ``count`` qubits start and where routing leaves them."""
        if mapped.layout is None:
            return list(range(count)), list(range(count))
        start = mapped.layout.initial_index_layout(filter_ancillas=True)[:count]
        end = mapped.layout.final_index_layout(filter_ancillas=True)[:count]
        return start, end

    def _moved(self, like: QuantumCircuit, here: list[int], there: list[int], seed: int) -> QuantumCircuit:
        """The swaps that take what is on some qubits to others, in the gates of the target."""
        swaps = QuantumCircuit(like.num_qubits)
        if here == there:
            return swaps
        graph = self._target.build_coupling_map().graph.to_undirected(multigraph=False)
        for pair in ApproximateTokenSwapper(graph, seed=seed).map(dict(zip(here, there, strict=True)), trials=20):
            swaps.swap(*pair)
        return transpile(
            swaps,
            target=self._target,
            initial_layout=range(swaps.num_qubits),
            routing_method="none",
            optimization_level=1,  # higher levels turn swaps into names
            seed_transpiler=seed,
        )

    def _badness(self, circuit: QuantumCircuit) -> tuple[float, int, int]:
        """Reported error of the circuit (as minus the logarithm of its success), two-qubit gates and depth."""
        error = 0.0
        pairs = 0
        for item in circuit.data:
            if item.operation.name in ("barrier", "delay"):
                continue
            pairs += len(item.qubits) == 2
            if self._target is not None:
                qubits = tuple(circuit.find_bit(qubit).index for qubit in item.qubits)
                properties = self._target[item.operation.name].get(qubits)
                if properties is not None and properties.error is not None:
                    error -= math.log1p(-min(properties.error, 0.999))
        return round(error, 12), pairs, circuit.depth()


@dataclass(frozen=True, eq=False)
class _Bodies:
    """All branches of a collision on the target's qubits, from the system at home to the last tick."""

    bodies: list[QuantumCircuit]
    way_home: QuantumCircuit
    seed: int
    start: list[int]
    home: list[int]
    at_tick: list[int]


def _with_last_tick(body: QuantumCircuit, swaps: QuantumCircuit, qubits: list[int]) -> QuantumCircuit:
    """The body with swaps before its last tick, which is then on other qubits."""
    if not swaps.data:
        return body
    moved = body.copy_empty_like()
    last = max(index for index, item in enumerate(body.data) if item.operation.name == "barrier")
    for index, item in enumerate(body.data):
        if index == last:
            moved.compose(swaps, inplace=True)
            append_tick(moved, item.operation.label, [moved.qubits[qubit] for qubit in qubits])
        else:
            moved.append(item.operation, item.qubits, copy=False)
    return moved


def _active(circuit: QuantumCircuit) -> set[int]:
    """Indices of the qubits on which anything but a barrier acts."""
    return {
        circuit.find_bit(qubit).index
        for item in circuit.data
        if item.operation.name != "barrier"
        for qubit in item.qubits
    }


def _compacted(circuit: QuantumCircuit, used: Sequence[int]) -> QuantumCircuit:
    """The circuit on its used qubits alone."""
    position = {qubit: index for index, qubit in enumerate(used)}
    compact = QuantumCircuit(len(used))
    for item in circuit.data:
        indices = [circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.operation.name == "barrier":
            kept = [position[index] for index in indices if index in position]
            append_tick(compact, item.operation.label, [compact.qubits[index] for index in kept])
        else:
            compact.append(item.operation, [position[index] for index in indices])
    return compact
