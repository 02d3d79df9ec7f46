"""Trajectories of systems too large for a density matrix: expectation values, states of few sites, the ledger."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import PauliList, SparsePauliOp

from ..errors import InputError
from ..model.cycle import Model
from ..model.operators import pauli_operator
from .pauli import Complex, Real, from_pauli_vector, l1_coherence
from .trajectory import Trajectory, von_neumann_entropy

#: Sites of a reduced state.
MOST_SITES = 6


class LargeTrajectory(Trajectory):
    """A :class:`~qcoll.Trajectory` without density matrices.

    ``expectation``, ``energy``, ``reduced_states``, ``coherence_of`` and the ledger are there. ``states`` and what
    needs all of them (``coherence``, ``entropy``, ``entropy_production``) are there for up to six qubits; for more
    they say what to ask for instead.

    Args:
        model: the collision model.
        kind: where the numbers come from.
        collisions: number of collisions behind each state, starting with 0, (m + 1,).
        heat_of_parts: absorbed from each part of the ancilla, (m, parts); of a chain's two ends.
        work: done by switching, (m,).
        error_bound: of the expectation value of an observable with norm 1, (m + 1,).
        entropy_flow: from ancillas that are not thermal, (m,).
    """

    heat_of_parts: Real
    error_bound: Real

    def __init__(
        self,
        *,
        model: Model,
        kind: str,
        collisions: NDArray[np.int64],
        heat_of_parts: Real,
        work: Real,
        error_bound: Real,
        entropy_flow: Real | None = None,
    ) -> None:
        values: dict[str, Any] = {
            "model": model,
            "kind": kind,
            "collisions": collisions,
            "heat_of_parts": heat_of_parts,
            "heat": heat_of_parts.sum(axis=1),
            "work": work,
            "switching_work": work,
            "entropy_flow": entropy_flow,
            "error_bound": error_bound,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def pauli_means(self, paulis: PauliList) -> Real:
        """Expectation values of Pauli strings, (m + 1, strings)."""
        raise NotImplementedError

    @property
    def has_states(self) -> bool:
        """Whether the system is small enough for its density matrices."""
        return self.model.num_system_qubits <= MOST_SITES

    @property
    def states(self) -> Complex:
        """The density matrices of a small system; of a large one not there.

        Raises:
            InputError: for a large system, with what to ask for instead.
        """
        if not self.has_states:
            self._missing("the density matrices")
        return self.reduced_states(range(self.model.num_system_qubits))

    @property
    def coherence(self) -> Real:
        """Of a small system; of a large one see :meth:`coherence_of`.

        Raises:
            InputError: for a large system.
        """
        if not self.has_states:
            self._missing("the coherence of the whole system")
        return self.coherence_of(range(self.model.num_system_qubits))

    @property
    def entropy(self) -> Real:
        """Of a small system; of a large one not there, unless its states are Gaussian.

        Raises:
            InputError: for a large system, with what to ask for instead.
        """
        if not self.has_states:
            self._missing("the entropy of the whole system")
        return von_neumann_entropy(self.states)

    def expectation(self, operator: Any) -> Real:
        """Expectation value of a Hermitian operator of the system, a sum of Pauli strings, (m + 1,).

        Raises:
            InputError: if it has the wrong size, is not Hermitian, or is a matrix.
        """
        size = self.model.num_system_qubits
        if not isinstance(operator, SparsePauliOp) and hasattr(operator, "shape"):
            raise InputError(f"a matrix of {size} qubits is too large: give a SparsePauliOp")
        terms = pauli_operator(operator).simplify(atol=0)
        if terms.num_qubits != size:
            raise InputError(f"the operator acts on {terms.num_qubits} qubits, but the system has {size}")
        if np.abs(terms.coeffs.imag).max() > 1e-10 * np.abs(terms.coeffs).max():
            raise InputError("the operator is not Hermitian: its expectation value would not be real")
        return np.asarray(self.pauli_means(terms.paulis) @ terms.coeffs.real)

    def reduced_states(self, qubits: Sequence[int]) -> Complex:
        """The density matrices of a few qubits, the first of which is the least significant, (m + 1, 2**k, 2**k).

        Raises:
            InputError: for qubits that are not there, or too many of them.
        """
        chosen = [int(qubit) for qubit in qubits]
        size = self.model.num_system_qubits
        if not chosen or len(set(chosen)) < len(chosen) or not all(0 <= qubit < size for qubit in chosen):
            raise InputError(f"qubits {list(qubits)} must be different ones from 0 to {size - 1}")
        if len(chosen) > MOST_SITES:
            raise InputError(
                f"a state of {len(chosen)} qubits was asked for, but reduced states are kept to {MOST_SITES}: ask for "
                "expectation values instead"
            )
        labels = ["".join(letters) for letters in itertools.product("IXYZ", repeat=len(chosen))]
        sparse = [(label[::-1], chosen, 1.0) for label in labels]  # the last letter acts on the first qubit
        paulis = SparsePauliOp.from_sparse_list(sparse, num_qubits=size).paulis
        return from_pauli_vector(self.pauli_means(paulis))

    def coherence_of(self, qubits: Sequence[int]) -> Real:
        r"""l1 norm of coherence :math:`\sum_{i\ne j}|\rho_{ij}|` of a few qubits, (m + 1,).

        Raises:
            InputError: for qubits that are not there, or too many of them.
        """
        return l1_coherence(self.reduced_states(qubits))

    def standard_error(self, operator: Any) -> Real:
        """Zeros: there are no shots, (m + 1,)."""
        return np.zeros_like(self.expectation(operator))

    def _missing(self, what: str) -> NoReturn:
        raise InputError(
            f"{what} of {self.model.num_system_qubits} qubits would not fit into memory ({self.kind}): ask for "
            "expectation(operator), reduced_states(qubits), coherence_of(qubits) or energy"
        )

    def _accuracy(self) -> str:
        """How large the error is, in words."""
        return f"error of observables at most {self.error_bound[-1]:.1e}"

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__} ({self.kind}) of {self.model.name!r}: {self.n} {self.steps} of "
            f"{self.model.num_system_qubits} qubits, {len(self)} states; at the end energy {self.energy[-1]:.6f}, heat "
            f"{self.heat[-1]:.3e}, work {self.work[-1]:.3e}, {self._accuracy()}"
        )
