"""Collisions of free fermions: the circuits are the collision, from few gates, whatever the parameters are."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp
from scipy.linalg import expm

import qcoll
from qcoll.compile.levels import collision_pieces
from qcoll.compile.thermal import cx_count
from qcoll.model.operators import exchange, zeeman
from qcoll.synthesis import free_fermion_channel_circuit, free_fermion_circuit
from qcoll.synthesis.free_fermions import free_collision

#: Two-qubit gates of preparation and collision: a^2 for the normal modes and their rotation, N (N - 1) for the rest.
EXACT = {(1, 3): 21, (1, 4): 36, (2, 2): 16, (2, 3): 29, (3, 2): 24}
#: Of the system's channel: s modes met at most.
CHANNEL = {(1, 3): 3, (1, 4): 3, (2, 2): 12, (2, 3): 12, (3, 2): 20}


def hopping(size, first, amplitude, pairing=0.0):
    """Of two neighbours: an exchange, and a pairing |11><00| + h.c. where the number is not conserved."""
    found = exchange(size, amplitude, raising=[first], lowering=[first + 1])
    return found + exchange(size, pairing, raising=[first, first + 1]) if pairing else found


def chain(num_system, num_ancilla, seed=None, pairing=False):
    """The issue's chain, or one with random parameters."""
    rng = np.random.default_rng(seed)

    def operator(size):
        frequencies = [1 + 0.1 * k for k in range(size)] if seed is None else rng.uniform(-2, 2, size)
        total = zeeman(size, frequencies)
        for k in range(size - 1):
            amplitude = 0.4 if seed is None else rng.normal() + 1j * rng.normal()
            total += hopping(size, k, amplitude, rng.normal() + 1j * rng.normal() if pairing else 0.0)
        return total

    size = num_system + num_ancilla
    coupling = exchange(size, 0.3, raising=[num_system - 1], lowering=[num_system])
    if seed is not None:
        coupling = hopping(size, num_system - 1, rng.normal() + 1j * rng.normal(), rng.normal() if pairing else 0.0)
    beta, dt = (1.0, 0.5) if seed is None else (10 ** rng.uniform(-2, 0.5), rng.uniform(0.2, 5))
    ancilla = qcoll.Ancilla(hamiltonian=operator(num_ancilla), beta=beta)
    return qcoll.CollisionModel(system=operator(num_system), ancilla=ancilla, interaction=coupling, dt=dt)


def gates(pieces):
    return sum(branch.probability * cx_count(pieces.body(branch)) for branch in pieces.branches)


def error(pieces, model):
    return np.abs(pieces.channel().data - qcoll.collision_channel(model).data).max()


def is_the_collision(circuit, model):
    exact = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    return abs(abs(np.vdot(exact, Operator(circuit).data)) / len(exact) - 1) < 1e-12


@pytest.mark.parametrize("seed", [None, 0, 1, 2, 3])
@pytest.mark.parametrize("shape", EXACT, ids=lambda shape: "{}+{}".format(*shape))
def test_chains_take_the_same_few_gates_at_any_parameters(shape, seed):
    model = chain(*shape, seed)
    exact = collision_pieces(model, synthesis="exact")
    assert gates(exact) <= EXACT[shape]
    assert is_the_collision(exact.only.collision, model)
    assert error(exact, model) < 1e-10
    for level in ("purified_channel", "channel"):
        pieces = collision_pieces(model, synthesis=level)
        assert gates(pieces) <= CHANNEL[shape]
        assert error(pieces, model) < 1e-10


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (3, 2)])
def test_pairing_takes_no_more(shape, seed):
    model = chain(*shape, seed, pairing=True)
    exact = collision_pieces(model, synthesis="exact")
    assert gates(exact) <= EXACT[shape]
    assert is_the_collision(exact.only.collision, model)
    pieces = collision_pieces(model, synthesis="channel")
    assert gates(pieces) <= CHANNEL[shape]
    assert error(pieces, model) < 1e-10


@pytest.mark.parametrize(("axis", "bond"), [("Z", "XX"), ("X", "ZZ"), ("Y", "ZZ"), ("Z", "YY")])
def test_transverse_field_ising_chains_in_any_axes(axis, bond):
    """Ising bonds along one letter and fields along another are quadratic after a rotation of each qubit."""
    ancilla = SparsePauliOp.from_sparse_list(
        [(axis, [k], 0.5 + 0.1 * k) for k in range(3)] + [(bond, [k, k + 1], 0.4) for k in range(2)], 3
    )
    model = qcoll.CollisionModel(
        system=SparsePauliOp(axis, 0.5),
        ancilla=qcoll.Ancilla(hamiltonian=ancilla, beta=1.0),
        interaction=SparsePauliOp.from_sparse_list([(bond, [0, 1], 0.3)], 4),
        dt=0.5,
    )
    exact = collision_pieces(model, synthesis="exact")
    assert gates(exact) <= 21
    assert is_the_collision(exact.only.collision, model)
    assert error(exact, model) < 1e-10
    channel = free_fermion_channel_circuit(model)
    assert cx_count(channel) == 3
    absorbed = collision_pieces(model, synthesis="exact", preparation="absorbed")
    assert gates(absorbed) <= 3 + 12
    assert error(absorbed, model) < 1e-10
    assert np.abs(absorbed.prepared_state().data - exact.prepared_state().data).max() < 1e-12


@pytest.mark.parametrize("pairing", [False, True])
@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 2)])
def test_sampled_occupations_need_no_purifier(shape, pairing):
    model = chain(*shape, 1, pairing=pairing)
    pieces = collision_pieces(model, synthesis="sampled")
    assert error(pieces, model) < 1e-10
    assert pieces.num_purifiers == 0
    assert len(pieces.branches) <= 2 ** min(shape)
    assert gates(pieces) <= CHANNEL[shape] - min(shape)


@pytest.mark.parametrize("seed", range(3))
def test_the_absorbed_preparation_saves_the_rotation_of_the_modes(seed):
    model = chain(2, 3, seed)
    pieces = collision_pieces(model, synthesis="exact", preparation="absorbed")
    assert gates(pieces) <= 3 + 20
    exact = collision_pieces(model, synthesis="exact")
    assert np.abs(pieces.prepared_state().data - exact.prepared_state().data).max() < 1e-12
    overlap = np.vdot(pieces.unitary(), exact.unitary())
    assert abs(overlap) == pytest.approx(32, abs=1e-10)
    assert error(pieces, model) < 1e-10


@pytest.mark.parametrize("beta", [0.0, 30.0, float("inf"), -1.0])
def test_any_temperature(beta):
    model = chain(2, 2)
    model = qcoll.CollisionModel(
        system=model.system,
        ancilla=qcoll.Ancilla(hamiltonian=model.ancilla.hamiltonian, beta=beta),
        interaction=model.interaction,
        dt=model.dt,
    )
    for level in ("exact", "purified_channel", "channel"):
        assert error(collision_pieces(model, synthesis=level), model) < 1e-10


def test_an_order_along_the_chain_is_found():
    """Qubits 2 - 0 - 3 - 1 are the chain, with the system in the middle: no channel of its own, but the unitary."""
    model = qcoll.CollisionModel(
        system=zeeman(1, [1.0]),
        ancilla=qcoll.Ancilla(
            hamiltonian=zeeman(3, [0.9, 1.1, 1.2]) + exchange(3, 0.4, raising=[2], lowering=[0]), beta=0.7
        ),
        interaction=exchange(4, 0.3, raising=[0], lowering=[2]) + exchange(4, 0.2j, raising=[0], lowering=[3]),
        dt=0.8,
    )
    assert is_the_collision(free_fermion_circuit(model), model)
    assert free_fermion_channel_circuit(model) is None
    exact, channel = (collision_pieces(model, synthesis=level) for level in ("exact", "channel"))
    assert gates(exact) <= 21
    assert error(channel, model) < 1e-10


def test_levels_that_are_cut_off_are_no_free_fermions():
    """A boson of three levels beside the qubit that the system meets is quadratic, but its thermal state is not."""
    modes = qcoll.Modes(a=qcoll.Qubit(), b=qcoll.Boson(levels=3))
    ancilla = qcoll.Ancilla(hamiltonian=zeeman(3, [1.0, -0.7, -1.4]), beta=0.5, modes=modes)
    coupling = exchange(4, 0.3, raising=[0], lowering=[1])
    model = qcoll.CollisionModel(system=zeeman(1, [1.0]), ancilla=ancilla, interaction=coupling, dt=0.4)
    assert free_collision(model) is not None
    assert free_fermion_channel_circuit(model) is None
    for preparation in ("purified", "absorbed"):
        pieces = collision_pieces(model, synthesis="exact", preparation=preparation)
        assert error(pieces, model) < 1e-10
        thermal = qcoll.exact.gibbs_state(ancilla)
        assert np.abs(pieces.prepared_state().data - thermal).max() < 1e-10


def test_interacting_chains_are_not_free():
    model = chain(1, 2)
    for system, interaction in ((SparsePauliOp("X"), model.interaction), (model.system, SparsePauliOp("IZZ", 0.3))):
        other = qcoll.CollisionModel(system=system, ancilla=model.ancilla, interaction=interaction, dt=0.1)
        assert free_collision(other) is None


def test_long_chains_need_no_dense_matrix():
    """Nine qubits: 36 Givens rotations at most; forty: what the light cone of a short collision leaves of 780."""
    nine = free_fermion_circuit(chain(1, 8))
    assert nine.count_ops()["xx_plus_yy"] <= 36
    assert nine.depth(lambda item: len(item.qubits) == 2) <= 9, "the brickwork of a unitary of nine modes"
    assert is_the_collision(nine, chain(1, 8))
    forty = chain(20, 20)
    pieces = collision_pieces(forty, synthesis="exact")
    assert pieces.only.collision.count_ops()["xx_plus_yy"] < 780


def test_weak_collisions_keep_their_digits():
    """What the ancilla does to the system, some 1e-10 of it, is right to five digits."""
    base = chain(2, 2)
    model = qcoll.CollisionModel(
        system=base.system, ancilla=base.ancilla, interaction=base.interaction * 1e-4, dt=base.dt
    )
    free = qcoll.CollisionModel(
        system=base.system, ancilla=base.ancilla, interaction=base.interaction * 1e-30, dt=base.dt
    )
    done = qcoll.collision_channel(model).data - qcoll.collision_channel(free).data
    found = collision_pieces(model, synthesis="channel").channel().data - qcoll.collision_channel(free).data
    assert np.abs(found - done).max() < 1e-5 * np.abs(done).max()
