r"""Steady states of systems whose channel is too large to build, by a Krylov method on the map.

With a state :math:`\sigma` the steady state is the solution of

.. math:: (1 - \mathcal E)(\rho) + \mathrm{Tr}[\rho]\,\sigma = \sigma,

since both sides have the same trace only if :math:`\mathrm{Tr}\,\rho = 1`. GMRES needs collisions alone
(:mod:`.matrix_free`), and far fewer of them than the approach to the steady state takes.
"""

from __future__ import annotations

import numpy as np
from qiskit.quantum_info import DensityMatrix
from scipy.sparse.linalg import LinearOperator, gmres

from ..errors import InputError
from ..limits import COMPLEX_BYTES, available_memory, require_memory
from ..model.collision import CollisionModel
from ..trajectory.pauli import Complex
from .matrix_free import SparseCollision, hermitian_part, matrix_free_bytes

#: What a collision may change of the state that is taken for the steady one, in the Frobenius norm.
TOLERANCE = 1e-11
#: Collisions before the search is given up.
MOST_COLLISIONS = 3000
#: Vectors of a Krylov space, if there is memory for them.
LARGEST_SPACE = 60
#: Solutions from two starts that differ by more than this show that there are several; the second is less exact.
DIFFERENT = 1e-3


def krylov_steady_state(model: CollisionModel) -> tuple[DensityMatrix, float]:
    """The steady state, and what one collision changes of it in the Frobenius norm.

    Raises:
        InputError: if it is not unique, is not found, or does not fit into memory.

    >>> import qcoll
    >>> from qcoll.exact.krylov import krylov_steady_state
    >>> state, residual = krylov_steady_state(qcoll.example_2(alpha=1.0, dt=0.5))
    >>> bool(abs(state.data - qcoll.steady_state(qcoll.example_2(alpha=1.0, dt=0.5)).data).max() < 1e-9)
    True
    """
    d = 2**model.num_system_qubits
    size = COMPLEX_BYTES * d * d
    space = int(min(LARGEST_SPACE, d * d, (available_memory() - matrix_free_bytes(model)) // (2 * size) - 4))
    require_memory(
        matrix_free_bytes(model) + 10 * size,
        f"the steady state of {model.num_system_qubits} qubits by a Krylov method",
        "use qcoll.evolve from an initial state",
    )
    collision = SparseCollision.of(model, 1, 1e-13)
    mixed = np.eye(d, dtype=complex) / d
    used = 0

    def changed(vector: Complex) -> Complex:
        nonlocal used
        used += 1
        state = vector.reshape(d, d)
        return np.asarray(state - collision.step(state)[0] + np.trace(state) * mixed).ravel()

    operator = LinearOperator((d * d, d * d), matvec=changed, dtype=complex)
    rng = np.random.default_rng(0)
    other = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
    starts = (mixed, other @ other.conj().T / np.linalg.norm(other) ** 2)
    found = []
    for start, tolerance in zip(starts, (TOLERANCE, DIFFERENT / 1000), strict=True):
        right = mixed.ravel()
        solution, _ = gmres(
            operator,
            right,
            x0=start.ravel(),
            rtol=0.0,
            atol=tolerance,
            restart=max(space, 2),
            maxiter=max(1, MOST_COLLISIONS // max(space, 2)),
        )
        state = hermitian_part(solution.reshape(d, d).copy())
        found.append(state / np.trace(state).real)
    residual = float(np.linalg.norm(found[0] - collision.step(found[0])[0]))
    if residual > 100 * TOLERANCE:
        raise InputError(
            f"the steady state of {model.name!r} was not found in {used} collisions: one still changes "
            f"{residual:.1e} of the state; evolve from an initial state instead"
        )
    if np.linalg.norm(found[0] - found[1]) > DIFFERENT:
        raise InputError(
            f"the steady state of {model.name!r} is not unique, or collisions hardly decide it: two starts end "
            f"{np.linalg.norm(found[0] - found[1]):.1e} apart; evolve from an initial state instead"
        )
    return DensityMatrix(found[0]), residual
