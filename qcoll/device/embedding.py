"""Places for long circuits on a device, without swaps: trees of qubits, such as chains with ancillas at their ends.

A search for subgraphs of any shape gives up on chains of forty qubits. A tree is placed node by node along its longest
path, side branches first, each node beside its neighbour; where free neighbours are to choose from, the one that has
the fewest itself comes first, which keeps the path close to what is already taken.
"""

from __future__ import annotations

from collections.abc import Iterator

import rustworkx
from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.steps import pairs_of

#: Circuits of fewer qubits are left to the transpiler's own search.
SMALLEST = 20
#: Pairs whose gates have a larger reported error are no neighbours.
LARGEST_ERROR = 0.5
#: Places of the first qubit, and steps from each before another is tried.
_STARTS, _STEPS = 40, 2_000


def embeddings(circuit: QuantumCircuit, target: Target) -> Iterator[list[int]]:
    """Layouts (physical qubit of each qubit) on which two-qubit gates join neighbours, or all but those of one qubit.

    Args:
        circuit: gates on one and two qubits whose pairs make a tree.
        target: the device.

    >>> from qiskit.transpiler import CouplingMap
    >>> chain = QuantumCircuit(5)
    >>> _ = [chain.cx(k, k + 1) for k in range(4)]
    >>> next(embeddings(chain, Target.from_configuration(["cx"], coupling_map=CouplingMap.from_ring(6))))
    [4, 3, 2, 1, 0]
    """
    coupling = target.build_coupling_map()
    if coupling is None:
        return
    tree = rustworkx.PyGraph(multigraph=False)
    tree.add_nodes_from(range(circuit.num_qubits))
    for pair in pairs_of(circuit):
        tree.add_edge(*pair, None)
    if not rustworkx.is_connected(tree) or tree.num_edges() != tree.num_nodes() - 1:
        return
    device = coupling.graph.to_undirected(multigraph=False)
    errors = _worst_errors(target)
    near = [
        sorted(other for other in device.neighbors(qubit) if errors.get((qubit, other), 0.0) < LARGEST_ERROR)
        for qubit in device.node_indices()
    ]
    for shape in (tree, *_bent(tree)):
        order = _walk(shape)
        children = [shape.degree(node) - (place > 0) for place, (node, _) in enumerate(order)]
        fitting = [qubit for qubit in device.node_indices() if len(near[qubit]) >= children[0]]
        some = False
        for start in sorted(fitting, key=lambda qubit: (len(near[qubit]), qubit))[:: max(1, len(fitting) // _STARTS)]:
            if (found := _placed(order, children, near, start)) is not None:
                some = True
                yield [found[node] for node in range(circuit.num_qubits)]
        if some:
            return


def _bent(tree: rustworkx.PyGraph) -> Iterator[rustworkx.PyGraph]:
    """The tree with one side leaf moved to a neighbour of its own: a swap away from where it should be.

    On heavy hexagons every second qubit of a path has a third neighbour, so that a chain of an even number of qubits
    between two branches fits nowhere.
    """
    for leaf in tree.node_indices():
        if tree.degree(leaf) == 1:
            (parent,) = tree.neighbors(leaf)
            for other in tree.neighbors(parent) if tree.degree(parent) > 2 else ():
                if tree.degree(other) == 2:
                    bent = tree.copy()
                    bent.remove_edge(leaf, parent)
                    bent.add_edge(leaf, other, None)
                    yield bent


def pair_errors(circuit: QuantumCircuit, layout: list[int], target: Target) -> float:
    """The sum of the reported errors of the pairs that a circuit's two-qubit gates act on, of neighbours alone."""
    worst = _worst_errors(target)
    return sum(worst.get((layout[first], layout[second]), 0.0) for first, second in pairs_of(circuit))


def _worst_errors(target: Target) -> dict[tuple[int, ...], float]:
    """The largest reported error of the gates of every pair, in either direction."""
    worst: dict[tuple[int, ...], float] = {}
    for name in target.operation_names:
        for qubits, properties in (target[name] or {}).items():
            if qubits is not None and len(qubits) == 2 and properties is not None and properties.error is not None:
                for pair in (qubits, qubits[::-1]):
                    worst[pair] = max(worst.get(pair, 0.0), float(properties.error))
    return worst


def _walk(tree: rustworkx.PyGraph) -> list[tuple[int, int]]:
    """Nodes with the node each is a neighbour of, along the longest path, side branches before it goes on."""
    first = _farthest(tree, 0)[-1]
    main = set(_farthest(tree, first))
    order: list[tuple[int, int]] = []
    waiting = [(first, first)]
    while waiting:
        node, parent = waiting.pop()
        order.append((node, parent))
        others = [other for other in tree.neighbors(node) if other != parent]
        waiting += sorted(((other, node) for other in others), key=lambda pair: pair[0] not in main)
    return order


def _farthest(tree: rustworkx.PyGraph, start: int) -> list[int]:
    """The path from a node to the one that is farthest away."""
    paths = rustworkx.dijkstra_shortest_paths(tree, start)
    return max(([*paths[node]] for node in paths), key=len, default=[start])


def _placed(
    order: list[tuple[int, int]], children: list[int], near: list[list[int]], start: int
) -> dict[int, int] | None:
    """A place for every node with the first one at ``start``, or ``None`` where the search ends without."""
    place = {order[0][0]: start}
    taken = {start}
    choices: list[list[int]] = []
    for _ in range(_STEPS):
        depth = len(choices) + 1
        if depth == len(order):
            return place
        options = [qubit for qubit in near[place[order[depth][1]]] if qubit not in taken]
        free = {qubit: sum(other not in taken for other in near[qubit]) for qubit in options}
        fitting = [qubit for qubit in options if free[qubit] >= children[depth]]
        choices.append(sorted(fitting, key=lambda qubit: (-free[qubit], -qubit)))
        while not choices[-1]:  # back to the last choice that has another
            choices.pop()
            if not choices:
                return None
            taken.discard(place.pop(order[len(choices)][0]))
        chosen = choices[-1].pop()
        place[order[len(choices)][0]] = chosen
        taken.add(chosen)
    return None
