r"""Steady states of many models of one size at once, as arrays.

A sweep is a stack of matrices, not a list of model objects: every step (thermal states, joint unitaries, channels,
fixed points, heat) is one batched call, which is what makes a thousand steady states a matter of tens of milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import CollisionModel, require_fresh
from ..model.operators import dense
from ..trajectory.iterate import FIXED_POINT_TOLERANCE
from ..trajectory.pauli import Complex, Real, from_pauli_vector, l1_coherence, pauli_matrices
from .deviation import NOT_UNIQUE, RESOLUTION, deviation, fixed_points
from .gibbs import DEGENERACY_TOLERANCE, gibbs_state
from .joint import Method


@dataclass(frozen=True, eq=False)
class ModelStack:
    """Collision models of one size; the leading shape (...) of all arrays broadcasts.

    Args:
        system: H_S, shape (..., d, d).
        ancilla: H_A, shape (..., a, a).
        interaction: H_SA on ancilla (x) system, shape (..., a d, a d).
        beta: inverse temperatures, shape (...); ``inf`` is the ground state.
        dt: durations, shape (...).
        fresh: states of the ancillas, shape (..., a, a), where they are not the thermal states of all levels.
        levels: which computational states (2**m,) of the system the matrices are on, where it has modes with fewer
            levels; the same for all models.
    """

    system: Complex
    ancilla: Complex
    interaction: Complex
    beta: Real
    dt: Real
    fresh: Complex | None = None
    levels: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, models: Sequence[CollisionModel]) -> ModelStack:
        """Stack model objects, shape (n,).

        Raises:
            InputError: if there are none, or they differ in size or in the levels of the system, or have a memory.
        """
        for model in models:
            require_fresh(model)
        sizes = {(model.num_system_qubits, model.num_ancilla_qubits) for model in models}
        if len(sizes) != 1:
            raise InputError(f"a stack needs models of one size, but sizes {sorted(sizes)} were given")
        levels = models[0].physical
        for number, model in enumerate(models):
            if not np.array_equal(model.physical, levels):
                raise InputError(
                    f"model {number} of the stack, {model.name!r}, has a system with other levels than model 0"
                )
        joint = np.ix_(*2 * (np.tile(levels, 2 ** models[0].num_ancilla_qubits),))
        plain = all(model.ancilla.beta is not None and model.ancilla.physical.all() for model in models)
        return cls(
            system=np.array([dense(model.system)[np.ix_(levels, levels)] for model in models]),
            ancilla=np.array([dense(model.ancilla.hamiltonian) for model in models]),
            interaction=np.array([dense(model.interaction)[joint] for model in models]),
            beta=np.array([np.nan if model.ancilla.beta is None else model.ancilla.beta for model in models]),
            dt=np.array([model.dt for model in models]),
            fresh=None if plain else np.array([gibbs_state(model.ancilla) for model in models]),
            levels=None if levels.all() else levels,
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """The broadcast leading shape."""
        matrices = (self.system, self.ancilla, self.interaction)
        return np.broadcast_shapes(*(m.shape[:-2] for m in matrices), np.shape(self.beta), np.shape(self.dt))


@dataclass(frozen=True, eq=False)
class SteadyStates:
    """Steady states of a stack of models and what one more collision costs there; shapes as the stack's.

    Args:
        states: density matrices, shape (..., d, d).
        heat: absorbed by the system in one collision, shape (...).
        work: switching work done in one collision, shape (...); at a steady state it is minus the heat.
        error: an estimate of the largest error that rounding makes in an entry of a state, shape (...); zero for the
            second-order map, where it is not estimated.
    """

    states: Complex
    heat: Real
    work: Real
    error: Real

    @property
    def coherence(self) -> Real:
        """l1 norm of coherence (Eq. 57), shape (...)."""
        return l1_coherence(self.states)


def steady_states(models: ModelStack | Sequence[CollisionModel], method: Method = "exact") -> SteadyStates:
    """Steady states, heat and work of many models at once.

    Args:
        models: a stack, or a sequence of models of one size.
        method: as for :func:`qcoll.collision_channel`.

    Raises:
        InputError: for an unknown method, models of different sizes, or one whose steady state is not unique.

    >>> import qcoll
    >>> from qcoll.exact import steady_states
    >>> sweep = steady_states([qcoll.example_2(kappa=kappa, alpha=0.2) for kappa in (0.1, 0.3, 1.0)])
    >>> sweep.coherence.round(4)
    array([0.0036, 0.0107, 0.0315])
    """
    if method not in ("exact", "second_order"):
        raise InputError(f"method is {method!r}, but must be one of 'exact', 'second_order'")
    stack = models if isinstance(models, ModelStack) else ModelStack.of(models)
    if method != "exact" and stack.levels is not None:
        raise InputError('a system of modes with fewer levels than states has method="exact" alone in a stack')
    d, a = stack.system.shape[-1], stack.ancilla.shape[-1]
    count = int(np.prod(stack.shape))
    require_memory(
        12 * COMPLEX_BYTES * count * (a * d) ** 2,
        f"a sweep over {count} models",
        "sweep over fewer models at a time",
    )
    thermal = thermal_states(stack)
    free = joined(np.eye(a, dtype=complex), stack.system) + joined(stack.ancilla, np.eye(d, dtype=complex))
    hamiltonian = free + stack.interaction
    dt = np.asarray(stack.dt)
    if method == "exact":
        unitary = unitaries(hamiltonian, dt)
        states, error = _exact_fixed_points(stack, thermal)
        before = joined(thermal, states)
        after = np.asarray(unitary @ before @ unitary.conj().swapaxes(-1, -2))
    else:
        error = np.zeros(stack.shape)
        vectors = _fixed_points(_transfer_of_second_order(hamiltonian, thermal, dt, d))
        states = from_pauli_vector(vectors)
        before = joined(thermal, states)
        after = _second_order(hamiltonian, before, dt)
    outgoing = np.einsum("...aibi->...ab", after.reshape(*after.shape[:-2], a, d, a, d))
    heat = -np.einsum("...ab,...ba->...", stack.ancilla, outgoing - thermal).real
    work = np.einsum("...ab,...ba->...", stack.interaction, before - after).real
    return SteadyStates(states=_on_all_states(states, stack.levels), heat=heat, work=work, error=error)


def _on_all_states(states: Complex, levels: NDArray[np.bool_] | None) -> Complex:
    """States on some levels as states of the qubits."""
    if levels is None:
        return states
    whole = np.zeros((*states.shape[:-2], len(levels), len(levels)), dtype=complex)
    whole[..., np.flatnonzero(levels)[:, None], np.flatnonzero(levels)] = states
    return whole


def thermal_states(stack: ModelStack) -> Complex:
    """Gibbs states, shape (..., a, a), or the states that the ancillas are in."""
    if stack.fresh is not None:
        return stack.fresh
    energies, vectors = np.linalg.eigh(stack.ancilla)
    beta = np.asarray(stack.beta)[..., None]
    shifted = energies - np.where(beta >= 0, energies[..., :1], energies[..., -1:])
    scale = np.abs(energies).max(axis=-1, keepdims=True)
    ground = (np.abs(shifted) <= DEGENERACY_TOLERANCE * scale).astype(float)
    weights = np.where(np.isinf(beta), ground, np.exp(-np.where(np.isinf(beta), 0.0, beta) * shifted))
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.asarray(np.einsum("...ik,...k,...jk->...ij", vectors, weights, vectors.conj(), optimize=True))


def unitaries(hamiltonian: Complex, dt: Real) -> Complex:
    """Joint unitaries, shape of the Hamiltonians."""
    energies, vectors = np.linalg.eigh(hamiltonian)
    phases = np.exp(-1j * dt[..., None] * energies)
    return np.asarray((vectors * phases[..., None, :]) @ vectors.conj().swapaxes(-1, -2))


def _exact_fixed_points(stack: ModelStack, thermal: Complex) -> tuple[Complex, Real]:
    """Steady states (..., d, d) of exact collisions, and the error (...) that rounding makes."""
    change = deviation(stack.system, stack.ancilla, stack.interaction, thermal, np.asarray(stack.dt))
    states, errors, resolutions = fixed_points(change)
    if np.any(resolutions <= RESOLUTION):
        where = tuple(int(i) for i in np.unravel_index(int(resolutions.argmin()), resolutions.shape))
        raise InputError(f"the steady state of model {where} {NOT_UNIQUE}; leave it out of the sweep")
    return states, errors


def _transfer_of_second_order(hamiltonian: Complex, thermal: Complex, dt: Real, d: int) -> Real:
    """The same for the second-order map, by applying it to every Pauli string."""
    basis = np.asarray(pauli_matrices(d.bit_length() - 1))
    joints = _second_order(hamiltonian[..., None, :, :], joined(thermal[..., None, :, :], basis), dt[..., None])
    a = thermal.shape[-1]
    images = np.einsum("...aiaj->...ij", joints.reshape(*joints.shape[:-2], a, d, a, d))
    return np.asarray(np.einsum("pij,...qji->...pq", basis, images).real / d)


def _second_order(hamiltonian: Complex, joint: Complex, dt: Real) -> Complex:
    """Eqs. 17-20 on joint operators."""
    step = dt[..., None, None]
    first = hamiltonian @ joint - joint @ hamiltonian
    return np.asarray(joint - 1j * step * first - 0.5 * step**2 * (hamiltonian @ first - first @ hamiltonian))


def _fixed_points(matrix: Real) -> Real:
    """Pauli vectors (..., d**2) that the transfer matrices leave unchanged."""
    block = np.eye(matrix.shape[-1] - 1) - matrix[..., 1:, 1:]
    distance = np.abs(np.linalg.eigvals(block)).min(axis=-1)
    if np.any(distance < FIXED_POINT_TOLERANCE):
        where = tuple(int(i) for i in np.unravel_index(int(distance.argmin()), distance.shape))
        raise InputError(f"the steady state of model {where} {NOT_UNIQUE}; leave it out of the sweep")
    solved = np.linalg.solve(block, matrix[..., 1:, :1])[..., 0]
    return np.concatenate([np.ones((*solved.shape[:-1], 1)), solved], axis=-1)


def joined(ancilla: Complex, system: Complex) -> Complex:
    """The product ancilla (x) system of stacks of matrices."""
    size = ancilla.shape[-1] * system.shape[-1]
    product = np.einsum("...ab,...ij->...aibj", ancilla, system)
    return np.asarray(product.reshape(*product.shape[:-4], size, size))
