r"""The ancilla of a collision: its Hamiltonian and its state, thermal or any other.

Units: :math:`\hbar = k_B = 1`.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..limits import real_number
from .modes import COUPLING_TOLERANCE, Modes
from .operators import checked_hermitian, dense, from_matrix
from .states import checked_state

#: Eigenvalues of a state below this are rounding and count as zero.
SUPPORT_TOLERANCE = 1e-13


@dataclass(frozen=True, kw_only=True, eq=False)
class Ancilla:
    r"""A composite ancilla in its thermal state :math:`e^{-\beta H}/Z`, or in a state that is given.

    Args:
        hamiltonian: Hermitian ``SparsePauliOp`` on the ancilla's qubits.
        beta: inverse temperature. 0 is maximally mixed, ``float("inf")`` the ground state (an equal mixture of the
            ground states where they are degenerate); negative ones are inverted ancillas.
        state: instead of ``beta``, anything that ``qiskit.quantum_info.DensityMatrix`` takes; kept as a
            ``SparsePauliOp``.
        modes: what the qubits stand for, where they are more than qubits. The thermal state is then that on the levels
            of the modes, and the Hamiltonian is checked to stay within them.

    Raises:
        InputError: if the Hamiltonian is not Hermitian or not one of the modes, beta is not a number, the state is
            none, or both or neither of beta and state are given.

    >>> from qiskit.quantum_info import SparsePauliOp
    >>> import qcoll
    >>> qcoll.Ancilla(hamiltonian=SparsePauliOp(["IZ", "ZI", "XX"], [0.5, 0.5, 0.2]), beta=1.0).num_qubits
    2
    >>> qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), state="+").temperature
    'a given state'
    """

    hamiltonian: SparsePauliOp
    beta: float | None = None
    state: Any = None
    modes: Modes | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "hamiltonian", checked_hermitian(self.hamiltonian, "the ancilla's Hamiltonian"))
        if (self.beta is None) == (self.state is None):
            given = "neither of them was" if self.beta is None else "both were"
            raise InputError(f"an ancilla has an inverse temperature beta or a state, but {given} given")
        if self.modes is not None:
            if not isinstance(self.modes, Modes):
                raise InputError(f"modes must be a qcoll.Modes, but a {type(self.modes).__name__} was given")
            self.modes.check(self.hamiltonian, "the ancilla's Hamiltonian")
        if self.beta is not None:
            beta = real_number(self.beta, "beta")
            if math.isnan(beta):
                raise InputError("beta is nan, but an inverse temperature is a number")
            object.__setattr__(self, "beta", beta)
            return
        matrix = checked_state(self.state, self.num_qubits, "the ancilla's state")
        outside = float(np.abs(matrix).diagonal() @ ~self.physical)
        if outside > COUPLING_TOLERANCE:
            raise InputError(f"the ancilla's state has {outside:.3g} of its population beyond the levels of its modes")
        given = self.state
        kept = given.simplify(atol=0).sort() if isinstance(given, SparsePauliOp) else from_matrix(matrix).sort()
        object.__setattr__(self, "state", SparsePauliOp(kept.paulis, kept.coeffs.real))

    @property
    def num_qubits(self) -> int:
        """Number of the ancilla's qubits."""
        return int(self.hamiltonian.num_qubits)

    @property
    def temperature(self) -> str:
        """Its state in words, for titles."""
        return "a given state" if self.beta is None else f"beta = {self.beta:g}"

    @functools.cached_property
    def physical(self) -> NDArray[np.bool_]:
        """Which computational states are levels of its modes, (2**num_qubits,)."""
        return np.ones(2**self.num_qubits, dtype=bool) if self.modes is None else self.modes.physical_mask()

    @functools.cached_property
    def modular_hamiltonian(self) -> tuple[SparsePauliOp, SparsePauliOp | None]:
        r""":math:`K = -\ln\eta` of a given state on its support, and the projector onto the rest, if there is any.

        The entropy production of a collision is :math:`\Delta S + \mathrm{Tr}[(\eta^{out} - \eta)K]`, whatever the
        state is (Eqs. 70 and 71), and infinite if the ancilla leaves its support.

        Raises:
            InputError: for a thermal ancilla, which needs none: K is beta H up to a constant.
        """
        if self.state is None:
            raise InputError("a thermal ancilla has beta times its Hamiltonian for a modular Hamiltonian")
        weights, vectors = np.linalg.eigh(dense(self.state))
        inside = weights > SUPPORT_TOLERANCE
        logarithms = -np.log(weights, where=inside, out=np.zeros_like(weights))
        rest = None if inside.all() else from_matrix((vectors * ~inside) @ vectors.conj().T)
        return from_matrix((vectors * logarithms) @ vectors.conj().T), rest

    def state_text(self) -> str:
        """What defines the state, beside the Hamiltonian, to the last bit."""
        state = operator_text(self.state) if self.beta is None else self.beta.hex()
        return state + levels_text(self.modes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ancilla):
            return NotImplemented
        return self.hamiltonian == other.hamiltonian and self.state_text() == other.state_text()

    __hash__ = None  # type: ignore[assignment]  # operators are mutable; use CollisionModel.fingerprint


def operator_text(operator: SparsePauliOp) -> str:
    """Pauli strings and real coefficients, to the last bit, in an order that does not depend on how they were given."""
    return "".join(f"{label} {float(np.real(value)).hex()};" for label, value in sorted(operator.to_list()))


def levels_text(modes: Modes | None) -> str:
    """Which computational states are levels, where not all of them are."""
    return "" if modes is None or modes.complete else f" levels {np.flatnonzero(modes.physical_mask()).tolist()}"
