"""Long systems compile without any matrix that grows with two to their number of qubits."""

import itertools

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, Statevector, partial_trace
from scipy.linalg import expm

import qcoll
from qcoll.compile.initial import LARGEST_DENSE
from qcoll.compile.thermal import cx_count
from qcoll.device import map_collisions
from qcoll.device.embedding import embeddings
from qcoll.device.fakes import fake_backend
from qcoll.model.operators import exchange, zeeman


def chain(length, *, interacting=False, dt=0.1):
    """An exchange chain, of XXZ make if it interacts, with a thermal pair at either end."""
    pair = zeeman(2, [1.0, 1.1]) + exchange(2, 0.4, raising=[0], lowering=[1])
    ancilla = pair.tensor(SparsePauliOp("II")) + SparsePauliOp("II").tensor(pair)
    size = length + 4
    system = zeeman(length, 1 + 0.01 * np.arange(length))
    for k in range(length - 1):
        system += exchange(length, 0.4, raising=[k], lowering=[k + 1])
        if interacting:
            system += SparsePauliOp.from_sparse_list([("ZZ", [k, k + 1], 0.1)], length)
    ends = exchange(size, 0.3, raising=[0], lowering=[length])
    ends += exchange(size, 0.3, raising=[length - 1], lowering=[length + 2])
    return qcoll.CollisionModel(
        system=system, ancilla=qcoll.Ancilla(hamiltonian=ancilla, beta=1.0), interaction=ends, dt=dt
    )


def two_qubit_depth(circuit):
    return circuit.depth(lambda item: len(item.qubits) == 2)


@pytest.mark.parametrize("interacting", [False, True])
def test_gates_grow_with_the_length_and_depth_does_not(interacting):
    costs = {}
    for length in (20, 30, 40, 31):
        compiled = qcoll.compile_collisions(chain(length, interacting=interacting), n=20, initial="0" * length)
        assert compiled.circuit.num_qubits == length + 8
        costs[length] = cx_count(compiled.collision), two_qubit_depth(compiled.collision)
    assert costs[40][0] - costs[30][0] == costs[30][0] - costs[20][0]
    assert costs[20][1] == costs[40][1]
    assert costs[31][1] == costs[30][1], "odd lengths are brickwork too"


@pytest.mark.parametrize("interacting", [False, True])
def test_the_brickwork_is_a_product_formula(interacting):
    """Of order two, by its slope, against the dense exponential of five system qubits."""
    errors = []
    for dt in (0.1, 0.05):
        whole = chain(5, interacting=interacting, dt=dt)
        interaction = SparsePauliOp.from_sparse_list([("XX", [4, 5], 0.3)], 6)
        ancilla = qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0)
        model = qcoll.CollisionModel(system=whole.system, ancilla=ancilla, interaction=interaction, dt=dt)
        found = qcoll.compile_collisions(model, n=1, initial="00000").collision_unitary()
        exact = expm(-1j * dt * model.hamiltonian.to_matrix())
        phase = np.vdot(found, exact)
        errors.append(np.linalg.norm(found * phase / abs(phase) - exact, 2))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(3, abs=0.1)


def test_a_place_on_heavy_hexagons():
    target = fake_backend("FakeFez").target
    compiled = qcoll.compile_collisions(chain(40), n=20, initial="0" * 40)
    mapped = map_collisions(compiled, target, seeds=[0])
    assert len(mapped.qubits) == 48
    written = cx_count(compiled.pieces.body(compiled.pieces.only))
    # A chain of an even number of qubits between two branches does not fit: one qubit is a swap away, there and back.
    assert mapped.first.num_nonlocal_gates() <= written + 9


@pytest.mark.parametrize(("length", "neighbours"), [(21, True), (20, False)])
def test_embeddings_are_places_of_neighbours(length, neighbours):
    target = fake_backend("FakeFez").target
    body = qcoll.compile_collisions(chain(length), n=1, initial="0" * length).pieces
    circuit = body.body(body.only)
    coupled = {frozenset(pair) for pair in target.build_coupling_map().get_edges()}
    pairs = {tuple(circuit.find_bit(q).index for q in item.qubits) for item in circuit.data if len(item.qubits) == 2}
    for layout in itertools.islice(embeddings(circuit, target), 5):
        assert len(set(layout)) == circuit.num_qubits
        apart = [pair for pair in pairs if frozenset(layout[q] for q in pair) not in coupled]
        assert len(apart) == (0 if neighbours else 1)


class TestInitialStates:
    def test_labels_and_circuits_of_any_length(self):
        label = "0" * 5 + "1+-rl" + "1" * 5
        compiled = qcoll.compile_collisions(chain(15), n=1, initial=label)
        circuit = QuantumCircuit(15)
        circuit.h(0)
        circuit.cx(0, 14)
        entangled = qcoll.compile_collisions(chain(15), n=1, initial=circuit)
        assert abs(Statevector(compiled.initial.circuit).inner(Statevector.from_label(label))) == pytest.approx(1)
        assert entangled.initial.circuit.count_ops() == circuit.count_ops()
        assert compiled.initial.num_purifiers == 0

    def test_free_fermions_begin_thermal(self):
        length = LARGEST_DENSE + 1
        compiled = qcoll.compile_collisions(chain(length), n=1)
        assert compiled.initial.num_purifiers == length
        assert cx_count(compiled.initial.circuit) <= length**2

    def test_the_density_matrix_is_made_when_asked_for(self):
        small = qcoll.compile_collisions(chain(3), n=1, initial="01+")
        assert np.abs(small.initial_state - DensityMatrix.from_label("01+").data).max() < 1e-12
        start = Statevector(qcoll.compile_collisions(chain(3), n=1).initial.circuit)
        thermal = expm(-chain(3).system.to_matrix())
        assert np.abs(partial_trace(start, [3, 4, 5]).data - thermal / np.trace(thermal)).max() < 1e-12
        with pytest.raises(qcoll.InputError, match="the density matrix of 40 system qubits needs"):
            _ = qcoll.compile_collisions(chain(40), n=1, initial="0" * 40).initial_state

    @pytest.mark.parametrize(
        ("initial", "message"),
        [
            (np.eye(4) / 4, "begins in a product state, given by a label"),
            ("01", "of 2 letters, but a label has one of 0, 1, "),
            ("z" * 12, "a label has one of 0, 1, "),
            (QuantumCircuit(3), "has 3 qubits, but the system has 12"),
        ],
    )
    def test_others_are_refused(self, initial, message):
        with pytest.raises(qcoll.InputError, match=message):
            qcoll.compile_collisions(chain(12), n=1, initial=initial)

    def test_circuits_are_made_of_gates(self):
        measuring = QuantumCircuit(12, 1)
        measuring.measure(0, 0)
        with pytest.raises(qcoll.InputError, match="has a 'measure', but must be made of gates"):
            qcoll.compile_collisions(chain(12), n=1, initial=measuring)


class TestTooLarge:
    """Refused before work with what fits, not by the memory running out."""

    @pytest.mark.parametrize("level", ["exact", "purified_channel", "channel"])
    def test_dense_levels(self, level):
        with pytest.raises(qcoll.InputError, match=r"at most 8 qubits in all .* 20 \+ 4: use synthesis=.trotter."):
            qcoll.compile_collisions(chain(20, interacting=True), n=1, synthesis=level)

    @pytest.mark.parametrize("level", ["exact", "purified_channel", "channel"])
    def test_free_fermions_are_not(self, level):
        compiled = qcoll.compile_collisions(chain(20), n=1, initial="0" * 20, synthesis=level)
        assert compiled.collision.num_nonlocal_gates() <= 24 * 23 // 2

    def test_thermal_states_of_many_interacting_qubits(self):
        with pytest.raises(qcoll.InputError, match=r"20 qubits that interact and are no free fermions .* at most 8"):
            qcoll.compile_collisions(chain(20, interacting=True), n=1)

    @pytest.mark.parametrize(
        "work",
        [
            lambda model, n: qcoll.compile_collisions(model, n, "0" * 20).channel(),
            lambda model, n: qcoll.compile_collisions(model, n, "0" * 20).collision_unitary(),
            lambda model, n: qcoll.simulate(qcoll.compile_collisions(model, n, "0" * 20)),
        ],
    )
    def test_matrices(self, work):
        with pytest.raises(qcoll.InputError, match=r"needs .*, but .* are available"):
            work(chain(20, interacting=True), n=2)

    def test_preparations(self):
        model = chain(4)
        big = zeeman(12, [1.0] * 12)
        wide = qcoll.CollisionModel(
            system=model.system,
            ancilla=qcoll.Ancilla(hamiltonian=big, beta=1.0),
            interaction=exchange(16, 0.1, raising=[0], lowering=[4]),
            dt=0.1,
        )
        for preparation, level in (("sampled", "trotter"), ("absorbed", "exact"), ("state_preparation", "trotter")):
            with pytest.raises(qcoll.InputError, match=f"preparation='{preparation}' takes ancillas of at most"):
                qcoll.compile_collisions(wide, n=1, initial="0000", synthesis=level, preparation=preparation)
