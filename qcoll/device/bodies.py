"""The circuits of collisions on a target while they are mapped: where they begin and end, and how to get back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import Target
from qiskit.transpiler.passes.routing.algorithms import ApproximateTokenSwapper

from ..circuits.steps import on_qubits
from .transpiling import transpile


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
        size = self.way_home.num_qubits
        spare = (qubit for qubit in range(size) if qubit not in place.values())
        return Bodies(
            [on_qubits(body, place, size) for body in self.bodies],
            on_qubits(self.way_home, place, size),
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


def ends(mapped: QuantumCircuit, count: int) -> tuple[list[int], list[int]]:
    """Where the first ``count`` qubits of a transpiled circuit start and where routing leaves them."""
    if mapped.layout is None:
        return list(range(count)), list(range(count))
    start = mapped.layout.initial_index_layout(filter_ancillas=True)[:count]
    end = mapped.layout.final_index_layout(filter_ancillas=True)[:count]
    return start, end
