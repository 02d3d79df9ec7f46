"""Paths between collisions: where they end, and which of a stack of angles arrive."""

import numpy as np
import pytest
from scipy.linalg import expm

import qcoll
from qcoll.synthesis.continuation import Powers, Stronger, Turned, follow_together

MODEL = qcoll.example_1(omega_s=1.2, alpha=0.2, dt=0.4)
UNITARY = expm(-1j * MODEL.dt * MODEL.hamiltonian.to_matrix())
FIRST, OTHER = np.eye(8, dtype=complex)[:, 2:4], np.eye(8, dtype=complex)[:, 4:6]
PATHS = [
    Powers.to(UNITARY, FIRST),
    Stronger.than(MODEL, FIRST, 3.0, least=1.0, most=np.inf),
    Turned(UNITARY, FIRST, OTHER),
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_end_at_the_collision_and_keep_columns_orthonormal(path):
    images = path(1.0)
    phase = np.vdot(images, UNITARY @ FIRST)
    assert np.allclose(images * phase / abs(phase), UNITARY @ FIRST)
    for position in (0.0, 0.3, 0.9):
        assert np.allclose(path(position).conj().T @ path(position), np.eye(2))
        assert not np.allclose(path(position), images)


def test_a_stronger_interaction_has_the_strength_asked_for():
    path = Stronger.than(MODEL, FIRST, 3.0, least=1.0, most=np.inf)
    interaction = MODEL.dt * MODEL.interaction.to_matrix()
    assert np.isclose(np.linalg.norm(path.factor * interaction, 2), 3.0)
    stronger = MODEL.dt * MODEL.hamiltonian.to_matrix() + (path.factor - 1) * interaction
    assert np.allclose(path(0.0), expm(-1j * stronger) @ FIRST)
    assert Stronger.than(MODEL, FIRST, 3.0, least=1.0, most=2.0).factor == 2.0


def test_those_that_break_off_are_left_behind():
    # Angles are to equal the position; the second one cannot go beyond 0.6.
    def solve(position, angles):
        reachable = np.minimum(position, np.array([2.0, 0.6])[angles[:, 1].astype(int)])
        return np.stack([reachable, angles[:, 1]], axis=1), position - reachable

    start = np.array([[0.0, 0.0], [0.0, 1.0]])
    assert np.allclose(follow_together(solve, start, shortest=1e-3), [[1.0, 0.0]])
    assert follow_together(solve, start[1:], shortest=1e-3).shape == (0, 2)
