"""Appendices A and B derived with symbols: complex couplings, both halves of the pair, and the levels corrected."""

import pytest
import sympy as sp
from sympy import Matrix, eye, symbols
from sympy.physics.quantum import TensorProduct

UP, DOWN = Matrix([1, 0]), Matrix([0, 1])
RAISE = UP * DOWN.T
E1, E2, E3, E4 = (TensorProduct(*pair) for pair in ((DOWN, DOWN), (UP, DOWN), (DOWN, UP), (UP, UP)))
C, S = symbols("c s", real=True)
WEIGHTS = symbols("w1:5", positive=True)
NORM = sum(WEIGHTS)
# columns of the rotation: a_- = c, b_- = s, a_+ = -s, b_+ = c
EIGENVECTORS = [E1, C * E2 + S * E3, -S * E2 + C * E3, E4]
THERMAL = sum((w * v * v.T for w, v in zip(WEIGHTS, EIGENVECTORS, strict=True)), sp.zeros(4)) / NORM
COHERENCE = (WEIGHTS[1] - WEIGHTS[2]) * C * S / NORM  # w2 a_- b_- + w3 a_+ b_+, over Z
A1, A1C, A2, A2C, A, AC = symbols("alpha1 alpha1c alpha2 alpha2c alpha alphac")
HALF_1, HALF_2 = TensorProduct(RAISE, eye(2)), TensorProduct(eye(2), RAISE)


def on_circle(expression):
    """The expression with s^2 = 1 - c^2, expanded."""
    together = sp.together(sp.expand(expression))
    return sp.simplify(sp.expand(sp.numer(together)).subs(S**2, 1 - C**2).expand()) / sp.denom(together)


def zero(expression):
    entries = list(expression) if hasattr(expression, "shape") else [expression]
    return all(on_circle(entry) == 0 for entry in entries)


def mean(operator):
    return (operator * THERMAL).trace()


def trace_pair(joint):
    return Matrix(2, 2, lambda i, j: sum(joint[4 * i + k, 4 * j + k] for k in range(4)))


def dissipator(a, rho):
    return 2 * a * rho * a.T - a.T * a * rho - rho * a.T * a


def second_order(interaction, rho):
    """Tr_A of -[V, [V, rho x eta]], the dissipative part of Eq. 20 times 2 / dt^2."""
    joint = TensorProduct(rho, THERMAL)
    inner = interaction * joint - joint * interaction
    return trace_pair(-(interaction * inner - inner * interaction))


RHO = Matrix(2, 2, symbols("r00 r01 r10 r11"))
RATES_1 = {
    # Eqs. 42-45 with their couplings, A11-A16 corrected: (-,+) raises the system, (+,-) lowers it
    "+-": A1 * A1C * (WEIGHTS[0] + S**2 * WEIGHTS[1] + C**2 * WEIGHTS[2]) / NORM
    + A2 * A2C * (WEIGHTS[0] + C**2 * WEIGHTS[1] + S**2 * WEIGHTS[2]) / NORM
    + (A1 * A2C + A2 * A1C) * COHERENCE,
    "-+": A1 * A1C * (C**2 * WEIGHTS[1] + S**2 * WEIGHTS[2] + WEIGHTS[3]) / NORM
    + A2 * A2C * (S**2 * WEIGHTS[1] + C**2 * WEIGHTS[2] + WEIGHTS[3]) / NORM
    + (A1C * A2 + A2C * A1) * COHERENCE,
}


def test_a8_rows_follow_a3_and_a4():
    overlaps = Matrix(4, 4, lambda i, k: (([E1, E2, E3, E4][i]).T * EIGENVECTORS[k])[0])
    assert overlaps == Matrix([[1, 0, 0, 0], [0, C, -S, 0], [0, S, C, 0], [0, 0, 0, 1]])
    printed = Matrix([[1, 0, 0, 0], [0, S, C, 0], [0, C, -S, 0], [0, 0, 0, 1]])
    assert overlaps != printed


def test_a9_needs_the_partition_function():
    assert zero(THERMAL.trace() - 1)
    assert zero((NORM * THERMAL).trace() - NORM), "as printed the trace is Z"


@pytest.mark.parametrize(
    ("operator", "corrected"),
    [
        (HALF_1.T * HALF_1, (WEIGHTS[0] + S**2 * WEIGHTS[1] + C**2 * WEIGHTS[2]) / NORM),  # A11
        (HALF_1 * HALF_1.T, (C**2 * WEIGHTS[1] + S**2 * WEIGHTS[2] + WEIGHTS[3]) / NORM),  # A12
        (HALF_2.T * HALF_2, (WEIGHTS[0] + C**2 * WEIGHTS[1] + S**2 * WEIGHTS[2]) / NORM),  # A13
        (HALF_2 * HALF_2.T, (S**2 * WEIGHTS[1] + C**2 * WEIGHTS[2] + WEIGHTS[3]) / NORM),  # A14
        (HALF_1.T * HALF_2, COHERENCE),  # A15
        (HALF_1 * HALF_2.T, COHERENCE),  # A16, with sigma_2^-
        (HALF_1.T * HALF_2.T, 0),  # A17
        (HALF_1 * HALF_2, 0),  # A18, and A16 as printed
        (HALF_1, 0),  # A10
    ],
    ids=["A11", "A12", "A13", "A14", "A15", "A16", "A17", "A18", "A10"],
)
def test_traces_of_appendix_a(operator, corrected):
    assert zero(mean(operator) - corrected)


class TestExample1:
    def test_rates_carry_the_couplings_with_their_conjugates(self):
        """Eqs. 40, 42-48 and A11-A16: only |alpha_k|^2 and alpha_1 alpha_2* give the double commutator's rates."""
        lowered, raised = A1 * HALF_1.T + A2 * HALF_2.T, A1C * HALF_1 + A2C * HALF_2
        interaction = TensorProduct(RAISE, lowered) + TensorProduct(RAISE.T, raised)
        rates = RATES_1["+-"] * dissipator(RAISE.T, RHO) + RATES_1["-+"] * dissipator(RAISE, RHO)
        assert zero(second_order(interaction, RHO) - rates)
        printed = {A1C: A1, A2C: A2}  # alpha^2 and alpha_1 alpha_2, as A11-A16 have them
        assert not zero(second_order(interaction, RHO) - rates.subs(printed))
        without = rates.subs({A1: 1, A1C: 1, A2: 1, A2C: 1})  # Eqs. 42-45 as printed
        assert not zero(second_order(interaction, RHO) - without)

    def test_eq_40_is_hermitian_for_real_couplings_only(self):
        coupling = TensorProduct(RAISE, HALF_1.T)
        printed = A1 * coupling + A1 * coupling.T
        adjoint = printed.T.subs(A1, A1C)
        assert printed != adjoint
        corrected = A1 * coupling + A1C * coupling.T
        assert corrected == corrected.T.subs({A1: A1C, A1C: A1}, simultaneous=True)

    def test_46_and_47_carry_no_star(self):
        """Both orders of the same two lowering operators are the same operator: g_12 = g_21 without conjugation."""
        assert HALF_1 * HALF_2 == HALF_2 * HALF_1


class TestExample2:
    RAISED = E3 * E2.T

    def interaction(self):
        return A * TensorProduct(RAISE, self.RAISED.T) + AC * TensorProduct(RAISE.T, self.RAISED)

    def test_driving_54_55_b1_b2(self):
        """Tr_A[V eta] = g^(+) sigma^- + g^(-) sigma^+ with g^(+) = alpha* Tr[sigma_E^+ eta]; dt stands outside."""
        driving = trace_pair(self.interaction() * TensorProduct(eye(2), THERMAL))
        assert zero(driving - (AC * COHERENCE * RAISE.T + A * COHERENCE * RAISE))
        assert not zero(driving - (A * COHERENCE * RAISE.T + AC * COHERENCE * RAISE)), "B1 and B2 as printed"
        assert not zero(driving - COHERENCE * (RAISE.T + RAISE)), "Eq. 55 as printed"

    def test_rates_b3_b4(self):
        upper = (S**2 * WEIGHTS[1] + C**2 * WEIGHTS[2]) / NORM  # |b_-|^2, |b_+|^2: the population of E_3
        lower = (C**2 * WEIGHTS[1] + S**2 * WEIGHTS[2]) / NORM
        assert zero(mean(self.RAISED * self.RAISED.T) - upper)
        rates = A * AC * (lower * dissipator(RAISE.T, RHO) + upper * dissipator(RAISE, RHO))
        assert zero(second_order(self.interaction(), RHO) - rates)
        printed = A * AC * (upper * dissipator(RAISE.T, RHO) + lower * dissipator(RAISE, RHO))
        assert not zero(second_order(self.interaction(), RHO) - printed)


def test_60_and_below_70_need_the_adjoint():
    """U R U is no state: it keeps neither trace nor Hermiticity."""
    angle = symbols("theta", real=True)
    unitary = Matrix([[sp.cos(angle), -sp.sin(angle)], [sp.sin(angle), sp.cos(angle)]])
    state = sp.diag(*symbols("p q", positive=True))
    right = unitary * state * unitary.T
    assert sp.simplify(right.trace() - state.trace()) == 0
    assert sp.simplify(right - right.T) == sp.zeros(2)
    printed = unitary * state * unitary
    assert sp.simplify(printed.trace() - state.trace()) != 0
    assert sp.simplify(printed - printed.T) != sp.zeros(2)
