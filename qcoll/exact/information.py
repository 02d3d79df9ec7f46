r"""Entropy production from information: what system and ancilla share, and how far the ancilla is from fresh.

.. math::

    I(S{:}A) &= S(\rho') + S(\eta^{out}) - S(R')                                  &&\text{(below 70)}\\
    D(\eta^{out}\|\eta) &= \mathrm{Tr}[\eta^{out}(\ln\eta^{out} - \ln\eta)]       &&\text{(71)}\\
    \Sigma &= I + D                                                               &&\text{(70)}\\
           &= \Delta S - \beta\,Q                                                 &&\text{(72)}

for one collision with joint state :math:`R' = U(\rho\otimes\eta)U^\dagger`. That (70) equals (72) is Landauer's
equality; it holds for every unitary collision with a thermal ancilla, and for no other map of joint states.
All entropies are in nats; negative eigenvalues, which only the second-order map makes, count as zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import CollisionModel
from ..trajectory.pauli import Complex, Real
from ..trajectory.trajectory import von_neumann_entropy
from .joint import JointCollision, Method

#: Eigenvalues of a state below this are zero when its support is compared with another's.
SUPPORT_TOLERANCE = 1e-13
UNITARITY_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class EntropyBalance:
    """The entropy production of collisions, twice; every array has shape (n,).

    Args:
        mutual_information: between the system and the ancilla after their collision.
        relative_entropy: of the outgoing ancilla from the fresh one; infinite where their supports differ.
        entropy_change: of the system.
        heat: absorbed by the system.
        beta: inverse temperature of the ancillas; ``None`` where they are not thermal.
    """

    mutual_information: Real
    relative_entropy: Real
    entropy_change: Real
    heat: Real
    beta: float | None

    @property
    def from_information(self) -> Real:
        """Entropy production as mutual information plus relative entropy (Eq. 70)."""
        return self.mutual_information + self.relative_entropy

    @property
    def from_heat(self) -> Real:
        """Entropy production as the system's entropy change minus beta times the heat (Eq. 72).

        Raises:
            InputError: at beta = inf, where the product has no value, and for ancillas that are not thermal.
        """
        if self.beta is None:
            raise InputError("the ancillas are not thermal and have no beta for Eq. 72: use from_information")
        if np.isinf(self.beta):
            raise InputError(f"beta is {self.beta:g}: Eq. 72 has no value there; use from_information")
        return self.entropy_change - self.beta * self.heat


def entropy_balance(
    model: CollisionModel, states: Complex, method: Method = "exact", *, unitary: Complex | None = None
) -> EntropyBalance:
    """The entropy production of the collision that follows each of ``states``, in both forms (70) and (72).

    Args:
        model: the collision model.
        states: states of the system before a collision, shape (n, d, d) or (d, d).
        method: the dynamics, as for :func:`qcoll.collision_channel`.
        unitary: another joint unitary for the collision, such as a compiled one, shape (a d, a d) on
            ancilla (x) system, instead of ``method``.

    Raises:
        InputError: for states or a unitary of the wrong shape, or a matrix that is not unitary.

    >>> import numpy as np
    >>> import qcoll
    >>> from qcoll.exact import entropy_balance
    >>> model = qcoll.example_2(alpha=0.2)
    >>> balance = entropy_balance(model, qcoll.steady_state(model).data)
    >>> bool(np.allclose(balance.from_information, balance.from_heat, atol=1e-12))
    True
    """
    joint = JointCollision.of(model, method) if unitary is None else _with_unitary(model, unitary)
    d, a = joint.system_dimension, joint.ancilla_dimension
    before = np.asarray(states, dtype=complex)
    before = before[None] if before.ndim == 2 else before
    if before.ndim != 3 or before.shape[1:] != (d, d):
        raise InputError(f"states have shape {np.shape(states)}, but (n, {d}, {d}) or ({d}, {d}) was expected")
    require_memory(
        4 * COMPLEX_BYTES * len(before) * (a * d) ** 2,
        f"{len(before)} joint states of {model.num_qubits} qubits",
        "give fewer states at a time",
    )
    after = joint.apply(joint.fresh(before))
    after = (after + after.conj().swapaxes(1, 2)) / 2
    system, ancilla = joint.trace_ancilla(after), np.einsum("naibi->nab", after.reshape(-1, a, d, a, d))
    heat = -np.einsum("nab,ba->n", ancilla - joint.thermal, model.ancilla.hamiltonian.to_matrix()).real
    return EntropyBalance(
        mutual_information=von_neumann_entropy(system) + von_neumann_entropy(ancilla) - von_neumann_entropy(after),
        relative_entropy=relative_entropy(ancilla, joint.thermal),
        entropy_change=von_neumann_entropy(system) - von_neumann_entropy(before),
        heat=np.asarray(heat),
        beta=model.ancilla.beta,
    )


def mutual_information(joint: Complex, system_dimension: int) -> Real:
    r""":math:`I = S(\rho) + S(\eta) - S(R)` of joint states (..., D, D) on ancilla (x) system, in nats.

    Raises:
        InputError: if the system's dimension does not divide D.

    >>> import numpy as np
    >>> from qcoll.exact import mutual_information
    >>> bell = np.zeros((4, 4))
    >>> bell[np.ix_([0, 3], [0, 3])] = 0.5
    >>> bool(np.isclose(mutual_information(bell, 2), 2 * np.log(2)))
    True
    """
    size = joint.shape[-1]
    if system_dimension < 1 or size % system_dimension:
        raise InputError(f"joint states of dimension {size} have no subsystem of dimension {system_dimension}")
    a = size // system_dimension
    parts = joint.reshape(*joint.shape[:-2], a, system_dimension, a, system_dimension)
    system, ancilla = np.einsum("...aiaj->...ij", parts), np.einsum("...aibi->...ab", parts)
    entropies = [von_neumann_entropy(np.asarray(state, dtype=complex)) for state in (system, ancilla, joint)]
    return np.asarray(entropies[0] + entropies[1] - entropies[2])


def relative_entropy(states: Complex, reference: Complex) -> Real:
    r""":math:`D(\rho\|\sigma) = \mathrm{Tr}[\rho(\ln\rho - \ln\sigma)]` (Eq. 71), in nats.

    Args:
        states: the states rho, shape (..., d, d).
        reference: the state sigma, shape (d, d).

    Returns:
        Shape (...); infinite where rho is not inside the support of sigma.

    >>> import numpy as np
    >>> from qcoll.exact import relative_entropy
    >>> float(relative_entropy(np.diag([1.0, 0.0]), np.eye(2) / 2)) == float(np.log(2))
    True
    """
    weights, vectors = np.linalg.eigh(reference)
    populations = np.einsum("ai,...ab,bi->...i", vectors.conj(), np.asarray(states, dtype=complex), vectors).real
    inside = weights > SUPPORT_TOLERANCE
    logarithms = np.log(weights, where=inside, out=np.zeros_like(weights))
    finite = -von_neumann_entropy(np.asarray(states, dtype=complex)) - populations @ logarithms
    outside = np.abs(populations[..., ~inside]).sum(axis=-1) > SUPPORT_TOLERANCE
    return np.where(outside, np.inf, finite)


def _with_unitary(model: CollisionModel, unitary: Complex) -> JointCollision:
    exact = JointCollision.of(model)
    matrix = np.asarray(unitary, dtype=complex)
    if matrix.shape != exact.hamiltonian.shape:
        raise InputError(f"the unitary has shape {matrix.shape}, but {exact.hamiltonian.shape} was expected")
    deviation = np.abs(matrix @ matrix.conj().T - np.eye(len(matrix))).max()
    if not deviation < UNITARITY_TOLERANCE:
        raise InputError(f"the matrix is not unitary: U U^dagger misses the identity by {deviation:.3g}")
    return JointCollision(model, "exact", exact.hamiltonian, exact.thermal, matrix)
