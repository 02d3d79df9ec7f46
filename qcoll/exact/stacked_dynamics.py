r"""Trajectories of many models of one size at once: the powers of a stack of transfer matrices.

As for one model (:mod:`.dynamics`), with a leading axis. With the columns of the joint unitary sorted into blocks
:math:`U_{aibj}`, every image of a Pauli string and every pulled-back observable is one product of arrays.
"""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from ..errors import InputError
from ..trajectory.iterate import iterate
from ..trajectory.pauli import Complex, Real, from_pauli_vector, pauli_matrices, to_pauli_vector, trace_preserving
from .sweep import ModelStack, joined, thermal_states, unitaries


def stacked_trajectories(
    stack: ModelStack, initial: Complex | None, collisions: np.ndarray
) -> tuple[Complex, Real, Real]:
    """Exact trajectories of a stack of models.

    Args:
        stack: models with a leading shape (n,).
        initial: states of the system, shape (d, d) or (n, d, d); ``None`` is the thermal state of every H_S at inverse
            temperature 1.
        collisions: increasing numbers of collisions, starting with 0, shape (m + 1,).

    Returns:
        States (n, m + 1, d, d), heat (n, m) and work (n, m), summed between recorded collisions.

    >>> import numpy as np
    >>> import qcoll
    >>> from qcoll.exact import ModelStack
    >>> from qcoll.exact.stacked_dynamics import stacked_trajectories
    >>> models = [qcoll.example_2(kappa=kappa) for kappa in (0.1, 0.3)]
    >>> states, heat, work = stacked_trajectories(ModelStack.of(models), None, np.arange(11))
    >>> bool(np.allclose(states[1], qcoll.evolve(models[1], n=10).states, atol=1e-14))
    True
    """
    if stack.levels is not None:
        raise InputError(
            "trajectories of systems with modes of fewer levels than states are not stacked: use qcoll.evolve"
        )
    (count,) = stack.shape
    d, a = stack.system.shape[-1], stack.ancilla.shape[-1]
    thermal = thermal_states(stack)
    free = joined(np.eye(a, dtype=complex), stack.system) + joined(stack.ancilla, np.eye(d, dtype=complex))
    unitary = unitaries(free + stack.interaction, np.asarray(stack.dt))
    matrix = _transfer(unitary, thermal, d)
    ancilla = joined(stack.ancilla, np.eye(d, dtype=complex))
    rows = np.stack(
        [_pulled_back(unitary, thermal, ancilla, d), _pulled_back(unitary, thermal, stack.interaction, d)], axis=-2
    )
    matrix = np.broadcast_to(matrix, (count, d * d, d * d))
    rows = np.broadcast_to(rows, (count, 2, d * d))
    states = _thermal_at_one(stack.system) if initial is None else initial
    start = np.broadcast_to(to_pauli_vector(np.asarray(states)), (count, d * d))
    vectors, sums = iterate(matrix, start, collisions, rows)
    return from_pauli_vector(vectors), -sums[..., 0], -sums[..., 1]


def _transfer(unitary: Complex, thermal: Complex, d: int) -> Real:
    """Pauli transfer matrices (..., d**2, d**2) of the collisions."""
    basis = np.asarray(pauli_matrices(d.bit_length() - 1))
    joint = joined(thermal[..., None, :, :], basis)
    after = unitary[..., None, :, :] @ joint @ unitary.conj().swapaxes(-1, -2)[..., None, :, :]
    a = thermal.shape[-1]
    images = np.einsum("...aiaj->...ij", after.reshape(*after.shape[:-2], a, d, a, d))
    matrix = np.einsum("pij,...qji->...pq", basis, images).real / d
    return trace_preserving(matrix)


def _pulled_back(unitary: Complex, thermal: Complex, observable: Complex, d: int) -> Real:
    """Rows (..., d**2): what a collision changes of a joint observable, as a functional of the system's state."""
    change = unitary.conj().swapaxes(-1, -2) @ observable @ unitary - observable
    a = thermal.shape[-1]
    blocks = change.reshape(*change.shape[:-2], a, d, a, d)
    operator = np.einsum("...ab,...biaj->...ij", thermal, blocks)
    return np.asarray(to_pauli_vector((operator + operator.conj().swapaxes(-1, -2)) / 2) / d)


def _thermal_at_one(system: Complex) -> Complex:
    """Thermal states of the systems at inverse temperature 1."""
    energies, vectors = np.linalg.eigh(system)
    return np.asarray((vectors * softmax(-energies, axis=-1)[..., None, :]) @ vectors.conj().swapaxes(-1, -2))
