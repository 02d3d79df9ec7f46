"""Generalised amplitude damping against its Kraus operators (Nielsen and Chuang, Sec. 8.3.5)."""

import numpy as np
import pytest
from qiskit.quantum_info import Kraus, SuperOp
from scipy.linalg import expm

import qcoll
from qcoll.models import generalised_amplitude_damping


@pytest.mark.parametrize("beta", [-0.8, 0.0, 0.9, float("inf")])
def test_one_collision_has_the_kraus_operators_of_the_textbook(beta):
    model = generalised_amplitude_damping(beta=beta, omega=1.2, coupling=0.5, dt=0.8)
    gamma, lower = np.sin(0.4) ** 2, 1 / (1 + np.exp(-beta * 1.2))
    # the lower state is |1>
    down = [np.diag([np.sqrt(1 - gamma), 1]), np.sqrt(gamma) * np.array([[0, 0], [1, 0]])]
    up = [np.diag([1, np.sqrt(1 - gamma)]), np.sqrt(gamma) * np.array([[0, 1], [0, 0]])]
    kraus = [np.sqrt(lower) * k for k in down] + [np.sqrt(1 - lower) * k for k in up]
    free = expm(-1j * 0.8 * 0.6 * np.diag([1, -1]))
    expected = SuperOp(Kraus([free @ k for k in kraus]))
    np.testing.assert_allclose(qcoll.collision_channel(model).data, expected.data, rtol=0, atol=1e-14)
