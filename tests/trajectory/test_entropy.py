"""Entropy production with ancillas that are not thermal: exact dynamics and circuits against joint states."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import expm

import qcoll
from qcoll import Boson, Modes, Qubit
from qcoll.model.random import random_model


def entropy(state):
    values = np.linalg.eigvalsh(state)
    values = values[values > 1e-15]
    return float(-values @ np.log(values))


def logarithm(state):
    values, vectors = np.linalg.eigh(state)
    return (vectors * np.log(values)) @ vectors.conj().T


def reduced(joint):
    parts = joint.reshape(4, 2, 4, 2)
    return np.einsum("aiaj->ij", parts), np.einsum("aibi->ab", parts)


@pytest.mark.parametrize("method", ["circuit", "exact"])
def test_it_is_mutual_information_plus_relative_entropy(method):
    model = random_model(7, rank=4)
    n = 4
    trajectory = qcoll.evolve(model, n, initial="0")
    if method == "circuit":
        trajectory = qcoll.simulate(qcoll.compile_collisions(model, n, "0", synthesis="exact"))
    fresh = model.ancilla.state.to_matrix()
    unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    state = np.diag([1.0, 0.0])
    for k in range(n):
        joint = unitary @ np.kron(fresh, state) @ unitary.conj().T
        after, ancilla = reduced(joint)
        expected = entropy(after) + entropy(ancilla) - entropy(joint)
        expected += np.trace(ancilla @ (logarithm(ancilla) - logarithm(fresh))).real
        assert trajectory.entropy_production[k] == pytest.approx(expected, abs=1e-10)
        heat = -np.trace((ancilla - fresh) @ model.ancilla.hamiltonian.to_matrix()).real
        assert trajectory.heat[k] == pytest.approx(heat, abs=1e-11)
        state = after
    np.testing.assert_allclose(trajectory.states[-1], state, rtol=0, atol=1e-10)
    np.testing.assert_allclose(trajectory.first_law_residual, 0, rtol=0, atol=1e-10)
    balance = qcoll.exact.entropy_balance(model, trajectory.states[:-1])
    np.testing.assert_allclose(trajectory.entropy_production, balance.from_information, rtol=0, atol=1e-9)
    assert "mutual information plus relative entropy" in repr(trajectory)
    with pytest.raises(qcoll.InputError, match="no beta"):
        _ = balance.from_heat


def test_a_pure_ancilla_produces_infinite_entropy_when_it_leaves_its_state():
    assert np.all(np.isposinf(qcoll.evolve(random_model(3, rank=1), n=3).entropy_production))
    still = qcoll.CollisionModel(
        system=SparsePauliOp("Z"),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z"), state="0"),
        interaction=SparsePauliOp("ZZ", 0.3),
        dt=0.5,
    )
    trajectory = qcoll.evolve(still, n=3, initial="+")
    np.testing.assert_allclose(trajectory.entropy_production, 0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("synthesis", ["trotter", "channel", "purified_channel", "sampled"])
@pytest.mark.parametrize(
    "model", [random_model(1, rank=4), random_model(5, beta=-0.4)], ids=["given state", "inverted"]
)
def test_levels_of_synthesis_take_them(model, synthesis):
    exact = qcoll.evolve(model, 3)
    options = {"trotter_steps": 40} if synthesis == "trotter" else {}
    made = qcoll.simulate(qcoll.compile_collisions(model, 3, synthesis=synthesis, **options))
    tolerance = 2e-4 if synthesis == "trotter" else 1e-10
    np.testing.assert_allclose(made.states, exact.states, rtol=0, atol=tolerance)
    np.testing.assert_allclose(made.entropy_production, exact.entropy_production, rtol=0, atol=20 * tolerance)


@pytest.mark.parametrize("preparation", ["purified", "sampled", "absorbed", "state_preparation"])
def test_preparations_take_a_given_state(preparation):
    model = random_model(1, rank=4)
    exact = qcoll.evolve(model, 3)
    made = qcoll.simulate(qcoll.compile_collisions(model, 3, synthesis="exact", preparation=preparation))
    np.testing.assert_allclose(made.states, exact.states, rtol=0, atol=1e-10)
    np.testing.assert_allclose(made.entropy_production, exact.entropy_production, rtol=0, atol=1e-9)


def test_exchange_with_coherent_ancillas_is_exact_in_circuits():
    """The structure of example 1 offers circuits that only a thermal ancilla would not notice."""
    thermal = qcoll.example_1(omega_s=1.3)
    state = np.full(4, 0.5) @ np.diag([1, 1j, -1, 1])
    model = qcoll.CollisionModel(
        system=thermal.system,
        ancilla=qcoll.Ancilla(hamiltonian=thermal.ancilla.hamiltonian, state=state),
        interaction=thermal.interaction,
        dt=0.6,
    )
    exact = qcoll.evolve(model, 3)
    for options in ({"synthesis": "exact"}, {"synthesis": "exact", "preparation": "absorbed"}):
        made = qcoll.simulate(qcoll.compile_collisions(model, 3, **options))
        np.testing.assert_allclose(made.states, exact.states, rtol=0, atol=1e-10)
        np.testing.assert_allclose(made.heat, exact.heat, rtol=0, atol=1e-10)


def three_levels():
    """A qubit that meets an oscillator cut off at three levels, coupled to another qubit."""
    ancilla = Modes(a=Boson(levels=3), b=Qubit())
    joint = Modes(s=Qubit()).joined(ancilla)
    hop = 0.4 * joint.raising("s") @ joint.lowering("a") + 0.3j * joint.raising("s") @ joint.lowering("b")
    return qcoll.CollisionModel(
        system=SparsePauliOp("Z", 0.5),
        ancilla=qcoll.structured_ancilla(ancilla, frequencies=[1.0, 1.2], couplings={("a", "b"): 0.2j}, beta=1.6),
        interaction=hop + hop.adjoint(),
        dt=0.8,
    )


def oscillator():
    """A three-level oscillator that meets qubits."""
    system, ancilla = Modes(s=Boson(levels=3)), Modes(a=Qubit())
    joint = system.joined(ancilla)
    hop = joint.raising("s") @ joint.lowering("a")
    return qcoll.CollisionModel(
        system=1.1 * system.number("s"),
        ancilla=qcoll.Ancilla(hamiltonian=ancilla.number("a"), beta=0.8, modes=ancilla),
        interaction=0.4 * (hop + hop.adjoint()),
        dt=0.7,
        system_modes=system,
    )


@pytest.mark.parametrize("options", [{"synthesis": "trotter"}, {"synthesis": "exact"}])
def test_the_fourth_of_three_levels_is_never_reached_in_circuits(options):
    model = three_levels()
    compiled = qcoll.compile_collisions(model, 1, **options)
    beyond = ~model.ancilla.physical
    assert beyond.sum() == 2
    assert np.abs(compiled.prepared_state().data[beyond]).max() < 1e-15
    unitary = compiled.collision_unitary().reshape(8, 2, 8, 2)
    assert np.abs(unitary[beyond][:, :, ~beyond]).max() < 1e-13
    own = qcoll.compile_collisions(oscillator(), 4, **options)
    assert np.abs(qcoll.simulate(own).states[:, 3]).max() < 1e-13


def test_cut_off_modes_are_exact_in_circuits():
    model = three_levels()
    exact = qcoll.evolve(model, 3)
    for options in ({"synthesis": "exact"}, {"synthesis": "exact", "preparation": "sampled"}, {"synthesis": "channel"}):
        made = qcoll.simulate(qcoll.compile_collisions(model, 3, **options))
        np.testing.assert_allclose(made.states, exact.states, rtol=0, atol=1e-10)
        np.testing.assert_allclose(made.entropy_production, exact.entropy_production, rtol=0, atol=1e-10)
    splits = [qcoll.simulate(qcoll.compile_collisions(model, 3, trotter_steps=steps)) for steps in (2, 4)]
    errors = [np.abs(split.states - exact.states).max() for split in splits]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)


def test_channels_of_circuits_settle_on_the_levels():
    """Without noise the fourth state is cut off for good; with noise it fills like the others in the end."""
    compiled = qcoll.compile_collisions(oscillator(), 1)
    clean = qcoll.circuit_channel(qcoll.compile_collisions(oscillator(), 1, synthesis="exact")).steady_state()
    np.testing.assert_allclose(clean.data, qcoll.steady_state(oscillator()).data, rtol=0, atol=1e-11)
    noisy = qcoll.circuit_channel(compiled, noise={"two_qubit": 1e-3}).steady_state().data
    assert 0.1 < noisy[3, 3].real < 0.4


def test_shots_estimate_the_entropy_flow():
    model = qcoll.CollisionModel(
        system=SparsePauliOp("Z", 0.5),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), state=[[0.7, 0.3], [0.3, 0.3]]),
        interaction=SparsePauliOp(["XX", "YY"], [0.4, 0.4]),
        dt=0.8,
    )
    seen = qcoll.simulate(qcoll.compile_collisions(model, 2, "0", synthesis="exact"), shots=100_000, seed=5)
    np.testing.assert_allclose(seen.entropy_flow, qcoll.evolve(model, 2, "0").entropy_flow, rtol=0, atol=0.03)


def test_inverted_ancillas_obey_the_second_law():
    trajectory = qcoll.evolve(random_model(5, beta=-0.4), 20)
    assert trajectory.entropy_production.min() > 0
    balance = qcoll.exact.entropy_balance(random_model(5, beta=-0.4), trajectory.states[:-1])
    np.testing.assert_allclose(balance.from_information, balance.from_heat, rtol=0, atol=1e-12)


@pytest.mark.parametrize("model", [random_model(5, beta=-0.4), random_model(1, rank=4)], ids=["inverted", "given"])
def test_stacks_take_inverted_ancillas_and_given_states(model):
    own = qcoll.exact.steady_states(qcoll.exact.ModelStack.of([model])).states[0]
    np.testing.assert_allclose(own, qcoll.steady_state(model).data, rtol=0, atol=1e-12)
