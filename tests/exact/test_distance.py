"""Diamond norms against closed forms and against a maximisation over input states."""

import numpy as np
import pytest
from qiskit.quantum_info import Choi, Kraus, Operator, SuperOp
from scipy.optimize import minimize

import qcoll
from qcoll.exact import diamond_distance, master_equation, second_order_quality, smallest_choi_eigenvalue
from qcoll.model.random import random_models

IDENTITY = SuperOp(np.eye(4))


@pytest.mark.parametrize("angle", [0.1, 1.0, 2.5])
def test_two_rotations(angle):
    """Unitaries whose relative phases span an arc theta < pi: 2 sin(theta / 2)."""
    rotation = SuperOp(Operator(np.diag([np.exp(-0.5j * angle), np.exp(0.5j * angle)])))
    bounds = diamond_distance(IDENTITY, rotation)
    assert bounds.lower == pytest.approx(2 * np.sin(angle / 2), rel=1e-8)
    assert bounds.upper == pytest.approx(2 * np.sin(angle / 2), rel=1e-8)


@pytest.mark.parametrize("p", [0.01, 0.4])
def test_dephasing_and_depolarising(p):
    """Pauli channels: the l1 distance of the probabilities."""
    z = SuperOp(Kraus([np.sqrt(1 - p) * np.eye(2), np.sqrt(p) * np.diag([1, -1])]))
    assert diamond_distance(IDENTITY, z).upper == pytest.approx(2 * p, rel=1e-9)
    mixed = SuperOp((1 - p) * np.eye(4) + p * np.outer([1, 0, 0, 1], [1, 0, 0, 1]) / 2)
    assert diamond_distance(IDENTITY, mixed).lower == pytest.approx(1.5 * p, rel=1e-9)


def test_amplitude_damping_needs_an_input_that_is_not_maximally_mixed():
    """Closed form for damping gamma and its neighbour, by a search over inputs that is entirely separate."""
    first, second = (
        SuperOp(Kraus([np.diag([1, np.sqrt(1 - g)]), np.array([[0, np.sqrt(g)], [0, 0]])])) for g in (0.2, 0.7)
    )
    choi = Choi(SuperOp(first.data - second.data)).data

    def negative(p):
        root = np.kron(np.diag(np.sqrt([1 - p[0], p[0]])), np.eye(2))
        return -np.abs(np.linalg.eigvalsh(root @ choi @ root)).sum()

    best = -minimize(negative, [0.6], bounds=[(0.0, 1.0)], options={"ftol": 1e-14}).fun
    bounds = diamond_distance(first, second)
    assert bounds.lower <= best + 1e-9
    assert bounds.upper >= best - 1e-9
    assert bounds.upper - bounds.lower < 1e-3 * best


@pytest.mark.parametrize("model", random_models(8, seed=77, largest=2), ids=lambda m: m.name)
def test_bounds_hold_for_every_input_tried(model):
    one, other = qcoll.collision_channel(model), master_equation(model).channel
    bounds = diamond_distance(one, other)
    choi, d = Choi(SuperOp(one.data - other.data)).data, one.dim[0]
    rng = np.random.default_rng(3)
    tried = []
    for _ in range(200):
        vectors = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
        operator = np.kron(vectors / np.linalg.norm(vectors), np.eye(d))
        tried.append(np.abs(np.linalg.eigvalsh(operator @ choi @ operator.conj().T)).sum())
    assert max(tried) <= bounds.upper * (1 + 1e-12)
    assert bounds.lower >= max(tried) * 0.99
    assert 0 <= bounds.upper - bounds.lower < 1e-2 * bounds.upper, "slow only where the best input has no full rank"


def test_complete_positivity():
    assert smallest_choi_eigenvalue(IDENTITY) == pytest.approx(0, abs=1e-15)
    transpose = SuperOp(np.eye(4)[[0, 2, 1, 3]])
    assert smallest_choi_eigenvalue(transpose) == pytest.approx(-1), "the Choi matrix of the transpose is the swap"
    assert smallest_choi_eigenvalue(qcoll.collision_channel(qcoll.example_2())) > -1e-15


def test_second_order_map_of_the_figures():
    quality = second_order_quality(qcoll.example_2())
    assert quality.smallest_choi_eigenvalue < -1e-5
    assert 1e-4 < quality.distance.lower <= quality.distance.upper < 2e-4


def test_different_systems_are_refused():
    with pytest.raises(qcoll.InputError, match="same system"):
        diamond_distance(IDENTITY, SuperOp(np.eye(16)))


def test_a_map_to_a_larger_system():
    """A fixed state beside the output changes no distance; two orthogonal ones are as far apart as can be."""
    flip, stay = (SuperOp(Operator.from_label(label)) for label in "XI")
    mixed = SuperOp(0.9 * stay.data + 0.1 * flip.data)
    beside = [SuperOp(Kraus([np.kron(vector[:, None], np.eye(2))])) for vector in np.eye(2)]
    assert diamond_distance(beside[0], beside[1]).upper == pytest.approx(2.0, abs=1e-9)
    larger = diamond_distance(stay & beside[0], mixed & beside[0])
    assert larger.upper == pytest.approx(diamond_distance(stay, mixed).upper, rel=1e-9)
    assert larger.lower <= 0.2 * (1 + 1e-9) <= larger.upper * (1 + 2e-9)
    with pytest.raises(qcoll.InputError, match="dimensions"):
        diamond_distance(stay, beside[0])
