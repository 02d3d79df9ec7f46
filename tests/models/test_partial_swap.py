"""Homogenisation against the formula of a partial swap (Ziman et al., Phys. Rev. A 65, 042105)."""

import numpy as np
import pytest
from qiskit.quantum_info import random_density_matrix
from scipy.linalg import expm

import qcoll
from qcoll.models import homogenisation


def test_a_collision_is_a_partial_swap():
    xi, rho = (random_density_matrix(2, seed=seed).data for seed in (1, 2))
    model = homogenisation(state=xi, omega=0.7, coupling=0.3, dt=0.9)
    c, s = np.cos(0.27), np.sin(0.27)
    free = expm(-1j * 0.9 * 0.35 * np.diag([1, -1]))
    swapped = c**2 * rho + s**2 * xi - 1j * c * s * (xi @ rho - rho @ xi)
    expected = free @ swapped @ free.conj().T
    np.testing.assert_allclose(qcoll.evolve(model, 1, rho).states[1], expected, rtol=0, atol=1e-14)


def test_populations_go_to_those_of_the_reservoir_as_a_power_of_the_cosine():
    model = homogenisation(beta=1.3, omega=1.0, coupling=0.2, dt=1.0)
    populations = qcoll.evolve(model, 50, "0").states[:, 0, 0].real
    thermal = 1 / (np.exp(1.3) + 1)
    expected = thermal + (1 - thermal) * np.cos(0.2) ** (2 * np.arange(51))
    np.testing.assert_allclose(populations, expected, rtol=0, atol=1e-13)


def test_swaps_do_no_work_and_the_reservoir_keeps_what_the_system_was():
    """Energy is exchanged without work; after many collisions the system is the reservoir's state."""
    state = np.array([[0.6, 0.2 - 0.1j], [0.2 + 0.1j, 0.4]])
    trajectory = qcoll.evolve(homogenisation(state=state, omega=0.0), 2000, "1")
    np.testing.assert_allclose(trajectory.states[-1], state, rtol=0, atol=1e-13)
    moving = qcoll.evolve(homogenisation(beta=0.5), 20, "+")
    np.testing.assert_allclose(moving.work, 0, rtol=0, atol=1e-14)
    assert moving.entropy_production.min() > 0


def test_bad_parameters_are_refused():
    with pytest.raises(qcoll.InputError, match="both"):
        homogenisation(state="+", beta=1.0)
    with pytest.raises(qcoll.InputError, match="coupling"):
        homogenisation(coupling=float("nan"))
