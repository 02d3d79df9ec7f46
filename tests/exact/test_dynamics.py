"""Trajectories and their ledger against loops that are written out, high precision, and the laws of thermodynamics."""

import dataclasses
import itertools

import mpmath
import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import expm, logm

import qcoll
from qcoll.exact import collision_matrix, dynamics, gibbs_state, pulled_back_operators
from qcoll.model.operators import exchange, zeeman
from qcoll.model.random import random_model, random_models
from qcoll.trajectory.iterate import iterate
from qcoll.trajectory.pauli import to_pauli_vector

MODELS = [qcoll.example_1(), qcoll.example_2(), qcoll.example_2(levels="as_printed"), *random_models(10, seed=1)]


def loop(model, state, n):
    """The 20-line loop that qcoll replaces: joint states, partial traces, energies."""
    d, a = 2**model.num_system_qubits, 2**model.num_ancilla_qubits
    unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    thermal = gibbs_state(model.ancilla)
    h_system, h_ancilla = model.joint_system.to_matrix(), model.joint_ancilla.to_matrix()
    h_interaction = model.interaction.to_matrix()
    states, ledger = [state], []
    for _ in range(n):
        before = np.kron(thermal, states[-1])
        after = unitary @ before @ unitary.conj().T
        change = after - before
        ledger.append([np.trace(h @ change).real for h in (h_system, -h_ancilla, -h_interaction)])
        states.append(np.einsum("aiaj->ij", after.reshape(a, d, a, d)))
    return np.array(states), np.array(ledger)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_states_and_ledger_against_a_loop(model):
    trajectory = qcoll.evolve(model, n=40)
    states, ledger = loop(model, trajectory.states[0], 40)
    assert np.abs(trajectory.states - states).max() < 1e-13
    assert np.abs(trajectory.energy_change - ledger[:, 0]).max() < 1e-13
    assert np.abs(trajectory.heat - ledger[:, 1]).max() < 1e-13
    assert np.abs(trajectory.work - ledger[:, 2]).max() < 1e-13


@pytest.mark.parametrize("method", ["exact", "second_order"])
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_first_law_closes(model, method):
    if method == "second_order":  # at long dt this map is unstable and its numbers explode
        model = dataclasses.replace(model, dt=0.05)
    trajectory = qcoll.evolve(model, n=100, method=method)
    assert np.abs(trajectory.first_law_residual).max() < 1e-13


@pytest.mark.parametrize("model", [m for m in MODELS if 0 < m.ancilla.beta < np.inf], ids=lambda m: m.name)
def test_entropy_production_is_mutual_information_plus_relative_entropy(model):
    """Eq. 70 from joint states equals Eq. 72, which is Landauer's equality; and it is never negative."""
    trajectory = qcoll.evolve(model, n=5)
    d, a = 2**model.num_system_qubits, 2**model.num_ancilla_qubits
    unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    thermal = gibbs_state(model.ancilla)
    for index in range(5):
        after = unitary @ np.kron(thermal, trajectory.states[index]) @ unitary.conj().T
        outgoing = np.einsum("aibi->ab", after.reshape(a, d, a, d))
        entropy = qcoll.trajectory.von_neumann_entropy
        mutual = entropy(trajectory.states[index + 1]) + entropy(outgoing) - entropy(after)
        relative = np.trace(outgoing @ (logm(outgoing) - logm(thermal))).real
        assert trajectory.entropy_production[index] == pytest.approx(mutual + relative, abs=1e-10)
    assert trajectory.entropy_production.min() > -1e-14


def test_ledger_of_zero_and_infinite_beta():
    hot = qcoll.evolve(qcoll.example_2(beta=0.0), n=10)
    assert np.allclose(hot.entropy_production, hot.entropy_change, atol=1e-15)
    cold = qcoll.evolve(qcoll.example_2(beta=np.inf, kappa=2.0), n=10)
    assert np.all(np.isposinf(cold.entropy_production)), "a finite heat costs infinite entropy at zero temperature"
    ground = zeeman(1, [1.0])
    model = qcoll.CollisionModel(
        system=ground,
        ancilla=qcoll.Ancilla(hamiltonian=ground, beta=np.inf),
        interaction=exchange(2, 0.3, raising=[0], lowering=[1]),
        dt=0.2,
    )
    still = qcoll.evolve(model, n=5, initial=np.diag([0, 1]))
    assert np.allclose(still.entropy_production, 0, atol=1e-13), "no heat flows between two ground states"


def test_pulled_back_operators_predict_the_next_collision():
    model = random_model(5, num_system_qubits=2)
    trajectory = qcoll.evolve(model, n=20)
    operators = pulled_back_operators(model)
    assert np.abs(trajectory.expectation(operators.heat)[:-1] - trajectory.heat).max() < 1e-13
    assert np.abs(trajectory.expectation(operators.work)[:-1] - trajectory.work).max() < 1e-13
    assert np.abs(trajectory.expectation(operators.energy_change)[:-1] - trajectory.energy_change).max() < 1e-13


@pytest.mark.parametrize("record", [1, 7, 100, [3, 4, 50, 99]])
def test_recorded_collisions_are_those_of_the_full_trajectory(record):
    model = qcoll.example_2(alpha=0.4, dt=0.3)
    full = qcoll.evolve(model, n=100)
    some = qcoll.evolve(model, n=100, record=record)
    assert np.abs(some.states - full.states[some.collisions]).max() < 1e-14
    bounds = some.collisions
    sums = np.array([full.heat[i:j].sum() for i, j in itertools.pairwise(bounds)])
    assert np.abs(some.heat - sums).max() < 1e-14
    assert np.abs(some.first_law_residual).max() < 1e-13


def test_a_million_collisions_hold_only_what_was_asked_for():
    trajectory = qcoll.evolve(qcoll.example_2(), n=1_000_000, record=250_000)
    assert trajectory.states.shape == (5, 2, 2)
    assert np.abs(trajectory.first_law_residual).max() < 1e-15 * 250_000, "rounding of each collision, summed"


def test_long_times_against_fifty_digits():
    """Repeated squaring against mpmath: 100,000 collisions, a slow approach to the steady state."""
    model = qcoll.example_2(alpha=0.1, dt=0.1)
    trajectory = qcoll.evolve(model, n=100_000, record=[1000, 100_000])
    initial = to_pauli_vector(trajectory.states[0])
    for index, n in ((1, 1000), (2, 100_000)):
        with mpmath.workdps(50):
            power = mpmath.matrix(collision_matrix(model).tolist()) ** n
            expected = np.array((power * mpmath.matrix(initial.tolist())).tolist(), dtype=float).ravel()
        # Rounding of each collision adds up; by how much depends on the processor.
        assert np.abs(to_pauli_vector(trajectory.states[index]) - expected).max() < 2e-12


def test_every_state_of_a_long_trajectory_is_a_state():
    trajectory = qcoll.evolve(qcoll.example_2(), n=100_000)
    assert np.abs(np.einsum("nii->n", trajectory.states) - 1).max() < 1e-15
    assert np.linalg.eigvalsh(trajectory.states).min() > 0


def test_a_map_that_cannot_be_diagonalised():
    """A Jordan block to the power n has entries n a^(n-1); eigenvectors would lose half the digits."""
    a, n = 0.999, 5000
    matrix = np.array([[1, 0, 0, 0], [0, a, 1, 0], [0, 0, a, 1], [0, 0, 0, a]], dtype=float)
    collisions = np.arange(n + 1)
    vectors, sums = iterate(matrix, np.array([1.0, 0, 0, 1e-3]), collisions, np.array([[0, 0, 0, 1.0]]))
    k = collisions
    assert np.allclose(vectors[:, 3], 1e-3 * a**k, rtol=1e-11, atol=0)
    assert np.allclose(vectors[1:, 2], 1e-3 * k[1:] * a ** (k[1:] - 1), rtol=1e-11, atol=0)
    assert np.allclose(vectors[2:, 1], 1e-3 * k[2:] * (k[2:] - 1) / 2 * a ** (k[2:] - 2), rtol=1e-11, atol=0)
    assert np.allclose(sums[:, 0], vectors[:-1, 3], rtol=1e-12)


def test_systems_too_large_for_a_transfer_matrix_are_stepped(monkeypatch):
    model = random_model(8, num_system_qubits=3, num_ancilla_qubits=2)
    iterated = qcoll.evolve(model, n=12, record=[2, 3, 12])
    monkeypatch.setattr(dynamics, "LARGEST_TRANSFER_MATRIX", 1)
    stepped = qcoll.evolve(model, n=12, record=[2, 3, 12])
    assert np.abs(iterated.states - stepped.states).max() < 1e-13
    assert np.abs(iterated.heat - stepped.heat).max() < 1e-13
    assert np.abs(iterated.work - stepped.work).max() < 1e-13


def test_initial_states():
    model = qcoll.example_2()
    thermal = qcoll.evolve(model, n=1).states[0]
    assert thermal[0, 0].real == pytest.approx(1 / (np.e + 1), abs=1e-15), "the default: thermal at beta = 1"
    assert np.allclose(qcoll.evolve(model, n=1, initial="+").states[0], 0.5)
    assert np.allclose(qcoll.evolve(model, n=1, initial=[1, 1j] / np.sqrt(2)).states[0][0, 1], -0.5j)


@pytest.mark.parametrize(
    ("initial", "message"),
    [
        (np.eye(4) / 4, "dimension 4, but the system has 1 qubit"),
        (np.diag([0.5, 0.4]), "trace 0.9"),
        (np.diag([1.2, -0.2]), "negative eigenvalue -0.2"),
        (np.array([[0.5, 0.3], [0.1, 0.5]]), "not Hermitian"),
        (np.array([[np.nan, 0], [0, 1]]), "not finite"),
        ("banana", "a label has one of 0, 1, "),
        (object(), "nothing that qiskit.quantum_info.DensityMatrix takes"),
    ],
)
def test_no_states(initial, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.evolve(qcoll.example_2(), n=3, initial=initial)


@pytest.mark.parametrize("n", [0, -3, 2.5, True, "ten", None])
def test_bad_numbers_of_collisions(n):
    with pytest.raises(qcoll.InputError, match="must be a positive integer"):
        qcoll.evolve(qcoll.example_2(), n=n)


@pytest.mark.parametrize("record", [0, -1, [5, 11], [-1], [1.5]])
def test_bad_records(record):
    with pytest.raises(qcoll.InputError, match="record"):
        qcoll.evolve(qcoll.example_2(), n=10, record=record)


def test_too_many_states_for_the_memory_are_refused_before_work_starts():
    with pytest.raises(qcoll.InputError, match=r"needs .* TB, but .* are available: keep fewer states with record="):
        qcoll.evolve(qcoll.example_2(), n=10**12)


def test_hamiltonians_with_identity_terms_shift_nothing():
    model = qcoll.example_2()
    shifted = qcoll.CollisionModel(
        system=model.system + SparsePauliOp("I", 3.0),
        ancilla=qcoll.Ancilla(hamiltonian=model.ancilla.hamiltonian + SparsePauliOp("II", -2.0), beta=1.0),
        interaction=model.interaction + SparsePauliOp("III", 1.0),
        dt=model.dt,
    )
    assert np.allclose(qcoll.evolve(model, n=20).states, qcoll.evolve(shifted, n=20).states, atol=1e-14)
    assert np.allclose(qcoll.evolve(model, n=20).work, qcoll.evolve(shifted, n=20).work, atol=1e-13)
