"""The channel of one collision against partial traces written out, QuTiP, closed forms and random models."""

import dataclasses

import numpy as np
import pytest
import qutip
from qiskit.quantum_info import DensityMatrix, Operator, SparsePauliOp, SuperOp, partial_trace
from scipy.linalg import expm

import qcoll
from qcoll.exact import gibbs_state
from qcoll.model.operators import exchange, zeeman
from qcoll.model.random import random_model, random_models

MODELS = random_models(50, seed=2026)


def qutip_superoperator(model):
    """The channel in QuTiP, whose tensor order is ours reversed and whose superoperators stack columns too."""
    shape = [[2] * model.num_qubits] * 2
    ancilla_shape = [[2] * model.num_ancilla_qubits] * 2
    hamiltonian = qutip.Qobj(model.hamiltonian.to_matrix(), dims=shape)
    ancilla = qutip.Qobj(model.ancilla.hamiltonian.to_matrix(), dims=ancilla_shape)
    if np.isinf(model.ancilla.beta):
        thermal = qutip.ket2dm(ancilla.groundstate()[1])
    else:
        thermal = (-model.ancilla.beta * ancilla).expm().unit()
    unitary = (-1j * model.dt * hamiltonian).expm()
    dimension = 2**model.num_system_qubits
    system_dims = [[2] * model.num_system_qubits] * 2
    columns = []
    for column in range(dimension**2):
        unit = np.zeros(dimension**2)
        unit[column] = 1
        state = qutip.Qobj(unit.reshape(dimension, dimension, order="F"), dims=system_dims)
        after = unitary * qutip.tensor(thermal, state) * unitary.dag()
        kept = range(model.num_ancilla_qubits, model.num_qubits)
        columns.append(after.ptrace(list(kept)).full().flatten(order="F"))
    return np.array(columns).T


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_random_models_against_dense_partial_traces(model):
    channel = qcoll.collision_channel(model)
    unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    rng = np.random.default_rng(5)
    dimension = 2**model.num_system_qubits
    vectors = rng.normal(size=(dimension, dimension)) + 1j * rng.normal(size=(dimension, dimension))
    state = DensityMatrix(vectors @ vectors.conj().T / np.trace(vectors @ vectors.conj().T))
    joint = DensityMatrix(np.kron(gibbs_state(model.ancilla), state.data)).evolve(Operator(unitary))
    expected = partial_trace(joint, list(range(model.num_system_qubits, model.num_qubits)))
    assert np.abs(state.evolve(channel).data - expected.data).max() < 1e-12
    assert channel.is_cptp(atol=1e-12, rtol=0)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_random_models_against_qutip(model):
    assert np.abs(qcoll.collision_channel(model).data - qutip_superoperator(model)).max() < 1e-12


@pytest.mark.parametrize("omega_t", [0.01, 0.3, 2.0])
def test_exchange_with_one_thermal_qubit_is_generalised_amplitude_damping(omega_t):
    frequency, beta, strength = 1.3, 0.7, 0.4
    model = qcoll.CollisionModel(
        system=zeeman(1, [frequency]),
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [frequency]), beta=beta),
        interaction=exchange(2, strength, raising=[0], lowering=[1]),
        dt=omega_t / strength,
    )
    state = np.array([[0.2, 0.1 - 0.3j], [0.1 + 0.3j, 0.8]])
    after = DensityMatrix(state).evolve(qcoll.collision_channel(model)).data
    up = 1 / (np.exp(beta * frequency) + 1)
    assert after[0, 0].real == pytest.approx(0.2 * np.cos(omega_t) ** 2 + up * np.sin(omega_t) ** 2, abs=1e-14)
    assert after[0, 1] == pytest.approx(state[0, 1] * np.cos(omega_t) * np.exp(-1j * frequency * model.dt), abs=1e-14)


def test_partial_swap_with_a_pure_coherent_ancilla():
    """Homogenisation (Ziman et al. 2002), c^2 rho + s^2 xi - i c s [xi, rho], then the free rotation."""
    angle = 0.37
    free = SparsePauliOp(["X", "Z"], [0.3, -0.8])
    model = qcoll.CollisionModel(
        system=free,
        ancilla=qcoll.Ancilla(hamiltonian=free, beta=np.inf),
        interaction=SparsePauliOp(["XX", "YY", "ZZ", "II"], [0.5, 0.5, 0.5, 0.5]),
        dt=angle,
    )
    xi = gibbs_state(model.ancilla)
    rho = np.array([[0.3, 0.2j], [-0.2j, 0.7]])
    c, s = np.cos(angle), np.sin(angle)
    rotation = expm(-1j * angle * free.to_matrix())
    expected = rotation @ (c**2 * rho + s**2 * xi - 1j * c * s * (xi @ rho - rho @ xi)) @ rotation.conj().T
    assert np.abs(DensityMatrix(rho).evolve(qcoll.collision_channel(model)).data - expected).max() < 1e-14


def test_thermal_pair_closed_form():
    """Known value of the pair's coherence at omega = 1, J = 0.6, beta = 1.3."""
    pair = zeeman(2, [1.0, 1.0]) + exchange(2, 0.6, raising=[0], lowering=[1])
    state = gibbs_state(qcoll.Ancilla(hamiltonian=pair, beta=1.3))
    plus, minus = (1 / (np.exp(1.3 * (1 + sign * 0.6)) + 1) for sign in (1, -1))
    assert state[1, 2].real == pytest.approx(-0.130898133487698, abs=1e-14)
    assert state[1, 2].real == pytest.approx((plus - minus) / 2, abs=1e-14)


def test_gibbs_state_limits():
    hamiltonian = SparsePauliOp(["ZI", "IZ"], [1.0, 0.0])
    cold = gibbs_state(qcoll.Ancilla(hamiltonian=hamiltonian, beta=np.inf))
    assert np.allclose(cold.diagonal(), [0, 0, 0.5, 0.5], atol=1e-15), (
        "an equal mixture of the degenerate ground states"
    )
    nearly = gibbs_state(qcoll.Ancilla(hamiltonian=hamiltonian, beta=1e6))
    assert np.allclose(cold, nearly, atol=1e-15)
    assert np.allclose(gibbs_state(qcoll.Ancilla(hamiltonian=hamiltonian, beta=0.0)), np.eye(4) / 4, atol=1e-15)


@pytest.mark.parametrize("model", [qcoll.example_1(dt=1.0), qcoll.example_2(dt=1.0), random_model(3, dt=1.0)], ids=str)
def test_second_order_differs_from_exact_at_third_order(model):
    def error(dt):
        smaller = dataclasses.replace(model, dt=dt)
        difference = qcoll.collision_channel(smaller).data - qcoll.collision_channel(smaller, "second_order").data
        return np.linalg.norm(difference, 2)

    slope = np.log2(error(0.02) / error(0.01))
    assert slope == pytest.approx(3, abs=0.05)


def test_second_order_is_trace_preserving_but_not_completely_positive():
    channel = qcoll.collision_channel(random_model(11, dt=0.5), "second_order")
    assert channel.is_tp()
    assert not channel.is_cp(), "the paper's map is no channel; see its smallest Choi eigenvalue"


class TestSteadyState:
    @pytest.mark.parametrize("model", random_models(10, seed=4, largest=2), ids=lambda m: m.name)
    @pytest.mark.parametrize("method", ["exact", "second_order"])
    def test_is_left_unchanged(self, model, method):
        state = qcoll.steady_state(model, method)
        after = (qcoll.collision_channel(model, method).data @ state.data.flatten(order="F")).reshape(
            state.data.shape, order="F"
        )
        assert np.abs(after - state.data).max() < 1e-12
        assert np.trace(state.data).real == pytest.approx(1, abs=1e-14)

    def test_is_where_a_long_trajectory_ends(self):
        model = qcoll.example_2(alpha=0.5, dt=0.5)
        last = qcoll.evolve(model, n=100_000, record=100_000).states[-1]
        assert np.abs(last - qcoll.steady_state(model).data).max() < 1e-12

    def test_spectral_gap_is_the_rate_of_approach(self):
        model = qcoll.example_2(alpha=0.5, dt=0.5)
        steady = qcoll.steady_state(model).data
        distance = np.linalg.norm(qcoll.evolve(model, n=2100, initial="+").states - steady, axis=(1, 2))
        rate = -np.polyfit(np.arange(1500, 2100), np.log(distance[1500:2100]), 1)[0]
        assert -np.log1p(-qcoll.spectral_gap(model)) == pytest.approx(rate, rel=2e-2)

    def test_a_conserved_quantity_is_refused(self):
        model = qcoll.CollisionModel(
            system=zeeman(1, [1.0]),
            ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=1.0),
            interaction=SparsePauliOp("ZZ", 0.3),
            dt=0.5,
        )
        with pytest.raises(qcoll.InputError, match="is not unique"):
            qcoll.steady_state(model)


def test_unknown_method_is_refused():
    with pytest.raises(qcoll.InputError, match="'exact', 'second_order'"):
        qcoll.collision_channel(qcoll.example_1(), "third_order")


def test_channel_is_a_superop_on_the_system():
    channel = qcoll.collision_channel(qcoll.example_1())
    assert isinstance(channel, SuperOp)
    assert channel.dim == (2, 2)
