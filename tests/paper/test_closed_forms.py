"""Closed forms where the table's checks do not go: special parameters, high precision, and other formulas."""

import mpmath
import numpy as np
import pytest

import qcoll
from qcoll.exact import gibbs_state
from qcoll.paper.draws import draws_2, figure_draw, taylor
from qcoll.paper.example_2 import ClosedForms2
from qcoll.paper.grids import steady_grid
from qcoll.paper.pair import Pair


@pytest.mark.parametrize("kappa", [0.0, 1e-9, -0.4, 2.0])
@pytest.mark.parametrize(("omega_1", "omega_2"), [(0.5, 1.5), (1.5, 0.5), (1.0, 1.0)])
def test_pair_at_special_parameters(kappa, omega_1, omega_2):
    pair = Pair(omega_1=omega_1, omega_2=omega_2, kappa=kappa, beta=1.3)
    model = qcoll.example_2(omega_1=omega_1, omega_2=omega_2, kappa=kappa, beta=1.3)
    assert np.abs(pair.thermal_state - gibbs_state(model.ancilla)).max() < 1e-15
    vectors = pair.eigenvectors
    assert np.abs(vectors.T @ vectors - np.eye(4)).max() < 1e-15


def test_pair_of_equal_frequencies_has_its_known_coherence():
    assert Pair(omega_1=1, omega_2=1, kappa=0.6, beta=1.3).coherence == pytest.approx(-0.130898133487698, abs=1e-14)


def test_pair_survives_low_temperatures():
    pair = Pair(omega_1=0.5, omega_2=1.5, kappa=2.0, beta=600.0)
    assert pair.weights == pytest.approx([0, 1, 0, 0], abs=1e-15)


def test_steady_state_against_fifty_digits():
    """The fixed point of B7-B10 as a linear system in mpmath, at the figures' parameters."""
    forms = figure_draw(alpha=0.2).forms
    columns = [forms.after_collision(unit.reshape(2, 2).astype(complex)).ravel() for unit in np.eye(4)]
    with mpmath.workdps(50):
        matrix = mpmath.matrix(np.array(columns).T.tolist()) - mpmath.eye(4)
        for j, value in enumerate((1, 0, 0, 1)):
            matrix[3, j] = value  # the trace instead of the redundant last row
        solved = mpmath.lu_solve(matrix, mpmath.matrix([0, 0, 0, 1]))
        bloch = [2 * solved[1].real, -2 * solved[1].imag, (solved[0] - solved[3]).real]
    assert forms.steady_bloch_vector == pytest.approx([float(value) for value in bloch], rel=1e-9, abs=1e-14)


def test_first_law_of_the_closed_forms():
    for draw in draws_2():
        total = draw.forms.heat(draw.rho) + draw.forms.work(draw.rho)
        assert draw.forms.energy_change(draw.rho) == pytest.approx(total, abs=1e-16)


def test_level_orders_mirror_each_other():
    """Exchanging the names of the levels is exchanging the frequencies of the pair."""
    parameters = {"omega_s": 0.9, "kappa": 0.4, "alpha": 0.3 + 0.1j, "beta": 1.2, "dt": 0.2}
    one = ClosedForms2(omega_1=0.5, omega_2=1.7, levels="as_printed", **parameters)
    other = ClosedForms2(omega_1=1.7, omega_2=0.5, levels="resonant", **parameters)
    assert one.steady_bloch_vector == pytest.approx(other.steady_bloch_vector, abs=1e-15)


def test_grid_is_the_loop_over_models():
    kappa, beta = np.array([0.1, 0.7, 2.0]), np.array([0.4, 3.0])
    grid = steady_grid(kappa[:, None], beta, alpha=0.2)
    for i, k in enumerate(kappa):
        for j, b in enumerate(beta):
            state = qcoll.steady_state(qcoll.example_2(kappa=k, beta=b, alpha=0.2)).data
            assert np.abs(grid.states[i, j] - state).max() < 1e-11


def test_cauchy_integral_finds_taylor_coefficients():
    for order, expected in enumerate([1, 1, 0.5, 1 / 6]):
        found = taylor(lambda x: np.array([[np.exp(x)]]), order)
        assert found[0, 0] == pytest.approx(expected, abs=1e-14)
