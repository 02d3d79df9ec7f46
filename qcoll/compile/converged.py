r"""Product formulas that have converged: to :math:`10^{-10}`, certified against the joint unitary.

Where a collision is short, or its parts nearly commute, a formula of some order and few steps takes fewer gates than
any synthesis of the unitary, and is as exact. All orders and numbers of steps are looked at whose gates could still
win.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..model.collision import CollisionModel
from ..model.operators import dense
from ..synthesis.dense import collision_unitary
from ..synthesis.fit import largest_difference
from .blocks import Block, Layer, layers, ungrouped_blocks
from .product_formula import ORDERS, product_formula
from .thermal import cx_count

Complex = NDArray[np.complex128]

#: Largest entry by which a converged formula may differ from the joint unitary, up to a phase.
CONVERGED = 1e-10
#: More steps than these are not tried.
MOST_STEPS = 100
#: Larger models are not compared.
LARGEST = 8
#: CX of three qubits without structure, whose circuit takes a search.
_THREE_QUBITS = 14


def converged_formulas(model: CollisionModel, below: float) -> Iterator[tuple[int, int]]:
    """Order and steps of product formulas that are the joint unitary, by rising gates.

    Args:
        model: the collision model.
        below: gates of the collision from which a formula is of no use.

    >>> import qcoll
    >>> next(converged_formulas(qcoll.example_2(alpha=1e-6, kappa=1e-6), below=40))
    (1, 1)
    """
    if model.num_qubits > LARGEST:
        return
    system = set(range(model.num_system_qubits))
    fewest = sum(_gates(block, model.dt) for block in ungrouped_blocks(model) if system & set(block.qubits))
    if fewest >= below:  # every formula has every block at least once, except those of the ancilla alone
        return
    parts = layers(model)
    costs = [sum(_gates(block, model.dt) for block in layer) for layer in parts]
    candidates = sorted(_affordable(costs, below))
    if not candidates:
        return
    exact = collision_unitary(model)
    spectra = [np.linalg.eigh(_joint_matrix(layer, model)) for layer in parts]
    for _, order, steps in candidates:
        found = np.eye(len(exact), dtype=complex)
        for layer, fraction in product_formula(len(parts), order, steps):
            energies, vectors = spectra[layer]
            found = (vectors * np.exp(-1j * fraction * model.dt * energies)) @ (vectors.conj().T @ found)
        if largest_difference(found, exact) < CONVERGED:
            yield order, steps


def _affordable(costs: list[int], below: float) -> Iterator[tuple[int, int, int]]:
    """Formulas of fewer gates: gates, order, steps. A first layer that commutes with H_A may be left out."""
    for order in ORDERS:
        last = -1
        for steps in range(1, MOST_STEPS + 1):
            cost = sum(costs[layer] for layer, _ in product_formula(len(costs), order, steps))
            if cost - costs[0] >= below or cost == last:
                break
            yield cost, order, steps
            last = cost


def _gates(block: Block, time: float) -> int:
    """CX of a block's evolution, without a search."""
    if block.kind in ("three_qubit", "levels"):
        return _THREE_QUBITS
    if block.kind == "commuting":
        weights = np.count_nonzero(block.hamiltonian.paulis.x | block.hamiltonian.paulis.z, axis=1)
        return int(2 * np.clip(weights - 1, 0, None).sum())
    return cx_count(block.evolution(time))  # the model's own time, whatever its units


def _joint_matrix(layer: Layer, model: CollisionModel) -> Complex:
    """The Hamiltonian of a layer on system and ancilla, (2**n, 2**n)."""
    total = SparsePauliOp("I" * model.num_qubits, 0.0)
    for block in layer:
        total += block.hamiltonian.apply_layout(list(block.qubits), num_qubits=model.num_qubits)
    return dense(total)
