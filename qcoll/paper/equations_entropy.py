"""Rows for Eqs. 68-73: entropies and entropy production."""

from __future__ import annotations

import numpy as np

from ..exact import entropy_balance, evolve, gibbs_state
from ..trajectory.pauli import Complex
from .draws import Draw, draws_1, draws_2, figure_draw, largest
from .rows import Checked, Equation
from .written_out import Joint, joints


def _entropy() -> Checked:
    def deviation(draw: Draw) -> float:
        values = np.linalg.eigvalsh(draw.rho)
        return float(abs(evolve(draw.model, 1, draw.rho).entropy[0] + np.sum(values * np.log(values))))

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _entropy_change() -> Checked:
    def deviation(draw: Draw) -> float:
        run = evolve(draw.model, 1, draw.rho)
        return float(abs(run.entropy_change[0] - entropy_balance(draw.model, draw.rho).entropy_change[0]))

    return Checked(largest(deviation(draw) for draw in draws_2()))


def _entropy_forms() -> Checked:
    """Eq. 70 against Eq. 72, which is Landauer's equality."""

    def deviation(draw: Draw) -> float:
        balance = entropy_balance(draw.model, draw.rho)
        return float(abs(balance.from_information - balance.from_heat)[0])

    return Checked(largest(deviation(draw) for draw in [*draws_1(), *draws_2()]))


def _mutual_information() -> Checked:
    """The form below Eq. 70: S(U R U^dagger) = S(R); without the dagger it is no state whose entropy could be taken."""

    def deviation(draw: Draw, joint: Joint) -> float:
        balance = entropy_balance(draw.model, draw.rho)
        outgoing = np.einsum("aibi->ab", joint.after.reshape(4, 2, 4, 2))
        system = np.einsum("aiaj->ij", joint.after.reshape(4, 2, 4, 2))
        final = _entropy_of(system) + _entropy_of(outgoing)
        initial = _entropy_of(draw.rho) + _entropy_of(gibbs_state(draw.model.ancilla))
        return float(abs(final - initial - balance.mutual_information[0]))

    def asymmetry(joint: Joint) -> float:
        matrix = joint.unitary @ joint.before @ joint.unitary
        return float(np.abs(matrix - matrix.conj().T).max())

    return Checked(
        largest(deviation(*pair) for pair in joints()),
        largest(asymmetry(joint) for _, joint in joints()),
        f"U R U is not Hermitian, by {asymmetry(Joint.of(figure_draw())):.1e}",
    )


def _relative_entropy() -> Checked:
    """Eq. 71 with the logarithm of a thermal state written out: ln eta = -beta H - ln Z."""

    def deviation(draw: Draw, joint: Joint) -> float:
        outgoing = np.einsum("aibi->ab", joint.after.reshape(4, 2, 4, 2))
        hamiltonian, beta = draw.model.ancilla.hamiltonian.to_matrix(), draw.model.ancilla.beta
        assert beta is not None
        logarithm = -beta * hamiltonian - np.log(draw.forms.pair.partition_function) * np.eye(4)
        expected = -_entropy_of(outgoing) - np.trace(outgoing @ logarithm).real
        return float(abs(entropy_balance(draw.model, draw.rho).relative_entropy[0] - expected))

    return Checked(largest(deviation(*pair) for pair in joints()))


def _second_law() -> Checked:
    """The most negative entropy production of exact collisions over all draws: zero or above is a residual of 0."""
    lowest = min(float(entropy_balance(draw.model, draw.rho).from_heat[0]) for draw in [*draws_1(), *draws_2()])
    return Checked(max(0.0, -lowest))


def _entropy_of(state: Complex) -> float:
    values = np.linalg.eigvalsh(state)
    positive = values[values > 0]
    return float(-np.sum(positive * np.log(positive)))


EQUATIONS = (
    Equation(number="68", subject="von Neumann entropy", verdict="definition", check=_entropy),
    Equation(number="69", subject="entropy change", verdict="definition", check=_entropy_change),
    Equation(number="70", subject="entropy production", verdict="definition", check=_entropy_forms),
    Equation(
        number="below 70",
        subject="mutual information",
        verdict="corrected",
        nature="misprint",
        printed="S(U_i R(i) U_i)",
        correct="S(U_i R(i-1) U_i^dagger)",
        check=_mutual_information,
        note="its last form is right",
    ),
    Equation(number="71", subject="relative entropy", verdict="definition", check=_relative_entropy),
    Equation(
        number="72",
        subject="entropy production from heat",
        verdict="confirmed",
        check=_entropy_forms,
        note="needs a thermal ancilla and a unitary collision: the second-order map breaks the equality at O(dt^3)",
    ),
    Equation(
        number="73",
        subject="second law",
        verdict="confirmed",
        check=_second_law,
        note="for exact collisions from any state",
    ),
)
