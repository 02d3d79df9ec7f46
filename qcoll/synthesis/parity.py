r"""The joint unitary of a qubit and a pair whose parity is conserved: eight CX on the line S-1-2, in closed form.

Example 2 conserves the parity of the pair, :math:`[H, Z_1 Z_2] = 0`. After a CX from 1 to 2 the parity :math:`p` sits
on qubit 2, and the collision is a two-qubit unitary of S and 1 for each :math:`p`:

.. math::

    p = 0:\quad D = R_z(\sigma)_S\,R_z(\theta)_1, \qquad\qquad p = 1:\quad V .

**Reflections.** A gate :math:`W` on S and 1 and a CZ from the parity turn into a multiplexed pair of reflections,

.. math::

    p = 0:\; W^T W^* W^\dagger W = 1, \qquad p = 1:\; W^T Z_1 W^*\,W^\dagger Z_1 W = R^T R,\qquad R = W^\dagger Z_1 W .

If :math:`W` has one CX then
:math:`R = \cos\vartheta\;u\cdot\sigma_1 + \sin\vartheta\;(v\cdot\sigma_1)(w\cdot\sigma_S)` with :math:`u\perp v`, and
every such reflection comes from one CX; a traceless reflection is of this form exactly if it has no component on S
alone. :math:`W^* W^\dagger` has two CX, so that encoding (1), W (1), CZ (1), W* W† (2), CZ (1), W^T (1) and decoding
(1) are eight.

**Which reflection.** In a gauge where :math:`H` is real, :math:`V` is symmetric and :math:`\Gamma = X_S Y_1` inverts
it, :math:`\Gamma V\Gamma = V^\dagger`. The same holds for :math:`V_\varphi = D_\varphi^{-1/2} V D_\varphi^{-1/2}` with
:math:`D_\varphi = R_z(\sigma)_S R_z(\varphi)_1` at any :math:`\varphi`: a rotation of qubit 1 that depends on the
parity costs nothing, because :math:`e^{i x Z_1 Z_p}` is a rotation of qubit 2 before the encoding. So for every square
root :math:`K^2 = V_\varphi`, symmetric and inverted by :math:`\Gamma`, :math:`R = \Gamma K` is a reflection and
:math:`V_\varphi = -R^T R`. Its only component on S alone is

.. math:: f(\varphi) = \mathrm{Tr}[\,Y_S Y_1\,\mathrm{Im}\,K\,] ,

one real function on a circle, and the circuit is read off at its zero. Of the two square roots (a sign on one pair of
eigenvalues) one has a zero; the tests find one for every parameter they try.

**Short and weak collisions.** Eigenvalues of :math:`V_\varphi` come in pairs that differ by the square of the strength,
and rounding mixes their eigenvectors. The circuit of a stronger collision is carried there instead
(:mod:`.continuation`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit
from scipy.optimize import brentq

from .continuation import carried, exponential
from .dense import Complex, Real, collision_unitary
from .evolution import Evolution
from .fit import Residual, refined, unitary_residual
from .one_qubit import HADAMARD, IDENTITY, PAULI, spin_rotation
from .skeleton import Skeleton

EIGHT_CX = Skeleton(3, ((1, 2), (0, 1), (1, 2), (0, 1), (0, 1), (1, 2), (0, 1), (1, 2)))
#: Norm of the difference between circuit and unitary.
CERTIFICATE = 1e-12
# Norms to which a short or weak collision is made stronger, where it is solved for first.
_MODERATE, _TINY = 0.5, 1e-300
#: Solutions of the closed form that are looked at: there are few, and where rounding makes more of them none is good.
SOLUTIONS = 8
_STRUCTURE = 1e-12
_GRID = 97
_MIXING = np.linspace(0.0, np.pi, 16, endpoint=False)
# Joint indices are 4 q2 + 2 q1 + s; sector indices are 2 q1 + s, as in kron(1, S).
_EVEN, _ODD = [0, 1, 6, 7], [4, 5, 2, 3]
_GAMMA = np.kron(PAULI[1], PAULI[0])
_YY = np.kron(PAULI[1], PAULI[1]).real


def parity_circuit(model: Evolution) -> QuantumCircuit | None:
    """The eight-CX circuit of the joint unitary, or None if the model has not this structure.

    The structure: one system qubit and a pair of conserved parity; nothing but rotations about z where the parity is
    even; and where it is odd, up to rotations about z, a real Hamiltonian that Gamma reverses, which leaves
    Z_S, Z_1, X_1, X_S X_1, Y_S Y_1, X_S Z_1 and a constant.

    >>> import qcoll
    >>> from qcoll.synthesis.parity import parity_circuit
    >>> parity_circuit(qcoll.example_2(alpha=0.2 + 0.1j, dt=1.3)).num_nonlocal_gates()
    8
    """
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return None
    interaction = model.interaction.to_matrix() * model.dt
    rest = model.hamiltonian.to_matrix() * model.dt - interaction
    residual = unitary_residual(EIGHT_CX, collision_unitary(model))
    for close in _close(rest, interaction):
        # Where the zero is steep it is only known to a few digits less than rounding; Newton steps give them back.
        angles, error = refined(residual, close)
        if error < CERTIFICATE:
            return EIGHT_CX.circuit(angles)
    return None


def _close(rest: Complex, interaction: Complex) -> Iterator[Real]:
    """Angles that are close: the closed form, then that of a stronger collision, carried. None without structure."""
    yield from itertools.islice(closed_form(rest + interaction), SOLUTIONS)
    factors = [max(1.0, _MODERATE / max(float(np.linalg.norm(each, 2)), _TINY)) for each in (rest, interaction)]
    if max(factors) == 1.0 or _sectors(rest + interaction) is None:
        return

    def path(position: float) -> Residual:
        first, second = (factor ** (1 - position) for factor in factors)
        return unitary_residual(EIGHT_CX, exponential(first * rest + second * interaction))

    for angles in closed_form(factors[0] * rest + factors[1] * interaction):
        if (end := carried(path, angles)) is not None:
            yield end


def closed_form(generator: Complex) -> Iterator[Real]:
    """Angles of EIGHT_CX, good but for the digits that are lost; none without the structure."""
    sectors = _sectors(generator)
    if sectors is None:
        return
    offset, system_angle, pair_angle, odd, gauge = sectors
    for phi, reflection in _reflections(_exponential(odd), system_angle):
        yield EIGHT_CX.parameters(_gates(reflection, system_angle, pair_angle, phi, offset, gauge))


def _sectors(hamiltonian: Complex) -> tuple[float, float, float, Real, tuple[float, float]] | None:
    """Phase between the sectors, angles of D, the real odd sector and the gauge (of S and 1) that makes it real."""
    scale = _STRUCTURE * max(1.0, float(np.abs(hamiltonian).max()))
    even = np.diagonal(hamiltonian)[_EVEN].real
    odd = hamiltonian[np.ix_(_ODD, _ODD)]
    rest = hamiltonian.copy()
    rest[np.ix_(_ODD, _ODD)] = 0.0
    rest[_EVEN, _EVEN] = 0.0
    if np.abs(rest).max() > scale or abs(even @ [1, -1, -1, 1]) > 4 * scale:
        return None
    pair_phase = np.angle(odd[0, 2] if abs(odd[0, 2]) > abs(odd[1, 3]) else odd[1, 3])
    flip, exchange = odd[0, 3], odd[2, 1]
    sign = 1.0 if abs(flip) > abs(exchange) else -1.0
    system_phase = np.angle(flip) - pair_phase if sign > 0 else np.angle(exchange) + pair_phase
    gauge = (float(system_phase), float(pair_phase))
    phases = np.exp(1j * (np.array([1, -1, 1, -1]) * gauge[0] + np.array([1, 1, -1, -1]) * gauge[1]) / 2)
    real = phases.conj()[:, None] * odd * phases
    offset = float(np.trace(real).real / 4)
    traceless = real - offset * np.eye(4)
    if np.abs(traceless.imag).max() > scale or np.abs(_GAMMA @ traceless @ _GAMMA + traceless).max() > scale:
        return None
    system_angle, pair_angle = float(even @ [1, -1, 1, -1]) / 2, float(even @ [1, 1, -1, -1]) / 2
    return offset - float(even.mean()), system_angle, pair_angle, traceless.real, gauge


def _exponential(generator: Real) -> Complex:
    energies, vectors = np.linalg.eigh(generator)
    return np.asarray((vectors * np.exp(-1j * energies)) @ vectors.T)


def _reflections(odd: Complex, system_angle: float) -> Iterator[tuple[float, Complex]]:
    """Angles phi and reflections R without a component on S alone."""

    def component(phi: float, branch: int) -> float:
        return float(np.trace(_YY @ _square_root(odd, system_angle, phi)[branch].imag))

    grid = np.linspace(0.0, 4 * np.pi, _GRID)
    values = np.array([[component(phi, branch) for phi in grid] for branch in (0, 1)])
    for branch in (1, 0):
        if np.abs(values[branch]).max() < _STRUCTURE:
            yield 0.0, _GAMMA @ _square_root(odd, system_angle, 0.0)[branch]
        for k in np.flatnonzero(values[branch, :-1] * values[branch, 1:] <= 0):
            # A jump of the square root's sign also changes the sign; the caller's certificate tells the two apart.
            if values[branch, k] == values[branch, k + 1]:
                continue
            phi = float(brentq(component, grid[k], grid[k + 1], args=(branch,), xtol=1e-15, rtol=1e-15))
            yield phi, _GAMMA @ _square_root(odd, system_angle, phi)[branch]


def _square_root(odd: Complex, system_angle: float, phi: float) -> tuple[Complex, Complex]:
    """Both kinds of symmetric square roots of V_phi that Gamma inverts."""
    half = np.diagonal(_rotations(system_angle / 2, phi / 2)).conj()
    symmetric = half[:, None] * odd * half
    # Real and imaginary part of a symmetric unitary commute; the combination that keeps its eigenvalues furthest apart
    # has the common eigenvectors to the most digits.
    spectrum = np.sort(np.cos(np.angle(np.linalg.eigvals(symmetric)) - _MIXING[:, None]), axis=1)
    mixing = _MIXING[np.argmax(np.diff(spectrum, axis=1).min(axis=1))]
    vectors = np.linalg.eigh(np.cos(mixing) * symmetric.real + np.sin(mixing) * symmetric.imag)[1]
    angles = np.angle(np.einsum("ik,ij,jk->k", vectors, symmetric, vectors))
    order = np.argsort(angles)
    vectors, roots = vectors[:, order], np.exp(0.5j * angles[order])
    signs = np.array([1, -1, -1, 1])
    return (vectors * roots) @ vectors.T, (vectors * (signs * roots)) @ vectors.T


def _rotations(system_angle: float, pair_angle: float) -> Complex:
    """R_z on S and on 1, shape (4, 4)."""
    return np.asarray(np.kron(_rz(pair_angle), _rz(system_angle)), dtype=complex)


def _rz(angle: float) -> Complex:
    return np.diag(np.exp(-0.5j * angle * np.array([1, -1])))


def _gates(
    reflection: Complex,
    system_angle: float,
    pair_angle: float,
    phi: float,
    offset: float,
    gauge: tuple[float, float],
) -> list[Complex]:
    """The free gates of EIGHT_CX, slot by slot."""
    on_system, on_pair, tilt = _one_cx(reflection)
    gauge_system, gauge_pair = _rz(gauge[0]), _rz(gauge[1])
    first_system = on_system @ _rz(system_angle / 2) @ gauge_system
    last_system = gauge_system.conj() @ _rz(system_angle / 2) @ on_system.T
    shared, split = _rz((pair_angle + phi) / 4), _rz((pair_angle - phi) / 4)
    sector_phase = np.diag([1, -np.exp(-1j * offset)])
    return [
        first_system, IDENTITY, HADAMARD @ split,
        on_pair @ shared @ gauge_pair, HADAMARD,
        IDENTITY, tilt,
        tilt.conj().T, sector_phase,
        (on_system @ on_system.T).conj(), (on_pair @ on_pair.T).conj(),
        IDENTITY, tilt.conj(),
        tilt.T, HADAMARD,
        last_system, gauge_pair.conj() @ shared @ on_pair.T,
        IDENTITY, split @ HADAMARD,
    ]  # fmt: skip


def _one_cx(reflection: Complex) -> tuple[Complex, Complex, Complex]:
    """Gates l_S and l_1 before and l_2 after a CZ with R = W^dagger Z_1 W, W = l_2 CZ (l_S l_1)."""
    local = np.array([np.trace(reflection @ np.kron(pauli, IDENTITY)).real for pauli in PAULI]) / 4
    joint = np.array([[np.trace(reflection @ np.kron(p, q)).real for q in PAULI] for p in PAULI]) / 4
    left, scales, right = np.linalg.svd(joint)
    v, w = left[:, 0], right[0]
    length = float(np.linalg.norm(local))
    u = local / length if length > _STRUCTURE else left[:, 1]
    angle = np.arctan2(scales[0], length)
    v = v - u * (u @ v)
    v = v / np.linalg.norm(v)
    on_pair = spin_rotation(np.array([v, np.cross(u, v), u]))
    x = np.linalg.svd(w[None])[2][1]
    on_system = spin_rotation(np.array([x, np.cross(w, x), w]))
    half = -angle / 2
    tilt = np.array([[np.cos(half), -np.sin(half)], [np.sin(half), np.cos(half)]], dtype=complex)
    return on_system, on_pair, tilt
