"""What a model is made of, the paper's two examples, and what is refused."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp

import qcoll
from qcoll.model.operators import exchange, ladder, zeeman
from qcoll.model.random import random_model

UP, DOWN = np.array([1.0, 0.0]), np.array([0.0, 1.0])
RAISE = np.outer(UP, DOWN)


def on(matrices):
    """Tensor product in Qiskit's order: the first matrix acts on qubit 0."""
    result = np.eye(1)
    for matrix in matrices:
        result = np.kron(matrix, result)
    return result


def test_ladder_operators_are_sigma_plus_and_minus():
    assert np.array_equal(ladder(1, raising=[0]).to_matrix(), RAISE)
    assert np.array_equal(ladder(1, lowering=[0]).to_matrix(), RAISE.T)
    assert np.allclose(ladder(3, raising=[0, 2], lowering=[1]).to_matrix(), on([RAISE, RAISE.T, RAISE]))


@pytest.mark.parametrize(("levels", "sigma_plus"), [("resonant", [RAISE.T, RAISE]), ("as_printed", [RAISE, RAISE.T])])
def test_example_2_is_the_papers(levels, sigma_plus):
    alpha = 0.3 - 0.2j
    model = qcoll.example_2(
        omega_s=1.1, omega_1=0.4, omega_2=1.7, kappa=0.25, alpha=alpha, beta=0.6, dt=0.2, levels=levels
    )
    z, eye = np.diag([1, -1]), np.eye(2)
    pair = 0.2 * on([z, eye]) + 0.85 * on([eye, z]) + 0.25 * (on([RAISE, RAISE.T]) + on([RAISE.T, RAISE]))
    term = alpha * on([RAISE, *(matrix.T for matrix in sigma_plus)])
    assert np.allclose(model.system.to_matrix(), 0.55 * z)
    assert np.allclose(model.ancilla.hamiltonian.to_matrix(), pair)
    assert np.allclose(model.interaction.to_matrix(), term + term.conj().T)
    assert np.allclose(
        model.hamiltonian.to_matrix(), on([0.55 * z, eye, eye]) + np.kron(pair, eye) + term + term.conj().T
    )


def test_resonant_levels_match_the_systems_gap_and_printed_ones_oppose_it():
    """E_3 - E_2 = +omega_S is what the paper's figures need; the printed levels give -omega_S."""
    bare = qcoll.example_2(kappa=0.0).ancilla.hamiltonian.to_matrix().real
    for levels, gap in (("resonant", 1.0), ("as_printed", -1.0)):
        interaction = qcoll.example_2(alpha=1.0, levels=levels).interaction.to_matrix().real
        down_to_up = interaction.reshape(4, 2, 4, 2)[:, 0, :, 1]  # sigma_A^- next to sigma_S^+
        lower, upper = np.argwhere(np.abs(down_to_up) > 0.5)[0]
        assert bare[upper, upper] - bare[lower, lower] == pytest.approx(gap)


def test_example_1_couples_to_both_halves():
    model = qcoll.example_1(alpha_1=0.2j, alpha_2=0.5)
    eye = np.eye(2)
    term = 0.2j * on([RAISE, RAISE.T, eye]) + 0.5 * on([RAISE, eye, RAISE.T])
    assert np.allclose(model.interaction.to_matrix(), term + term.conj().T)
    assert qcoll.example_1(alpha=0.3) == qcoll.example_1(alpha_1=0.3, alpha_2=0.3)


def test_exchange_and_zeeman_are_hermitian():
    operator = exchange(3, 0.2 - 0.7j, raising=[0, 1], lowering=[2])
    assert Operator(operator) == Operator(operator.adjoint())
    assert np.allclose(zeeman(2, [1.0, 3.0]).to_matrix().diagonal(), [2, 1, -1, -2])


def test_models_are_frozen_compared_and_fingerprinted():
    model = qcoll.example_2()
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.dt = 0.3
    assert model == qcoll.example_2()
    assert model != qcoll.example_2(beta=1.0000001)
    assert dataclasses.replace(model, name="other") == model, "the name is no physics"
    assert model.fingerprint() == qcoll.example_2().fingerprint()
    assert len({random_model(seed).fingerprint() for seed in range(20)}) == 20
    shuffled = SparsePauliOp(model.interaction.paulis[::-1], model.interaction.coeffs[::-1])
    assert dataclasses.replace(model, interaction=shuffled) == model


PAULI = SparsePauliOp("Z", 0.5)
ANCILLA = qcoll.Ancilla(hamiltonian=PAULI, beta=1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"system": 0.5}, "the system's Hamiltonian must be a qiskit.quantum_info.SparsePauliOp"),
        ({"system": np.eye(3)}, r"a matrix of shape \(3, 3\), but qubits have square matrices of size 2, 4"),
        ({"system": [("Q", 1.0)]}, "cannot be read as an operator of qubits"),
        ({"system": SparsePauliOp("Z", 1j)}, "not Hermitian: the coefficient of Z has imaginary part 1"),
        ({"system": SparsePauliOp("Z", np.nan)}, "not a finite number"),
        ({"ancilla": PAULI}, "ancilla must be a qcoll.Ancilla"),
        ({"interaction": SparsePauliOp("XXX", 1.0)}, "the interaction acts on 3 qubits, but 2 were expected"),
        ({"interaction": SparsePauliOp("XX", 1 + 1j)}, "the interaction is not Hermitian"),
        ({"dt": 0.0}, "dt is 0.0, but the duration of a collision is positive"),
        ({"dt": -0.1}, "dt is -0.1"),
        ({"dt": float("inf")}, "positive and finite"),
        ({"dt": "0.1"}, "dt must be a real number"),
    ],
)
def test_bad_models_are_refused(change, message):
    good = {"system": PAULI, "ancilla": ANCILLA, "interaction": SparsePauliOp("XX", 0.1), "dt": 0.1}
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.CollisionModel(**(good | change))


@pytest.mark.parametrize("beta", [float("nan"), "hot", True])
def test_bad_temperatures_are_refused(beta):
    with pytest.raises(qcoll.InputError, match="beta"):
        qcoll.Ancilla(hamiltonian=PAULI, beta=beta)


def test_symbolic_coefficients_are_refused():
    from qiskit.circuit import Parameter

    with pytest.raises(qcoll.InputError, match="bind its parameters"):
        qcoll.Ancilla(hamiltonian=SparsePauliOp(["Z"], np.array([Parameter("w")], dtype=object)), beta=1.0)


def test_unknown_levels_are_refused():
    with pytest.raises(qcoll.InputError, match='"resonant" or "as_printed"'):
        qcoll.example_2(levels="printed")


@pytest.mark.parametrize("example", [qcoll.example_1, qcoll.example_2])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"alpha": "x"}, "alpha must be a finite real or complex number, but 'x' was given"),
        ({"alpha": True}, "alpha must be a finite real or complex number, but True was given"),
        ({"alpha": complex("nan")}, r"alpha must be a finite real or complex number, but \(nan\+0j\) was given"),
        ({"kappa": None}, "kappa must be a finite real number, but None was given"),
        ({"kappa": 0.1j}, "kappa must be a finite real number, but 0.1j was given"),
        ({"omega_s": "1"}, "omega_s must be a finite real number, but '1' was given"),
        ({"omega_1": [1.0]}, r"omega_1 must be a finite real number, but \[1.0\] was given"),
        ({"omega_2": float("inf")}, "omega_2 must be a finite real number, but inf was given"),
        ({"beta": "cold"}, "beta must be a real number, but 'cold' was given"),
        ({"dt": "0.1"}, "dt must be a real number, but '0.1' was given"),
    ],
)
def test_parameters_of_the_examples_that_are_no_numbers(example, given, message):
    with pytest.raises(qcoll.InputError, match=message):
        example(**given)


@pytest.mark.parametrize("name", ["alpha_1", "alpha_2"])
def test_couplings_given_separately_that_are_no_numbers(name):
    with pytest.raises(qcoll.InputError, match=f"{name} must be a finite real or complex number"):
        qcoll.example_1(**{name: "x"})


def test_parameters_may_be_numbers_of_numpy():
    plain = qcoll.example_2(omega_s=1, alpha=0.2j, beta=2.0)
    assert plain == qcoll.example_2(omega_s=np.int64(1), alpha=np.complex128(0.2j), beta=np.float64(2.0))
