"""Rows for Eqs. 52-58 and B1-B14: driving, master equation and steady state of example 2."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..exact import collision_channel, evolve, gibbs_state, master_equation, steady_state
from ..model.operators import ladder
from ..trajectory.pauli import Complex
from .as_printed import denominator_b14, master_equation_56, sigma_z_b11
from .draws import Draw, draws_2, figure_draw, largest
from .example_1 import LOWERING, RAISING
from .rows import Checked, Equation

_SIGMA_X = RAISING + LOWERING
_SIGMA_Y = -1j * (RAISING - LOWERING)


def _jump(draw: Draw) -> Complex:
    """sigma_E^+ = |E_3><E_2| on the pair, in the draw's level order (Eq. 53)."""
    raised, lowered = ([1], [0]) if draw.forms.levels == "resonant" else ([0], [1])
    return np.asarray(ladder(2, raising=raised, lowering=lowered).to_matrix())


def _mean(draw: Draw, operator: Complex) -> complex:
    return complex(np.trace(operator @ gibbs_state(draw.model.ancilla)))


def _compare(form: Callable[[Draw], complex], reference: Callable[[Draw], complex]) -> float:
    return largest(abs(form(draw) - reference(draw)) for draw in draws_2())


def _coupling() -> Checked:
    def deviation(draw: Draw) -> float:
        term = draw.forms.alpha * np.kron(_jump(draw).conj().T, RAISING)
        return float(np.abs(term + term.conj().T - draw.model.interaction.to_matrix()).max())

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _levels() -> Checked:
    """Eq. 53: sigma_E^+ raises the free pair by E_3 - E_2 in either order; in print that is omega_1 - omega_2."""

    def deviation(draw: Draw) -> float:
        hamiltonian = np.diag(np.diag(draw.model.ancilla.hamiltonian.to_matrix()))
        jump = _jump(draw)
        return float(np.abs(hamiltonian @ jump - jump @ hamiltonian - draw.forms.gap * jump).max())

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _driving() -> Checked:
    """Eq. 54 with dt and without H_S, against the driving of the general machinery; both lines of it."""

    def deviation(draw: Draw) -> float:
        plus = draw.forms.g_plus
        bloch = plus.real * _SIGMA_X + plus.imag * _SIGMA_Y
        general = master_equation(draw.model).driving
        return float(max(np.abs(draw.forms.driving - general).max(), np.abs(bloch - general).max()))

    def missing(draw: Draw) -> float:
        """How far the commutator without dt is from the one with it."""
        term = draw.forms.driving @ draw.rho - draw.rho @ draw.forms.driving
        return float(np.abs((1 - draw.forms.dt) * term).max())

    right = largest(deviation(draw) for draw in draws_2())
    return Checked(right, largest(missing(draw) for draw in draws_2()), "a factor 1/dt = 10")


def _effective_hamiltonian() -> Checked:
    return Checked(_driving().residual)


def _first_order(star: bool) -> Checked:
    """Eq. 55 and B1 with alpha*: g^(+) is what stands at sigma_S^- in the driving."""
    right = _compare(lambda d: d.forms.g_plus, lambda d: master_equation(d.model).driving[1, 0])
    traced = _compare(lambda d: d.forms.g_plus, lambda d: d.forms.alpha.conjugate() * _mean(d, _jump(d)))
    wrong = (lambda d: d.forms.alpha * _mean(d, _jump(d))) if star else (lambda d: _mean(d, _jump(d)))
    printed = _compare(wrong, lambda d: d.forms.g_plus)
    effect = "none: alpha is real" if star else "driving 1/alpha = 10 times too strong if taken literally"
    return Checked(max(right, traced), printed, effect)


def _b2() -> Checked:
    right = _compare(lambda d: d.forms.g_minus, lambda d: master_equation(d.model).driving[0, 1])
    conjugate = _compare(lambda d: d.forms.g_minus, lambda d: d.forms.g_plus.conjugate())
    printed = _compare(lambda d: d.forms.alpha.conjugate() * _mean(d, _jump(d).conj().T), lambda d: d.forms.g_minus)
    return Checked(max(right, conjugate), printed, "none: alpha is real")


def _populations(gain: bool) -> Checked:
    """B3, B4: |a|^2 and |b|^2 stand for the levels of A1 as printed; in the corrected order they change places."""

    def reference(draw: Draw) -> complex:
        jump = _jump(draw)
        product = jump @ jump.conj().T if gain else jump.conj().T @ jump
        return complex(abs(draw.forms.alpha) ** 2 * _mean(draw, product))

    def printed(draw: Draw) -> float:
        pair = draw.forms.pair
        return float(abs(draw.forms.alpha) ** 2 * (pair.up_down if gain else pair.down_up))

    right = _compare(lambda d: d.forms.gain if gain else d.forms.loss, reference)
    as_printed = largest(abs(printed(d) - reference(d)) for d in draws_2("as_printed"))
    resonant = largest(abs(printed(d) - reference(d)) for d in draws_2("resonant"))
    paper = figure_draw().forms
    values = (paper.loss, paper.gain) if gain else (paper.gain, paper.loss)
    effect = f"{values[0]:.5f} instead of {values[1]:.5f}: a population inversion"
    return Checked(max(right, as_printed), resonant, effect)


def _vanishing(raising: bool) -> Checked:
    def square(draw: Draw) -> complex:
        jump = _jump(draw) if raising else _jump(draw).conj().T
        return _mean(draw, jump @ jump)

    return Checked(largest(abs(square(draw)) for draw in draws_2()))


def _after(draw: Draw) -> Complex:
    matrix = collision_channel(draw.model, "second_order").data
    return np.asarray((matrix @ draw.rho.flatten(order="F")).reshape(2, 2, order="F"))


def _master_equation() -> Checked:
    def deviation(draw: Draw, printed: bool) -> float:
        found = master_equation_56(draw.forms, draw.rho) if printed else draw.forms.from_dissipators(draw.rho)
        return float(np.abs(found - _after(draw)).max())

    return Checked(
        largest(deviation(draw, False) for draw in draws_2()),
        largest(deviation(draw, True) for draw in draws_2()),
        "none: g is real",
    )


def _element(row: int, column: int) -> Checked:
    """B7-B10 for states and, since the map is linear, for any matrix."""

    def deviation(draw: Draw) -> float:
        return float(abs((draw.forms.after_collision(draw.rho) - _after(draw))[row, column]))

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _coherence() -> Checked:
    """Eq. 58 against the sum of Eq. 57 over matrix elements."""

    def deviation(draw: Draw) -> float:
        x, y = np.trace(_SIGMA_X @ draw.rho).real, np.trace(_SIGMA_Y @ draw.rho).real
        return float(abs(abs(x + 1j * y) - abs(draw.rho[0, 1]) - abs(draw.rho[1, 0])))

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _norm_of_coherence() -> Checked:
    def deviation(draw: Draw) -> float:
        written = sum(abs(draw.rho[i, j]) for i in range(2) for j in range(2) if i != j)
        return float(abs(evolve(draw.model, 1, draw.rho).coherence[0] - written))

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _bloch(draw: Draw) -> tuple[float, float, float]:
    state = steady_state(draw.model, "second_order").data
    return 2 * state[0, 1].real, -2 * state[0, 1].imag, (state[0, 0] - state[1, 1]).real


def _steady(component: int) -> Checked:
    return Checked(_compare(lambda d: d.forms.steady_bloch_vector[component], lambda d: _bloch(d)[component]))


def _steady_z() -> Checked:
    paper = figure_draw().forms
    shift = sigma_z_b11(paper) - paper.steady_bloch_vector[2]
    printed = _compare(lambda d: sigma_z_b11(d.forms), lambda d: _bloch(d)[2])
    return Checked(_steady(2).residual, printed, f"steady <sigma_z> shifts by {shift:+.1e}")


def _denominator() -> Checked:
    """B14 through the steady <sigma_z> that it makes: K = numerator of B11 / <sigma_z>."""

    def reference(draw: Draw) -> float:
        forms, omega = draw.forms, draw.forms.omega_s
        total = forms.gain + forms.loss + omega**2
        numerator = (forms.gain - forms.loss) * (4 * omega**2 + forms.dt**2 * total**2)
        return float(numerator / _bloch(draw)[2])

    paper = figure_draw().forms
    shift = (denominator_b14(paper) / paper.denominator - 1) * 1e6
    return Checked(
        _compare(lambda d: d.forms.denominator, reference),
        _compare(lambda d: denominator_b14(d.forms), reference),
        f"K, and with it every steady mean, off by {shift:.0f} parts per million",
    )


EQUATIONS = (
    Equation(number="52", subject="coupling of example 2", verdict="definition", check=_coupling),
    Equation(
        number="53",
        subject="jump operators of the pair",
        verdict="definition",
        check=_levels,
        note="with A1 as printed and omega_1 < omega_2 the 'raising' operator lowers the pair's energy",
    ),
    Equation(
        number="54",
        subject="driving of example 2",
        verdict="corrected",
        nature="misprint",
        printed="-i [...], called L_1",
        correct="-i dt [...], and L_1 has H_S too (Eq. 23)",
        check=_driving,
        note="the second line, with Re g sigma_x + Im g sigma_y, is right",
    ),
    Equation(
        number="55",
        subject="g^(+) and g^(-)",
        verdict="corrected",
        nature="misprint",
        printed="Tr[sigma_E^+ eta]",
        correct="alpha* Tr[sigma_E^+ eta]",
        check=lambda: _first_order(False),
        note="Appendix B has a factor alpha",
    ),
    Equation(number="below 55", subject="effective Hamiltonian", verdict="confirmed", check=_effective_hamiltonian),
    Equation(
        number="56",
        subject="master equation of example 2",
        verdict="corrected",
        nature="misprint",
        printed="g^(-) D'[sigma_z, sigma^-], g^(+) D'[sigma_z, sigma^+]",
        correct="g^(+) D'[sigma_z, sigma^-], g^(-) D'[sigma_z, sigma^+]",
        check=_master_equation,
        note="inherits line 2 of Eq. 24; as printed it does not even keep rho Hermitian unless g is real",
    ),
    Equation(number="57", subject="l1 norm of coherence", verdict="definition", check=_norm_of_coherence),
    Equation(number="58", subject="coherence of a qubit", verdict="confirmed", check=_coherence),
    Equation(
        number="B1",
        subject="g^(+) in closed form",
        verdict="corrected",
        nature="misprint",
        printed="alpha; in the third form exp(-beta E_i) |E_j><E_j|",
        correct="alpha*; exp(-beta E'_k) |E_i><E_j|",
        check=lambda: _first_order(True),
        note="the prefactor holds for real alpha; the sum over V goes with A3-A4, not with A8, which makes no "
        "difference for real kappa",
    ),
    Equation(
        number="B2",
        subject="g^(-) in closed form",
        verdict="corrected",
        nature="assumption",
        printed="alpha*",
        correct="alpha",
        check=_b2,
        note="holds for real alpha; g^(-) = g^(+)* is right",
    ),
    Equation(
        number="B3",
        subject="g^(-,+) in closed form",
        verdict="corrected",
        nature="levels",
        printed="|a_-|^2, |a_+|^2; first form without |alpha|^2",
        correct="|b_-|^2, |b_+|^2 in the corrected order of A1",
        check=lambda: _populations(True),
        note="holds with A1 and A8 as printed",
    ),
    Equation(
        number="B4",
        subject="g^(+,-) in closed form",
        verdict="corrected",
        nature="levels",
        printed="|b_-|^2, |b_+|^2",
        correct="|a_-|^2, |a_+|^2 in the corrected order of A1",
        check=lambda: _populations(False),
        note="holds with A1 and A8 as printed",
    ),
    Equation(
        number="B5",
        subject="g^(+,+) = 0",
        verdict="confirmed",
        check=lambda: _vanishing(True),
        note="a factor alpha*^2 is left out",
    ),
    Equation(
        number="B6",
        subject="g^(-,-) = 0",
        verdict="confirmed",
        check=lambda: _vanishing(False),
        note="a factor alpha^2 is left out",
    ),
    Equation(number="B7", subject="map of rho_11", verdict="confirmed", check=lambda: _element(0, 0)),
    Equation(number="B8", subject="map of rho_22", verdict="confirmed", check=lambda: _element(1, 1)),
    Equation(number="B9", subject="map of rho_12", verdict="confirmed", check=lambda: _element(0, 1)),
    Equation(number="B10", subject="map of rho_21", verdict="confirmed", check=lambda: _element(1, 0)),
    Equation(
        number="B11",
        subject="steady <sigma_z>",
        verdict="corrected",
        nature="misprint",
        printed="(g^(-,+) + g^(+,-) omega_S^2)^2",
        correct="(g^(-,+) + g^(+,-) + omega_S^2)^2",
        check=_steady_z,
    ),
    Equation(
        number="B12",
        subject="steady <sigma_x>",
        verdict="confirmed",
        check=lambda: _steady(0),
        note="with K corrected",
    ),
    Equation(
        number="B13",
        subject="steady <sigma_y>",
        verdict="confirmed",
        check=lambda: _steady(1),
        note="with K corrected",
    ),
    Equation(
        number="B14",
        subject="the denominator K",
        verdict="corrected",
        nature="misprint",
        printed="G [... + omega_S^4 (1 - 2 g^(-) g^(+))] with G = g^(-,+) + g^(+,-)",
        correct="G [... + omega_S^4] - 2 omega_S^4 g^(-) g^(+)",
        check=_denominator,
    ),
)
