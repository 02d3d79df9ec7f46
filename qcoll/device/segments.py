"""Pieces of mapped collisions, and what is done to them as circuits: cut, moved, renumbered, freed of idle qubits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import Target
from qiskit.transpiler.passes.routing.algorithms import ApproximateTokenSwapper

from ..circuits.correction import implies_flips
from ..circuits.discard import without_discarded
from ..compile.sequence import append_tick


@dataclass(frozen=True, eq=False)
class Bodies:
    """All branches of a collision on the target's qubits, from the system at home to the last tick.

    ``level`` is the lowest optimization level that one of them is from.
    """

    bodies: list[QuantumCircuit]
    way_home: QuantumCircuit
    seed: int
    start: list[int]
    home: list[int]
    at_tick: list[int]
    level: int

    def moved(self, place: dict[int, int]) -> Bodies:
        """The same on other qubits of the target; qubits on which nothing acts go anywhere."""
        spare = (qubit for qubit in range(self.way_home.num_qubits) if qubit not in place.values())
        return Bodies(
            [relabelled(body, place) for body in self.bodies],
            relabelled(self.way_home, place),
            self.seed,
            [place[qubit] if qubit in place else next(spare) for qubit in self.start],
            [place[qubit] for qubit in self.home],
            [place[qubit] for qubit in self.at_tick],
            self.level,
        )


@dataclass(frozen=True, eq=False)
class Frame:
    """What surrounds the collisions on the target: the initial state, the qubits in use, and their part of it."""

    initial: QuantumCircuit
    used: list[int]
    target: Target | None


def moves(size: int, here: list[int], there: list[int], target: Any, seed: int) -> QuantumCircuit:
    """The swaps that take what is on some of ``size`` qubits to others, in the gates of the target."""
    swaps = QuantumCircuit(size)
    if here == there:
        return swaps
    graph = target.build_coupling_map().graph.to_undirected(multigraph=False)
    for pair in ApproximateTokenSwapper(graph, seed=seed).map(dict(zip(here, there, strict=True)), trials=20):
        swaps.swap(*pair)
    return transpile(
        swaps,
        target=target,
        initial_layout=range(size),
        routing_method="none",
        optimization_level=1,  # higher levels turn swaps into names
        seed_transpiler=seed,
    )


def append_numbered(whole: QuantumCircuit, piece: QuantumCircuit, done: int) -> None:
    """Append a piece whose ticks are numbered from 1, after ``done`` collisions."""
    for item in piece.data:
        qubits = [whole.qubits[piece.find_bit(qubit).index] for qubit in item.qubits]
        if item.operation.name == "barrier" and not implies_flips(item.operation):
            kind, number = item.operation.label.split(":")
            append_tick(whole, f"{kind}:{done + int(number)}", qubits)
        else:
            whole.append(item.operation, qubits, whole.clbits[: len(item.clbits)], copy=False)


def up_to(circuit: QuantumCircuit, label: str) -> QuantumCircuit:
    """The circuit up to the tick ``label``, without what only prepares for later."""
    cut = circuit.copy_empty_like()
    for item in circuit.data:
        cut.append(item.operation, item.qubits, copy=False)
        if item.operation.name == "barrier" and item.operation.label == label:
            break
    else:
        raise ValueError(f"the circuit has no {label}")
    return without_discarded(cut, kept=())


def with_last_tick(body: QuantumCircuit, swaps: QuantumCircuit, qubits: list[int]) -> QuantumCircuit:
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
            moved.append(item.operation, item.qubits, item.clbits, copy=False)
    return moved


def relabelled(circuit: QuantumCircuit, place: dict[int, int]) -> QuantumCircuit:
    """The circuit with every qubit in another place."""
    moved = QuantumCircuit(circuit.num_qubits, circuit.num_clbits)
    for item in circuit.data:
        qubits = [place[circuit.find_bit(qubit).index] for qubit in item.qubits]
        moved.append(item.operation, qubits, moved.clbits[: len(item.clbits)], copy=False)
    return moved


def ticked_qubits(circuit: QuantumCircuit) -> set[int]:
    """Indices of the qubits that are read at the ticks."""
    return {
        circuit.find_bit(qubit).index
        for item in circuit.data
        if item.operation.name == "barrier" and not implies_flips(item.operation)
        for qubit in item.qubits
    }


def active_qubits(circuit: QuantumCircuit) -> set[int]:
    """Indices of the qubits on which anything but a barrier acts."""
    return {
        circuit.find_bit(qubit).index
        for item in circuit.data
        if item.operation.name != "barrier"
        for qubit in item.qubits
    }


def ends(mapped: QuantumCircuit, count: int) -> tuple[list[int], list[int]]:
    """Where the first ``count`` qubits of a transpiled circuit start and where routing leaves them."""
    if mapped.layout is None:
        return list(range(count)), list(range(count))
    start = mapped.layout.initial_index_layout(filter_ancillas=True)[:count]
    end = mapped.layout.final_index_layout(filter_ancillas=True)[:count]
    return start, end


def compacted(circuit: QuantumCircuit, used: Sequence[int]) -> QuantumCircuit:
    """The circuit on its used qubits alone."""
    position = {qubit: index for index, qubit in enumerate(used)}
    compact = QuantumCircuit(len(used), circuit.num_clbits)
    for item in circuit.data:
        indices = [circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.operation.name == "barrier":
            kept = [position[index] for index in indices if index in position]
            append_tick(compact, item.operation.label, [compact.qubits[index] for index in kept])
        else:
            compact.append(item.operation, [position[index] for index in indices], compact.clbits[: len(item.clbits)])
    return compact
