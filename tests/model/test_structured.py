"""Structured ancillas against Hamiltonians and thermal states written out here, and what cutoffs do."""

import itertools

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, Statevector, partial_trace
from scipy.linalg import expm

import qcoll
from qcoll import Boson, Fermion, Modes, Qubit
from qcoll.compile import thermal_purification
from qcoll.exact import gibbs_state

RING = {("a", "b"): 0.2, ("b", "c"): 0.1 - 0.3j, ("c", "a"): 0.25j}


def spectrum(ancilla):
    return np.linalg.eigvalsh(ancilla.hamiltonian.to_matrix()[np.ix_(ancilla.physical, ancilla.physical)])


def test_two_qubits_are_the_pair_of_the_paper():
    modes = Modes(a=Qubit(), b=Qubit())
    pair = qcoll.structured_ancilla(modes, frequencies={"a": 0.5, "b": 1.5}, couplings={("a", "b"): 0.3}, beta=1.0)
    expected = qcoll.example_2(kappa=0.3, beta=1.0).ancilla
    shift = (pair.hamiltonian - expected.hamiltonian).simplify()
    assert shift.paulis.to_labels() == ["II"]
    assert shift.coeffs[0] == pytest.approx(1.0)
    np.testing.assert_allclose(gibbs_state(pair), gibbs_state(expected), rtol=0, atol=1e-15)


def test_fermions_fill_the_levels_of_one_matrix():
    modes = Modes(a=Fermion(), b=Fermion(), c=Fermion())
    ring = qcoll.structured_ancilla(modes, frequencies=[1.0, 0.4, -0.3], couplings=RING, beta=1.0)
    matrix = np.array([[1.0, 0.2, -0.25j], [0.2, 0.4, 0.1 - 0.3j], [0.25j, 0.1 + 0.3j, -0.3]])
    levels = np.linalg.eigvalsh(matrix)
    filled = sorted(sum(chosen) for size in range(4) for chosen in itertools.combinations(levels, size))
    np.testing.assert_allclose(spectrum(ring), filled, rtol=0, atol=1e-14)


@pytest.mark.parametrize("kind", [Qubit(), Fermion(), Boson(levels=3)])
def test_couplings_by_pairs_and_as_a_matrix_are_the_same(kind):
    modes = Modes(a=kind, b=kind, c=kind)
    matrix = np.array([[0, 0.2, -0.25j], [0.2, 0, 0.1 - 0.3j], [0.25j, 0.1 + 0.3j, 0]])
    made = [qcoll.structured_ancilla(modes, frequencies=[3.0, 3.1, 3.2], couplings=c, beta=2.0) for c in (RING, matrix)]
    assert made[0].hamiltonian.equiv(made[1].hamiltonian)
    lower = [modes.lowering(name).to_matrix() for name in modes]  # Eq. (5), written out
    expected = sum(w * c.conj().T @ c for w, c in zip([3.0, 3.1, 3.2], lower, strict=True)) + sum(
        g * lower[k].conj().T @ lower[j] + np.conj(g) * lower[j].conj().T @ lower[k]
        for j, k, g in [(0, 1, 0.2), (1, 2, 0.1 - 0.3j), (0, 2, -0.25j)]
    )
    np.testing.assert_allclose(made[0].hamiltonian.to_matrix(), expected, rtol=0, atol=1e-14)


def test_mixed_kinds_are_a_jaynes_cummings_ladder():
    modes = Modes(a=Boson(levels=6), q=Qubit())
    pair = qcoll.structured_ancilla(modes, frequencies=[1.0, 1.0], couplings={("a", "q"): 0.1}, beta=2.0)
    ladder = [0.0, *(n + sign * 0.1 * np.sqrt(n) for n in range(1, 6) for sign in (1, -1)), 6.0]
    np.testing.assert_allclose(spectrum(pair), sorted(ladder), rtol=0, atol=1e-13)


@pytest.mark.parametrize("beta", [-0.7, float("-inf"), 0.0, 0.7, float("inf")])
def test_thermal_states_are_empty_beyond_the_levels(beta):
    modes = Modes(a=Boson(levels=3), b=Qubit())
    matrix = np.kron(np.diag([1.0, 0.0]), np.eye(4)) * 0.4 + np.kron(np.eye(2), np.diag([0, 1.0, 2.0, 0])) * 1.1
    hamiltonian = 1.1 * modes.number("a") + 0.4 * modes.number("b")
    ancilla = qcoll.Ancilla(hamiltonian=hamiltonian, beta=beta, modes=modes)
    levels = matrix.diagonal()[ancilla.physical]
    extreme = levels.min() if beta > 0 else levels.max()
    weights = (levels == extreme) * 1.0 if np.isinf(beta) else np.exp(-beta * levels)
    expected = np.zeros(8)
    expected[ancilla.physical] = weights / weights.sum()
    np.testing.assert_allclose(gibbs_state(ancilla).diagonal().real, expected, rtol=0, atol=1e-15)
    np.testing.assert_allclose(purified(ancilla), expected, rtol=0, atol=1e-14)


def purified(ancilla):
    made = thermal_purification(ancilla)
    state = Statevector(made.circuit)
    purifiers = list(range(made.num_qubits, made.circuit.num_qubits))
    return (partial_trace(state, purifiers) if purifiers else DensityMatrix(state)).data.diagonal().real


def test_what_a_cutoff_drops_of_one_oscillator():
    found = qcoll.truncation_of(qcoll.structured_ancilla(Modes(a=Boson(levels=8)), frequencies=[0.9], beta=1.3))["a"]
    ratio = np.exp(-0.9 * 1.3)
    assert found.exact
    assert found.levels == 8
    assert found.dropped == pytest.approx(ratio**8, rel=1e-12)
    assert found.commutator_error == pytest.approx(8 * ratio**7 * (1 - ratio) / (1 - ratio**8), rel=1e-12)


def test_what_a_cutoff_drops_of_coupled_oscillators():
    """Against the thermal state with so many levels that a cutoff there makes no difference."""
    modes = Modes(a=Boson(levels=5), b=Boson(levels=5))
    pair = qcoll.structured_ancilla(modes, frequencies=[1.0, 1.2], couplings={("a", "b"): 0.3}, beta=1.5)
    size = 24
    lower = np.diag(np.sqrt(np.arange(1, size)), 1)
    first, second = np.kron(lower, np.eye(size)), np.kron(np.eye(size), lower)
    energy = first.T @ first + 1.2 * second.T @ second + 0.3 * (first.T @ second + second.T @ first)
    thermal = expm(-1.5 * energy)
    populations = (thermal.diagonal() / np.trace(thermal)).reshape(size, size)
    for name, axis in {"a": 1, "b": 0}.items():
        expected = populations.sum(axis=axis)[5:].sum()
        assert qcoll.truncation_of(pair)[name].dropped == pytest.approx(expected, rel=1e-9)


def test_an_estimate_where_a_qubit_is_coupled_to_the_oscillator():
    modes = Modes(a=Boson(levels=6), q=Qubit())
    report = qcoll.truncation_of(
        qcoll.structured_ancilla(modes, frequencies=[1.0, 1.3], couplings={("a", "q"): 0.1}, beta=1.0)
    )["a"]
    assert not report.exact
    more = Modes(a=Boson(levels=32), q=Qubit())
    state = gibbs_state(qcoll.structured_ancilla(more, frequencies=[1.0, 1.3], couplings={("a", "q"): 0.1}, beta=1.0))
    beyond = state.diagonal().real.reshape(2, 32).sum(axis=0)[6:].sum()
    assert report.dropped == pytest.approx(beyond, rel=0.1)


def test_many_oscillators_need_no_dense_matrix():
    """Six of eight levels, 18 qubits: what the cutoffs drop follows from the frequencies alone."""
    modes = Modes(**{f"a{k}": Boson(levels=8) for k in range(6)})
    chain = {(f"a{k}", f"a{k + 1}"): 0.2 for k in range(5)}
    ancilla = qcoll.structured_ancilla(modes, frequencies=[1.5] * 6, couplings=chain, beta=1.0)
    hopping = 1.5 * np.eye(6) + 0.2 * (np.eye(6, k=1) + np.eye(6, k=-1))
    numbers = np.linalg.inv(expm(hopping) - np.eye(6)).diagonal()
    found = qcoll.truncation_of(ancilla)
    for name, number in zip(modes, numbers, strict=True):
        assert found[name].dropped == pytest.approx((number / (1 + number)) ** 8, rel=1e-10)
        assert found[name].exact


def test_the_refusal_names_levels_that_would_do():
    def make(levels):
        return qcoll.structured_ancilla(Modes(osc=Boson(levels=levels)), frequencies=[0.5], beta=1.0)

    with pytest.raises(qcoll.InputError, match=r"mode 'osc' has 4 levels.* 10 levels would do"):
        make(4)
    assert qcoll.truncation_of(make(10))["osc"].dropped < 0.01
    with pytest.raises(qcoll.InputError, match="10 levels would do"):
        make(9)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"couplings": {("a", "f"): 0.1}}, "odd in the fermion 'f'"),
        ({"couplings": {("a", "z"): 0.1}}, "'z'"),
        ({"couplings": {("a", "a"): 0.1}}, "different modes"),
        ({"couplings": {("a", "b"): 0.1, ("b", "a"): 0.1}}, "given twice"),
        ({"couplings": {("a", "b"): "much"}}, "finite number"),
        ({"couplings": np.ones((2, 2))}, r"\(3, 3\)"),
        ({"couplings": np.eye(3)}, "diagonal"),
        ({"couplings": np.triu(np.ones((3, 3)), 1)}, "not Hermitian"),
        ({"frequencies": [1.0]}, "3 modes"),
        ({"frequencies": {"a": 1.0}}, "frequencies are given for 'a'"),
        ({"frequencies": [1.0, 1.0, float("inf")]}, "'f'"),
        ({"beta": -1.0}, "no upper end"),
        ({"beta": 0.0}, "no thermal state"),
        ({"frequencies": [1.0, -1.0, 1.0]}, "frequency -1"),
        ({"couplings": {("a", "b"): 1.5}}, "normal mode"),
        ({"largest_dropped": 0.0}, "share"),
    ],
)
def test_bad_ancillas_are_refused(keywords, message):
    modes = Modes(a=Boson(levels=8), b=Boson(levels=8), f=Fermion())
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.structured_ancilla(modes, **({"frequencies": [1.0, 1.0, 1.0], "beta": 1.0} | keywords))


def test_no_report_without_a_cutoff_to_report():
    with pytest.raises(qcoll.InputError, match="modes"):
        qcoll.truncation_of(qcoll.example_1().ancilla)
