r"""The channel of one collision on the system and its steady state.

.. math:: \mathcal E(\rho) = \mathrm{Tr}_A\!\left[U(\rho\otimes\eta)U^\dagger\right]
"""

from __future__ import annotations

import numpy as np
from qiskit.quantum_info import DensityMatrix, SuperOp

from ..limits import require_memory
from ..model.collision import CollisionModel
from ..trajectory.iterate import fixed_point
from ..trajectory.iterate import spectral_gap as spectral_gap_of
from ..trajectory.pauli import Complex, Real, from_pauli_vector, transfer_matrix
from .joint import JointCollision, Method


def collision_channel(model: CollisionModel, method: Method = "exact") -> SuperOp:
    r"""The map of one collision on the system, as a ``SuperOp``.

    Args:
        model: the collision model.
        method: ``"exact"`` (Eq. 16) or ``"second_order"``, the discrete master equation of Eqs. 21-27, which is
            trace-preserving but in general not completely positive.

    Raises:
        InputError: for an unknown method or a model too large for the memory there is.

    >>> import qcoll
    >>> bool(qcoll.collision_channel(qcoll.example_2()).is_cptp())
    True
    """
    return SuperOp(superoperator(JointCollision.of(model, method)))


def steady_state(model: CollisionModel, method: Method = "exact") -> DensityMatrix:
    r"""The state that a collision leaves unchanged, :math:`\mathcal E(\rho) = \rho`.

    Args:
        model: the collision model.
        method: as for :func:`collision_channel`.

    Raises:
        InputError: if the steady state is not unique.

    >>> import qcoll
    >>> state = qcoll.steady_state(qcoll.example_2(beta=1.0, kappa=0.3, alpha=0.2, dt=0.1))
    >>> round(float(abs(state.data[0, 1])), 4)
    0.0053
    """
    return DensityMatrix(from_pauli_vector(fixed_point(collision_matrix(model, method))))


def spectral_gap(model: CollisionModel, method: Method = "exact") -> float:
    r"""One minus the second-largest modulus of the channel's eigenvalues.

    The distance to the steady state shrinks by this fraction per collision in the long run.

    >>> import qcoll
    >>> qcoll.spectral_gap(qcoll.example_2()) > 0
    True
    """
    return spectral_gap_of(collision_matrix(model, method))


def collision_matrix(model: CollisionModel, method: Method = "exact") -> Real:
    """The Pauli transfer matrix of :func:`collision_channel`."""
    return transfer_matrix(collision_channel(model, method))


def superoperator(joint: JointCollision) -> Complex:
    """The d**2 x d**2 matrix of the collision on column-stacked states, Qiskit's convention."""
    s, a = joint.system_dimension, joint.ancilla_dimension
    require_memory(
        3 * 16 * s**4,
        f"the superoperator of a system of {joint.model.num_system_qubits} qubits",
        "use qcoll.evolve, which steps through large systems without it",
    )
    if joint.unitary is None:
        basis = np.eye(s * s, dtype=complex).reshape(s * s, s, s).transpose(0, 2, 1)
        images = joint.trace_ancilla(joint.apply(joint.fresh(basis)))
        return np.asarray(images.transpose(2, 1, 0).reshape(s * s, s * s))
    unitary = joint.unitary.reshape(a, s, a, s)
    weighted = np.einsum("xiak,ab->ikxb", unitary, joint.thermal).reshape(s * s, a * a)
    conjugate = np.einsum("xjbl->xbjl", unitary.conj()).reshape(a * a, s * s)
    product = (weighted @ conjugate).reshape(s, s, s, s)  # indices i k j l of rho'_ij = S_(ij)(kl) rho_kl
    return np.asarray(product.transpose(2, 0, 3, 1).reshape(s * s, s * s))
