r"""What a collision changes, to all digits, however weak it is; and the steady state that follows.

A weak collision's channel is close to that of the free evolution, and what decides the steady state is of second order
in the coupling: at :math:`\alpha\,\delta t = 10^{-6}` it is lost in a channel that is known to :math:`10^{-16}`. Here
nothing is subtracted that nearly cancels. With :math:`U_0` the free evolution and :math:`X = U_0^\dagger U - 1`,

.. math::

    \langle j|U - U_0|k\rangle = -i\,\delta t\,\langle j|H_{SA}|k\rangle\,
    e^{-i(E_j + e_k)\delta t/2}\,\mathrm{sinc}\tfrac{(E_j - e_k)\,\delta t}{2}

between eigenstates of the full and of the free Hamiltonian (exactly), and since :math:`X + X^\dagger = -X^\dagger X`

.. math::

    \mathcal E(\rho) = u\left(\rho + [h, \rho] - \{K, \rho\}
    + \mathrm{Tr}_A[X(\rho\otimes\eta)X^\dagger]\right)u^\dagger,
    \qquad h = \mathrm{Tr}_A[\eta\,\tfrac{X - X^\dagger}{2}],\quad K = \tfrac12\mathrm{Tr}_A[\eta\,X^\dagger X]

with :math:`u = e^{-i\,\delta t\,H_S}`. Everything is in the eigenbasis of :math:`H_S`, where populations do not move
under :math:`u` at all. Every function takes stacks of models, with leading dimensions that broadcast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..trajectory.pauli import Complex, Real

#: A solution whose relative singular value is smaller than this cannot be told from rounding.
RESOLUTION = 1e-13
#: What is then said of it.
NOT_UNIQUE = (
    "is not unique: what decides between several is conserved, or so nearly that it cannot be told from rounding"
)
#: Roundings that an entry of the deviation has behind it, a generous count.
_ROUNDINGS = 16.0


@dataclass(frozen=True, eq=False)
class Deviation:
    """What a collision changes: the channel minus the identity on row-stacked states, in the eigenbasis of H_S.

    Args:
        matrix: shape (..., d**2, d**2).
        size: the same with all terms added in absolute value, which says how large rounding is.
        basis: the eigenvectors of H_S as columns, shape (..., d, d).
    """

    matrix: Complex
    size: Real
    basis: Complex


def deviation(system: Complex, ancilla: Complex, interaction: Complex, thermal: Complex, dt: Real) -> Deviation:
    """The deviation of exact collisions from the identity.

    Args:
        system: H_S, shape (..., d, d).
        ancilla: H_A, shape (..., a, a).
        interaction: H_SA on ancilla (x) system, shape (..., a d, a d).
        thermal: the ancilla's state, shape (..., a, a).
        dt: durations, shape (...).
    """
    levels, basis = np.linalg.eigh(system)
    ancilla_levels, ancilla_basis = np.linalg.eigh(ancilla)
    d, a = levels.shape[-1], ancilla_levels.shape[-1]
    state = _adjoint(ancilla_basis) @ thermal @ ancilla_basis
    joint = _kron(ancilla_basis, basis)
    coupling = _adjoint(joint) @ interaction @ joint
    free = (ancilla_levels[..., :, None] + levels[..., None, :]).reshape(*_leading(ancilla_levels, levels), a * d)
    change = _change(coupling, free, np.asarray(dt)[..., None])
    blocks = change.reshape(*change.shape[:-2], a, d, a, d)
    hermitian = (_adjoint(change) @ change / 2).reshape(blocks.shape)
    anti = ((change - _adjoint(change)) / 2).reshape(blocks.shape)
    rotation = np.einsum("...ab,...biaj->...ij", state, anti)
    decay = np.einsum("...ab,...biaj->...ij", state, hermitian)
    identity = np.eye(d)
    weighted = np.einsum("...aibk,...bc->...aick", blocks, state)
    moved = np.einsum("...aick,...ajcl->...ijkl", weighted, blocks.conj(), optimize=True)
    left = np.einsum("...ik,jl->...ijkl", rotation - decay, identity)
    right = np.einsum("...lj,ik->...ijkl", rotation + decay, identity)
    shape = (*moved.shape[:-4], d * d, d * d)
    large = np.abs(blocks)
    sizes = np.einsum("...aibk,...bc,...ajcl->...ijkl", large, np.abs(state), large, optimize=True)
    sizes = sizes + np.abs(left) + np.abs(right)
    phase = (levels[..., :, None] - levels[..., None, :]).reshape(*levels.shape[:-1], d * d) * np.asarray(dt)[..., None]
    turned = -2j * np.sin(phase / 2) * np.exp(-0.5j * phase)  # e^{-i phase} - 1
    matrix = np.exp(-1j * phase)[..., None] * (moved + left - right).reshape(shape)
    diagonal = turned[..., None] * np.eye(d * d)
    return Deviation(
        matrix + diagonal, sizes.reshape(shape) + np.abs(diagonal), np.broadcast_to(basis, (*shape[:-2], d, d))
    )


def in_turn(changes: Sequence[Deviation]) -> Deviation:
    r"""What several collisions in turn change, :math:`(1 + D_2)(1 + D_1) - 1 = D_1 + D_2 + D_2D_1`.

    In the eigenbasis of the first one's H_S, into which the others are turned.
    """
    whole = changes[0]
    for following in changes[1:]:
        overlap = _adjoint(whole.basis) @ following.basis
        turn = _superoperator(overlap)
        own = turn @ following.matrix @ _adjoint(turn)
        size = np.abs(turn) @ following.size @ np.abs(_adjoint(turn))
        whole = Deviation(whole.matrix + own + own @ whole.matrix, whole.size + size + size @ whole.size, whole.basis)
    return whole


def fixed_points(change: Deviation) -> tuple[Complex, Real, Real]:
    """Steady states, and how well they are known.

    Returns:
        The states (..., d, d) in the computational basis, an estimate (...) of their error (the largest entry's, from
        rounding), and the relative singular value (...) of the second-slowest mode: one below :data:`RESOLUTION`
        cannot be told from a conserved quantity.
    """
    d = change.basis.shape[-1]
    rows = _nonzero(change.size.max(axis=-1))
    scaled, size = change.matrix / rows[..., None], change.size / rows[..., None]
    columns = _nonzero(size.max(axis=-2))
    scaled, size = scaled / columns[..., None, :], size / columns[..., None, :]
    resolution = np.linalg.svd(scaled, compute_uv=False)[..., -2]
    scaled[..., 0, :] = size[..., 0, :] = np.eye(d).reshape(d * d) / columns  # Tr rho = 1, for one redundant equation
    weight = scaled[..., 0, :].real.max(axis=-1)
    scaled[..., 0, :] /= weight[..., None]
    size[..., 0, :] /= weight[..., None]
    known = np.where(resolution > RESOLUTION, 1.0, 0.0)[..., None, None]
    inverse = np.linalg.inv(scaled * known + np.eye(d * d) * (1 - known))
    vectors = inverse[..., 0] / weight[..., None]
    spread = np.abs(inverse) @ (size @ np.abs(vectors)[..., None])
    error = _ROUNDINGS * np.finfo(float).eps * (spread[..., 0] / columns).max(axis=-1)
    states = (vectors / columns).reshape(*vectors.shape[:-1], d, d)
    states = change.basis @ (states + _adjoint(states)) @ _adjoint(change.basis) / 2
    return np.asarray(states), np.asarray(error), np.asarray(resolution)


def slowest_rate(change: Deviation) -> Real:
    """One minus the second-largest modulus of the channel's eigenvalues, shape (...), to 1e-16 or so."""
    values = np.linalg.eigvals(change.matrix)
    order = np.argsort(np.abs(values), axis=-1)
    values = np.take_along_axis(values, order, axis=-1)[..., 1:]  # without the steady state's zero
    rates = -(2 * values.real + np.abs(values) ** 2) / (1 + np.abs(1 + values))
    return np.asarray(np.clip(rates.min(axis=-1), 0.0, None))


def _change(coupling: Complex, free: Real, dt: Real) -> Complex:
    """X = U_0^dagger (U - U_0) in the eigenbasis of the free Hamiltonian."""
    energies, vectors = np.linalg.eigh(coupling + free[..., None] * np.eye(free.shape[-1]))
    total = (energies[..., :, None] + free[..., None, :]) * dt[..., None] / 2
    apart = (energies[..., :, None] - free[..., None, :]) * dt[..., None] / 2
    inner = -1j * dt[..., None] * (_adjoint(vectors) @ coupling) * np.exp(-1j * total) * np.sinc(apart / np.pi)
    return np.asarray(np.exp(1j * free * dt)[..., None] * (vectors @ inner))


def _superoperator(unitary: Complex) -> Complex:
    """The map of row-stacked operators under a change of basis."""
    product = np.einsum("...ik,...jl->...ijkl", unitary, unitary.conj())
    size = unitary.shape[-1] ** 2
    return np.asarray(product.reshape(*product.shape[:-4], size, size))


def _nonzero(scale: Real) -> Real:
    return np.where(scale > 0, scale, 1.0)


def _adjoint(matrix: Complex) -> Complex:
    return matrix.conj().swapaxes(-1, -2)


def _leading(*arrays: Real) -> tuple[int, ...]:
    return np.broadcast_shapes(*(array.shape[:-1] for array in arrays))


def _kron(ancilla: Complex, system: Complex) -> Complex:
    size = ancilla.shape[-1] * system.shape[-1]
    product = np.einsum("...ab,...ij->...aibj", ancilla, system)
    return np.asarray(product.reshape(*product.shape[:-4], size, size))
