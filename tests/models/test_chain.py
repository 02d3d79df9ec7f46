"""Boundary-driven chains against the current of the XX chain and Prosen's matrix-product state of the XXZ chain."""

import functools
import itertools

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.models import boundary_driven_chain

BETAS = (0.3, 2.0)


def occupations(state, sites):
    return [
        np.trace(SparsePauliOp.from_sparse_list([("Z", [k], 1.0)], sites).to_matrix() @ state).real / 2 + 0.5
        for k in range(sites)
    ]


def current(state, k, sites):
    """Of excitations from site k to k + 1 with hopping 1: <i (s+_{k+1} s-_k - h.c.)> by its sign from left to right."""
    operator = SparsePauliOp.from_sparse_list([("XY", [k, k + 1], 0.5), ("YX", [k, k + 1], -0.5)], sites)
    return np.trace(operator.to_matrix() @ state).real


@pytest.mark.parametrize("rate", [0.5, 2.0])
@pytest.mark.parametrize("sites", [2, 3, 4])
def test_current_and_profile_of_the_xx_chain(sites, rate):
    """Karevski and Platini's flat profile, and the current of free fermions, in the limit of short collisions."""
    hot, cold = (1 / (np.exp(beta) + 1) for beta in BETAS)
    flow = (hot - cold) * 2 * rate / (4 + rate**2)
    profile = np.full(sites, (hot + cold) / 2)
    profile[0], profile[-1] = hot - flow / rate, cold + flow / rate
    errors = []
    for dt in (0.02, 0.01):
        state = qcoll.steady_state(boundary_driven_chain(sites=sites, rate=rate, betas=BETAS, dt=dt)).data
        flows = [abs(current(state, k, sites)) for k in range(sites - 1)]
        errors.append(
            max(np.abs(np.array(flows) - flow).max(), np.abs(np.array(occupations(state, sites)) - profile).max())
        )
    assert errors[1] < 0.01
    assert errors[0] / errors[1] == pytest.approx(4 if sites == 2 else 2, rel=0.1)


def prosen(sites, eta, rate):
    """The steady state of H = sum 2 (s+s- + s-s+) + cos(eta) ZZ, with s+ at the first site and s- at the last."""
    spin = np.arctan(rate / (4j * np.sin(eta)) + 0j) / eta
    k = np.arange(sites + 1)
    lowering = np.diag(np.sin((2 * spin - k[:-1]) * eta) / np.sin(eta), -1)
    raising = np.diag(np.sin((k[1:] + 0j) * eta) / np.sin(eta), 1)
    up, down = (np.diag(np.sin(np.pi / 2 + sign * eta * (spin - k))) for sign in (1, -1))
    blocks = [[up, np.sin(eta) * lowering], [np.sin(eta) * raising, down]]
    letters = list(itertools.product((0, 1), repeat=sites))
    amplitude = np.array(
        [
            [
                functools.reduce(np.matmul, (blocks[a][b] for a, b in zip(row, column, strict=True)))[0, 0]
                for column in letters
            ]
            for row in letters
        ]
    )
    state = amplitude.conj().T @ amplitude
    return state / np.trace(state)


def reversed_order(state, sites):
    """With the first site the least significant one."""
    axes = [*reversed(range(sites)), *(sites + k for k in reversed(range(sites)))]
    return state.reshape([2] * 2 * sites).transpose(axes).reshape(state.shape)


@pytest.mark.parametrize("anisotropy", [0.5, 0.9])
def test_the_strongly_driven_xxz_chain_is_prosens_state(anisotropy):
    """Between a full and an empty bath, in the limit of short collisions, by Richardson's extrapolation."""
    expected = reversed_order(prosen(3, np.arccos(anisotropy), 2 * 0.8), 3)
    states = [
        qcoll.steady_state(
            boundary_driven_chain(sites=3, anisotropy=anisotropy, betas=(-np.inf, np.inf), rate=0.8, dt=dt)
        ).data
        for dt in (0.02, 0.01, 0.005)
    ]
    first = [2 * b - a for a, b in itertools.pairwise(states)]
    extrapolated = (4 * first[1] - first[0]) / 3
    np.testing.assert_allclose(extrapolated, expected, rtol=0, atol=1e-6)


def test_equal_temperatures_are_thermal_and_carry_nothing():
    model = boundary_driven_chain(sites=3, betas=(1.0, 1.0), dt=0.2)
    assert model.ancilla.beta == 1.0
    state = qcoll.steady_state(model).data
    assert abs(current(state, 0, 3)) < 1e-13


def test_bad_parameters_are_refused():
    for change, message in [
        ({"sites": 1}, "at least 2"),
        ({"betas": 1.0}, "left and the right"),
        ({"rate": 0.0}, "rate"),
        ({"dt": -1.0}, "dt"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            boundary_driven_chain(**change)
