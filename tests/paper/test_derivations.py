"""The corrected formulas derived with symbols, from the double commutator alone, and the printed ones refuted."""

import sympy as sp
from sympy import I, Matrix, conjugate, eye, simplify, symbols
from sympy.physics.quantum import TensorProduct

DT = symbols("dt", positive=True)
OMEGA = symbols("omega", real=True)
UP, DOWN = Matrix([[0, 1], [0, 0]]), Matrix([[0, 0], [1, 0]])
Z = Matrix([[1, 0], [0, -1]])


def comm(a, b):
    return a * b - b * a


def anti(a, b):
    return a * b + b * a


def generic(name, size=2):
    return Matrix(size, size, lambda i, j: symbols(f"{name}{i}{j}"))


def dagger_symbols(matrix, name):
    """A matrix of independent symbols that stands for the conjugate transpose."""
    return Matrix(*matrix.shape, lambda i, j: symbols(f"{name}{j}{i}c"))


def trace_second(joint, first=2):
    """Partial trace over the second factor of first (x) rest."""
    rest = joint.shape[0] // first
    return Matrix(first, first, lambda i, j: sum(joint[i * rest + k, j * rest + k] for k in range(rest)))


def trace_first(joint, first=2):
    rest = joint.shape[0] // first
    return Matrix(rest, rest, lambda i, j: sum(joint[k * rest + i, k * rest + j] for k in range(first)))


def zero(expression):
    return (
        sp.expand(expression) == sp.zeros(*expression.shape)
        if hasattr(expression, "shape")
        else (sp.simplify(sp.expand(expression)) == 0)
    )


class TestGeneralMasterEquation:
    """Eq. 24, C1 and C2 for V = A (x) B + A^dagger (x) B^dagger, all matrices of free symbols."""

    def setup_method(self):
        self.a, self.b = generic("a"), generic("b")
        self.ad, self.bd = dagger_symbols(self.a, "a"), dagger_symbols(self.b, "b")
        self.hs = sp.diag(*symbols("s0 s1"))
        self.he, self.eta, self.rho = generic("h"), generic("e"), generic("r")
        self.eta[1, 1] = 1 - self.eta[0, 0]
        self.parts = [(self.a, self.b), (self.ad, self.bd)]
        self.daggered = [self.ad, self.a]
        self.bath_daggered = [self.bd, self.b]
        interaction = TensorProduct(self.a, self.b) + TensorProduct(self.ad, self.bd)
        self.h = TensorProduct(self.hs, eye(2)) + TensorProduct(eye(2), self.he) + interaction
        self.joint = TensorProduct(self.rho, self.eta)
        self.g = [(b * self.eta).trace() for _, b in self.parts]
        self.g_star = [(b * self.eta).trace() for b in self.bath_daggered]
        self.gh = [(self.he * b * self.eta).trace() for _, b in self.parts]
        self.gh_star = [(b * self.he * self.eta).trace() for b in self.bath_daggered]

    def correlation(self, k, other):
        return (self.bath_daggered[other] * self.parts[k][1] * self.eta).trace()

    def second_order(self, *, dagger, conjugate):
        """The curly bracket of Eq. 24, with or without its two corrections."""
        total = 2 * self.hs * self.rho * self.hs - anti(self.hs**2, self.rho)
        for k, (one, _) in enumerate(self.parts):
            for other in range(2):
                left = self.daggered[other] if dagger else self.parts[other][0]
                jump = 2 * one * self.rho * self.daggered[other] - anti(left * one, self.rho)
                total += self.correlation(k, other) * jump
            weight = self.g_star[k] if conjugate else self.g[k]
            back = self.daggered[k]
            total += weight * (2 * self.hs * self.rho * back - anti(back * self.hs, self.rho))
            total += self.g[k] * (2 * one * self.rho * self.hs - anti(self.hs * one, self.rho))
            total += comm(self.gh[k] * one - self.gh_star[k] * back, self.rho)
        return total

    def test_first_order_is_equation_23(self):
        driving = self.hs + self.g[0] * self.a + self.g[1] * self.ad
        exact = trace_second(comm(self.h, self.joint))
        assert zero(exact - comm(driving, self.rho))

    def test_equation_24_needs_the_dagger_and_the_conjugate(self):
        exact = trace_second(-comm(self.h, comm(self.h, self.joint)))
        assert zero(exact - self.second_order(dagger=True, conjugate=True))
        assert not zero(exact - self.second_order(dagger=False, conjugate=True))
        assert not zero(exact - self.second_order(dagger=True, conjugate=False))

    def test_c1(self):
        """Energy change of second order; A_k'^dagger H A_k, not A_k H A_k^dagger; g_k* with A_k^dagger."""
        energy = TensorProduct(self.hs, eye(2))
        exact = (energy * -comm(self.h, comm(self.h, self.joint))).trace()
        total = 0
        for k, (one, _) in enumerate(self.parts):
            back = self.daggered[k]
            total += self.g_star[k] * (comm(back, self.hs) * self.hs * self.rho).trace()
            total += self.g[k] * (comm(self.hs, one) * self.rho * self.hs).trace()
            total += (comm(self.hs, self.gh[k] * one - self.gh_star[k] * back) * self.rho).trace()
            for other in range(2):
                left = self.daggered[other]
                inside = 2 * left * self.hs * one - anti(left * one, self.hs)
                total += self.correlation(k, other) * (inside * self.rho).trace()
        assert zero(exact - total)

    def test_c2(self):
        """Heat of first and second order for any state of the ancilla."""
        bath = TensorProduct(eye(2), self.he)
        first = -(bath * -I * comm(self.h, self.joint)).trace()
        turning = sum(
            ((self.gh[k] * self.parts[k][0] - self.gh_star[k] * self.daggered[k] for k in range(2))), sp.zeros(2)
        )
        assert zero(first - I * (turning * self.rho).trace())
        printed = sum((self.gh[k] - self.gh_star[k]) * (self.parts[k][0] * self.rho).trace() for k in range(2))
        assert not zero(first - I * printed)

        exact = -(bath * -comm(self.h, comm(self.h, self.joint))).trace()
        total = -(comm(self.hs, turning) * self.rho).trace()
        for one, b in self.parts:
            damping = 2 * self.he * b * self.he - anti(self.he**2, b)
            total += (one * self.rho).trace() * (damping * self.eta).trace()
            for other in range(2):
                left, bath_left = self.daggered[other], self.bath_daggered[other]
                turned = comm(self.he, b)
                total -= (left * one * self.rho).trace() * (bath_left * turned * self.eta).trace()
                total += (one * left * self.rho).trace() * (turned * bath_left * self.eta).trace()
        assert zero(exact - total)


class TestExample2:
    """Everything that follows from Eq. 52, in the levels |E_3>, |E_2> of the pair, with complex alpha."""

    def setup_method(self):
        self.alpha = symbols("alpha")  # complex
        upper, lower = symbols("p3 p2", positive=True)
        c = symbols("c")
        self.e3, self.e2, self.kappa = symbols("E3 E2 kappa", real=True)
        self.eta = Matrix([[upper, c], [conjugate(c), lower]])  # a block of trace < 1: the rest of the pair is dark
        jump = Matrix([[0, 1], [0, 0]])  # |E_3><E_2|
        self.he = Matrix([[self.e3, self.kappa], [self.kappa, self.e2]])
        self.hs = OMEGA / 2 * Z
        self.v = self.alpha * TensorProduct(UP, jump.T) + conjugate(self.alpha) * TensorProduct(DOWN, jump)
        self.rho = generic("r")
        self.plus = conjugate(self.alpha) * conjugate(c)  # alpha* Tr[|E_3><E_2| eta]
        self.minus = self.alpha * c
        self.gain, self.loss = self.alpha * conjugate(self.alpha) * upper, self.alpha * conjugate(self.alpha) * lower

    def after(self):
        """The map of second order; H_A drops out for an ancilla that commutes with it, so it is left out here."""
        h = TensorProduct(self.hs, eye(2)) + self.v
        joint = TensorProduct(self.rho, self.eta)
        change = -I * DT * comm(h, joint) - DT**2 / 2 * comm(h, comm(h, joint))
        dark = 1 - self.eta.trace()  # outside the block only H_S acts
        free = -I * DT * comm(self.hs, self.rho) - DT**2 / 2 * comm(self.hs, comm(self.hs, self.rho))
        return self.rho + trace_second(change) + dark * free

    def dissipators(self, left_minus, left_plus):
        """Eq. 56 with given weights of D'[sigma_z, sigma^-] and D'[sigma_z, sigma^+]."""

        def mixed(a, b):
            return 2 * a * self.rho * b - anti(b * a, self.rho)

        second = OMEGA**2 / 4 * mixed(Z, Z) + self.loss * mixed(DOWN, UP) + self.gain * mixed(UP, DOWN)
        second += OMEGA / 2 * (self.plus * mixed(DOWN, Z) + left_minus * mixed(Z, DOWN))
        second += OMEGA / 2 * (self.minus * mixed(UP, Z) + left_plus * mixed(Z, UP))
        driving = self.hs + self.minus * UP + self.plus * DOWN
        return self.rho - I * DT * comm(driving, self.rho) + DT**2 / 2 * second

    def test_equation_56_with_g_plus_and_g_minus_exchanged_where_sigma_z_is_left(self):
        assert zero(self.after() - self.dissipators(self.plus, self.minus))
        assert not zero(self.after() - self.dissipators(self.minus, self.plus)), "as printed"

    def test_b7_to_b10(self):
        r11, r12, r21, r22 = self.rho
        flow = DT**2 * (self.gain * r22 - self.loss * r11)
        turn = DT**2 / 2 * OMEGA * (self.plus * r12 + self.minus * r21) + I * DT * (self.plus * r12 - self.minus * r21)
        decay = DT**2 / 2 * (self.gain + self.loss + OMEGA**2)
        b9 = r12 + (DT**2 / 2 * OMEGA + I * DT) * self.minus * (r11 - r22) - I * DT * OMEGA * r12 - decay * r12
        b10 = r21 + (DT**2 / 2 * OMEGA - I * DT) * self.plus * (r11 - r22) + I * DT * OMEGA * r21 - decay * r21
        expected = Matrix([[r11 + flow + turn, b9], [b10, r22 - flow - turn]])
        assert zero(self.after() - expected)

    def test_c4_to_c6(self):
        """Heat for a state that commutes with H_A, through [V, [H_A, V]]; C6 has no t."""
        r11, r12, r21, r22 = self.rho
        change = self.after() - self.rho
        energy = (self.hs * change).trace()
        sigma_z, total, difference = r11 - r22, self.gain + self.loss, self.loss - self.gain
        driven = DT**2 / 2 * OMEGA**2 * (self.plus * r12 + self.minus * r21)
        driven += I * DT * OMEGA * (self.plus * r12 - self.minus * r21)
        flow = sigma_z * total + difference
        normalised = {r22: 1 - r11}
        assert zero((energy - (driven - DT**2 / 2 * OMEGA * flow)).subs(normalised))
        heat = (
            -(DT**2)
            / 2
            * (comm(self.v, comm(TensorProduct(eye(2), self.he), self.v)) * TensorProduct(self.rho, self.eta)).trace()
        )
        coherence = self.eta[0, 1] + self.eta[1, 0]
        square = self.alpha * conjugate(self.alpha)
        expected = DT**2 / 2 * (self.kappa * square * coherence - (self.e3 - self.e2) * flow)
        assert zero((heat - expected).subs(normalised))

    def test_steady_state_b11_to_b14(self):
        """Solve the fixed point of B7-B10 and compare; the printed B11 and B14 are refuted."""
        gain, loss = symbols("G_up G_down", positive=True)
        plus, minus = symbols("g_p g_m")
        z, r12, r21 = symbols("z r12 r21")
        total, difference = gain + loss, gain - loss
        flow = DT * (difference - total * z) / 2
        equations = [
            flow + DT / 2 * OMEGA * (plus * r12 + minus * r21) + I * (plus * r12 - minus * r21),
            (DT / 2 * OMEGA + I) * minus * z - (I * OMEGA + DT / 2 * (total + OMEGA**2)) * r12,
            (DT / 2 * OMEGA - I) * plus * z + (I * OMEGA - DT / 2 * (total + OMEGA**2)) * r21,
        ]
        solved = sp.solve(equations, [z, r12, r21], dict=True)[0]
        bracket = total**2 + 2 * OMEGA**2 * (total - plus * minus) + OMEGA**4
        common = 8 * plus * minus * (total - OMEGA**2) + 4 * OMEGA**2 * total
        k = common + DT**2 * (total * bracket - 2 * plus * minus * OMEGA**4)
        k_printed = common + DT**2 * total * (bracket - 2 * plus * minus * OMEGA**4)
        sigma_z = difference * (4 * OMEGA**2 + DT**2 * (total + OMEGA**2) ** 2) / k
        factor = minus * (4 * OMEGA + 2 * I * DT * total + DT**2 * OMEGA * (total + OMEGA**2))
        assert simplify(solved[z] - sigma_z) == 0
        assert simplify(solved[r12] - difference * factor / k) == 0
        assert simplify(solved[z] - sigma_z * k / k_printed) != 0, "K as printed"
        wrong = difference * (4 * OMEGA**2 + DT**2 * (gain + loss * OMEGA**2) ** 2) / k
        assert simplify(solved[z] - wrong) != 0, "B11 as printed"


def test_equation_48_lowers_with_the_ground_population():
    """One coupling suffices to decide which dissipator g^(+,-) = |alpha|^2 <sigma^- sigma^+> belongs to."""
    p, alpha = symbols("p alpha", positive=True)
    eta = sp.diag(p, 1 - p)  # up, down
    v = alpha * (TensorProduct(UP, DOWN) + TensorProduct(DOWN, UP))
    rho = generic("r")
    second = trace_second(-comm(v, comm(v, TensorProduct(rho, eta))))
    absorbing, emitting = alpha**2 * (1 - p), alpha**2 * p

    def dissipator(a):
        return 2 * a * rho * a.T - anti(a.T * a, rho)

    assert zero(second - absorbing * dissipator(DOWN) - emitting * dissipator(UP))
    assert not zero(second - absorbing * dissipator(UP) - emitting * dissipator(DOWN)), "as printed"


def test_weights_of_a6_belong_to_up_down_and_down_up():
    """Eigenvectors of Eq. 28 in (up down, down up): a on the first, b on the second, with primed energies."""
    y, kappa = symbols("y kappa", positive=True)
    block = Matrix([[y, kappa], [kappa, -y]])
    for sign in (1, -1):
        energy = sign * sp.sqrt(y**2 + kappa**2)
        vector = Matrix([kappa, energy - y])
        assert simplify(block * vector - energy * vector) == sp.zeros(2, 1)
        exchanged = Matrix([energy - y, kappa])
        assert simplify(block * exchanged - energy * exchanged) != sp.zeros(2, 1), "A3 and A4 with A1 as printed"
        bare = Matrix([kappa, sign * y - y])
        assert simplify(block * bare - energy * bare) != sp.zeros(2, 1), "Eqs. 36 and 37 with unprimed energies"


def test_work_and_heat_expansions_61_63_66():
    """Traces of each Hamiltonian with the double commutator: signs of Eqs. 61, 66 and the line below 63."""
    parts = [generic(name) for name in "sav"]
    total, joint = parts[0] + parts[1] + parts[2], generic("r")
    double = -comm(total, comm(total, joint))
    for part in parts:
        assert zero((part * double).trace() - (comm(total, comm(part, total)) * joint).trace())
    others = parts[0] + parts[1]
    work = -(parts[2] * double).trace()
    assert zero(work + (comm(total, comm(parts[2], others)) * joint).trace()), "Eq. 66"
    heat = -(parts[1] * double).trace()
    assert not zero(heat - (parts[1] * double).trace()), "the first line below Eq. 63 as printed"
