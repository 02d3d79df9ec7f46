r"""Which qubit models are free fermions: every term quadratic after a Jordan-Wigner transformation in some order.

With the Majorana operators :math:`x_j = Z_1\cdots Z_{j-1}X_j` and :math:`p_j = Z_1\cdots Z_{j-1}Y_j`, for :math:`j<k`

.. math::

    Z_j &= -i\,x_jp_j & X_jZ\cdots ZX_k &= -i\,p_jx_k & Y_jZ\cdots ZY_k &= i\,x_jp_k\\
    && X_jZ\cdots ZY_k &= -i\,p_jp_k & Y_jZ\cdots ZX_k &= i\,x_jx_k
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..model.collision import CollisionModel
from ..trajectory.pauli import Complex, Real
from .layout import Term, ancilla_parts, in_a_row, terms_of

#: First and last letter of a string: which Majorana operator of each end, 0 for x and 1 for p, and the sign.
_ENDS = {"XX": (1, 0, -1.0), "YY": (0, 1, 1.0), "XY": (1, 1, -1.0), "YX": (0, 0, 1.0)}

#: For a letter, and whether an odd number of Majorana operators follows, whose strings put a Z there: which operators
#: of the site are chosen, and the letter as a multiple of their product.
_LETTERS: dict[tuple[int, int], tuple[tuple[int, ...], complex]] = {
    (0, 0): ((), 1),
    (1, 0): ((0,), 1),
    (2, 0): ((1,), 1),
    (3, 0): ((0, 1), -1j),
    (0, 1): ((0, 1), -1j),
    (1, 1): ((1,), -1j),
    (2, 1): ((0,), 1j),
    (3, 1): ((), 1),
}


@dataclass(frozen=True, eq=False)
class Fermions:
    """A model of free fermions. Majorana operators are numbered 2 j + 0 (x) and 2 j + 1 (p).

    Args:
        model: the collision model.
        order: its qubits, system and ancilla, in the order of the transformation.
        parts: the parts of the ancilla, by their qubits.
    """

    model: CollisionModel
    order: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, model: CollisionModel) -> Fermions:
        """The fermions of a model.

        Raises:
            InputError: if it is not quadratic, with the term that is not.
        """
        if any(modes is not None and not modes.complete for modes in (model.system_modes, model.ancilla.modes)):
            raise InputError(
                f"{model.name!r} has modes with unused states of their qubits, so that it is not quadratic"
            )
        terms = terms_of(model.hamiltonian)
        natural = tuple(range(model.num_qubits))
        orders = [natural]
        pairs = [support for _, support, letters in terms if len(support) == 2 and letters != "ZZ"]
        try:
            row = in_a_row(model.num_qubits, pairs, model.name)
        except InputError:
            row = natural
        places = sorted(row.index(qubit) for qubit in range(model.num_system_qubits))
        if places[-1] - places[0] == len(places) - 1:
            orders.append(row)
        strange: Term | None = None
        for order in orders:
            bad = next((term for term in terms if quadratic_entries(term, order) is None), None)
            if bad is None:
                return cls(model, order, tuple(ancilla_parts(model)))
            strange = strange or bad
        assert strange is not None
        raise InputError(
            f"{model.name!r} is not quadratic in fermions: its term {strange[2]} on qubits {list(strange[1])} is not, "
            "neither in the order of the qubits nor along a chain"
        )

    @property
    def system_order(self) -> tuple[int, ...]:
        """The system's qubits in the order of the transformation."""
        return tuple(qubit for qubit in self.order if qubit < self.model.num_system_qubits)

    def places(self, qubits: Iterable[int]) -> NDArray[np.intp]:
        """Where the Majorana operators of some qubits are."""
        chosen = set(qubits)
        sites = [site for site, qubit in enumerate(self.order) if qubit in chosen]
        return np.array([2 * site + which for site in sites for which in (0, 1)], dtype=np.intp)

    def generator(self, terms: Iterable[Term]) -> Real:
        r"""The antisymmetric real matrix h with :math:`H = \frac i4\sum h_{ab}\gamma_a\gamma_b`, up to a constant."""
        matrix = np.zeros((2 * len(self.order),) * 2)
        for term in terms:
            entries = quadratic_entries(term, self.order)
            if entries is not None and len(entries):
                a, b, value = entries
                matrix[int(a), int(b)] += 2 * value
                matrix[int(b), int(a)] -= 2 * value
        return matrix


def quadratic_entries(term: Term, order: Sequence[int]) -> tuple[float, ...] | None:
    r"""A term as :math:`c\,i\gamma_a\gamma_b`: (a, b, c); () for a constant, ``None`` if it is not quadratic."""
    value, support, letters = term
    if not support:
        return ()
    place = {qubit: index for index, qubit in enumerate(order)}
    found = sorted((place[qubit], letter) for qubit, letter in zip(support, letters, strict=True))
    (first, start), (last, end) = found[0], found[-1]
    if len(found) == 1:
        return (2 * first, 2 * first + 1, -value) if start == "Z" else None
    inside = [letter for _, letter in found[1:-1]]
    if last - first != len(found) - 1 or set(inside) - {"Z"} or start + end not in _ENDS:
        return None
    own, other, sign = _ENDS[start + end]
    return (2 * first + own, 2 * last + other, sign * value)


def string_mean(letters: Sequence[int], covariances: Real) -> Real:
    r"""Mean of a Pauli string in even Gaussian states, :math:`\langle\gamma_a\gamma_b\rangle = \delta_{ab} + iG_{ab}`.

    Args:
        letters: 0, 1, 2, 3 for I, X, Y, Z of every mode in order.
        covariances: G, (m, 2 n, 2 n).
    """
    chosen: list[int] = []
    phase: complex = 1
    for site in range(len(letters) - 1, -1, -1):
        which, factor = _LETTERS[int(letters[site]), len(chosen) % 2]
        chosen = [2 * site + kind for kind in which] + chosen
        phase *= factor
    if len(chosen) % 2:
        return np.zeros(len(covariances))
    part = covariances[np.ix_(range(len(covariances)), chosen, chosen)]
    return np.asarray((phase * 1j ** (len(chosen) // 2) * pfaffians(part)).real)


def pfaffians(matrices: Complex | Real) -> Real:
    """Pfaffians of real antisymmetric matrices (m, 2 k, 2 k), by elimination with pivots (Parlett and Reid)."""
    return np.array([_pfaffian(np.array(matrix)) for matrix in matrices])


def _pfaffian(matrix: Real) -> float:
    value = 1.0
    while len(matrix):
        pivot = 1 + int(np.abs(matrix[0, 1:]).argmax())
        if matrix[0, pivot] == 0:
            return 0.0
        if pivot != 1:
            matrix[[1, pivot]] = matrix[[pivot, 1]]
            matrix[:, [1, pivot]] = matrix[:, [pivot, 1]]
            value = -value
        value *= matrix[0, 1]
        first, second = matrix[0, 2:] / matrix[0, 1], matrix[1, 2:]
        matrix = matrix[2:, 2:] - np.outer(first, second) + np.outer(second, first)
    return float(value)
