"""Entropies and logarithmic negativities of Gaussian states against density matrices and closed forms."""

import itertools

import numpy as np
import pytest
from scipy.linalg import expm, logm

import qcoll
from qcoll import Fermion, GaussianState, Modes
from qcoll.gaussian.quadratic import Form
from qcoll.gaussian.state import moments_of, state_of


def fermion_density(state):
    """The density matrix of fermions with given Majorana moments: exp(-gamma^T C gamma / 4), normalised."""
    n = state.num_modes
    modes = Modes(**{f"c{k}": Fermion() for k in range(n)})
    lower = [modes.lowering(name).to_matrix() for name in modes]
    majorana = [c + c.conj().T for c in lower] + [-1j * (c - c.conj().T) for c in lower]
    own = -1j * state.covariance
    values, vectors = np.linalg.eigh(own)
    kernel = (vectors * (2 * np.arctanh(values))) @ vectors.conj().T
    exponent = sum(kernel[j, k] * majorana[j] @ majorana[k] for j in range(2 * n) for k in range(2 * n)) / 4
    density = expm(-exponent)
    return density / np.trace(density), majorana, lower


def random_fermions(seed, n, *, pairing=True):
    rng = np.random.default_rng(seed)
    kernel = rng.normal(size=(2 * n, 2 * n))
    kernel = 1j * (kernel - kernel.T)
    values, vectors = np.linalg.eigh(kernel)
    moments = (vectors * np.tanh(values / 2)) @ vectors.conj().T
    state = state_of(moments, np.zeros(2 * n), Form("fermions", True))
    return state if pairing else GaussianState("fermions", state.correlations)


@pytest.mark.parametrize("pairing", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_entropy_of_fermions(seed, pairing):
    state = random_fermions(seed, 3, pairing=pairing)
    density, _, lower = fermion_density(state)
    normal = [[np.trace(density @ b.conj().T @ a) for b in lower] for a in lower]
    anomalous = [[np.trace(density @ a @ b) for b in lower] for a in lower]
    np.testing.assert_allclose(state.correlations, normal, rtol=0, atol=1e-12)
    np.testing.assert_allclose(state.anomalous, anomalous, rtol=0, atol=1e-12)
    assert state.entropy() == pytest.approx(-np.trace(density @ logm(density)).real, abs=1e-10)


@pytest.mark.parametrize("pairing", [True, False])
@pytest.mark.parametrize(("seed", "first"), [(0, [0]), (1, [0]), (2, [0, 1]), (3, [0, 2])])
def test_negativity_of_fermions_by_partial_time_reversal(seed, first, pairing):
    """The density matrix as a sum of Majorana strings, each times i for every operator on the first side."""
    state = random_fermions(seed, 3, pairing=pairing)
    second = [mode for mode in range(3) if mode not in first]
    density, majorana, _ = fermion_density(state)
    order = [majorana[mode + 3 * kind] for side in (first, second) for mode in side for kind in (0, 1)]
    size = 2 * len(first)
    reversed_ = np.zeros_like(density)
    for count in range(7):
        for chosen in itertools.combinations(range(6), count):
            string = np.eye(8, dtype=complex)
            for index in chosen:
                string = string @ order[index]
            weight = np.trace(string.conj().T @ density) / 8
            reversed_ += weight * 1j ** sum(index < size for index in chosen) * string
    expected = np.log(np.linalg.svd(reversed_, compute_uv=False).sum())
    assert state.log_negativity(first, second) == pytest.approx(expected, abs=1e-10)


def test_a_shared_fermion_has_the_negativity_of_a_bell_pair():
    shared = GaussianState("fermions", [[0.5, 0.5], [0.5, 0.5]])
    assert shared.log_negativity([0], [1]) == pytest.approx(np.log(2), abs=1e-7)
    assert GaussianState.occupied("fermions", [0.3, 0.6]).log_negativity([0], [1]) == pytest.approx(0, abs=1e-12)


def two_mode_squeezed(strength, noise=0.0):
    """Two modes squeezed by r after both were thermal with the same mean number."""
    number = np.sinh(strength) ** 2 * (1 + 2 * noise) + noise
    pair = np.sinh(strength) * np.cosh(strength) * (1 + 2 * noise)
    return GaussianState("bosons", number * np.eye(2), pair * np.array([[0, 1], [1, 0]]))


@pytest.mark.parametrize("strength", [0.2, 0.9])
def test_two_squeezed_modes(strength):
    pure = two_mode_squeezed(strength)
    assert pure.log_negativity([0], [1]) == pytest.approx(2 * strength, abs=1e-12)
    assert pure.entropy() == pytest.approx(0, abs=1e-6)
    number = np.sinh(strength) ** 2
    assert pure.subset([1]).entropy() == pytest.approx((1 + number) * np.log(1 + number) - number * np.log(number))
    mixed = two_mode_squeezed(strength, noise=0.4)
    assert mixed.log_negativity([1], [0]) == pytest.approx(max(0, 2 * strength - np.log(1.8)), abs=1e-12)
    assert mixed.entropy() == pytest.approx(2 * (1.4 * np.log(1.4) - 0.4 * np.log(0.4)), abs=1e-10)


def test_energy_with_pairing():
    """Of the vacuum squeezed by r: H = h a+a + (Delta a+a+ + h.c.) / 2."""
    state = GaussianState("bosons", [[np.sinh(0.3) ** 2]], [[-np.sinh(0.3) * np.cosh(0.3)]])
    expected = 1.2 * np.sinh(0.3) ** 2 - 0.4 * np.sinh(0.3) * np.cosh(0.3)
    assert state.energy([[1.2]], [[0.4]]) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("statistics", ["bosons", "fermions"])
def test_moments_come_back(statistics):
    if statistics == "fermions":
        state = random_fermions(5, 3)
    else:
        state = GaussianState(
            "bosons", [[1.0, 0.2j], [-0.2j, 0.8]], [[0.3, 0.1j], [0.1j, -0.2]], displacement=[0.1 + 0.2j, -0.3]
        )
    moments = moments_of(state.correlations, state.anomalous, statistics)
    shift = np.sqrt(2) * np.concatenate([state.displacement.real, state.displacement.imag])
    again = state_of(moments, shift, Form(statistics, True))
    for name in ("correlations", "anomalous", "displacement"):
        np.testing.assert_allclose(getattr(again, name), getattr(state, name), rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GaussianState("bosons", [[-0.1]]), "no state"),
        (lambda: GaussianState("fermions", [[1.1]]), "no state"),
        (lambda: GaussianState("bosons", [[0.1]], [[0.5]]), "no state"),
        (lambda: GaussianState("fermions", np.eye(2) * 0.1, [[0, 0.5], [-0.5, 0]]), "no state"),
        (lambda: GaussianState("bosons", [[0, 1], [0, 0]]), "Hermitian"),
        (lambda: GaussianState("bosons", np.eye(2), [[0, 0.1], [-0.1, 0]]), "symmetry of bosons"),
        (lambda: GaussianState("fermions", [[0.5]], displacement=[1.0]), "displacement"),
        (lambda: GaussianState("bosons", [[0.5]], [[1, 2]]), "shapes"),
        (lambda: GaussianState.vacuum("bosons", 2).log_negativity([0], [0]), "in common"),
        (lambda: GaussianState.vacuum("bosons", 2).log_negativity([0], [2]), "among the 2"),
    ],
)
def test_bad_states_are_refused(make, message):
    with pytest.raises(qcoll.InputError, match=message):
        make()
