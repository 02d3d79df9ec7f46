"""Thermal states by purification: exact for every ancilla, and short."""

import itertools

import numpy as np
import pytest
from qiskit import transpile
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector, partial_trace, random_density_matrix
from scipy.linalg import expm

import qcoll
from qcoll.compile import state_purification, thermal_purification
from qcoll.compile.thermal import cx_count
from qcoll.exact import gibbs_state
from qcoll.model.operators import exchange, zeeman
from qcoll.model.random import random_hamiltonian
from qcoll.synthesis.gaussian import evolution_circuit, quadratic_form

BETAS = [0.0, 0.05, 1.0, 30.0, float("inf")]
#: All of them for the purification; for Qiskit's state preparation, which is slow, two.
PREPARED = [("purified", beta) for beta in BETAS] + [("state_preparation", beta) for beta in (1.0, float("inf"))]


def chain(size, letters, coupling=0.4, fields=(0.5, 0.3, 0.7, 0.2)):
    terms = [(pair, [site, site + 1], coupling) for site in range(size - 1) for pair in letters]
    return SparsePauliOp.from_sparse_list(terms + [("Z", [q], fields[q]) for q in range(size)], num_qubits=size)


HAMILTONIANS = {
    "pair": qcoll.example_2().ancilla.hamiltonian,
    "pair with a complex exchange": zeeman(2, [0.4, 1.0]) + exchange(2, 0.3 - 0.4j, raising=[0], lowering=[1]),
    "pair creation": zeeman(2, [0.4, 1.0]) + exchange(2, 0.3 - 0.4j, raising=[0, 1]),
    "XX chain of 3": chain(3, ["XX", "YY"]),
    "XX chain of 4": chain(4, ["XX", "YY"]),
    "XY chain of 3": chain(3, ["XX"]) + 0.1 * chain(3, ["YY"]),
    "Ising chain of 3": chain(3, ["XX"]),
    "Ising chain of 4": chain(4, ["XX"]),
    "Heisenberg pair": SparsePauliOp(["XX", "YY", "ZZ"], [0.3, 0.3, 0.3]),
    "XXZ pair in a field": SparsePauliOp(["XX", "YY", "ZZ", "ZI"], [0.3, 0.3, 0.1, 0.6]),
    "XX ring of 3": chain(3, ["XX", "YY"]) + SparsePauliOp(["XIX", "YIY"], [0.2, 0.2]),
    "three alone": SparsePauliOp(["IIX", "IZI", "YII"], [0.3, 0.4, 0.5]),
    "a pair and one alone": SparsePauliOp(["IXX", "IYY", "ZII"], [0.3, 0.3, 0.5]),
    "degenerate": SparsePauliOp(["ZI"], [1.0]),
    "nothing": SparsePauliOp(["III"], [0.0]),
    "zero modes": SparsePauliOp(["XX", "YY"], [0.5, 0.0]),
    "one qubit": SparsePauliOp(["X", "Y", "Z"], [0.3, -0.2, 0.5]),
    **{f"random {size}": random_hamiltonian(size, np.random.default_rng(size)) for size in (1, 2, 3)},
}


@pytest.mark.parametrize(("preparation", "beta"), PREPARED)
@pytest.mark.parametrize("name", HAMILTONIANS)
def test_the_ancilla_is_thermal(name, beta, preparation):
    ancilla = qcoll.Ancilla(hamiltonian=HAMILTONIANS[name], beta=beta)
    purified = thermal_purification(ancilla, preparation)
    state = Statevector(purified.circuit)
    reduced = partial_trace(state, range(purified.num_qubits, state.num_qubits))
    # Qiskit's state preparation loses digits of small populations, how many depends on the processor.
    assert np.abs(reduced.data - gibbs_state(ancilla)).max() < (1e-12 if preparation == "purified" else 1e-11)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("pair", 4),
        ("pair with a complex exchange", 4),
        ("pair creation", 4),
        ("XXZ pair in a field", 5),
        ("Heisenberg pair", 5),
        ("random 2", 5),
        ("XX chain of 3", 9),
        ("Ising chain of 3", 9),
        ("XX chain of 4", 16),
        ("Ising chain of 4", 16),
        ("three alone", 3),
        ("random 3", 19),
    ],
)
def test_cx_counts(name, most):
    ancilla = qcoll.Ancilla(hamiltonian=HAMILTONIANS[name], beta=0.7)
    purified = thermal_purification(ancilla)
    assert cx_count(purified.circuit) == most
    in_cx = transpile(purified.circuit, basis_gates=["cx", "u"], optimization_level=1)
    assert in_cx.count_ops()["cx"] <= most
    generic = thermal_purification(ancilla, "state_preparation").circuit
    assert cx_count(generic) > most or name == "three alone"


def test_the_papers_pair_is_two_rotations_two_copies_and_one_exchange():
    circuit = thermal_purification(qcoll.example_2().ancilla).circuit
    assert circuit.count_ops() == {"ry": 2, "cx": 2, "xx_plus_yy": 1}


@pytest.mark.parametrize(
    ("hamiltonian", "beta", "purifiers"),
    [
        (HAMILTONIANS["pair"], 1.0, 2),
        (HAMILTONIANS["pair"], float("inf"), 0),
        (HAMILTONIANS["degenerate"], float("inf"), 1),
        (HAMILTONIANS["nothing"], float("inf"), 3),
        (HAMILTONIANS["zero modes"], float("inf"), 1),
        (HAMILTONIANS["random 3"], 1.0, 3),
        (HAMILTONIANS["random 3"], float("inf"), 0),
    ],
)
def test_states_of_lower_rank_use_fewer_purifier_qubits(hamiltonian, beta, purifiers):
    assert thermal_purification(qcoll.Ancilla(hamiltonian=hamiltonian, beta=beta)).num_purifiers == purifiers


@pytest.mark.parametrize(("dimension", "rank"), [(d, r) for d in (2, 4, 8) for r in range(1, d + 1)])
def test_density_matrices_of_every_rank(dimension, rank):
    state = random_density_matrix(dimension, rank, seed=rank).data
    purified = state_purification(state)
    vector = Statevector(purified.circuit)
    reduced = partial_trace(vector, range(purified.num_qubits, vector.num_qubits))
    assert np.abs(reduced.data - state).max() < 1e-12
    assert purified.num_purifiers == int(np.ceil(np.log2(rank)))


def test_unknown_preparation_is_refused():
    with pytest.raises(qcoll.InputError, match="'purified', 'state_preparation'"):
        thermal_purification(qcoll.example_1().ancilla, "magic")


class TestFreeFermions:
    @pytest.mark.parametrize("size", [1, 2, 3, 4])
    @pytest.mark.parametrize("seed", range(3))
    def test_evolution_of_a_random_quadratic_hamiltonian_is_exact(self, size, seed):
        rng = np.random.default_rng(seed)
        labels = []
        for a, b in itertools.combinations(range(size), 2):
            inner = "Z" * (b - a - 1)
            for first, second in itertools.product("XY", repeat=2):
                labels.append("I" * (size - b - 1) + second + inner + first + "I" * a)
        labels += ["".join("Z" if q == z else "I" for q in range(size)) for z in range(size)]
        hamiltonian = SparsePauliOp(labels, rng.normal(size=len(labels)))
        circuit = evolution_circuit(quadratic_form(hamiltonian), 0.8)
        expected = expm(-0.8j * hamiltonian.to_matrix())
        unitary = Operator(circuit).data
        phase = np.trace(expected.conj().T @ unitary)
        assert np.linalg.norm(unitary - phase / abs(phase) * expected, 2) < 1e-12
        assert cx_count(circuit) <= size * (size - 1)

    @pytest.mark.parametrize("labels", [["ZZ"], ["XI"], ["XIX", "ZZI"], ["XXX"], ["IXX", "XXI", "XIX"]])
    def test_interacting_hamiltonians_are_recognised(self, labels):
        assert quadratic_form(SparsePauliOp(labels, [0.3] * len(labels))) is None

    def test_an_order_is_found(self):
        """A star with the middle qubit last is a chain in another order."""
        star = exchange(3, 0.3, raising=[2], lowering=[0]) + exchange(3, 0.2, raising=[2], lowering=[1])
        assert quadratic_form(star).order == (0, 2, 1)


@pytest.mark.parametrize("gap", [1e-14, 1e-13, 1e-11, 1e-3])
def test_which_ground_states_are_degenerate_does_not_depend_on_the_parts(gap):
    """Relative to the largest level of all: that of the weak part alone would tell its two levels apart."""
    hamiltonians = (
        SparsePauliOp(["ZI", "IZ"], [1.0, gap]),
        SparsePauliOp(["ZII", "IZZ", "IZI"], [1.0, gap, gap]),
        SparsePauliOp(["II", "ZI", "IZ"], [5.0, gap, 2 * gap]),
    )
    for hamiltonian in hamiltonians:
        ancilla = qcoll.Ancilla(hamiltonian=hamiltonian, beta=float("inf"))
        purified = thermal_purification(ancilla)
        state = Statevector(purified.circuit)
        reduced = partial_trace(state, range(purified.num_qubits, state.num_qubits))
        assert np.abs(reduced.data - gibbs_state(ancilla)).max() < 1e-12
