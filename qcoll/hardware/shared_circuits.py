r"""One parametrised circuit for many points, where their circuits have the same structure.

The points are mapped with one transpiler seed on one layout. Two mappings have the same structure if on every qubit
the same operations other than one-qubit gates follow each other: two-qubit gates, resets, ticks, measurements. Between
those, runs of one-qubit gates that differ become

.. math:: R_z(a)\,\sqrt{X}\,R_z(b)\,\sqrt{X}\,R_z(c),

or keep their gates if they differ in angles only. Angles that differ become parameters; runs that do not stay as they
are. Delays are put in last, when all durations are known: they are the same for all points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Operation, Parameter
from qiskit.circuit.library import RZGate, SXGate
from qiskit.quantum_info import Operator
from qiskit.synthesis import OneQubitEulerDecomposer

from ..circuits.steps import IDLE, Step, steps, two_qubit_gates
from ..compile.sequence import CollisionCircuit
from ..device import MappedCollisions, map_collisions
from ..device.mapped import MappedBranch
from ..device.target import scheduled
from ..errors import InputError
from ..trajectory.pauli import Real

#: Gates that are the same with their qubits exchanged.
SYMMETRIC = {"cz", "swap", "rzz", "rxx", "ryy", "iswap"}

#: One-qubit operations that are not gates, and stay where they are.
FIXED = IDLE | {"reset", "measure"}

#: Angles closer than this are the same.
SAME_ANGLE = 1e-12

#: The canonical run of one-qubit gates.
CANONICAL = ("rz", "sx", "rz", "sx", "rz")

#: Mapping of one point on a layout (``None``: the transpiler's choice) with a transpiler seed.
Mapper = Callable[[CollisionCircuit, Sequence[int] | None, int], MappedCollisions]


@dataclass(frozen=True, eq=False)
class SharedCircuits:
    """Points with the same structure, and their one mapping with parameters.

    Args:
        points: which points.
        mapped: the mapping; ``mapped.compiled`` is the first point's.
        values: values of every parameter, shape (points,) each.
    """

    points: tuple[int, ...]
    mapped: MappedCollisions
    values: Mapping[str, Real]


def shared_circuits(
    circuits: Sequence[CollisionCircuit],
    target: Any,
    *,
    optimization_level: int,
    seeds: Sequence[int],
    schedule: bool,
    labels: Sequence[str],
    asked: Callable[[CollisionCircuit], Hashable] = lambda _: None,
    separate: bool = False,
    measured: bool = False,
) -> list[SharedCircuits]:
    """Map points so that those of the same structure share their circuits.

    The first point decides the layout and the seed: the best of all seeds by the device's reported errors, or, should
    the others not follow there, the next on which all have the same structure.

    Args:
        circuits: of the points, compiled in the same way for the same number of collisions.
        target: of the device.
        optimization_level: of the transpiler.
        seeds: of the transpiler.
        schedule: insert delays.
        labels: names of the points, for messages.
        asked: what is measured of a point: points of one group must agree in it.
        separate: let points of other structures have circuits of their own.
        measured: choose the place by readout errors too.

    Raises:
        InputError: if the structures differ and ``separate`` is off; it says which and in what.
    """

    def mapper(circuit: CollisionCircuit, layout: Sequence[int] | None, seed: int) -> MappedCollisions:
        return map_collisions(
            circuit, target, layout=layout, optimization_level=optimization_level, seeds=(seed,), schedule=False
        )

    found: list[tuple[list[int], list[MappedCollisions]]] = []
    waiting = list(range(len(circuits)))
    while waiting:
        best = map_collisions(
            circuits[waiting[0]],
            target,
            optimization_level=optimization_level,
            seeds=seeds,
            schedule=False,
            measured=measured,
        )
        assert best.seed is not None
        order = [best.seed, *(seed for seed in seeds if seed != best.seed)]
        questions = [asked(circuits[index]) for index in waiting]
        size = circuits[waiting[0]].num_qubits
        own = [
            index
            for index, each in zip(waiting, questions, strict=True)
            if each == questions[0] and circuits[index].num_qubits == size
        ]
        group, mapped = _largest_group(circuits, own, order, mapper)
        found.append((group, mapped))
        waiting = [index for index in waiting if index not in group]
    if len(found) > 1 and not separate:
        most, mapped = max(found, key=lambda each: len(each[0]))  # of equal ones the first
        others = [index for index in range(len(circuits)) if index not in most]
        reasons = [_why((circuits[most[0]], mapped[0]), circuits[index], asked, mapper) for index in others]
        raise InputError(_refusal([labels[i] for i in most], [labels[i] for i in others], reasons))
    return [_shared(group, mapped, schedule) for group, mapped in found]


def structure_difference(first: MappedCollisions, second: MappedCollisions) -> str | None:
    """In what two mappings differ besides one-qubit gates; ``None`` if they have the same structure."""
    if len(first.branches) != len(second.branches):
        return f"the circuits that a collision is sampled from ({len(first.branches)} and {len(second.branches)})"
    pairs = [(name, one, other) for (name, one), (_, other) in zip(_pieces(first), _pieces(second), strict=True)]
    for name, *pair in pairs:
        counts = [two_qubit_gates(piece) for piece in pair]
        if counts[0] != counts[1]:
            return f"the {name} ({counts[0]} and {counts[1]} two-qubit gates)"
    for name in ("qubits", "system", "system_at_tick"):
        if getattr(first, name) != getattr(second, name):
            return f"the layout ({name.replace('_', ' ')} {getattr(first, name)} and {getattr(second, name)})"
    for name, one, other in pairs:
        if _wires(one) != _wires(other):
            return f"the {name} (its {two_qubit_gates(one)} two-qubit gates come in another order or on other qubits)"
    return None


def _largest_group(
    circuits: Sequence[CollisionCircuit], own: list[int], seeds: Sequence[int], mapper: Mapper
) -> tuple[list[int], list[MappedCollisions]]:
    """The points that follow the first, with the seed for which most do; all of them at once, if any seed allows."""
    largest: tuple[list[int], list[MappedCollisions]] = ([], [])
    for seed in seeds:
        free = mapper(circuits[own[0]], None, seed)
        for layout in (None, free.layout):
            first = free if layout is None else mapper(circuits[own[0]], layout, seed)
            group, mapped = [own[0]], [first]
            for index in own[1:]:
                each = mapper(circuits[index], layout, seed)
                if structure_difference(first, each) is None:
                    group.append(index)
                    mapped.append(each)
            if len(group) > len(largest[0]):
                largest = group, mapped
            if len(group) == len(own):
                return largest
    return largest


def _why(
    first: tuple[CollisionCircuit, MappedCollisions],
    other: CollisionCircuit,
    asked: Callable[[CollisionCircuit], Hashable],
    mapper: Mapper,
) -> str:
    """In what a point differs from the first."""
    if asked(first[0]) != asked(other):
        return "the Pauli strings to be measured"
    if first[0].num_qubits != other.num_qubits:
        return f"the number of qubits ({first[0].num_qubits} and {other.num_qubits})"
    mapped = first[1]
    assert mapped.seed is not None
    return structure_difference(mapped, mapper(other, mapped.layout, mapped.seed)) or "the layout"


def _refusal(group: Sequence[str], others: Sequence[str], reasons: Sequence[str]) -> str:
    differing = "; ".join(f"{label} in {reason}" for label, reason in zip(others, reasons, strict=True))
    return (
        f"the points cannot share one circuit: compared with {group[0]}, {differing}. Leave these out, choose another "
        'optimization_level, or give them circuits of their own with structures="separate" (--separate-structures)'
    )


def _shared(group: list[int], mapped: list[MappedCollisions], schedule: bool) -> SharedCircuits:
    parameters = _Parameters(len(group))
    first = mapped[0]

    def merged(pieces: Sequence[QuantumCircuit]) -> QuantumCircuit:
        circuit = _merged(pieces, parameters)
        return scheduled(circuit, first.target) if schedule else circuit

    branches = tuple(
        MappedBranch(
            branch.probability,
            merged([each.branches[index].first for each in mapped]),
            merged([each.branches[index].period for each in mapped]),
        )
        for index, branch in enumerate(first.branches)
    )
    template = replace(first, initial=merged([each.initial for each in mapped]), branches=branches)
    return SharedCircuits(tuple(group), template, parameters.values)


class _Parameters:
    """Parameters by their values: angles that are the same at every point have one parameter, or none."""

    def __init__(self, points: int) -> None:
        self._points = points
        self._known: dict[tuple[float, ...], Parameter] = {}
        self.values: dict[str, Real] = {}

    def of(self, angles: Sequence[float]) -> float | Parameter:
        """The angle, if it is the same at every point, else a parameter for it."""
        if max(angles) - min(angles) < SAME_ANGLE:
            return angles[0]
        key = tuple(angles)
        if key not in self._known:
            parameter = Parameter(f"angle_{len(self._known):04d}")
            self._known[key] = parameter
            self.values[parameter.name] = np.array(angles)
        return self._known[key]


def _merged(pieces: Sequence[QuantumCircuit], parameters: _Parameters) -> QuantumCircuit:
    """One circuit for all points from their circuits of the same structure."""
    walks = [_Walk(piece) for piece in pieces]
    merged = pieces[0].copy_empty_like()
    for step in steps(pieces[0]):
        if _is_run(step):
            continue
        qubits = step.qubits
        runs = {qubit: [walk.run(qubit) for walk in walks] for qubit in qubits}
        operations = [walk.fixed(qubits) for walk in walks]
        for qubit, own in runs.items():
            _append_run(merged, qubit, own, parameters)
        merged.append(_with_angles(operations, parameters), qubits)
    for qubit in range(merged.num_qubits):
        _append_run(merged, qubit, [walk.run(qubit) for walk in walks], parameters)
    return merged


class _Walk:
    """A circuit qubit by qubit: runs of one-qubit gates, and what stands between them."""

    def __init__(self, circuit: QuantumCircuit) -> None:
        self._queues: list[list[Step]] = [[] for _ in circuit.qubits]
        for step in steps(circuit):
            for qubit in step.qubits:
                self._queues[qubit].append(step)

    def run(self, qubit: int) -> list[Operation]:
        """The one-qubit gates that come next."""
        queue, found = self._queues[qubit], []
        while queue and _is_run(queue[0]):
            found.append(queue.pop(0).operation)
        return found

    def fixed(self, qubits: Sequence[int]) -> Operation:
        """What comes next on these qubits."""
        (operation,) = {id(step): step.operation for step in (self._queues[qubit].pop(0) for qubit in qubits)}.values()
        return operation


def _append_run(circuit: QuantumCircuit, qubit: int, runs: Sequence[list[Operation]], parameters: _Parameters) -> None:
    """One run of one-qubit gates for all points: as it is, with parameters for its angles, or canonical."""
    if len({tuple(gate.name for gate in run) for run in runs}) > 1:
        diagonal = all(gate.name == "rz" for run in runs for gate in run)
        runs = [[RZGate(sum(gate.params[0] for gate in run))] if diagonal else _canonical(run) for run in runs]
    for gates in zip(*runs, strict=True):
        circuit.append(_with_angles(gates, parameters), [qubit])


def _canonical(run: Sequence[Operation]) -> list[Operation]:
    """The same unitary, up to its phase, in the canonical shape."""
    unitary = np.eye(2, dtype=complex)
    for gate in run:
        unitary = Operator(gate).data @ unitary
    theta, phi, lam = OneQubitEulerDecomposer("U3").angles(unitary)
    angles = iter((lam, theta + math.pi, phi + math.pi))
    return [SXGate() if name == "sx" else RZGate(math.remainder(next(angles), 2 * math.pi)) for name in CANONICAL]


def _with_angles(operations: Sequence[Operation], parameters: _Parameters) -> Operation:
    """An operation that differs in its angles only, with parameters for those."""
    first = operations[0]
    if not first.params or first.name in FIXED:
        return first
    angles = zip(*([float(angle) for angle in each.params] for each in operations), strict=True)
    return type(first)(*(parameters.of(own) for own in angles))


def _wires(circuit: QuantumCircuit) -> list[list[Hashable]]:
    """For every qubit what happens on it, without one-qubit gates: equal for circuits of the same structure."""
    wires: list[list[Hashable]] = [[] for _ in circuit.qubits]
    for step in steps(circuit):
        if _is_run(step):
            continue
        operation, qubits = step.operation, step.qubits
        on = tuple(sorted(qubits)) if operation.name in SYMMETRIC else qubits
        for qubit in qubits:
            wires[qubit].append((operation.name, operation.label, on))
    return wires


def _pieces(mapped: MappedCollisions) -> Iterator[tuple[str, QuantumCircuit]]:
    yield "initial state" if mapped.branches else "circuit", mapped.initial
    for branch in mapped.branches:
        yield "first collision", branch.first
        yield "later collision", branch.period


def _is_run(step: Step) -> bool:
    return len(step.qubits) == 1 and step.operation.name not in FIXED
