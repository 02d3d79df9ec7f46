r"""Collisions on the gates and qubits of a target: one collision is compiled once and repeated.

The body of a collision (preparation, collision, ticks) is transpiled alone, the best of several seeds is kept, and
swaps bring the system home if routing moved it. Every period is then the same piece of circuit, so that

* all numbers of collisions share one layout and one transpilation,
* the channel of one period, iterated, is the noisy dynamics of the whole sequence.

Only the qubits in use are kept, with the part of the target that describes them. Fresh ancillas have no period: there
the whole sequence is transpiled, once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Delay, Parameter, Reset
from qiskit.transpiler import InstructionProperties, Target
from qiskit.transpiler.passes.routing.algorithms import ApproximateTokenSwapper

from ..errors import InputError
from .sequence import TICK, CollisionCircuit, append_tick

DEFAULT_SEEDS = tuple(range(10))

#: An initial reference on the ancilla's qubits costs a reset, which takes longer than a swap or two.
RESET_IN_STEPS = 1.5


@dataclass(frozen=True, eq=False)
class MappedCollisions:
    """A compiled collision circuit on the used qubits of a target.

    Args:
        compiled: what was mapped.
        qubits: the target's qubits in use; position i here is qubit i of the circuits.
        target: the part of the target on those qubits, or ``None`` if there was none.
        initial: the circuit of the initial state up to tick:0; for fresh ancillas the whole sequence.
        first: the first collision, from qubits that are in |0>.
        period: every later collision, from tick to tick: the reset of the qubits used before, the system's way home
            if routing moved it, preparation and collision.
        system: the system's qubits at tick 0.
        system_at_tick: the system's qubits at all later ticks, where they are the same.
        seed: the transpiler seed that was kept.
    """

    compiled: CollisionCircuit
    qubits: tuple[int, ...]
    target: Target | None
    initial: QuantumCircuit
    first: QuantumCircuit | None
    period: QuantumCircuit | None
    system: tuple[int, ...]
    system_at_tick: tuple[int, ...] | None
    seed: int | None

    @property
    def periodic(self) -> bool:
        """Whether the sequence repeats one piece of circuit (reset ancillas)."""
        return self.period is not None

    def sequence(self, n: int | None = None) -> QuantumCircuit:
        """The circuit of ``n`` collisions (all by default) with its ticks numbered."""
        count = self.compiled.n if n is None else n
        if self.first is None or self.period is None:
            if count != self.compiled.n:
                raise InputError(f"fresh ancillas were mapped for n = {self.compiled.n} collisions, not for {count}")
            return self.initial
        circuit = self.initial.copy()
        for number in range(1, count + 1):
            piece = self.first if number == 1 else self.period
            for item in piece.data:
                qubits = [circuit.qubits[piece.find_bit(qubit).index] for qubit in item.qubits]
                if item.operation.name == "barrier":
                    append_tick(circuit, f"{item.operation.label.split(':')[0]}:{number}", qubits)
                else:
                    circuit.append(item.operation, qubits, copy=False)
        return circuit


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
            f"({compiled.model.num_ancilla_qubits + compiled.preparation.num_purifiers} new qubits per collision)"
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
        body, way_home, seed, home, at_tick = self._best_body()
        initial = self._initial(home, _active(body))
        used = sorted(_active(body) | _active(way_home) | _active(initial) | set(home))
        period = body.copy_empty_like()
        if self._target is None or "reset" in self._target.operation_names:
            # before the way home, so that nothing but the system's state is carried over
            period.reset(sorted(_active(body) - set(at_tick)))
        period.compose(way_home, inplace=True)
        period.compose(body, inplace=True)
        target = None if self._target is None else restricted(self._target, used)
        pieces = [_compacted(piece, used) for piece in (initial, body, period)]
        if schedule:
            pieces = [scheduled(piece, target) for piece in pieces]
        return MappedCollisions(
            compiled=self._compiled,
            qubits=tuple(used),
            target=target,
            initial=pieces[0],
            first=pieces[1],
            period=pieces[2],
            system=tuple(used.index(qubit) for qubit in home),
            system_at_tick=tuple(used.index(qubit) for qubit in at_tick),
            seed=seed,
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
            first=None,
            period=None,
            system=tuple(used.index(qubit) for qubit in start[: self._num_system]),
            system_at_tick=None,
            seed=seed,
        )

    def _best_body(self) -> tuple[QuantumCircuit, QuantumCircuit, int, list[int], list[int]]:
        """The transpiled body of one collision, the system's way home, and where it starts and ends."""
        compiled = self._compiled
        body = QuantumCircuit(compiled.num_qubits - compiled.initial.num_purifiers)
        ancilla_end = compiled.model.num_qubits
        compiled.append_collision(
            body,
            1,
            body.qubits[: self._num_system],
            body.qubits[self._num_system : ancilla_end],
            body.qubits[ancilla_end:],
        )
        layout = None if self._layout is None else self._layout[: body.num_qubits]
        candidates = []
        for seed in self._seeds:
            mapped = self._transpiled(body, seed, layout)
            start, end = self._ends(mapped)
            way_home = self._moved(mapped, end, start, seed)
            badness = [sum(pair) for pair in zip(self._badness(mapped), self._badness(way_home), strict=True)]
            candidates.append((badness, seed, mapped, way_home, start, end))
        _, seed, mapped, way_home, start, end = min(candidates, key=lambda item: item[:2])
        return mapped, way_home, seed, start, end

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
        mapped.compose(self._moved(mapped, self._ends(mapped)[1], home, self._seeds[0]), inplace=True)
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
        """Qubits for the initial state's reference: close to the system, and rather not the ancilla's."""
        if self._target is None:
            first = self._compiled.num_qubits - count
            return list(range(first, first + count))
        coupling = self._target.build_coupling_map()
        others = [qubit for qubit in range(self._target.num_qubits) if qubit not in home]

        def cost(qubit: int) -> tuple[float, int]:
            steps = 1 if coupling is None else min(coupling.distance(qubit, own) for own in home)
            return steps + RESET_IN_STEPS * (qubit in taken), qubit

        return sorted(others, key=cost)[:count]

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

    def _ends(self, mapped: QuantumCircuit) -> tuple[list[int], list[int]]:
        """Where the system starts and where routing leaves it."""
        if mapped.layout is None:
            return list(range(self._num_system)), list(range(self._num_system))
        start = mapped.layout.initial_index_layout(filter_ancillas=True)[: self._num_system]
        end = mapped.layout.final_index_layout(filter_ancillas=True)[: self._num_system]
        return start, end

    def _moved(self, like: QuantumCircuit, here: list[int], there: list[int], seed: int) -> QuantumCircuit:
        """The swaps that take the system from some qubits to others, in the gates of the target."""
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


def restricted(target: Target, qubits: Sequence[int]) -> Target:
    """The part of a target on some of its qubits, renumbered in the order given."""
    position = {qubit: index for index, qubit in enumerate(qubits)}
    properties = target.qubit_properties
    part = Target(
        num_qubits=len(qubits),
        dt=target.dt,
        granularity=target.granularity,
        min_length=target.min_length,
        pulse_alignment=target.pulse_alignment,
        acquire_alignment=target.acquire_alignment,
        qubit_properties=None if properties is None else [properties[qubit] for qubit in qubits],
    )
    for name in target.operation_names:
        operation = target.operation_from_name(name)
        known = target[name]
        if isinstance(operation, type) or known is None or None in known:
            continue  # control flow and global operations are not part of a collision
        chosen = {
            tuple(position[qubit] for qubit in qargs): value
            for qargs, value in known.items()
            if all(qubit in position for qubit in qargs)
        }
        if chosen:
            part.add_instruction(operation, chosen, name=name)
    if "delay" not in part.operation_names:
        part.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(len(qubits))})
    if "reset" not in part.operation_names and "reset" in target.operation_names:
        part.add_instruction(Reset(), {(q,): InstructionProperties(duration=0.0) for q in range(len(qubits))})
    return part


def scheduled(circuit: QuantumCircuit, target: Target | None) -> QuantumCircuit:
    """The circuit with the delays of an as-late-as-possible schedule, if the target knows durations."""
    if target is None or target.dt is None or not _has_durations(target):
        return circuit
    return transpile(
        circuit,
        target=target,
        initial_layout=range(circuit.num_qubits),
        optimization_level=0,
        routing_method="none",
        scheduling_method="alap",
    )


def _has_durations(target: Target) -> bool:
    return any(
        properties is not None and properties.duration is not None
        for name in target.operation_names
        if target[name] is not None
        for properties in target[name].values()
    )


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
