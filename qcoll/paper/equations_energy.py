"""Rows for Eqs. 59-67 and C1-C6: energy, heat and work."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..exact import (
    MasterEquation,
    entropy_balance,
    evolve,
    gibbs_state,
    pulled_back_operators,
    second_order_operators,
)
from ..trajectory.pauli import Complex
from .as_printed import energy_change_60, energy_change_c1, heat_c2
from .draws import Draw, draws_1, draws_2, figure_draw, general_equations, largest, paper_equation
from .rows import Checked, Equation
from .written_out import Joint, Part, commutator, joints


def _internal_energy() -> Checked:
    def deviation(draw: Draw) -> float:
        energy = evolve(draw.model, 1, draw.rho).energy[0]
        return float(abs(energy - draw.forms.omega_s / 2 * (draw.rho[0, 0] - draw.rho[1, 1]).real))

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _ledger(name: str, part: Part, sign: int) -> float:
    """The trajectory's ledger against joint matrices written out."""
    return largest(
        abs(float(getattr(evolve(draw.model, 1, draw.rho), name)[0]) - sign * joint.change(part))
        for draw, joint in joints()
    )


def _energy_change() -> Checked:
    def printed(joint: Joint) -> float:
        return abs(energy_change_60(joint.unitary, joint.before, joint.parts["system"]) - joint.change("system"))

    paper = Joint.of(figure_draw())
    wrong = energy_change_60(paper.unitary, paper.before, paper.parts["system"]).real
    return Checked(
        _ledger("energy_change", "system", 1),
        largest(printed(joint) for _, joint in joints()),
        f"energy change {wrong:.1e} instead of {paper.change('system'):.1e}",
    )


def _second_order(name: str, part: Part, sign: int) -> float:
    """Eqs. 61, 62, 66 expanded, against the pulled-back operators of the second-order map."""

    def deviation(draw: Draw, joint: Joint) -> float:
        operator = getattr(pulled_back_operators(draw.model, "second_order"), name)
        return float(abs(np.trace(operator @ draw.rho).real - sign * joint.expanded(part)))

    return largest(deviation(*pair) for pair in joints())


def _heat_expanded() -> Checked:
    """The first line of the expansion has + Tr[H_E U_2] in print, which changes the sign of all second-order heat."""

    def wrong(joint: Joint) -> float:
        total = np.asarray(sum(joint.parts.values()))
        second = joint.model.dt**2 / 2 * commutator(total, commutator(joint.parts["ancilla"], total))
        return 2 * joint.mean(second)

    paper = Joint.of(figure_draw())
    right = -paper.expanded("ancilla")
    return Checked(
        _second_order("heat", "ancilla", -1),
        largest(abs(wrong(joint)) for _, joint in joints()),
        f"heat {right + wrong(paper):+.1e} instead of {right:+.1e}",
    )


def _outgoing() -> Checked:
    """Eq. 63 through the heat that the outgoing ancilla gives."""

    def deviation(draw: Draw, joint: Joint) -> float:
        outgoing = np.einsum("aibi->ab", joint.after.reshape(4, 2, 4, 2))
        hamiltonian = draw.model.ancilla.hamiltonian.to_matrix()
        heat = -np.trace(hamiltonian @ (outgoing - gibbs_state(draw.model.ancilla))).real
        return float(abs(heat - entropy_balance(draw.model, draw.rho).heat[0]))

    return Checked(largest(deviation(*pair) for pair in joints()))


def _driving_work() -> Checked:
    """Eq. 64: no work is done by H_S, which does not change; the first law closes without it."""
    return Checked(_first_law("exact"))


def _first_law(method: Literal["exact", "second_order"]) -> float:
    return largest(
        float(abs(evolve(draw.model, 1, draw.rho, method).first_law_residual[0])) for draw in [*draws_1(), *draws_2()]
    )


def _both_first_laws() -> Checked:
    return Checked(max(_first_law("exact"), _first_law("second_order")))


def _general(kind: Literal["energy_change", "heat"]) -> Checked:
    """C1 and C2 corrected against the change written out on joint matrices, for any ancilla state."""

    def reference(equation: MasterEquation, rho: Complex) -> float:
        model, joint = equation.model, np.kron(equation.ancilla_state, rho)
        total = model.hamiltonian.to_matrix()
        part = (model.joint_system if kind == "energy_change" else model.joint_ancilla).to_matrix()
        once = total @ joint - joint @ total
        change = -1j * model.dt * once - model.dt**2 / 2 * (total @ once - once @ total)
        return float((1 if kind == "energy_change" else -1) * np.trace(part @ change).real)

    def right(equation: MasterEquation, rho: Complex) -> float:
        return float(np.trace(getattr(second_order_operators(equation), kind) @ rho).real)

    printed = energy_change_c1 if kind == "energy_change" else heat_c2
    paper = figure_draw()
    equation = paper_equation(paper)
    wrong, value = printed(equation, paper.rho).real, reference(equation, paper.rho)
    name = "energy change" if kind == "energy_change" else "heat"
    same = abs(wrong - value) < 1e-15
    return Checked(
        largest(abs(right(*pair) - reference(*pair)) for pair in general_equations()),
        largest(abs(printed(*pair) - reference(*pair)) for pair in general_equations()),
        f"none in example 2, where only k = k' counts: {name} {value:.1e}"
        if same
        else f"{name} of the first collision {wrong:+.1e} instead of {value:+.1e}",
    )


def _closed(name: str) -> Checked:
    def deviation(draw: Draw) -> float:
        operator = getattr(pulled_back_operators(draw.model, "second_order"), name)
        return float(abs(getattr(draw.forms, name)(draw.rho) - np.trace(operator @ draw.rho).real))

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _stray_time() -> Checked:
    """C6 with its stray t read as dt, the only time there is."""

    def shortfall(draw: Draw, rho: Complex) -> float:
        forms = draw.forms
        turned = 1j * forms.dt * forms.omega_s * (forms.g_plus * rho[0, 1] - forms.g_minus * rho[1, 0])
        return float((turned * (forms.dt - 1)).real)

    paper = figure_draw()
    states = evolve(paper.model, 63, paper.rho, "second_order").states
    right = [paper.forms.work(state) for state in states]
    wrong = [value + shortfall(paper, state) for value, state in zip(right, states, strict=True)]
    return Checked(
        _closed("work").residual,
        largest(abs(shortfall(draw, draw.rho)) for draw in draws_2()),
        f"read as dt, the work in the first turn peaks at {max(wrong):.1e} instead of {max(right):.1e}",
    )


def _difference() -> Checked:
    """C3 for the second-order operators."""

    def deviation(equation: MasterEquation, rho: Complex) -> float:
        operators = second_order_operators(equation)
        joint, total = np.kron(equation.ancilla_state, rho), equation.model.hamiltonian.to_matrix()
        once = total @ joint - joint @ total
        change = -1j * equation.model.dt * once - equation.model.dt**2 / 2 * (total @ once - once @ total)
        work = -np.trace(equation.model.interaction.to_matrix() @ change).real
        return float(abs(np.trace(operators.work @ rho).real - work))

    return Checked(largest(deviation(*pair) for pair in general_equations()))


EQUATIONS = (
    Equation(number="59", subject="internal energy", verdict="definition", check=_internal_energy),
    Equation(
        number="60",
        subject="change of internal energy",
        verdict="corrected",
        nature="misprint",
        printed="second line: U R U",
        correct="U R U^dagger",
        check=_energy_change,
        note="the first line is the definition",
    ),
    Equation(
        number="61",
        subject="energy change to second order",
        verdict="confirmed",
        check=lambda: Checked(_second_order("energy_change", "system", 1)),
    ),
    Equation(
        number="62",
        subject="heat",
        verdict="definition",
        check=lambda: Checked(_ledger("heat", "ancilla", -1)),
        note="H_E carries the index i where it means i + 1",
    ),
    Equation(number="63", subject="outgoing ancilla", verdict="definition", check=_outgoing),
    Equation(
        number="below 63",
        subject="heat to second order",
        verdict="corrected",
        nature="misprint",
        printed="first line: + Tr[H_E U_2(R)]",
        correct="- Tr[H_E U_2(R)]",
        check=_heat_expanded,
        note="the second line is right. The text and Appendix C cite Eq. 64 where they mean this",
    ),
    Equation(
        number="64",
        subject="work of a changing H_S",
        verdict="definition",
        check=_driving_work,
        note="zero here: H_S is constant",
    ),
    Equation(
        number="65",
        subject="switching work",
        verdict="definition",
        check=lambda: Checked(_ledger("work", "interaction", -1)),
        note="H_SE carries the index i where it means i + 1",
    ),
    Equation(
        number="66",
        subject="switching work to second order",
        verdict="confirmed",
        check=lambda: Checked(_second_order("work", "interaction", -1)),
    ),
    Equation(
        number="67",
        subject="first law",
        verdict="confirmed",
        check=_both_first_laws,
        note="exactly and to second order, for any interaction",
    ),
    Equation(
        number="C1",
        subject="energy change from correlation functions",
        verdict="corrected",
        nature="misprint",
        printed="no plus before the second term; g_k in the second; g dt^2/2 and 2 A_k H_S A_k^dagger - "
        "{A_k^dagger A_k, H_S} in the fourth",
        correct="plus; g_k*; dt^2/2 and 2 A_k'^dagger H_S A_k - {A_k'^dagger A_k, H_S}",
        check=lambda: _general("energy_change"),
    ),
    Equation(
        number="C2",
        subject="heat from correlation functions",
        verdict="corrected",
        nature="misprint",
        printed="(g_kH - g_kH*) Tr[A_k rho]; A^(j,k); no k', j' inside the double sums",
        correct="Tr[(g_kH A_k - g_kH* A_k^dagger) rho]; A^(k,j); A_k'^dagger A_k with B_k'^dagger and "
        "A_k A_k'^dagger with B_k'^dagger",
        check=lambda: _general("heat"),
        note="the first two terms vanish for thermal ancillas",
    ),
    Equation(
        number="C3",
        subject="switching work as a difference",
        verdict="confirmed",
        check=_difference,
        note="the text cites Eqs. 61 and 64 for C1 and C2; it means 61 and the line below 63",
    ),
    Equation(
        number="C4",
        subject="energy change in example 2",
        verdict="confirmed",
        check=lambda: _closed("energy_change"),
    ),
    Equation(
        number="C5",
        subject="heat in example 2",
        verdict="confirmed",
        check=lambda: _closed("heat"),
        note="E_3 - E_2 is +omega_S in the corrected level order, -omega_S as printed",
    ),
    Equation(
        number="C6",
        subject="switching work in example 2",
        verdict="corrected",
        nature="misprint",
        printed="i dt omega_S t (...)",
        correct="i dt omega_S (...)",
        check=_stray_time,
    ),
)
