r"""The channel of one collision on the system and its steady state.

.. math:: \mathcal E(\rho) = \mathrm{Tr}_A\!\left[U(\rho\otimes\eta)U^\dagger\right]
"""

from __future__ import annotations

import warnings
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import DensityMatrix, SuperOp

from ..errors import AccuracyWarning, InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import CollisionModel, require_fresh
from ..model.cycle import Cycle, FreeEvolution, Model, Stroke, require_model
from ..model.operators import dense
from ..trajectory.iterate import fixed_point
from ..trajectory.iterate import spectral_gap as spectral_gap_of
from ..trajectory.pauli import Complex, Real, from_pauli_vector, transfer_matrix
from .deviation import NOT_UNIQUE, RESOLUTION, Deviation, deviation, fixed_points, in_turn, slowest_rate
from .gibbs import gibbs_state
from .joint import JointCollision, Method
from .krylov import krylov_steady_state
from .memory import MemoryDynamics, steady_with_memory

#: Steady states of more system qubits are found by a Krylov method, without the superoperator.
LARGEST_DENSE = 5
#: A steady state that is known to fewer digits than this comes with a warning.
EXPECTED_ACCURACY = 1e-8


def collision_channel(model: Model, method: Method = "exact") -> SuperOp:
    r"""The map of one collision, or of one cycle, on the system, as a ``SuperOp``.

    Args:
        model: the collision model, or a cycle.
        method: ``"exact"`` (Eq. 16) or ``"second_order"``, the discrete master equation of Eqs. 21-27, which is
            trace-preserving but in general not completely positive.

    Raises:
        InputError: for an unknown method, a model whose ancillas meet each other (:class:`~qcoll.Memory`), of which no
            one channel is iterated, or one too large for the memory there is.

    >>> import qcoll
    >>> bool(qcoll.collision_channel(qcoll.example_2()).is_cptp())
    True
    """
    require_model(model)
    strokes = model.strokes if isinstance(model, Cycle) else (model,)
    whole = superoperator(JointCollision.of(strokes[0], method))
    for stroke in strokes[1:]:
        whole = superoperator(JointCollision.of(stroke, method)) @ whole
    return SuperOp(whole)


def steady_state(model: Model, method: Method = "exact") -> DensityMatrix:
    r"""The state that a collision leaves unchanged, :math:`\mathcal E(\rho) = \rho`; of a cycle, its limit cycle.

    The exact one has all its digits however weak collisions are (:mod:`qcoll.exact.deviation`), unless the model itself
    hardly decides it; then a warning says how many are left. From six system qubits on it is found by a Krylov method
    on the map (:mod:`qcoll.exact.krylov`), up to what one collision still changes.

    Args:
        model: the collision model, or a cycle, whose state is that before its first stroke.
        method: as for :func:`collision_channel`.

    Raises:
        InputError: if the steady state is not unique, or cannot be told from rounding.

    Warns:
        AccuracyWarning: if rounding may be larger than 1e-8.

    >>> import qcoll
    >>> state = qcoll.steady_state(qcoll.example_2(beta=1.0, kappa=0.3, alpha=0.2, dt=0.1))
    >>> round(float(abs(state.data[0, 1])), 4)
    0.0053
    """
    if _remembers(model):
        return DensityMatrix(steady_with_memory(MemoryDynamics.of(model)))
    if method != "exact":
        return DensityMatrix(from_pauli_vector(fixed_point(collision_matrix(model, method))))
    state, error = steady_state_and_error(model)
    if error > EXPECTED_ACCURACY:
        warnings.warn(
            f"the steady state of {model.name!r} is known to {error:.0e} only: collisions hardly decide it",
            AccuracyWarning,
            stacklevel=2,
        )
    return state


def steady_state_and_error(model: Model) -> tuple[DensityMatrix, float]:
    """The exact steady state, and an estimate of the largest error that rounding makes in an entry of it.

    Raises:
        InputError: if it is not unique, or cannot be told from rounding.

    >>> import qcoll
    >>> from qcoll.exact import steady_state_and_error
    >>> state, error = steady_state_and_error(qcoll.example_2(alpha=1e-6))
    >>> error < 1e-13
    True
    """
    if isinstance(model, CollisionModel) and model.num_system_qubits > LARGEST_DENSE and model.physical.all():
        return krylov_steady_state(model)
    states, errors, resolutions = fixed_points(_deviation(model))
    if not model.physical.all():  # beyond the levels of the system's modes there is nothing
        whole = np.zeros(2 * (len(model.physical),), dtype=complex)
        whole[np.ix_(model.physical, model.physical)] = states
        states = whole
    if not resolutions > RESOLUTION:
        raise InputError(f"the steady state of {model.name!r} {NOT_UNIQUE}; evolve from an initial state instead")
    return DensityMatrix(states), float(errors)


def spectral_gap(model: Model, method: Method = "exact") -> float:
    r"""One minus the second-largest modulus of the channel's eigenvalues.

    The distance to the steady state shrinks by this fraction per collision, or cycle, in the long run.

    >>> import qcoll
    >>> qcoll.spectral_gap(qcoll.example_2()) > 0
    True
    """
    if _remembers(model):
        return spectral_gap_of(MemoryDynamics.of(model).transfer()[1][0])
    if method != "exact":
        return spectral_gap_of(collision_matrix(model, method))
    return float(slowest_rate(_deviation(model)))


def _remembers(model: Model) -> TypeGuard[CollisionModel]:
    """Whether ancillas meet each other."""
    return isinstance(model, CollisionModel) and model.memory is not None


def _deviation(model: Model) -> Deviation:
    """What one collision of the model, or one cycle, changes, on the levels of the system."""
    require_model(model)
    _require_memory(model)
    strokes = model.strokes if isinstance(model, Cycle) else (model,)
    return in_turn([_deviation_of(stroke, model.physical) for stroke in strokes])


def _deviation_of(model: Stroke, physical: NDArray[np.bool_]) -> Deviation:
    if isinstance(model, CollisionModel):
        require_fresh(model)
    levels = np.ix_(physical, physical)
    system = dense(model.system)[levels]
    if isinstance(model, FreeEvolution):
        alone = np.zeros((1, 1), dtype=complex)
        return deviation(system, alone, np.zeros_like(system), alone + 1, np.array(model.dt))
    joint = np.tile(physical, 2**model.num_ancilla_qubits)
    return deviation(
        system=system,
        ancilla=dense(model.ancilla.hamiltonian),
        interaction=dense(model.interaction)[np.ix_(joint, joint)],
        thermal=gibbs_state(model.ancilla),
        dt=np.array(model.dt),
    )


def _require_memory(model: Model | Stroke) -> None:
    require_memory(
        8 * COMPLEX_BYTES * 16**model.num_system_qubits,
        f"the superoperator of a system of {model.num_system_qubits} qubits",
        "use qcoll.evolve, which steps through large systems without it",
    )


def collision_matrix(model: Model, method: Method = "exact") -> Real:
    """The Pauli transfer matrix of :func:`collision_channel`."""
    return transfer_matrix(collision_channel(model, method))


def superoperator(joint: JointCollision) -> Complex:
    """The d**2 x d**2 matrix of the collision on column-stacked states, Qiskit's convention."""
    s, a = joint.system_dimension, joint.ancilla_dimension
    _require_memory(joint.model)
    if joint.unitary is None:
        basis = np.eye(s * s, dtype=complex).reshape(s * s, s, s).transpose(0, 2, 1)
        images = joint.trace_ancilla(joint.apply(joint.fresh(basis)))
        return np.asarray(images.transpose(2, 1, 0).reshape(s * s, s * s))
    unitary = joint.unitary.reshape(a, s, a, s)
    weighted = np.einsum("xiak,ab->ikxb", unitary, joint.thermal).reshape(s * s, a * a)
    conjugate = np.einsum("xjbl->xbjl", unitary.conj()).reshape(a * a, s * s)
    product = (weighted @ conjugate).reshape(s, s, s, s)  # indices i k j l of rho'_ij = S_(ij)(kl) rho_kl
    return np.asarray(product.transpose(2, 0, 3, 1).reshape(s * s, s * s))
