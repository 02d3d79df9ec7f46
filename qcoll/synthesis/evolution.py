"""What synthesis is told of a collision: Hamiltonians, how long they act, and the state that one part begins in.

Synthesis knows no models. It takes matrices, channels, or anything that has what stands here, which collision models
have: a level of :mod:`qcoll.compile` hands them over.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp


class Levels(Protocol):
    """What the qubits of a part stand for, where they are more than qubits."""

    @property
    def cut_off(self) -> Any:
        """Whatever is true if not all computational states are levels."""


class Environment(Protocol):
    """The part that begins in a known state, and is forgotten or kept."""

    @property
    def hamiltonian(self) -> SparsePauliOp:
        """On its own qubits."""

    @property
    def beta(self) -> float | None:
        """Inverse temperature, or ``None`` of a state that is given."""

    @property
    def state(self) -> Any:
        """The state that is given, as a ``SparsePauliOp``, or ``None``."""

    @property
    def modes(self) -> Levels | None:
        """What its qubits stand for."""

    @property
    def physical(self) -> NDArray[np.bool_]:
        """Which computational states are levels, (d,)."""


class Evolution(Protocol):
    """Two parts that evolve together for some time: system (least significant qubits) and environment."""

    @property
    def num_system_qubits(self) -> int:
        """Qubits of the system."""

    @property
    def num_ancilla_qubits(self) -> int:
        """Qubits of the environment."""

    @property
    def num_qubits(self) -> int:
        """Qubits of both."""

    @property
    def ancilla(self) -> Environment:
        """The environment."""

    @property
    def hamiltonian(self) -> SparsePauliOp:
        """The Hamiltonian of the evolution, on both."""

    @property
    def interaction(self) -> SparsePauliOp:
        """What of it couples both."""

    @property
    def joint_ancilla(self) -> SparsePauliOp:
        """What of it acts on the environment alone, on the qubits of both."""

    @property
    def dt(self) -> float:
        """How long it acts."""

    def fingerprint(self) -> str:
        """The same for the same evolution from the same state."""
