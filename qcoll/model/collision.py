r"""What a collision is: a system, a composite ancilla in its thermal state, their interaction and its duration.

In one collision the system meets a fresh ancilla in the Gibbs state :math:`\eta = e^{-\beta H_A}/Z` for a time
:math:`\delta t` (Eqs. 13, 14 and 41 of Cusumano and De Chiara):

.. math::

    \rho \;\mapsto\; \mathrm{Tr}_A\!\left[U\,(\rho\otimes\eta)\,U^\dagger\right],\qquad
    U = e^{-i\,\delta t\,(H_S + H_A + H_{SA})} .

Units: :math:`\hbar = k_B = 1`.
"""

from __future__ import annotations

import functools
import hashlib
import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError, ModelWarning
from ..limits import real_number
from .ancilla import Ancilla as Ancilla
from .ancilla import levels_text, operator_text
from .memory import Memory
from .modes import Modes, Qubit, Subsystem
from .operators import checked_hermitian, embedded


@dataclass(frozen=True, kw_only=True, eq=False)
class CollisionModel:
    """One collision, repeated with a fresh ancilla each time.

    Args:
        system: Hermitian ``SparsePauliOp`` on the system's qubits.
        ancilla: the ancilla and its temperature.
        interaction: Hermitian ``SparsePauliOp`` on the system's qubits (least significant) followed by the ancilla's.
        dt: duration of a collision, positive.
        name: a short name for plots and files.
        system_modes: what the system's qubits stand for, where they are more than qubits.
        memory: how ancilla k meets ancilla k + 1 between two collisions; ``None`` if they never do.

    Raises:
        InputError: if an operator is not Hermitian or has the wrong size, is not one of the modes, or dt is not
            positive.

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
    system_modes: Modes | None = None
    memory: Memory | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "system", checked_hermitian(self.system, "the system's Hamiltonian"))
        if not isinstance(self.ancilla, Ancilla):
            raise InputError(f"ancilla must be a qcoll.Ancilla, but a {type(self.ancilla).__name__} was given")
        size = self.num_system_qubits + self.num_ancilla_qubits
        object.__setattr__(self, "interaction", checked_hermitian(self.interaction, "the interaction", size))
        self._check_modes()
        self._check_memory()
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

    def _check_memory(self) -> None:
        """Refuse a memory of ancillas of another size, or one that leaves the levels of their modes."""
        if self.memory is None:
            return
        if not isinstance(self.memory, Memory):
            raise InputError(f"memory must be a qcoll.Memory, but a {type(self.memory).__name__} was given")
        acts, expected = int(self.memory.interaction.num_qubits), 2 * self.num_ancilla_qubits
        if acts != expected:
            raise InputError(
                f"the memory's interaction acts on {acts} qubits, but two ancillas of {self.name!r} have {expected}: "
                "those of ancilla k (rightmost) and of ancilla k + 1"
            )
        if (modes := self.ancilla.modes) is not None:
            pair = {f"{which} {name}": modes[name] for which in ("this", "next") for name in modes}
            Modes(**pair).check(self.memory.interaction, "the memory's interaction")

    def _check_modes(self) -> None:
        """Refuse Hamiltonians that leave the levels of the modes, or are odd in the fermions."""
        own, other = self.system_modes, self.ancilla.modes
        if own is not None:
            if not isinstance(own, Modes):
                raise InputError(f"system_modes must be a qcoll.Modes, but a {type(own).__name__} was given")
            own.check(self.system, "the system's Hamiltonian")
        if own is None and other is None:
            return
        joint: dict[str, Subsystem] = {}
        for place, modes, size in (
            ("the system's", own, self.num_system_qubits),
            ("the ancilla's", other, self.num_ancilla_qubits),
        ):
            known = {f"qubit {k}": Qubit() for k in range(size)} if modes is None else {k: modes[k] for k in modes}
            joint |= {f"{place} {name}": kind for name, kind in known.items()}
        Modes(**joint).check(self.interaction, "the interaction")

    @functools.cached_property
    def physical(self) -> NDArray[np.bool_]:
        """Which computational states of the system are levels of its modes, (2**num_system_qubits,)."""
        whole = np.ones(2**self.num_system_qubits, dtype=bool)
        return whole if self.system_modes is None else self.system_modes.physical_mask()

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
    def temperature(self) -> str:
        """The ancilla's state in words, for titles."""
        return self.ancilla.temperature

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
            digest.update(f"{operator_text(operator)}|".encode())
        digest.update(f"{self.ancilla.state_text()} {self.dt.hex()}{levels_text(self.system_modes)}".encode())
        if self.memory is not None:
            digest.update(f"memory {self.memory.text()}".encode())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CollisionModel):
            return NotImplemented
        return self.fingerprint() == other.fingerprint()

    __hash__ = None  # type: ignore[assignment]  # operators are mutable; use fingerprint

    def __repr__(self) -> str:
        return (
            f"CollisionModel {self.name!r}: {_count(self.num_system_qubits, 'system qubit')}, "
            f"{_count(self.num_ancilla_qubits, 'ancilla qubit')}, {self.ancilla.temperature}, dt = {self.dt:g}"
            + ("" if self.memory is None else ", with memory")
        )


def require_fresh(model: CollisionModel) -> None:
    """Refuse a model with memory where every ancilla must be fresh when it meets the system.

    Raises:
        InputError: if there is a memory, or it is a cycle.
    """
    if not isinstance(model, CollisionModel):
        raise InputError(f"one collision model is wanted here, but a {type(model).__name__} was given")
    if model.memory is not None:
        raise InputError(
            f"{model.name!r} has a memory, so that what a collision does depends on those before it: use qcoll.evolve, "
            "qcoll.dynamical_maps or qcoll.compile_collisions, or dataclasses.replace it with memory=None"
        )


def _couples(acts: NDArray[np.bool_], num_system: int) -> bool:
    """Whether any of some Pauli strings (k, qubits) acts on system and ancilla."""
    return bool(np.any(acts[:, :num_system].any(axis=1) & acts[:, num_system:].any(axis=1)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
