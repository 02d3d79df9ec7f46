"""The order of the levels is a law: what keeps less takes no more gates, and exact no more than a converged formula."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator, Pauli, SparsePauliOp
from scipy.linalg import expm

import qcoll
from qcoll.compile.collision import split_collision
from qcoll.compile.converged import CONVERGED, converged_formulas
from qcoll.compile.levels import collision_pieces
from qcoll.compile.thermal import cx_count
from qcoll.model.random import random_model
from qcoll.synthesis.conserved import conserved_circuit, conserved_strings
from qcoll.synthesis.shannon import block_diagonal_circuit

BONDS = {"exchange": ("XX", "YY"), "ising": ("XX",), "xyz": ("XX", "YY", "ZZ"), "diagonal": ("ZZ",)}


def chain(shape, bonds, seed, dt, field="Z"):
    """A chain of random fields and bonds, cut where the system meets the ancilla."""
    rng = np.random.default_rng(seed)

    def operator(size):
        fields = [(field, [k], rng.normal()) for k in range(size)]
        return fields + [(letters, [k, k + 1], rng.normal()) for k in range(size - 1) for letters in bonds]

    system, ancilla = (SparsePauliOp.from_sparse_list(operator(size), size) for size in shape)
    contact = [(letters, [shape[0] - 1, shape[0]], rng.normal()) for letters in bonds]
    return qcoll.CollisionModel(
        system=system,
        ancilla=qcoll.Ancilla(hamiltonian=ancilla, beta=10 ** rng.uniform(-2, 1)),
        interaction=SparsePauliOp.from_sparse_list(contact, sum(shape)),
        dt=dt,
    )


def gates(pieces):
    return sum(branch.probability * cx_count(pieces.body(branch)) for branch in pieces.branches)


MODELS = [
    *[
        pytest.param(chain(shape, BONDS[kind], seed, dt), id="{}+{} {} {}".format(*shape, kind, dt))
        for seed, (shape, kind, dt) in enumerate(
            [
                ((1, 3), "exchange", 2.0),
                ((2, 2), "ising", 0.01),
                ((1, 4), "exchange", 0.3),
                ((2, 3), "xyz", 1e-3),
                ((3, 2), "diagonal", 1.0),
                ((2, 2), "diagonal", 0.4),
                ((3, 1), "exchange", 0.1),
            ]
        )
    ],
    pytest.param(random_model(3, num_system_qubits=2, num_ancilla_qubits=2, dt=0.3), id="2+2 without structure"),
    pytest.param(random_model(4, num_system_qubits=1, num_ancilla_qubits=3, dt=0.3), id="1+3 without structure"),
]


@pytest.mark.parametrize("model", MODELS)
def test_what_keeps_less_takes_no_more(model):
    channel = qcoll.collision_channel(model).data
    counts = []
    for level in ("exact", "purified_channel", "channel"):
        pieces = collision_pieces(model, synthesis=level)
        assert np.abs(pieces.channel().data - channel).max() < 1e-9
        counts.append(gates(pieces))
    assert counts == sorted(counts, reverse=True)
    alone = collision_pieces(model, synthesis="exact", keep="system")
    assert counts[0] >= gates(alone) >= counts[1]
    formula = collision_pieces(model)
    for order, steps in converged_formulas(model, counts[0]):
        collision = split_collision(model, trotter_order=order, trotter_steps=steps)[1]
        assert counts[0] <= cx_count(formula.only.preparation.circuit) + cx_count(collision)


@pytest.mark.parametrize(("dt", "first"), [(1e-5, 1), (1e-3, 4)])
def test_converged_formulas_are_the_collision(dt, first):
    """Short collisions take one step of a low order."""
    model = chain((1, 3), BONDS["xyz"], 3, dt)
    order, steps = next(converged_formulas(model, 400))
    assert steps == 1
    assert order >= first
    circuit = collision_pieces(model, trotter_order=order, trotter_steps=steps).unitary()
    exact = expm(-1j * dt * model.hamiltonian.to_matrix())
    phase = np.vdot(circuit, exact)
    assert np.abs(circuit * phase / abs(phase) - exact).max() < 2 * CONVERGED


def test_commuting_parts_are_one_step_of_order_one():
    model = chain((2, 2), BONDS["diagonal"], 1, 1.7)
    assert next(converged_formulas(model, 40)) == (1, 1)
    assert gates(collision_pieces(model, synthesis="exact")) <= 2 * 3 + 6


class TestConservedStrings:
    def test_are_found_in_any_frame(self):
        rng = np.random.default_rng(5)
        for letters in ("ZZZZ", "XYIZ", "IIYX"):
            string = Pauli(letters)
            terms = ["".join(rng.choice(list("IXYZ"), 4)) for _ in range(60)]
            even = [term for term in terms if string.commutes(Pauli(term))]
            assert conserved_strings(SparsePauliOp(even, rng.normal(size=len(even)))) == [string]

    @pytest.mark.parametrize("seed", range(2))
    def test_make_the_collision(self, seed):
        """Two strings, X and Z on all of four qubits: four blocks of two qubits."""
        rng = np.random.default_rng(seed)
        model = qcoll.CollisionModel(
            system=SparsePauliOp("I", 1.0),
            ancilla=qcoll.Ancilla(
                hamiltonian=SparsePauliOp(["IXX", "IYY", "IZZ", "XXI", "YYI", "ZZI"], rng.normal(size=6)), beta=1.0
            ),
            interaction=SparsePauliOp(["IIXX", "IIYY", "IIZZ"], rng.normal(size=3)),
            dt=0.8,
        )
        assert len(conserved_strings(model.hamiltonian)) == 2
        circuit = conserved_circuit(model)
        exact = expm(-1j * model.dt * model.hamiltonian.to_matrix())
        assert abs(np.vdot(exact, Operator(circuit).data)) == pytest.approx(16, abs=1e-10)
        assert cx_count(circuit) <= 40

    def test_none_where_nothing_is_conserved(self):
        assert conserved_circuit(random_model(1, num_system_qubits=1, num_ancilla_qubits=1)) is None

    def test_blocks_of_five_qubits(self):
        model = chain((2, 3), BONDS["xyz"], 7, 0.5)
        circuit = conserved_circuit(model)
        exact = expm(-1j * model.dt * model.hamiltonian.to_matrix())
        assert abs(np.vdot(exact, Operator(circuit).data)) == pytest.approx(32, abs=1e-9)
        assert cx_count(circuit) <= 2 * 100 + 16 + 8


def test_a_unitary_diagonal_in_two_qubits():
    rng = np.random.default_rng(2)
    blocks = np.zeros((16, 16), dtype=complex)
    for k in range(4):
        matrix = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
        blocks[4 * k : 4 * k + 4, 4 * k : 4 * k + 4] = np.linalg.qr(matrix)[0]
    circuit = block_diagonal_circuit(blocks, 2)
    assert abs(np.vdot(blocks, Operator(circuit).data)) == pytest.approx(16, abs=1e-10)
