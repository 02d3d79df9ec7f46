r"""What a collision is: a system, a composite ancilla in its thermal state, their interaction and its duration.

In one collision the system meets a fresh ancilla in the Gibbs state :math:`\eta = e^{-\beta H_A}/Z` for a time
:math:`\delta t` (Eqs. 13, 14 and 41 of Cusumano and De Chiara):

.. math::

    \rho \;\mapsto\; \mathrm{Tr}_A\!\left[U\,(\rho\otimes\eta)\,U^\dagger\right],\qquad
    U = e^{-i\,\delta t\,(H_S + H_A + H_{SA})} .

Units: :math:`\hbar = k_B = 1`.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError, ModelWarning
from ..limits import real_number
from .operators import checked_hermitian, embedded


@dataclass(frozen=True, kw_only=True, eq=False)
class Ancilla:
    r"""A composite ancilla in its thermal state :math:`e^{-\beta H}/Z`.

    Args:
        hamiltonian: Hermitian ``SparsePauliOp`` on the ancilla's qubits.
        beta: inverse temperature from 0 (maximally mixed) to ``float("inf")`` (ground state; an equal mixture of the
            ground states where they are degenerate).

    Raises:
        InputError: if the Hamiltonian is not Hermitian or beta is negative or not a number.

    >>> from qiskit.quantum_info import SparsePauliOp
    >>> import qcoll
    >>> qcoll.Ancilla(hamiltonian=SparsePauliOp(["IZ", "ZI", "XX"], [0.5, 0.5, 0.2]), beta=1.0).num_qubits
    2
    """

    hamiltonian: SparsePauliOp
    beta: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "hamiltonian", checked_hermitian(self.hamiltonian, "the ancilla's Hamiltonian"))
        beta = real_number(self.beta, "beta")
        if math.isnan(beta) or beta < 0:
            raise InputError(f"beta is {beta}, but an inverse temperature lies between 0 and infinity")
        object.__setattr__(self, "beta", beta)

    @property
    def num_qubits(self) -> int:
        """Number of the ancilla's qubits."""
        return int(self.hamiltonian.num_qubits)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ancilla):
            return NotImplemented
        return self.beta == other.beta and self.hamiltonian == other.hamiltonian

    __hash__ = None  # type: ignore[assignment]  # operators are mutable; use CollisionModel.fingerprint


@dataclass(frozen=True, kw_only=True, eq=False)
class CollisionModel:
    """One collision, repeated with a fresh ancilla each time.

    Args:
        system: Hermitian ``SparsePauliOp`` on the system's qubits.
        ancilla: the ancilla and its temperature.
        interaction: Hermitian ``SparsePauliOp`` on the system's qubits (least significant) followed by the ancilla's.
        dt: duration of a collision, positive.
        name: a short name for plots and files.

    Raises:
        InputError: if an operator is not Hermitian or has the wrong size, or dt is not positive.

    >>> from qiskit.quantum_info import SparsePauliOp
    >>> import qcoll
    >>> swap = SparsePauliOp(["XX", "YY"], [0.1, 0.1])
    >>> model = qcoll.CollisionModel(
    ...     system=SparsePauliOp("Z", 0.5),
    ...     ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=2.0),
    ...     interaction=swap,
    ...     dt=0.1,
    ... )
    >>> model
    CollisionModel 'custom': 1 system qubit, 1 ancilla qubit, beta = 2, dt = 0.1
    """

    system: SparsePauliOp
    ancilla: Ancilla
    interaction: SparsePauliOp
    dt: float
    name: str = "custom"

    def __post_init__(self) -> None:
        object.__setattr__(self, "system", checked_hermitian(self.system, "the system's Hamiltonian"))
        if not isinstance(self.ancilla, Ancilla):
            raise InputError(f"ancilla must be a qcoll.Ancilla, but a {type(self.ancilla).__name__} was given")
        size = self.num_system_qubits + self.num_ancilla_qubits
        object.__setattr__(self, "interaction", checked_hermitian(self.interaction, "the interaction", size))
        if idle := self._uncoupled():
            warnings.warn(idle, ModelWarning, stacklevel=3)  # past the generated __init__, to who made the model
        dt = real_number(self.dt, "dt")
        if not (math.isfinite(dt) and dt > 0):
            raise InputError(f"dt is {dt}, but the duration of a collision is positive and finite")
        object.__setattr__(self, "dt", dt)

    def _uncoupled(self) -> str:
        """What to say of an interaction that couples nothing, and the order that was probably meant; else nothing."""
        active = self.interaction[np.abs(self.interaction.coeffs) > 0]
        acts = np.asarray(active.paulis.x | active.paulis.z)
        if not len(acts) or _couples(acts, self.num_system_qubits):
            return ""
        labels = active.paulis.to_labels()
        likely = ""
        if _couples(acts[:, ::-1], self.num_system_qubits):
            likely = f": for {labels[0]} perhaps {labels[0][::-1]} was meant"
        elif _couples(np.roll(acts, self.num_system_qubits, axis=1), self.num_system_qubits):
            likely = ": matrices of system and ancilla are np.kron(ancilla, system)"
        return (
            f"the interaction of {self.name!r} does not couple system and ancilla, so that they never meet{likely}; "
            f"the system has the rightmost {_count(self.num_system_qubits, 'letter')} of its Pauli strings"
        )

    @property
    def num_system_qubits(self) -> int:
        """Number of the system's qubits."""
        return int(self.system.num_qubits)

    @property
    def num_ancilla_qubits(self) -> int:
        """Number of the ancilla's qubits."""
        return self.ancilla.num_qubits

    @property
    def num_qubits(self) -> int:
        """Number of system and ancilla qubits together."""
        return self.num_system_qubits + self.num_ancilla_qubits

    @property
    def hamiltonian(self) -> SparsePauliOp:
        """The Hamiltonian during a collision, H_S + H_A + H_SA, on system and ancilla qubits."""
        return (self.joint_system + self.joint_ancilla + self.interaction).simplify(atol=0)

    @property
    def joint_system(self) -> SparsePauliOp:
        """H_S on the joint register of system and ancilla."""
        return embedded(self.system, range(self.num_system_qubits), self.num_qubits)

    @property
    def joint_ancilla(self) -> SparsePauliOp:
        """H_A on the joint register of system and ancilla."""
        return embedded(self.ancilla.hamiltonian, range(self.num_system_qubits, self.num_qubits), self.num_qubits)

    def fingerprint(self) -> str:
        """SHA-256 of everything that defines the physics (not the name); the same on every machine."""
        digest = hashlib.sha256()
        for operator in (self.system, self.ancilla.hamiltonian, self.interaction):
            for label, coefficient in sorted(operator.to_list()):
                digest.update(f"{label} {float(np.real(coefficient)).hex()};".encode())
            digest.update(b"|")
        digest.update(f"{self.ancilla.beta.hex()} {self.dt.hex()}".encode())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CollisionModel):
            return NotImplemented
        return self.fingerprint() == other.fingerprint()

    __hash__ = None  # type: ignore[assignment]  # operators are mutable; use fingerprint

    def __repr__(self) -> str:
        return (
            f"CollisionModel {self.name!r}: {_count(self.num_system_qubits, 'system qubit')}, "
            f"{_count(self.num_ancilla_qubits, 'ancilla qubit')}, beta = {self.ancilla.beta:g}, dt = {self.dt:g}"
        )


def _couples(acts: NDArray[np.bool_], num_system: int) -> bool:
    """Whether any of some Pauli strings (k, qubits) acts on system and ancilla."""
    return bool(np.any(acts[:, :num_system].any(axis=1) & acts[:, num_system:].any(axis=1)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
