"""Product formulas against the joint unitary: convergence slopes, blocks, exact synthesis."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp, random_unitary
from scipy.linalg import expm

import qcoll
from qcoll.compile import collision_circuit
from qcoll.compile.blocks import layers
from qcoll.compile.product_formula import COMPOSITIONS, product_formula
from qcoll.compile.thermal import cx_count
from qcoll.model.operators import exchange, zeeman
from qcoll.model.random import random_hamiltonian, random_model, random_models
from qcoll.synthesis.two_qubit import circuit_up_to_diagonal, two_qubit_circuit

SLOPE_MODELS = {
    "example 1": qcoll.example_1(alpha=0.4 + 0.2j),
    "example 2": qcoll.example_2(alpha=0.3 + 0.5j),
    "example 2 as printed": qcoll.example_2(alpha=0.4, levels="as_printed"),
    "random": random_model(3),
}


def distance(circuit, unitary):
    """Spectral distance of a circuit from a unitary, up to the global phase."""
    actual = Operator(circuit).data
    phase = np.trace(unitary.conj().T @ actual)
    return np.linalg.norm(actual - phase / abs(phase) * unitary, 2)


def joint_unitary(model):
    return expm(-1j * model.dt * model.hamiltonian.to_matrix())


@pytest.mark.parametrize("order", [1, 2, 4, 6])
@pytest.mark.parametrize("name", SLOPE_MODELS)
def test_error_of_one_collision_has_slope_p_plus_one(name, order):
    durations = {1: (0.02, 0.01), 2: (0.04, 0.02), 4: (0.16, 0.08), 6: (0.4, 0.2)}[order]
    errors = []
    for dt in durations:
        model = dataclasses.replace(SLOPE_MODELS[name], dt=dt)
        errors.append(distance(collision_circuit(model, trotter_order=order), joint_unitary(model)))
    assert errors[-1] > 1e-13, "the slope must not be read from rounding"
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order + 1, abs=0.1)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_more_steps_converge_with_the_order(order):
    model = dataclasses.replace(SLOPE_MODELS["random"], dt=0.4)
    errors = [
        distance(collision_circuit(model, trotter_order=order, trotter_steps=steps), joint_unitary(model))
        for steps in (4, 8)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize("order", COMPOSITIONS)
def test_compositions_are_symmetric_and_consistent(order):
    fractions = COMPOSITIONS[order]
    assert sum(fractions) == pytest.approx(1, abs=1e-15)
    assert fractions == fractions[::-1]
    for power in range(3, order, 2):  # the order conditions that one number can show
        assert sum(f**power for f in fractions) == pytest.approx(0, abs=1e-14)


def test_neighbouring_layers_are_merged():
    assert product_formula(2, 1, 2) == [(0, 0.5), (1, 0.5), (0, 0.5), (1, 0.5)]
    assert product_formula(1, 4, 3) == [(0, pytest.approx(1.0))]
    assert len(product_formula(3, 2, 2)) == 9


@pytest.mark.parametrize("model", random_models(25, seed=2026), ids=lambda model: model.name)
def test_exact_synthesis_is_the_joint_unitary(model):
    circuit = collision_circuit(model, synthesis="exact")
    energies, vectors = np.linalg.eigh(model.hamiltonian.to_matrix())
    expected = (vectors * np.exp(-1j * model.dt * energies)) @ vectors.conj().T
    assert distance(circuit, expected) < 1e-12


class TestBlocks:
    def test_of_the_examples(self):
        def kinds(model):
            return [[(block.kind, block.qubits) for block in layer] for layer in layers(model)]

        free = [("one_qubit", (0,)), ("free_fermions", (1, 2))]
        assert kinds(qcoll.example_1()) == [free, [("free_fermions", (0, 1, 2))]]
        assert kinds(qcoll.example_2()) == [free, [("exchange", (0, 1, 2))]]

    @pytest.mark.parametrize("model", random_models(6, seed=9, largest=2), ids=lambda model: model.name)
    def test_sum_up_to_the_hamiltonian_and_commute_within_layers(self, model):
        total = SparsePauliOp(["I" * model.num_qubits], [0.0])
        for layer in layers(model):
            matrices = []
            for block in layer:
                whole = block.hamiltonian.apply_layout(list(block.qubits), num_qubits=model.num_qubits)
                total += whole
                matrices.append(whole.to_matrix())
            for i, first in enumerate(matrices):
                for second in matrices[i + 1 :]:
                    assert np.abs(first @ second - second @ first).max() < 1e-12
        assert np.abs((total - model.hamiltonian).to_matrix()).max() < 1e-12

    @pytest.mark.parametrize("model", [*SLOPE_MODELS.values(), *random_models(4, seed=2)], ids=lambda model: model.name)
    def test_evolve_exactly(self, model):
        for layer in layers(model):
            for block in layer:
                expected = expm(-0.37j * block.hamiltonian.to_matrix())
                assert distance(block.evolution(0.37), expected) < 1e-12
                assert distance(block.evolution(-1e-5), expm(1e-5j * block.hamiltonian.to_matrix())) < 1e-13

    @pytest.mark.parametrize("size", [2, 3, 4])
    @pytest.mark.parametrize("pattern", range(4))
    def test_exchange_of_any_number_of_qubits(self, size, pattern):
        raising = [0] + [q for q in range(1, size) if pattern >> (q - 1) & 1]
        lowering = [q for q in range(size) if q not in raising]
        term = exchange(size, 0.3 - 0.5j, raising=raising, lowering=lowering)
        model = qcoll.CollisionModel(
            system=SparsePauliOp("Z", 0.0),
            ancilla=qcoll.Ancilla(hamiltonian=zeeman(size - 1, [0.0] * (size - 1)), beta=1.0),
            interaction=term,
            dt=0.7,
        )
        circuit = collision_circuit(model, trotter_order=1)
        assert distance(circuit, expm(-0.7j * term.to_matrix())) < 1e-13
        assert cx_count(circuit) == {2: 2, 3: 7, 4: 13}[size]

    def test_exchange_terms_are_exchange_gates(self):
        model = qcoll.CollisionModel(
            system=zeeman(1, [1.0]),
            ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=1.0),
            interaction=exchange(2, 0.3, raising=[0], lowering=[1]),
            dt=0.7,
        )
        assert collision_circuit(model, trotter_order=1).count_ops()["xx_plus_yy"] == 1

    @pytest.mark.parametrize(("name", "most"), [("example 1", 10), ("example 2", 11), ("example 2 as printed", 11)])
    def test_cx_counts_of_a_second_order_collision(self, name, most):
        assert cx_count(collision_circuit(SLOPE_MODELS[name], trotter_order=2)) == most


class TestTwoQubitCircuits:
    @pytest.mark.parametrize("seed", range(20))
    def test_random_unitaries(self, seed):
        unitary = random_unitary(4, seed=seed).data
        circuit = two_qubit_circuit(unitary)
        assert distance(circuit, unitary) < 1e-12
        assert cx_count(circuit) == 3

    @pytest.mark.parametrize("time", [1e-3, 1e-5, 1e-7, 1e-9])
    def test_short_times_keep_their_digits(self, time):
        """Qiskit's own synthesis is wrong by 2e-5 at 1e-4, where it rounds to a simpler class."""
        hamiltonian = random_hamiltonian(2, np.random.default_rng(1)).to_matrix()
        assert distance(two_qubit_circuit(expm(-1j * time * hamiltonian)), expm(-1j * time * hamiltonian)) < 1e-13

    @pytest.mark.parametrize("seed", range(10))
    def test_up_to_a_diagonal_takes_two_cx(self, seed):
        unitary = random_unitary(4, seed=seed).data
        circuit = circuit_up_to_diagonal(unitary)
        difference = unitary.conj().T @ Operator(circuit).data
        assert np.abs(difference - np.diag(difference.diagonal())).max() < 1e-12
        assert cx_count(circuit) == 2

    @pytest.mark.parametrize(("name", "count"), [("id", 0), ("cx", 1), ("cz", 1), ("iswap", 2), ("swap", 3)])
    def test_special_classes(self, name, count):
        from qiskit.circuit.library import get_standard_gate_name_mapping

        gate = np.eye(4) if name == "id" else get_standard_gate_name_mapping()[name].to_matrix()
        assert cx_count(two_qubit_circuit(gate)) == count
        assert distance(two_qubit_circuit(gate), gate) < 1e-12


@pytest.mark.parametrize("order", [0, 3, 8, "two", True])
def test_unknown_orders_are_refused(order):
    with pytest.raises(qcoll.InputError, match=r"trotter_order is .* but must be one of 1, 2, 4, 6"):
        collision_circuit(qcoll.example_1(), trotter_order=order)


@pytest.mark.parametrize("steps", [0, 1.5, None])
def test_bad_steps_are_refused(steps):
    with pytest.raises(qcoll.InputError, match="trotter_steps must be a positive integer"):
        collision_circuit(qcoll.example_1(), trotter_steps=steps)


def test_unknown_synthesis_is_refused():
    with pytest.raises(qcoll.InputError, match="synthesis is 'best'"):
        collision_circuit(qcoll.example_1(), synthesis="best")


@pytest.mark.parametrize("seed", range(3))
def test_three_qubits_without_structure_stay_whole(seed):
    """String by string the interaction alone takes some two hundred CX; any unitary of three qubits takes fourteen."""
    model = random_model(seed, num_system_qubits=1, num_ancilla_qubits=2)
    kinds = {block.kind for layer in layers(model) for block in layer}
    assert "three_qubit" in kinds
    assert "commuting" not in kinds
    circuit = collision_circuit(model, trotter_order=2)
    assert circuit.num_nonlocal_gates() <= 14 + 2 * 3
    short, shorter = (
        np.abs(
            qcoll.compile_collisions(part, n=1, initial="0").channel().data - qcoll.collision_channel(part).data
        ).max()
        for part in (dataclasses.replace(model, dt=0.02), dataclasses.replace(model, dt=0.01))
    )
    assert short / shorter > 6  # third order in the duration
