r"""Blocks of a density matrix that stay blocks, whatever conserved quantity they come from.

The joint basis falls into connected components of the Hamiltonian's entries. A block of the system's basis, next to one
column of a factor of the ancilla's state, reaches some of them; the system's part of what is reached belongs to one
block again. The finest such blocks are found by joining until nothing more is joined: sectors of an excitation number,
of a parity, of several; one block where nothing is conserved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from ..trajectory.pauli import Complex

Indices = NDArray[np.intp]
#: More blocks than this are small ones, which take longer than all of it as one block.
MOST_BLOCKS = 64


@dataclass(frozen=True, eq=False)
class Path:
    """Where a block goes in a collision, next to one column of the ancilla's factor.

    Args:
        block: which block of the system it is.
        column: which column of the ancilla's factor.
        reached: indices of the joint states that are reached, in order.
        entries: for ancilla states, the rows of ``reached`` where the block stands before the collision.
        targets: for ancilla states, the rows of ``reached``, the block that they belong to, and where in it.
    """

    block: int
    column: int
    reached: Indices
    entries: tuple[tuple[int, Indices], ...]
    targets: tuple[tuple[slice, int, Indices], ...]


@dataclass(frozen=True, eq=False)
class Sectors:
    """The blocks of a system's density matrix, and their paths.

    Args:
        blocks: indices of the basis states of every block.
        paths: of every block next to every column of the ancilla's factor.
    """

    blocks: tuple[Indices, ...]
    paths: tuple[Path, ...]

    @classmethod
    def of(cls, hamiltonian: sparse.csr_array, factor: Complex, state: Complex) -> Sectors:
        """The finest blocks.

        Args:
            hamiltonian: of system and ancilla, (a d, a d).
            factor: C of the ancilla's state C C^dagger, (a, columns).
            state: the system's, (d, d).

        >>> import numpy as np
        >>> import scipy.sparse as sparse
        >>> from qcoll.exact.sectors import Sectors
        >>> exchange = np.zeros((4, 4))
        >>> exchange[1, 2] = exchange[2, 1] = 1.0
        >>> found = Sectors.of(sparse.csr_array(exchange), np.eye(2), np.diag([0.5, 0.5]))
        >>> [block.tolist() for block in found.blocks]
        [[0], [1]]
        """
        d = len(state)
        _, components = connected_components(abs(hamiltonian), directed=False)
        component = components.reshape(len(factor), d)
        _, label = connected_components(sparse.csr_array(state != 0), directed=False)
        supports = [np.flatnonzero(column) for column in factor.T]
        while True:
            joined = _joined(label, component, supports)
            if joined.max() == label.max():
                break
            label = joined
        if label.max() >= MOST_BLOCKS:
            label = np.zeros_like(label)
        blocks = tuple(np.flatnonzero(label == number) for number in range(label.max() + 1))
        place = np.empty(d, dtype=np.intp)
        for block in blocks:
            place[block] = np.arange(len(block))
        paths = [
            _path(number, column, support, block, component, label, place)
            for number, block in enumerate(blocks)
            for column, support in enumerate(supports)
        ]
        return cls(blocks, tuple(paths))


def _joined(label: Indices, component: Indices, supports: Sequence[Indices]) -> Indices:
    """Blocks joined where one of them reaches several with the same column and the same final state of the ancilla.

    By a graph: the system's states, their blocks, the states of a component with a final state of the ancilla, and the
    blocks next to a column of the ancilla's factor, which reach components.
    """
    a, d = component.shape
    count, size = int(label.max()) + 1, int(component.max()) + 1
    reached = [
        (number, *np.unique(np.stack([label, component[i]]), axis=1))
        for number, support in enumerate(supports)
        for i in support
    ]
    is_reached = np.isin(np.arange(size), np.concatenate([components for _, _, components in reached]))
    edges = [(np.arange(d), d + label)]
    for j in range(a):
        parts = d + count + j * size
        inside = np.flatnonzero(is_reached[component[j]])
        edges.append((inside, parts + component[j][inside]))
        for number, blocks, components in reached:
            paths = d + count + a * size + (j * len(supports) + number) * count
            edges.append((paths + blocks, parts + components))
    first, second = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    nodes = d + count + a * size + a * len(supports) * count
    graph = sparse.coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(nodes, nodes))
    _, found = connected_components(graph, directed=False)
    return np.asarray(np.unique(found[:d], return_inverse=True)[1], dtype=np.intp)


def _path(
    number: int,
    column: int,
    support: Indices,
    block: Indices,
    component: Indices,
    label: Indices,
    place: Indices,
) -> Path:
    """The path of one block, by the components that it touches; of everything where there is one block."""
    a, d = component.shape
    touched = np.unique(component[np.ix_(support, block)]) if label.any() else np.arange(component.max() + 1)
    reached = np.flatnonzero(np.isin(component.ravel(), touched))
    entries = tuple((int(i), np.searchsorted(reached, i * d + block)) for i in support)
    edges = np.searchsorted(reached, d * np.arange(a + 1))
    targets = []
    for j in range(a):
        rows = slice(int(edges[j]), int(edges[j + 1]))
        system = reached[rows] - j * d
        if len(system):
            targets.append((rows, int(label[system[0]]), place[system]))
    return Path(number, column, reached, entries, tuple(targets))
