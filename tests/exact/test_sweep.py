"""Sweeps against one model at a time."""

import dataclasses

import numpy as np
import pytest

import qcoll
from qcoll.exact import ModelStack, entropy_balance, pulled_back_operators, steady_states
from qcoll.model.operators import zeeman
from qcoll.model.random import random_model


@pytest.mark.parametrize("method", ["exact", "second_order"])
@pytest.mark.parametrize("sizes", [(1, 2), (2, 1), (2, 2)], ids=str)
def test_random_models_one_at_a_time(method, sizes):
    models = [
        random_model(seed, num_system_qubits=sizes[0], num_ancilla_qubits=sizes[1], beta=beta, dt=0.2)
        for seed, beta in enumerate([0.0, 0.4, 2.0, np.inf])
    ]
    sweep = steady_states(models, method)
    for index, model in enumerate(models):
        state = qcoll.steady_state(model, method).data
        operators = pulled_back_operators(model, method)
        assert np.abs(sweep.states[index] - state).max() < 1e-11
        assert sweep.heat[index] == pytest.approx(np.trace(operators.heat @ state).real, abs=1e-11)
        assert sweep.work[index] == pytest.approx(-sweep.heat[index], abs=1e-11)
        assert sweep.coherence[index] == pytest.approx(np.abs(state - np.diag(state.diagonal())).sum(), abs=1e-11)


def test_stacks_broadcast():
    one = ModelStack.of([qcoll.example_2(alpha=0.4)])
    grid = ModelStack(one.system, one.ancilla, one.interaction, np.array([[0.5], [2.0]]), np.array([0.1, 0.2, 0.4]))
    sweep = steady_states(grid)
    assert grid.shape == sweep.heat.shape == (2, 3)
    expected = qcoll.steady_state(qcoll.example_2(alpha=0.4, beta=2.0, dt=0.2)).data
    assert np.abs(sweep.states[1, 1] - expected).max() < 1e-12


def test_entropy_production_at_a_steady_state_is_beta_times_the_work():
    model = qcoll.example_2(alpha=0.3, beta=1.7, kappa=0.8)
    sweep = steady_states([model])
    balance = entropy_balance(model, sweep.states)
    assert balance.from_information[0] == pytest.approx(1.7 * sweep.work[0], abs=1e-12)


def test_bad_input():
    with pytest.raises(qcoll.InputError, match="models of one size"):
        steady_states([random_model(1), random_model(1, num_system_qubits=2)])
    with pytest.raises(qcoll.InputError, match="models of one size"):
        steady_states([])
    with pytest.raises(qcoll.InputError, match="'exact', 'second_order'"):
        steady_states([random_model(1)], "third_order")
    conserved = qcoll.CollisionModel(
        system=zeeman(1, [1.0]),
        ancilla=random_model(1).ancilla,
        interaction=0 * qcoll.example_1().interaction,
        dt=0.1,
    )
    with pytest.raises(qcoll.InputError, match=r"model \(1,\) is not unique"):
        steady_states([qcoll.example_1(), conserved])


def test_given_states_and_modes_with_fewer_levels_are_stacked_too():
    """Against qcoll.steady_state and the next collision of each model, ancillas of all kinds together."""
    qubit, trits = qcoll.Modes(a=qcoll.Qubit()), qcoll.Modes(s=qcoll.Boson(levels=3))
    ancilla = qcoll.structured_ancilla(qubit, frequencies=[1.0], couplings={}, beta=0.7)
    given = qcoll.Ancilla(hamiltonian=ancilla.hamiltonian, state=[[0.3, 0.2j], [-0.2j, 0.7]])
    inverted = qcoll.Ancilla(hamiltonian=ancilla.hamiltonian, beta=-0.4)

    def oscillator(own):
        interaction = trits.joined(qubit).exchange("s", "a", 0.4)
        return qcoll.CollisionModel(
            system=trits.number("s"), ancilla=own, interaction=interaction, dt=0.8, system_modes=trits
        )

    oscillators = [oscillator(own) for own in (ancilla, given, inverted)]
    qubits = [
        dataclasses.replace(qcoll.models.generalised_amplitude_damping(), ancilla=own) for own in (ancilla, given)
    ]
    for models in (oscillators, qubits):
        sweep = steady_states(models)
        for index, model in enumerate(models):
            state = qcoll.steady_state(model)
            assert np.abs(sweep.states[index] - state.data).max() < 1e-12
            after = qcoll.evolve(model, 1, state)
            assert sweep.heat[index] == pytest.approx(after.heat[0], abs=1e-12)
            assert sweep.work[index] == pytest.approx(after.work[0], abs=1e-12)
    cut = qcoll.structured_ancilla(qcoll.Modes(b=qcoll.Boson(levels=6)), frequencies=[1.0], couplings={}, beta=1.0)
    joint = qubit.joined(qcoll.Modes(b=qcoll.Boson(levels=6)))
    model = qcoll.CollisionModel(
        system=qubit.number("a"), ancilla=cut, interaction=joint.exchange("a", "b", 0.3), dt=0.5
    )
    assert np.abs(steady_states([model]).states[0] - qcoll.steady_state(model).data).max() < 1e-12
    with pytest.raises(qcoll.InputError, match=r"model 1 of the stack.*other levels"):
        steady_states([oscillators[0], qcoll.models.collective_bath()])
    with pytest.raises(qcoll.InputError, match='has method="exact" alone'):
        steady_states(oscillators, "second_order")
