"""Rows for Eqs. 42-51 and A10-A18: correlation functions, master equation and steady state of example 1."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..exact import collision_channel, gibbs_state, master_equation, steady_state
from ..model.operators import ladder
from ..trajectory.pauli import Complex
from .as_printed import master_equation_48
from .draws import Draw, draws_1, figure_draw_1, largest
from .example_1 import RAISING, dissipator, mixed_dissipator
from .rows import Checked, Equation

Sign = Literal["+", "-"]


def _sigma(half: int, sign: Sign) -> Complex:
    """sigma_1 or sigma_2 with a sign, on the pair."""
    qubits = [half - 1]
    operator = ladder(2, raising=qubits) if sign == "+" else ladder(2, lowering=qubits)
    return np.asarray(operator.to_matrix())


def _trace(draw: Draw, *operators: Complex) -> complex:
    product = np.linalg.multi_dot(operators) if len(operators) > 1 else operators[0]
    return complex(np.trace(product @ gibbs_state(draw.model.ancilla)))


def _coupling(draw: Draw, half: int, sign: Sign) -> complex:
    """The coefficient that sigma_half^sign carries in the Hermitian form of Eq. 40: alpha for -, alpha* for +."""
    alpha = complex(draw.forms.alpha_1 if half == 1 else draw.forms.alpha_2)
    return alpha if sign == "-" else alpha.conjugate()


def _first_order(half: int, sign: Sign) -> Checked:
    return Checked(largest(abs(_trace(draw, _sigma(half, sign))) for draw in draws_1()))


def _all_first_order() -> Checked:
    """A10 and what it says of the others, through the general machinery too."""
    general = largest(float(np.abs(master_equation(draw.model).driving).max()) for draw in draws_1())
    parts = [_first_order(half, sign).residual for half in (1, 2) for sign in ("+", "-")]
    return Checked(max(general, *parts))


def _closed(draw: Draw, i: int, j: int, left: Sign) -> complex:
    matrix = draw.forms.absorbing if left == "-" else draw.forms.emitting
    return complex(matrix[i - 1, j - 1])


def _correlation(i: int, j: int, left: Sign) -> tuple[float, float, float]:
    """Deviation of the closed form, of the trace without couplings, and their ratio at the figures' parameters."""
    right: Sign = "+" if left == "-" else "-"

    def traced(draw: Draw) -> complex:
        return _trace(draw, _sigma(i, left), _sigma(j, right))

    def full(draw: Draw) -> complex:
        return _coupling(draw, i, left) * _coupling(draw, j, right) * traced(draw)

    closed = largest(abs(_closed(draw, i, j, left) - full(draw)) for draw in draws_1())
    without = largest(abs(traced(draw) - full(draw)) for draw in draws_1())
    paper = figure_draw_1()
    return closed, without, float(abs(traced(paper) / full(paper)))


def _without_couplings(pairs: list[tuple[int, int, Sign]]) -> Checked:
    """Eqs. 42-45: traces without the couplings that Eq. 48 and Appendix A need."""
    found = [_correlation(*pair) for pair in pairs]
    return Checked(
        max(f[0] for f in found), max(f[1] for f in found), f"rates {found[0][2]:.0f} times too large in Eq. 48"
    )


def _with_couplings(i: int, j: int, left: Sign) -> Checked:
    """A11-A16: closed forms, and how far alpha_i alpha_j in place of the conjugates is off for complex couplings."""
    right: Sign = "+" if left == "-" else "-"

    def printed(draw: Draw) -> float:
        full = _closed(draw, i, j, left)
        pure = full / (_coupling(draw, i, left) * _coupling(draw, j, right))
        return float(
            abs(
                complex(draw.forms.alpha_1 if i == 1 else draw.forms.alpha_2)
                * complex(draw.forms.alpha_1 if j == 1 else draw.forms.alpha_2)
                * pure
                - full
            )
        )

    return Checked(_correlation(i, j, left)[0], largest(printed(draw) for draw in draws_1()), "none: alpha is real")


def _a16() -> Checked:
    """A16 in print has sigma_1^+ sigma_2^+ inside the trace, which is zero."""
    paper = figure_draw_1()
    printed = largest(
        abs(
            _coupling(d, 1, "+") * _coupling(d, 2, "-") * _trace(d, _sigma(1, "+"), _sigma(2, "+"))
            - _closed(d, 1, 2, "+")
        )
        for d in draws_1()
    )
    value = _closed(paper, 1, 2, "+").real
    return Checked(_correlation(1, 2, "+")[0], printed, f"the trace as printed is 0 instead of {value:.1e}")


def _vanishing(sign: Sign) -> Checked:
    return Checked(largest(abs(_trace(draw, _sigma(1, sign), _sigma(2, sign))) for draw in draws_1()))


def _starred(sign: Sign) -> Checked:
    """Eqs. 46-47 relate g_12 and g_21 by a star; they are equal without one for any state of the ancilla."""
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    state = vectors @ vectors.conj().T / np.trace(vectors @ vectors.conj().T)
    g12 = complex(np.trace(_sigma(1, sign) @ _sigma(2, sign) @ state))
    g21 = complex(np.trace(_sigma(2, sign) @ _sigma(1, sign) @ state))
    return Checked(max(abs(g12 - g21), _vanishing(sign).residual), abs(g12 - g21.conjugate()), "none: both are zero")


def _apply(draw: Draw) -> Complex:
    matrix = collision_channel(draw.model, "second_order").data
    return np.asarray((matrix @ draw.rho.flatten(order="F")).reshape(2, 2, order="F"))


def _master_equation() -> Checked:
    def deviation(draw: Draw, printed: bool) -> float:
        found = master_equation_48(draw.forms, draw.rho) if printed else draw.forms.after_collision(draw.rho)
        return float(np.abs(found - _apply(draw)).max())

    z = np.diff(figure_draw_1().forms.steady_state.diagonal()[::-1].real)[0]
    return Checked(
        largest(deviation(draw, False) for draw in draws_1()),
        largest(deviation(draw, True) for draw in draws_1()),
        f"steady <sigma_z> = {-z:+.3f} instead of {z:+.3f}",
    )


def _steady_state() -> Checked:
    return Checked(
        largest(
            float(np.abs(draw.forms.steady_state - steady_state(draw.model, "second_order").data).max())
            for draw in draws_1()
        )
    )


def _dissipator(mixed: bool) -> Checked:
    """Eqs. 49-50 against superoperators of the general machinery's kind, kron(B^T, A)."""

    def deviation(draw: Draw) -> float:
        left, right = draw.rho + 0.3j * RAISING, RAISING + 0.2 * draw.rho
        right = right if mixed else left.conj().T
        one, product = np.eye(2), right @ left
        matrix = 2 * np.kron(right.T, left) - np.kron(one, product) - np.kron(product.T, one)
        expected = (matrix @ draw.rho.flatten(order="F")).reshape(2, 2, order="F")
        found: Any = mixed_dissipator(left, right, draw.rho) if mixed else dissipator(left, draw.rho)
        return float(np.abs(found - expected).max())

    return Checked(largest(deviation(draw) for draw in draws_1()))


def _traces(number: str, half: int) -> Equation:
    return Equation(
        number=number,
        subject=f"correlation functions g_{half}{half}",
        verdict="corrected",
        nature="misprint",
        printed="traces without the couplings",
        correct=f"times |alpha_{half}|^2, as Appendix A has them and Eq. 48 needs them",
        check=lambda: _without_couplings([(half, half, "-"), (half, half, "+")]),
        note="the upper signs do not follow Eq. 26, where Tr[B^dagger B eta] would carry twice the same sign",
    )


def _cross(number: str, left: Sign, factor: str) -> Equation:
    return Equation(
        number=number,
        subject="cross correlation g_12",
        verdict="corrected",
        nature="misprint",
        printed="trace without the couplings",
        correct=f"times {factor}",
        check=lambda: _without_couplings([(1, 2, left), (2, 1, left)]),
        note="the order of the indices is not that of Eq. 26 either; only the sums of Eq. 48 matter, and they agree",
    )


def _zero(number: str, sign: Sign, labels: str) -> Equation:
    return Equation(
        number=number,
        subject=f"cross correlation g_12^({labels})",
        verdict="corrected",
        nature="misprint",
        printed=f"g_12^({labels}) = g_21^({labels})*",
        correct="without the star, as A17 and A18 have it",
        check=lambda: _starred(sign),
    )


def _diagonal(number: str, half: int, left: Sign) -> Equation:
    return Equation(
        number=number,
        subject=f"g_{half}{half} in closed form",
        verdict="corrected",
        nature="assumption",
        printed=f"alpha_{half}^2",
        correct=f"|alpha_{half}|^2",
        check=lambda: _with_couplings(half, half, left),
        note="holds for real alpha; the populations are right whatever the levels are called",
    )


EQUATIONS = (
    _traces("42", 1),
    _traces("43", 2),
    _cross("44", "-", "alpha_1 alpha_2*"),
    _cross("45", "+", "alpha_1* alpha_2"),
    _zero("46", "+", "-,-"),
    _zero("47", "-", "+,+"),
    Equation(
        number="48",
        subject="master equation of example 1",
        verdict="corrected",
        nature="misprint",
        printed="sum g^(+,-) D[sigma^+], sum g^(-,+) D[sigma^-], no plus between the sums",
        correct="sum g^(+,-) D[sigma^-] + sum g^(-,+) D[sigma^+]",
        check=_master_equation,
        note="with the g of Appendix A; Eqs. 51 and 56 have the dissipators right. The sentence before it calls this "
        "the interaction picture, but H_S turns the state: it is the Schroedinger picture",
    ),
    Equation(number="49", subject="dissipator D", verdict="definition", check=lambda: _dissipator(False)),
    Equation(number="50", subject="dissipator D'", verdict="definition", check=lambda: _dissipator(True)),
    Equation(
        number="51",
        subject="steady state of example 1",
        verdict="confirmed",
        check=_steady_state,
        note="with the g of Appendix A; contradicts Eq. 48 as printed",
    ),
    Equation(
        number="A10",
        subject="g_1^(+) = 0",
        verdict="confirmed",
        check=_all_first_order,
        note="for complex coupling the prefactor is alpha_1*",
    ),
    _diagonal("A11", 1, "-"),
    _diagonal("A12", 1, "+"),
    _diagonal("A13", 2, "-"),
    _diagonal("A14", 2, "+"),
    Equation(
        number="A15",
        subject="g_12^(+,-) in closed form",
        verdict="corrected",
        nature="assumption",
        printed="alpha_1 alpha_2 / Z",
        correct="alpha_1 alpha_2* / Z, as in its own second form",
        check=lambda: _with_couplings(1, 2, "-"),
        note="holds for real alpha",
    ),
    Equation(
        number="A16",
        subject="g_12^(-,+) in closed form",
        verdict="corrected",
        nature="misprint",
        printed="Tr[sigma_1^+ sigma_2^+ eta], alpha_1 alpha_2 / Z",
        correct="Tr[sigma_1^+ sigma_2^- eta], alpha_1* alpha_2 / Z",
        check=_a16,
    ),
    Equation(number="A17", subject="g_12^(+,+) = 0", verdict="confirmed", check=lambda: _vanishing("-")),
    Equation(
        number="A18",
        subject="g_12^(-,-) = 0",
        verdict="confirmed",
        check=lambda: _vanishing("+"),
        note="for complex coupling the prefactor is alpha_1* alpha_2*",
    ),
)
