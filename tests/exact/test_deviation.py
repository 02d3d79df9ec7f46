"""Steady states and gaps of weak collisions, against eighty digits."""

import mpmath
import numpy as np
import pytest

import qcoll
from qcoll.exact import steady_state_and_error, steady_states
from qcoll.exact.deviation import Deviation, fixed_points
from qcoll.model.random import random_model


def eighty_digits(model):
    """The steady state from the channel minus one, by mpmath."""
    with mpmath.workdps(80):
        system, ancilla, interaction = (
            operator.to_matrix() for operator in (model.system, model.ancilla.hamiltonian, model.interaction)
        )
        d, a = len(system), len(ancilla)
        free = mpmath.matrix((np.kron(np.eye(a), system) + np.kron(ancilla, np.eye(d))).tolist())
        hamiltonian = free + mpmath.matrix(interaction.tolist())
        unitary = mpmath.expm(-1j * mpmath.mpf(model.dt) * hamiltonian, method="taylor")
        thermal = mpmath.expm(-mpmath.mpf(model.ancilla.beta) * mpmath.matrix(ancilla.tolist()), method="taylor")
        thermal /= sum(thermal[i, i] for i in range(a))
        equations = mpmath.matrix(d * d)
        for column in range(d * d):
            k, m = divmod(column, d)
            joint = mpmath.zeros(a * d)
            for b in range(a):
                for c in range(a):
                    joint[b * d + k, c * d + m] = thermal[b, c]
            after = unitary * joint * unitary.H
            for row in range(d * d):
                i, j = divmod(row, d)
                equations[row, column] = sum(after[b * d + i, b * d + j] for b in range(a)) - (row == column)
        for column in range(d * d):
            equations[0, column] = int(column % (d + 1) == 0)
        right = mpmath.zeros(d * d, 1)
        right[0] = 1
        solution = mpmath.lu_solve(equations, right)
        return np.array([complex(value) for value in solution]).reshape(d, d)


@pytest.mark.parametrize("alpha", [0.1, 1e-4, 1e-5, 3e-6, 1e-7, 1e-10])
def test_weak_collisions_have_their_steady_state(alpha):
    model = qcoll.example_2(alpha=alpha)
    state, error = steady_state_and_error(model)
    off = np.abs(state.data - eighty_digits(model)).max()
    assert off < 1e-14
    assert off <= error < 1e-13


def test_models_without_structure():
    for seed in (0, 1):
        model = random_model(seed)
        assert np.abs(qcoll.steady_state(model).data - eighty_digits(model)).max() < 1e-14


def test_stacks_have_the_same_digits():
    alphas = [1e-2, 1e-5, 1e-8]
    sweep = steady_states([qcoll.example_2(alpha=alpha) for alpha in alphas])
    for state, alpha in zip(sweep.states, alphas, strict=True):
        assert np.abs(state - qcoll.steady_state(qcoll.example_2(alpha=alpha)).data).max() < 1e-14


def test_the_gap_of_weak_collisions_is_of_second_order():
    strong, weak = (qcoll.spectral_gap(qcoll.example_2(alpha=alpha)) for alpha in (1e-3, 1e-5))
    assert strong / weak == pytest.approx(1e4, rel=1e-3)


def test_conserved_quantities_are_refused_with_a_true_message():
    with pytest.raises(qcoll.InputError, match="what decides between several is conserved, or so nearly"):
        qcoll.steady_state(qcoll.example_2(alpha=0.0))


def test_lost_digits_are_said(monkeypatch):
    """As if rounding were a million times larger."""

    def blurred(change):
        return fixed_points(Deviation(change.matrix, change.size * 1e7, change.basis))

    monkeypatch.setattr("qcoll.exact.channel.fixed_points", blurred)
    monkeypatch.setattr("qcoll.exact.channel.RESOLUTION", 0.0)
    with pytest.warns(qcoll.AccuracyWarning, match="is known to .* only"):
        qcoll.steady_state(qcoll.example_2())
