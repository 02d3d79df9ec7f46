"""The master equation's pieces against QuTiP channels expanded numerically in dt, and against each other."""

import dataclasses

import numpy as np
import pytest
import qutip
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.exact import (
    decompose,
    diamond_distance,
    gibbs_state,
    master_equation,
    pulled_back_operators,
    second_order_operators,
)
from qcoll.exact.joint import JointCollision
from qcoll.model.operators import ladder
from qcoll.model.random import random_model, random_models

MODELS = random_models(12, seed=31, largest=2)
IDS = [f"{m.name}, {m.num_system_qubits}+{m.num_ancilla_qubits}" for m in MODELS]


def random_state(size, seed):
    """A state that is not thermal and has coherence between all levels."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    return vectors @ vectors.conj().T / np.trace(vectors @ vectors.conj().T).real


def qutip_taylor_coefficients(model, state, count=3, radius=0.5, points=24):
    """Taylor coefficients in dt of the exact channel, by Cauchy's integral over complex durations in QuTiP."""
    sizes = [2**model.num_ancilla_qubits, 2**model.num_system_qubits]
    hamiltonian = qutip.Qobj(model.hamiltonian.to_matrix(), dims=[sizes, sizes])
    ancilla = qutip.Qobj(state, dims=[[sizes[0]], [sizes[0]]])
    d = sizes[1]
    total = np.zeros((count, d * d, d * d), dtype=complex)
    for angle in 2 * np.pi * np.arange(points) / points:
        dt = radius * np.exp(1j * angle)
        forward, backward = (-1j * dt * hamiltonian).expm(), (1j * dt * hamiltonian).expm()
        columns = []
        for unit in np.eye(d * d):
            rho = qutip.Qobj(unit.reshape(d, d, order="F"), dims=[[d], [d]])
            columns.append((forward * qutip.tensor(ancilla, rho) * backward).ptrace(1).full().flatten(order="F"))
        for order in range(count):
            total[order] += np.array(columns).T * np.exp(-1j * order * angle) / (points * radius**order)
    return total


@pytest.mark.parametrize("thermal", [True, False], ids=["thermal ancilla", "any ancilla state"])
@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_each_order_against_qutip_expanded_in_dt(model, thermal):
    state = gibbs_state(model.ancilla) if thermal else random_state(2**model.num_ancilla_qubits, seed=8)
    zeroth, first, second = qutip_taylor_coefficients(model, state)
    equation = master_equation(model, state=state)
    assert np.abs(zeroth - np.eye(len(zeroth))).max() < 1e-9
    assert np.abs(equation.first_order / model.dt - first).max() < 1e-9
    assert np.abs(equation.second_order / model.dt**2 - second).max() < 1e-9


@pytest.mark.parametrize("kind", ["schmidt", "pauli"])
@pytest.mark.parametrize(
    "model", [*random_models(20, seed=3), qcoll.example_1(), qcoll.example_2()], ids=lambda m: m.name
)
def test_pieces_sum_to_the_map_from_double_commutators(model, kind):
    expected = qcoll.collision_channel(model, "second_order").data
    assert np.abs(master_equation(model, kind=kind).channel.data - expected).max() < 1e-12


def test_any_ancilla_state_against_double_commutators():
    model = random_model(17, num_system_qubits=2)
    state = random_state(4, seed=4)
    equation = master_equation(model, state=state)
    joint = dataclasses.replace(JointCollision.of(model, "second_order"), thermal=state)
    rho = random_state(4, seed=5)
    expected = joint.trace_ancilla(joint.apply(joint.fresh(rho)))
    after = (equation.channel.data @ rho.flatten(order="F")).reshape(4, 4, order="F")
    assert np.abs(after - expected).max() < 1e-13
    assert np.linalg.norm(equation.ancilla_drift) > 1e-2, "a state that turns under H_A makes the fourth line of Eq. 24"


def test_a_thermal_ancilla_has_no_drift():
    for model in MODELS:
        assert np.abs(master_equation(model).ancilla_drift).max() < 1e-15


def test_pieces_do_not_depend_on_the_decomposition():
    model = random_model(23, num_system_qubits=2)
    state = random_state(4, seed=1)
    one, other = (master_equation(model, state=state, kind=kind) for kind in ("schmidt", "pauli"))
    for piece in ("driving", "ancilla_drift", "dissipator", "driving_with_rotation", "drift", "free_rotation"):
        assert np.abs(getattr(one, piece) - getattr(other, piece)).max() < 1e-14, piece


def test_the_papers_own_products():
    """Eq. 52 as A_+ = sigma_S^+ with B = alpha sigma_E^-, and its conjugate; g is then what Eqs. 54-55 call g."""
    alpha = 0.2 * np.exp(0.7j)
    model = qcoll.example_2(alpha=alpha)
    raising, lowering = ladder(1, raising=[0]).to_matrix(), ladder(1, lowering=[0]).to_matrix()
    up = ladder(2, lowering=[0], raising=[1]).to_matrix()
    equation = master_equation(model, products=[(raising, alpha * up.T), (lowering, alpha.conjugate() * up)])
    eta = gibbs_state(model.ancilla)
    assert equation.mean[1] == pytest.approx(np.trace(alpha.conjugate() * up @ eta), abs=1e-16)
    assert equation.mean[0] == pytest.approx(equation.mean[1].conjugate(), abs=1e-16)
    expected = qcoll.collision_channel(model, "second_order").data
    assert np.abs(equation.channel.data - expected).max() < 1e-14


@pytest.mark.parametrize("thermal", [True, False])
@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_ledger_of_second_order_from_correlation_functions(model, thermal):
    """Eqs. C1 and C2, corrected, against the dual of the joint map; also for ancillas that are not thermal."""
    state = gibbs_state(model.ancilla) if thermal else random_state(2**model.num_ancilla_qubits, seed=6)
    ledger = second_order_operators(master_equation(model, state=state))
    joint = dataclasses.replace(JointCollision.of(model, "second_order"), thermal=state)
    for name, observable, sign in (
        ("energy_change", model.joint_system, 1),
        ("heat", model.joint_ancilla, -1),
        ("work", model.interaction, -1),
    ):
        matrix = observable.to_matrix()
        expected = sign * joint.pulled_back(joint.dual(matrix) - matrix)
        assert np.abs(getattr(ledger, name) - expected).max() < 1e-13, name
    if thermal:
        assert np.abs(ledger.heat - pulled_back_operators(model, "second_order").heat).max() < 1e-13


@pytest.mark.parametrize("seed", range(5))
def test_error_of_one_collision_has_slope_three(seed):
    model = random_model(seed, num_system_qubits=1 + seed % 2)

    def error(dt):
        smaller = dataclasses.replace(model, dt=dt)
        return diamond_distance(qcoll.collision_channel(smaller), master_equation(smaller).channel).upper

    assert np.log2(error(0.02) / error(0.01)) == pytest.approx(3, abs=0.05)


def test_decompositions_have_the_terms_they_say():
    model = random_model(9, num_system_qubits=1, num_ancilla_qubits=3)
    schmidt, pauli = decompose(model), decompose(model, "pauli")
    assert len(schmidt) == len(pauli) == 4
    for parts in (schmidt, pauli):
        assert np.abs(parts.interaction - model.interaction.to_matrix()).max() < 1e-14
    assert np.abs(pauli.ancilla - pauli.ancilla.conj().swapaxes(1, 2)).max() < 1e-15, "Pauli terms are Hermitian"


def test_no_interaction_leaves_free_rotation():
    model = qcoll.CollisionModel(
        system=SparsePauliOp("Z", 0.5),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0),
        interaction=SparsePauliOp("ZZ", 0.0),
        dt=0.1,
    )
    equation = master_equation(model)
    assert len(equation.operators) == 0
    assert np.abs(equation.second_order - equation.free_rotation).max() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "fourier"}, "'schmidt', 'pauli'"),
        ({"state": np.eye(2) / 2}, r"shape \(2, 2\), but \(4, 4\)"),
        ({"state": np.diag([0.5, 0.4, 0, 0])}, "trace 0.9"),
        ({"state": np.diag([1.2, -0.2, 0, 0])}, "smallest eigenvalue -0.2"),
        ({"state": np.triu(np.ones((4, 4)))}, "not Hermitian"),
        ({"products": [(np.eye(2), np.eye(4))]}, "differs from the interaction"),
        ({"products": [(np.eye(4), np.eye(4))]}, "give pairs"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(qcoll.InputError, match=message):
        master_equation(qcoll.example_2(), **options)
