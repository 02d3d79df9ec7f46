r"""The circuit of a one-qubit channel to leading order in its strength: where the exact search starts.

A weak channel is a unitary :math:`V` followed by small jumps :math:`k_e\cdot\sigma`. To leading order it is fixed by
:math:`V` and the Hermitian matrix :math:`G = \sum_e k_e k_e^\dagger \ge 0` (Gorini, Kossakowski, Sudarshan 1976). The
circuit is ``S1 S2 S1``: CX(S, 1), a phase flip of S through ancilla 2, CX(S, 1), with

.. math::

    |a\rangle = \cos\varphi|0\rangle + \sin\varphi|1\rangle, \qquad
    W = e^{i h_w X}\ \text{(S between the CX)}, \qquad A = e^{i(a_y Y + a_z Z)}\ \text{(ancilla 1 between them)},

and a phase flip :math:`n\cdot\sigma` with probability :math:`p`. Its Kraus operators are entrywise products, and to
leading order they give three jumps, on the axes of the circuit,

.. math::

    \sqrt p\,(\cos\varphi\; n_z e_z + \sin\varphi\; n_\perp), \quad
    \sqrt p\,(\sin\varphi\; n_z e_z + \cos\varphi\; n_\perp), \quad
    (z_1 + i z_2)\,e_z + i h\,e_x ,

with :math:`z_1 = -a_y`, :math:`z_2 = -a_z\sin 2\varphi`, :math:`h = h_w\cos 2\varphi`. Let :math:`g` be the vector of
:math:`\mathrm{Im}\,G`, :math:`R = \mathrm{Re}\,G`, and :math:`S` the Schur complement of :math:`R_{gg}` in :math:`R`.
Choose :math:`e_z` anywhere in the plane normal to :math:`g` and :math:`e_y = g/|g|`. Then

.. math::

    h^2 = S_{xx}, \qquad z_2 = S_{zx}/h, \qquad z_1 = -\mathrm{Im}\,G_{zx}/h

leave a real matrix :math:`R'` of rank two whose range contains :math:`e_z`, and it is positive because
:math:`\det S \ge g^2` follows from :math:`G \ge 0`. The first two jumps make it: :math:`p n_z^2 = R'_{zz}`,
:math:`p n_\perp^2 = R'_{mm}`, :math:`\sin 2\varphi = R'_{zm}/\sqrt{R'_{zz} R'_{mm}}`. So every weak channel has three
CX, and a free angle (that of :math:`e_z`) is left over.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import expm

from .dense import Complex, Real
from .one_qubit import HADAMARD, IDENTITY, PAULI, about_y, spin_rotation

_TINY = 1e-300
#: Rates below this, relative to the sum of all, are rounding: a direction without a jump.
_ROUNDING = 1e-15
#: Beyond these the leading order says nothing any more; the exact search starts inside.
_LARGEST_SINE, _LARGEST_ANGLE = 0.95, 0.3


def weak_gates(kraus: Complex, angle: float) -> list[Complex]:
    r"""The free gates of ``S1 S2 S1`` (CZ, ancillas in \|0>) that make a channel to leading order.

    Args:
        kraus: canonical Kraus operators (r, 2, 2), largest first.
        angle: of the axis e_z in its plane, from a principal axis.

    Returns:
        One 2 x 2 matrix for each slot of the skeleton (0, 1), (0, 2), (0, 1).
    """
    left, _, right = np.linalg.svd(kraus[0])
    unitary = left @ right
    jumps = np.einsum("aij,jk,eki->ea", PAULI, unitary.conj().T, kraus[1:]) / 2
    rates = jumps.T @ jumps.conj()
    axes = _circuit_axes(rates, angle)
    into = spin_rotation(axes)
    phi, between_ancilla, between_system, flip, axis = _leading_order(axes @ rates @ axes.T)
    first = np.linalg.eigh(np.tensordot(axis, PAULI, 1))[1][:, ::-1].conj().T
    start = (HADAMARD @ [np.cos(phi), np.sin(phi)]).real
    return [
        into,
        about_y(np.arctan2(start[1], start[0])),
        about_y(np.arcsin(np.sqrt(min(flip, 1.0)))),
        first,
        HADAMARD @ between_ancilla @ HADAMARD,
        between_system @ first.conj().T,
        IDENTITY,
        unitary @ into.conj().T,
        IDENTITY,
    ]


def _circuit_axes(rates: Complex, angle: float) -> Real:
    """Rows: the axes x, y, z of the circuit, y along the vector of Im G and z turned by ``angle`` about it."""
    real = rates.real
    vector = np.array([rates[1, 2].imag, rates[2, 0].imag, rates[0, 1].imag])
    length, least = np.linalg.norm(vector), max(_ROUNDING * np.trace(real), _TINY)
    normal = vector / length if length > 1e-9 * np.trace(real) else np.linalg.eigh(real)[1][:, 0]
    plane = np.linalg.svd(normal[None])[2][1:]
    schur = plane @ (real - np.outer(real @ normal, real @ normal) / max(normal @ real @ normal, least)) @ plane.T
    principal = np.linalg.eigh(schur)[1][:, 1] @ plane
    z = np.cos(angle) * principal + np.sin(angle) * np.cross(normal, principal)
    return np.array([np.cross(normal, z), normal, z])


def _leading_order(rates: Complex) -> tuple[float, Complex, Complex, float, Real]:
    """phi, A, W, p and n of the module's docstring, for G in the axes of the circuit."""
    real = rates.real
    least = max(_ROUNDING * np.trace(real), _TINY)
    yy = max(real[1, 1], least)
    h = np.sqrt(max(real[0, 0] - real[0, 1] ** 2 / yy, least))
    z2 = (real[2, 0] - real[2, 1] * real[0, 1] / yy) / h
    z1 = -rates[2, 0].imag / h
    rest = real - np.array([[h * h, 0, z2 * h], [0, 0, 0], [z2 * h, 0, z1**2 + z2**2]])
    plane = np.array([real[0, 1], real[1, 1], 0.0])
    plane = plane / np.linalg.norm(plane) if np.linalg.norm(plane) > _TINY else np.array([0.0, 1.0, 0.0])
    zz, mm, zm = max(rest[2, 2], 0.0), max(plane @ rest @ plane, 0.0), rest[2] @ plane
    sine = float(np.clip(zm / np.sqrt(zz * mm), -_LARGEST_SINE, _LARGEST_SINE)) if zz * mm > _TINY else 0.0
    turn = float(np.clip(-z2 / sine, -_LARGEST_ANGLE, _LARGEST_ANGLE)) if abs(sine) > 1e-3 else 0.0
    flip = zz + mm
    axis = np.sqrt(mm / flip) * plane + np.array([0, 0, np.sqrt(zz / flip)]) if flip > _TINY else np.array([0, 0, 1.0])
    ancilla = expm(1j * (-z1 * PAULI[1] + turn * PAULI[2]))
    system = expm(1j * h / np.sqrt(1 - sine**2) * PAULI[0])
    return np.arcsin(sine) / 2, ancilla, system, flip, axis
