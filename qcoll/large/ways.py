"""Which way a trajectory is found: by density matrices, moments of free fermions, or a tensor network."""

from __future__ import annotations

from typing import Any, Literal, cast, get_args

from ..errors import InputError
from ..exact.dynamics import DensityMethod
from ..exact.dynamics import evolve as evolve_density_matrices
from ..exact.matrix_free import TOLERANCE
from ..limits import positive_integer, real_number
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model, require_model
from ..trajectory.iterate import Record, recorded_collisions
from ..trajectory.trajectory import Trajectory
from . import chain
from .layout import Layout
from .moments import evolve_moments, require_gaussian

EvolveMethod = Literal["automatic", "exact", "dense", "matrix_free", "gaussian", "tensor_network", "second_order"]
#: Up to this many system qubits density matrices are the way unless another is asked for.
LARGEST_AUTOMATIC = 10
#: Density matrices of more system qubits do not exist.
LARGEST_DENSITY_MATRIX = 13
#: What takes any model, of any size that a pure state has.
CIRCUITS = (
    'simulate its circuit as pure states, qcoll.simulate(circuit, method="trajectories" or "matrix_product_state")'
)


def evolve(
    model: Model,
    n: int,
    initial: Any = None,
    method: EvolveMethod = "automatic",
    *,
    record: Record = 1,
    tolerance: float | None = None,
    bond_dimension: int | None = None,
    cutoff: float | None = None,
) -> Trajectory:
    r"""The reduced dynamics and the ledger of ``n`` collisions, or cycles.

    ====================  =========================================================  =====================
    ``method``            way                                                        system
    ====================  =========================================================  =====================
    ``"dense"``           powers of the channel; joint states from six qubits on     up to about 9 qubits
    ``"matrix_free"``     the density matrix by sparse products, to ``tolerance``    up to 12 or 13 qubits
    ``"gaussian"``        second moments, where all terms are quadratic in fermions  any size
    ``"tensor_network"``  a matrix product, truncated, to ``tolerance``              chains of any length
    ``"exact"``           dense or matrix-free, whichever is faster                  up to 12 or 13 qubits
    ``"second_order"``    the paper's discrete master equation (Eqs. 21-27)          up to 12 or 13 qubits
    ====================  =========================================================  =====================

    ``"automatic"`` is ``"exact"`` up to 10 system qubits; beyond, the first that can do the model of ``"gaussian"``,
    ``"matrix_free"`` up to 13, and ``"tensor_network"``.

    Which one it was is in the trajectory's ``kind``. Moments and tensor networks give a
    :class:`~qcoll.LargeTrajectory`, without density matrices when the system is large.

    Args:
        model: the collision model, or a cycle (by density matrices only).
        n: number of collisions, or cycles, positive.
        initial: anything that ``DensityMatrix`` takes; ``None`` is the thermal state of H_S at inverse temperature 1.
            Beyond density matrices a label with a letter for each qubit, or a list of single-qubit states.
        method: the way, see above.
        record: keep every ``record``-th collision, or the chosen ones; the ledger is then summed in between.
        tolerance: of the last state: 1e-10 in trace norm for ``"matrix_free"``, 1e-3 of observables with norm 1 for
            ``"tensor_network"`` unless given.
        bond_dimension: the largest that a tensor network keeps, 256 unless given.
        cutoff: norm of what each layer of a tensor network's gates may drop, instead of what the tolerance allows.

    Returns:
        A :class:`~qcoll.Trajectory` with ``.states`` of shape (n + 1, d, d) and a ledger of shape (n,).

    Raises:
        InputError: for a bad argument, a method that cannot do the model (with those that can), or a result that does
            not fit into memory.

    Warns:
        AccuracyWarning: where a bond dimension drops more than the tolerance.

    >>> import qcoll
    >>> exact = qcoll.evolve(qcoll.example_2(alpha=0.2), n=1000)
    >>> bool(abs(exact.first_law_residual).max() < 1e-13)
    True
    >>> chain = qcoll.models.boundary_driven_chain(sites=60)
    >>> qcoll.evolve(chain, n=3).kind
    'exact, Gaussian'
    """
    require_model(model)
    if method not in get_args(EvolveMethod):
        raise InputError(f"method is {method!r}, but must be one of {', '.join(map(repr, get_args(EvolveMethod)))}")
    if tolerance is not None and not real_number(tolerance, "tolerance") > 0:
        raise InputError(f"tolerance is {tolerance}, but must be positive")
    way = _automatic(model, initial) if method == "automatic" else method
    if way != "tensor_network" and (bond_dimension is not None or cutoff is not None):
        raise InputError(f'bond_dimension and cutoff are for method="tensor_network", but the method is "{way}"')
    if way in ("gaussian", "tensor_network"):
        if not isinstance(model, CollisionModel) or model.memory is not None:
            others = 'use "dense"' if model.num_system_qubits <= LARGEST_DENSITY_MATRIX else CIRCUITS
            raise InputError(f'method="{way}" takes a CollisionModel without memory, not a cycle: {others}')
        collisions = recorded_collisions(n, record)
        if way == "gaussian":
            return evolve_moments(model, collisions, initial)
        if cutoff is not None and not real_number(cutoff, "cutoff") >= 0:
            raise InputError(f"cutoff is {cutoff}, but must not be negative")
        return chain.evolve_chain(
            model,
            collisions,
            initial,
            tolerance=chain.TOLERANCE if tolerance is None else tolerance,
            bond_dimension=chain.BOND_DIMENSION
            if bond_dimension is None
            else positive_integer(bond_dimension, "bond_dimension"),
            cutoff=cutoff,
        )
    _require_density_matrix(model)
    reached = TOLERANCE if tolerance is None else tolerance
    return evolve_density_matrices(model, n, initial, cast(DensityMethod, way), record=record, tolerance=reached)


def _automatic(model: Model, initial: Any) -> EvolveMethod:
    """The way by size and structure.

    Raises:
        InputError: if there is none, with what each of them lacks.
    """
    if isinstance(model, Cycle) or model.memory is not None or model.num_system_qubits <= LARGEST_AUTOMATIC:
        return "exact"
    try:
        require_gaussian(model, initial)
        return "gaussian"
    except InputError as error:
        not_gaussian = error
    if model.num_system_qubits <= LARGEST_DENSITY_MATRIX:
        return "exact"
    try:
        Layout.of(model)
        return "tensor_network"
    except InputError as error:
        raise InputError(
            f"no method can do {model.name!r}, which has {model.num_system_qubits} system qubits, too many for density "
            f"matrices: {not_gaussian}; {error}; or {CIRCUITS}"
        ) from error


def _require_density_matrix(model: Model) -> None:
    """Say what else there is where a system is too large for density matrices.

    Raises:
        InputError: if it is.
    """
    if model.num_system_qubits > LARGEST_DENSITY_MATRIX:
        alone = isinstance(model, CollisionModel) and model.memory is None
        others = 'use "gaussian" where it is quadratic, or "tensor_network" where it is a chain' if alone else CIRCUITS
        raise InputError(
            f"{model.name!r} has {model.num_system_qubits} system qubits, but density matrices end at "
            f"{LARGEST_DENSITY_MATRIX}: {others}"
        )
