r"""The interaction as a sum of products, :math:`H_{SA} = \sum_k A_k\otimes B_k` (Eq. 10).

The decomposition is not unique; every consequence of it is. Neither the :math:`A_k` nor the :math:`B_k` need be
Hermitian, only their sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..errors import InputError
from ..model.collision import CollisionModel
from ..trajectory.pauli import Complex, pauli_matrices

Kind = Literal["schmidt", "pauli"]

#: Products that contribute less than this, relative to the largest, are rounding and are dropped.
NEGLIGIBLE = 1e-14
#: How far a user's products may miss the interaction, relative to it.
MISMATCH_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Operators A_k of the system, shape (K, d, d), and B_k of the ancilla, shape (K, a, a)."""

    system: Complex
    ancilla: Complex

    def __len__(self) -> int:
        return len(self.system)

    @property
    def interaction(self) -> Complex:
        """The sum of all products on ancilla (x) system, the package's order, shape (a d, a d)."""
        size = self.system.shape[1] * self.ancilla.shape[1]
        return np.asarray(np.einsum("kab,kij->aibj", self.ancilla, self.system).reshape(size, size))


def decompose(model: CollisionModel, kind: Kind = "schmidt") -> Decomposition:
    r"""Write the interaction as a sum of products (Eq. 10).

    Args:
        model: the collision model.
        kind: ``"schmidt"``, the operator-Schmidt decomposition with the fewest terms, whose operators need
            not be Hermitian; or ``"pauli"``, one Hermitian term for each Pauli string on the system.

    Returns:
        The operators :math:`A_k` and :math:`B_k`; none where the interaction is zero.

    Raises:
        InputError: for an unknown kind.

    >>> import qcoll
    >>> from qcoll.exact import decompose
    >>> len(decompose(qcoll.example_2())), len(decompose(qcoll.example_1(), "pauli"))
    (2, 2)
    """
    if kind not in get_args(Kind):
        raise InputError(f"kind is {kind!r}, but must be one of {', '.join(map(repr, get_args(Kind)))}")
    s, a = 2**model.num_system_qubits, 2**model.num_ancilla_qubits
    blocks = model.interaction.to_matrix().reshape(a, s, a, s).transpose(1, 3, 0, 2)  # indices i j a b
    if kind == "pauli":
        strings = pauli_matrices(model.num_system_qubits)
        ancilla = np.einsum("pij,jiab->pab", strings, blocks) / s
        return _without_zeros(np.array(strings), ancilla)
    left, weights, right = np.linalg.svd(blocks.reshape(s * s, a * a), full_matrices=False)
    scale = np.sqrt(weights)
    system = (left * scale).T.reshape(-1, s, s)
    return _without_zeros(system, (scale[:, None] * right).reshape(-1, a, a))


def checked_products(model: CollisionModel, products: Sequence[tuple[Complex, Complex]]) -> Decomposition:
    """A decomposition that the user gave as pairs (A_k, B_k), checked against the model's interaction.

    Raises:
        InputError: if a shape is wrong or the products do not sum to the interaction.
    """
    s, a = 2**model.num_system_qubits, 2**model.num_ancilla_qubits
    for left, right in products:
        if np.shape(left) != (s, s) or np.shape(right) != (a, a):
            raise InputError(
                f"a product has shapes {np.shape(left)} and {np.shape(right)}, but the system needs ({s}, {s}) "
                f"and the ancilla ({a}, {a}): give pairs (system operator, ancilla operator)"
            )
    given = Decomposition(
        np.array([left for left, _ in products], dtype=complex).reshape(-1, s, s),
        np.array([right for _, right in products], dtype=complex).reshape(-1, a, a),
    )
    expected = model.interaction.to_matrix()
    missed = np.abs(given.interaction - expected).max()
    if missed > MISMATCH_TOLERANCE * float(np.abs(expected).max()):
        raise InputError(f"the products sum to an operator that differs from the interaction by {missed:.3g}")
    return given


def _without_zeros(system: Complex, ancilla: Complex) -> Decomposition:
    sizes = np.linalg.norm(system, axis=(1, 2)) * np.linalg.norm(ancilla, axis=(1, 2))
    kept = sizes > NEGLIGIBLE * sizes.max()
    return Decomposition(np.ascontiguousarray(system[kept]), np.ascontiguousarray(ancilla[kept]))
