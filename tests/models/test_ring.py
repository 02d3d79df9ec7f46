"""The ring of oscillators acts like squeezed thermal units (Corr, Cusumano and De Chiara, arXiv:2503.03832)."""

import numpy as np
import pytest

import qcoll
from qcoll import GaussianState
from qcoll.models import oscillator_ring, squeezed_thermal_unit

PARAMETERS = {"oscillators": 4, "omega": 1.0, "spring": 0.5, "beta": 1.0, "rate": 0.8}


def widths(oscillators, omega, spring, beta):
    """V_x and V_p of one oscillator from the normal modes of the ring."""
    modes = np.sqrt(omega * (omega + 4 * spring * np.sin(np.pi * np.arange(oscillators) / oscillators) ** 2))
    hot = 1 / np.tanh(beta * modes / 2)
    return np.mean(omega / (2 * modes) * hot), np.mean(modes / (2 * omega) * hot)


@pytest.mark.parametrize("oscillators", [2, 3, 5])
def test_an_oscillator_of_the_ring_is_squeezed(oscillators):
    model = oscillator_ring(**(PARAMETERS | {"oscillators": oscillators}))
    x, p = widths(oscillators, 1.0, 0.5, 1.0)
    np.testing.assert_allclose(model.ancilla_state.subset([0]).covariance, np.diag([x, p]), rtol=0, atol=1e-13)
    unit = squeezed_thermal_unit(**(PARAMETERS | {"oscillators": oscillators}))
    np.testing.assert_allclose(unit.ancilla_state.covariance, np.diag([x, p]), rtol=0, atol=1e-13)


def test_short_collisions_are_those_of_squeezed_thermal_units():
    """The limit is a Lyapunov equation with the widths of one oscillator; both models approach it linearly."""
    x, p = widths(4, 1.0, 0.5, 1.0)
    rate = PARAMETERS["rate"]
    difference = rate**2 * (x - p) / (rate**2 + 4)
    skew = -difference / rate
    limit = np.array([[(x + p + difference) / 2, skew], [skew, (x + p - difference) / 2]])
    for make in (oscillator_ring, squeezed_thermal_unit):
        errors = [np.abs(make(dt=dt, **PARAMETERS).steady_state().covariance - limit).max() for dt in (0.02, 0.01)]
        assert errors[1] < 1e-3
        assert errors[0] / errors[1] == pytest.approx(2, rel=0.05)


def test_trajectories_agree_too():
    start = GaussianState.coherent([1.0])
    both = (oscillator_ring, squeezed_thermal_unit)
    runs = [make(dt=0.002, **PARAMETERS).evolve(2000, start, record=500) for make in both]
    np.testing.assert_allclose(runs[0].moments, runs[1].moments, rtol=0, atol=2e-3)
    np.testing.assert_allclose(runs[0].displacements, runs[1].displacements, rtol=0, atol=1e-3)


def test_without_springs_the_ring_is_no_structure():
    model = oscillator_ring(**(PARAMETERS | {"spring": 0.0}))
    np.testing.assert_allclose(model.steady_state().occupations, 1 / np.expm1(1.0), rtol=0, atol=1e-12)
    assert squeezed_thermal_unit(**(PARAMETERS | {"spring": 0.0})).beta == pytest.approx(1.0, rel=1e-12)


def test_bad_parameters_are_refused():
    for change, message in [
        ({"oscillators": 1}, "at least 2"),
        ({"spring": -0.1}, "not negative"),
        ({"omega": 0.0}, "omega"),
        ({"beta": 0.0}, "no thermal state"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            oscillator_ring(**change)
