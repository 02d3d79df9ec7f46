"""The collective bath against the dark state and the decay of the triplet (Dicke)."""

import numpy as np
from qiskit.quantum_info import DensityMatrix, concurrence

import qcoll
from qcoll.models import collective_bath

SINGLET = np.array([0, 1, -1, 0]) / np.sqrt(2)
TRIPLET = np.array([0, 1, 1, 0]) / np.sqrt(2)


def test_the_singlet_is_dark_at_every_temperature():
    for beta in (0.2, 2.0, float("inf")):
        trajectory = qcoll.evolve(collective_bath(beta=beta), 30, SINGLET)
        overlap = np.einsum("i,nij,j->n", SINGLET, trajectory.states, SINGLET).real
        np.testing.assert_allclose(overlap, 1, rtol=0, atol=1e-13)
        np.testing.assert_allclose(trajectory.heat, 0, rtol=0, atol=1e-14)


def test_the_cascade_of_two_excitations():
    """Both levels of the triplet decay with probability sin^2(sqrt(2) g dt) in a collision."""
    states = qcoll.evolve(collective_bath(coupling=0.3, dt=0.7), 25, "00").states
    stay, n = np.cos(np.sqrt(2) * 0.21) ** 2, np.arange(26)
    upper = states[:, 0, 0].real
    middle = np.einsum("i,nij,j->n", TRIPLET, states, TRIPLET).real
    np.testing.assert_allclose(upper, stay**n, rtol=0, atol=1e-13)
    np.testing.assert_allclose(middle[1:], n[1:] * (1 - stay) * stay ** (n[1:] - 1), rtol=0, atol=1e-13)


def test_one_excitation_ends_half_dark_and_entangled():
    settled = qcoll.evolve(collective_bath(), 2000, "01", record=2000).states[-1]
    expected = np.outer(SINGLET, SINGLET) / 2
    expected[3, 3] += 0.5
    np.testing.assert_allclose(settled, expected, rtol=0, atol=1e-12)
    assert abs(concurrence(DensityMatrix(settled)) - 0.5) < 1e-10
