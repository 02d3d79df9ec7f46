"""Rows for Eqs. 28-41 and A1-A9: the pair of two-level systems, its levels and its thermal state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..exact import gibbs_state
from ..model import example_1
from ..trajectory.pauli import Complex, Real
from .draws import LEVELS, Levels, draws_1, draws_2, figure_draw, largest, random_parameters
from .pair import Pair
from .rows import Checked, Equation

_X, _Y, _Z = (np.array(m) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))
_PLUS, _MINUS = (_X + 1j * _Y) / 2, (_X - 1j * _Y) / 2
_FIGURES = Pair(omega_1=0.5, omega_2=1.5, kappa=0.3, beta=1.0)
#: Qiskit's index of |E_1>, ..., |E_4>: down down, then the two middle states in either order, up up.
_ORDER: dict[Levels, list[int]] = {"as_printed": [3, 1, 2, 0], "resonant": [3, 2, 1, 0]}


def _pairs() -> Iterator[tuple[Pair, Complex]]:
    """Closed forms and the Hamiltonian's matrix in Qiskit's order at random parameters."""
    for draw in draws_1():
        yield draw.forms.pair, draw.model.ancilla.hamiltonian.to_matrix()


def _in_levels(matrix: Complex, levels: Levels) -> Complex:
    order = _ORDER[levels]
    return matrix[np.ix_(order, order)]


def _written_out(pair: Pair) -> Complex:
    """Eq. 28 from Pauli matrices, the first two-level system less significant."""
    first, second = np.kron(np.eye(2), _Z), np.kron(_Z, np.eye(2))
    hop = np.kron(_MINUS, _PLUS)
    return np.asarray(pair.omega_1 / 2 * first + pair.omega_2 / 2 * second + pair.kappa * (hop + hop.conj().T))


def _hamiltonian() -> Checked:
    return Checked(largest(float(np.abs(_written_out(pair) - matrix).max()) for pair, matrix in _pairs()))


def _characteristic() -> Checked:
    def deviation(pair: Pair, matrix: Complex) -> float:
        x, y, kappa = pair.x, pair.y, pair.kappa
        expected = [1, 0, -(x**2 + y**2 + kappa**2), 0, x**2 * (y**2 + kappa**2)]
        return float(np.abs(np.poly(np.linalg.eigvalsh(matrix)) - expected).max())

    return Checked(largest(deviation(*item) for item in _pairs()))


def _level(index: int) -> Checked:
    """E'_k is an eigenvalue of Eq. 28: the smallest distance to the numerical spectrum."""

    def deviation(pair: Pair, matrix: Complex) -> float:
        return float(np.abs(np.linalg.eigvalsh(matrix) - pair.energies[index]).min())

    return Checked(largest(deviation(*item) for item in _pairs()))


def _abbreviations() -> Checked:
    def deviation(pair: Pair, matrix: Complex) -> float:
        diagonal = np.diag(matrix).real  # up up, down up, up down, down down
        return float(max(abs(diagonal[0] - pair.x), abs(diagonal[2] - pair.y)))

    return Checked(largest(deviation(*item) for item in _pairs()))


def printed_amplitudes(pair: Pair, energy: float) -> Real:
    """The weights of |E_2> and |E_3> as A6 (with an E') or Eqs. 36-37 (with a bare E) give them."""
    norm = np.hypot(energy - pair.y, pair.kappa)
    return np.asarray(np.array([pair.kappa, energy - pair.y]) / norm)


def _vector_residual(pair: Pair, matrix: Complex, which: int, energy: float, levels: Levels) -> float:
    """How far the weights at ``energy`` are from an eigenvector at E'_which, in one labelling of the levels."""
    vector = np.zeros(4)
    vector[1:3] = printed_amplitudes(pair, energy)
    block = _in_levels(matrix, levels)
    return float(np.linalg.norm(block @ vector - pair.energies[which] * vector))


def _outer_vector(index: int) -> Checked:
    def deviation(pair: Pair, matrix: Complex) -> float:
        column = np.eye(4)[:, index]
        return float(np.abs(_in_levels(matrix, "resonant") @ column - pair.energies[index] * column).max())

    return Checked(largest(deviation(*item) for item in _pairs()))


def _middle_vector(which: int) -> Checked:
    """Eqs. 36-37 with primes and the levels corrected; in print, with the bare energies of A1."""
    bare = -1 if which == 1 else 1

    def overlap() -> float:
        printed = printed_amplitudes(_FIGURES, bare * _FIGURES.y)
        right = printed_amplitudes(_FIGURES, _FIGURES.energies[which])[::-1]
        return float((printed @ right) ** 2)

    right = largest(_vector_residual(p, m, which, p.energies[which], "resonant") for p, m in _pairs())
    printed = largest(_vector_residual(p, m, which, bare * p.y, "as_printed") for p, m in _pairs())
    return Checked(right, printed, f"squared overlap with the eigenvector {overlap():.2f} instead of 1")


def _expansion(which: int, levels: Levels = "resonant") -> Checked:
    """A3, A4 with A6: eigenvectors once A1 is corrected, and not as A1 is printed."""
    return Checked(largest(_vector_residual(p, m, which, p.energies[which], levels) for p, m in _pairs()))


def _amplitudes() -> Checked:
    """A6 against the form without cancellation, and both against the eigenvalue equation."""

    def deviation(pair: Pair) -> float:
        a_minus, b_minus, a_plus, b_plus = pair.amplitudes
        low = printed_amplitudes(pair, pair.energies[1]) - [a_minus, b_minus]
        high = printed_amplitudes(pair, pair.energies[2]) - [a_plus, b_plus]
        return float(max(np.abs(low).max(), np.abs(high).max()))

    eigen = max(_expansion(1).residual, _expansion(2).residual)
    return Checked(max(eigen, largest(deviation(pair) for pair, _ in _pairs())))


def _product_states() -> Checked:
    """A1: which labelling makes 36-37, A3-A4 and A6 true, and what it does to the steady state."""
    both = {levels: figure_draw(levels).forms for levels in LEVELS}
    z = {levels: forms.steady_bloch_vector[2] for levels, forms in both.items()}
    effect = (
        f"E_3 - E_2 = {both['as_printed'].gap:+.0f} instead of {both['resonant'].gap:+.0f}, "
        f"steady <sigma_z> = {z['as_printed']:+.3f} instead of {z['resonant']:+.3f}"
    )
    return Checked(_expansion(1).residual, _expansion(1, "as_printed").residual, effect)


def _unitary() -> Checked:
    """A8: V with columns (a, b) diagonalises the Hamiltonian in the levels of A3-A4; as printed it has (b, a)."""

    def deviation(pair: Pair, matrix: Complex, printed: bool) -> float:
        vectors = pair.eigenvectors if printed else pair.eigenvectors[[0, 2, 1, 3]]
        block = vectors.T @ _in_levels(matrix, "resonant") @ vectors
        return float(np.abs(block - np.diag(pair.energies)).max())

    right = largest(deviation(*item, False) for item in _pairs())
    printed = largest(deviation(*item, True) for item in _pairs())
    return Checked(right, printed, "exchanges the populations of B3 and B4")


def _transformation() -> Checked:
    """A7: columns of V are eigenvectors, in both labellings if V goes with it."""

    def deviation(pair: Pair, matrix: Complex, levels: Levels) -> float:
        vectors = pair.eigenvectors if levels == "as_printed" else pair.eigenvectors[[0, 2, 1, 3]]
        return float(np.abs(_in_levels(matrix, levels) @ vectors - vectors * pair.energies).max())

    return Checked(largest(deviation(*item, levels) for item in _pairs() for levels in LEVELS))


def _thermal_state() -> Checked:
    def deviation(draw: Any) -> float:
        return float(np.abs(draw.forms.pair.thermal_state - gibbs_state(draw.model.ancilla)).max())

    return Checked(largest(deviation(draw) for draw in draws_1()))


def _thermal_expansion() -> Checked:
    """A9 in print lacks 1/Z in its last form, so that the trace is Z."""
    printed = largest(abs(pair.partition_function - 1) for pair, _ in _pairs())
    return Checked(
        _thermal_state().residual, printed, f"the state has trace Z = {_FIGURES.partition_function:.2f} instead of 1"
    )


def _system() -> Checked:
    return Checked(
        largest(float(np.abs(d.model.system.to_matrix() - d.forms.omega_s / 2 * _Z).max()) for d in draws_2())
    )


def _coupling_1() -> Checked:
    """Eq. 40 with alpha_k* in the second terms; as printed it is Hermitian for real couplings only."""

    def deviation(draw: Any, printed: bool) -> float:
        total = np.zeros((8, 8), dtype=complex)
        for half, alpha in enumerate((draw.forms.alpha_1, draw.forms.alpha_2)):
            lowering = np.kron(np.eye(2), _MINUS) if half == 0 else np.kron(_MINUS, np.eye(2))
            other = alpha if printed else np.conj(alpha)
            total += alpha * np.kron(lowering, _PLUS) + other * np.kron(lowering.conj().T, _MINUS)
        return float(np.abs(total - draw.model.interaction.to_matrix()).max())

    right = largest(deviation(draw, False) for draw in draws_1())
    return Checked(right, largest(deviation(draw, True) for draw in draws_1()), "none: alpha is real")


def _gibbs() -> Checked:
    """Eq. 41 for both examples by exponentiating, with Z from the closed form."""

    def deviation(parameters: dict[str, float]) -> float:
        model = example_1(**parameters)
        energies, vectors = np.linalg.eigh(model.ancilla.hamiltonian.to_matrix())
        pair = Pair(**{name: parameters[name] for name in ("omega_1", "omega_2", "kappa", "beta")})
        state = (vectors * np.exp(-pair.beta * energies)) @ vectors.conj().T / pair.partition_function
        return float(np.abs(state - gibbs_state(model.ancilla)).max())

    return Checked(largest(deviation(parameters) for parameters, _ in random_parameters()))


EQUATIONS = (
    Equation(number="28", subject="Hamiltonian of the pair", verdict="definition", check=_hamiltonian),
    Equation(number="29", subject="characteristic equation", verdict="confirmed", check=_characteristic),
    Equation(number="30", subject="x and y", verdict="definition", check=_abbreviations),
    Equation(
        number="31",
        subject="energy E'_1",
        verdict="confirmed",
        check=lambda: _level(0),
        note="the ground state only while kappa^2 < omega_1 omega_2; beyond, E'_2 is",
    ),
    Equation(number="32", subject="energy E'_2", verdict="confirmed", check=lambda: _level(1)),
    Equation(number="33", subject="energy E'_3", verdict="confirmed", check=lambda: _level(2)),
    Equation(number="34", subject="energy E'_4", verdict="confirmed", check=lambda: _level(3)),
    Equation(number="35", subject="eigenvector E'_1", verdict="confirmed", check=lambda: _outer_vector(0)),
    Equation(
        number="36",
        subject="eigenvector E'_2",
        verdict="corrected",
        nature="misprint",
        printed="E_2 - y (three times)",
        correct="E'_2 - y, with the levels of A1 corrected",
        check=lambda: _middle_vector(1),
        note="with the bare E_2 of the corrected levels it is 0/0",
    ),
    Equation(
        number="37",
        subject="eigenvector E'_3",
        verdict="corrected",
        nature="misprint",
        printed="E_3 - y (three times)",
        correct="E'_3 - y, with the levels of A1 corrected",
        check=lambda: _middle_vector(2),
    ),
    Equation(number="38", subject="eigenvector E'_4", verdict="confirmed", check=lambda: _outer_vector(3)),
    Equation(number="39", subject="Hamiltonian of the system", verdict="definition", check=_system),
    Equation(
        number="40",
        subject="coupling of example 1",
        verdict="corrected",
        nature="assumption",
        printed="alpha_k (sigma_S^+ sigma_k^- + sigma_S^- sigma_k^+)",
        correct="alpha_k sigma_S^+ sigma_k^- + alpha_k* sigma_S^- sigma_k^+",
        check=_coupling_1,
        note="holds for real alpha_k; A15 and A16 write conjugates",
    ),
    Equation(number="41", subject="thermal state of the ancilla", verdict="definition", check=_gibbs),
    Equation(
        number="A1",
        subject="product states of the pair",
        verdict="corrected",
        nature="levels",
        printed="|E_2> = |down up>, |E_3> = |up down>",
        correct="|E_2> = |up down>, |E_3> = |down up>",
        check=_product_states,
        note="A3, A4, A6, 36 and 37 and the captions need the corrected order; A8, A10-A16, B3 and B4 were written "
        "with the printed one",
    ),
    Equation(number="A2", subject="eigenvector E'_1", verdict="confirmed", check=lambda: _outer_vector(0)),
    Equation(
        number="A3",
        subject="eigenvector E'_2",
        verdict="confirmed",
        check=lambda: _expansion(1),
        note="with A1 corrected; with A1 as printed a and b change places",
    ),
    Equation(
        number="A4",
        subject="eigenvector E'_3",
        verdict="confirmed",
        check=lambda: _expansion(2),
        note="with A1 corrected; with A1 as printed a and b change places",
    ),
    Equation(number="A5", subject="eigenvector E'_4", verdict="confirmed", check=lambda: _outer_vector(3)),
    Equation(
        number="A6",
        subject="weights a and b",
        verdict="confirmed",
        check=_amplitudes,
        note="with A1 corrected (else y changes sign); 0/0 for one of the two at kappa = 0",
    ),
    Equation(number="A7", subject="change of basis", verdict="confirmed", check=_transformation),
    Equation(
        number="A8",
        subject="the matrix V",
        verdict="corrected",
        nature="levels",
        printed="second row (0, b_-, b_+, 0), third row (0, a_-, a_+, 0)",
        correct="second row (0, a_-, a_+, 0), third row (0, b_-, b_+, 0)",
        check=_unitary,
        note="contradicts A3 and A4; right only together with A1 as printed",
    ),
    Equation(
        number="A9",
        subject="thermal state in product states",
        verdict="corrected",
        nature="misprint",
        printed="last form without 1/Z",
        correct="1/Z before the sum",
        check=_thermal_expansion,
    ),
)
