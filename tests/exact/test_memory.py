"""Ancillas that meet each other against the dense evolution with all of them kept, closed forms, and the second law."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, random_hermitian
from scipy.linalg import expm

import qcoll
from qcoll.exact import gibbs_state, memory
from qcoll.model.operators import embedded
from qcoll.model.random import random_model
from qcoll.trajectory.exports import columns


def with_memory(seed, *, num_system=1, num_ancilla=1, evolves="ancillas", given=False):
    model = random_model(seed, num_system_qubits=num_system, num_ancilla_qubits=num_ancilla)
    matrix = random_hermitian(4**num_ancilla, seed=seed).data
    interaction = SparsePauliOp.from_operator(matrix / np.abs(matrix).max(), atol=0, rtol=0)
    ancilla = model.ancilla
    if given:
        ancilla = qcoll.Ancilla(hamiltonian=ancilla.hamiltonian, state=[[0.6, 0.2j], [-0.2j, 0.4]])
    return dataclasses.replace(
        model, dt=0.7, ancilla=ancilla, memory=qcoll.Memory(interaction=interaction, dt=0.9, evolves=evolves)
    )


def apply(unitary, qubits, state, size):
    """A unitary on some qubits (least significant first) of a density matrix of ``size`` qubits."""
    axes = [size - 1 - q for q in reversed(qubits)]
    gate = unitary.reshape((2,) * (2 * len(qubits)))
    tensor = state.reshape((2,) * (2 * size))
    k = len(qubits)
    tensor = np.moveaxis(np.tensordot(gate, tensor, axes=(range(k, 2 * k), axes)), range(k), axes)
    columns = [size + axis for axis in axes]
    tensor = np.moveaxis(np.tensordot(gate.conj(), tensor, axes=(range(k, 2 * k), columns)), range(k), columns)
    return tensor.reshape(2**size, 2**size)


def reduced(state, qubits, size):
    """The density matrix of some qubits, the first least significant."""
    tensor = state.reshape((2,) * (2 * size))
    rows = [size - 1 - q for q in reversed(qubits)]
    others = [axis for axis in range(size) if axis not in rows]
    order = [*rows, *others, *(size + r for r in rows), *(size + o for o in others)]
    d, rest = 2 ** len(qubits), 2 ** len(others)
    return np.einsum("iaja->ij", tensor.transpose(order).reshape(d, rest, d, rest))


def all_kept(model, state, n):
    """The dense evolution of the system and all n ancillas, none of which is ever traced out."""
    s, a = model.num_system_qubits, model.num_ancilla_qubits
    size = s + n * a
    h_ancilla, memory_of = model.ancilla.hamiltonian, model.memory
    collide = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    pair = memory_of.interaction
    if memory_of.evolves != "none":
        pair = pair + embedded(h_ancilla, range(a), 2 * a) + embedded(h_ancilla, range(a, 2 * a), 2 * a)
    join = expm(-1j * memory_of.dt * pair.to_matrix())
    alone = expm(-1j * memory_of.dt * model.system.to_matrix())
    fresh = gibbs_state(model.ancilla)
    whole = state
    for _ in range(n):
        whole = np.kron(fresh, whole)
    system, ancilla = list(range(s)), [list(range(s + k * a, s + (k + 1) * a)) for k in range(n)]

    def energies(qubits):
        return np.trace(h_ancilla.to_matrix() @ reduced(whole, qubits, size)).real

    states, heat, gained = [state], [], []
    for k in range(n):
        before = sum(energies(qubits) for qubits in ancilla)
        if k:
            whole = apply(join, ancilla[k - 1] + ancilla[k], whole, size)
            if memory_of.evolves == "all":
                whole = apply(alone, system, whole, size)
        between = sum(energies(qubits) for qubits in ancilla)
        whole = apply(collide, system + ancilla[k], whole, size)
        gained.append(between - before)
        heat.append(between - sum(energies(qubits) for qubits in ancilla))
        states.append(reduced(whole, system, size))
    return np.array(states), np.array(heat), np.array(gained), whole, [reduced(whole, q, size) for q in ancilla]


def entropy(state):
    values = np.linalg.eigvalsh(state)
    return -sum(v * np.log(v) for v in values if v > 1e-15)


CASES = [
    with_memory(1),
    with_memory(2, evolves="all"),
    with_memory(3, evolves="none"),
    with_memory(4, given=True),
]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("model", CASES, ids=range(len(CASES)))
def test_eight_collisions_with_all_ancillas_kept(model, large, monkeypatch):
    if large:
        monkeypatch.setattr(memory, "LARGEST_TRANSFER_MATRIX", 0)
    run = qcoll.evolve(model, n=8)
    states, heat, gained, whole, ancillas = all_kept(model, run.states[0], 8)
    assert np.abs(run.states - states).max() < 1e-10
    assert np.abs(run.heat - heat).max() < 1e-10
    assert np.abs(run.memory_work - gained).max() < 1e-10
    assert np.abs(run.first_law_residual).max() < 1e-12
    values, vectors = np.linalg.eigh(gibbs_state(model.ancilla))
    log_fresh = (vectors * np.log(values)) @ vectors.conj().T
    produced = entropy(run.states[-1]) - entropy(whole)  # correlations of all with all, and ancillas that are not fresh
    produced += sum(-np.trace(state @ log_fresh).real for state in ancillas)
    assert run.entropy_production.sum() == pytest.approx(produced, abs=1e-10)
    assert np.all(np.cumsum(run.entropy_production) > -1e-12)


def test_two_ancilla_qubits_and_two_system_qubits_with_all_kept():
    for model, n in ((with_memory(5, num_ancilla=2), 4), (with_memory(6, num_system=2), 5)):
        run = qcoll.evolve(model, n=n)
        states, heat, gained, _, _ = all_kept(model, run.states[0], n)
        assert np.abs(run.states - states).max() < 1e-10
        assert np.abs(run.heat - heat).max() < 1e-10
        assert np.abs(run.memory_work - gained).max() < 1e-10


def test_an_interaction_that_does_nothing_is_no_memory():
    model = qcoll.example_2(alpha=0.4)
    idle = dataclasses.replace(model, memory=qcoll.Memory(interaction=SparsePauliOp("IIII", 0.0), dt=0.5))
    one, other = qcoll.evolve(idle, n=20), qcoll.evolve(model, n=20)
    assert np.abs(one.states - other.states).max() < 1e-13
    assert np.abs(one.entropy_production - other.entropy_production).max() < 1e-13
    assert np.abs(qcoll.steady_state(idle).data - qcoll.steady_state(model).data).max() < 1e-12
    assert qcoll.spectral_gap(idle) == pytest.approx(qcoll.spectral_gap(model), abs=1e-12)
    assert idle != model
    assert "with memory" in repr(idle)


@pytest.mark.parametrize("record", [3, [1, 4, 19], [5, 20]])
def test_recorded_collisions_sum_the_ledger(record):
    model = CASES[0]
    full, some = qcoll.evolve(model, n=20), qcoll.evolve(model, n=20, record=record)
    assert np.abs(some.states - full.states[some.collisions]).max() < 1e-13
    for name in ("heat", "memory_work"):
        sums = np.add.reduceat(getattr(full, name)[: some.n], some.collisions[:-1])
        assert np.abs(getattr(some, name) - sums).max() < 1e-13


def test_the_steady_state_is_where_trajectories_go():
    model = CASES[1]
    far = qcoll.evolve(model, n=4000, record=4000).states[-1]
    assert np.abs(qcoll.steady_state(model).data - far).max() < 1e-10
    near = qcoll.evolve(model, n=400, record=[200, 201]).states
    assert 0 < qcoll.spectral_gap(model) < 1
    assert np.abs(near[2] - far).max() < np.abs(near[0] - far).max()


def test_what_needs_fresh_ancillas_is_refused():
    model = CASES[0]
    for function in (qcoll.collision_channel, lambda m: qcoll.exact.steady_states([m]), qcoll.exact.master_equation):
        with pytest.raises(qcoll.InputError, match="has a memory"):
            function(model)
    with pytest.raises(qcoll.InputError, match="for which there is only 'exact'"):
        qcoll.evolve(model, 3, method="second_order")
    with pytest.raises(qcoll.InputError, match=r"stroke 1.*has a memory"):
        qcoll.Cycle([qcoll.example_2(), model])


def test_bad_memories_are_refused():
    model = qcoll.example_2()
    with pytest.raises(qcoll.InputError, match="acts on 2 qubits, but two ancillas of 'example 2' have 4"):
        dataclasses.replace(model, memory=qcoll.Memory(interaction=SparsePauliOp("XX"), dt=1.0))
    with pytest.raises(qcoll.InputError, match=r"must be a qcoll\.Memory"):
        dataclasses.replace(model, memory=0.3)
    for change, message in [
        ({"interaction": SparsePauliOp("XXX")}, "even number"),
        ({"interaction": SparsePauliOp("XX", 1j)}, "Hermitian"),
        ({"dt": 0.0}, "the memory's dt is 0"),
        ({"evolves": "system"}, "evolves is 'system'"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            qcoll.Memory(**({"interaction": SparsePauliOp("XX"), "dt": 1.0} | change))
    modes = qcoll.Modes(a=qcoll.Boson(levels=3))
    ancilla = qcoll.structured_ancilla(modes, frequencies=[1.0], couplings={}, beta=1.0, largest_dropped=0.5)
    interaction = qcoll.Modes(s=qcoll.Qubit()).joined(modes).exchange("s", "a", 0.3)
    with pytest.raises(qcoll.InputError, match="the memory's interaction couples the 3 levels"):
        qcoll.CollisionModel(
            system=SparsePauliOp("Z"),
            ancilla=ancilla,
            interaction=interaction,
            dt=0.1,
            memory=qcoll.Memory(interaction=SparsePauliOp("IXIX"), dt=1.0),
        )


def test_tables_have_the_work_on_the_ancillas():
    run = qcoll.evolve(CASES[0], n=4)
    assert list(columns(run)["memory_work"][1:]) == list(run.memory_work)


def test_levels_that_are_cut_off_stay_empty():
    system, own = qcoll.Modes(s=qcoll.Boson(levels=3)), qcoll.Modes(a=qcoll.Boson(levels=3))
    pair = own.joined(qcoll.Modes(b=qcoll.Boson(levels=3)))
    model = qcoll.CollisionModel(
        system=system.number("s"),
        ancilla=qcoll.structured_ancilla(own, frequencies=[1.0], couplings={}, beta=1.0, largest_dropped=0.1),
        interaction=system.joined(own).exchange("s", "a", 0.5),
        dt=0.8,
        system_modes=system,
        memory=qcoll.Memory(interaction=pair.exchange("a", "b", 1.2), dt=1.0),
    )
    settled = qcoll.steady_state(model).data
    far = qcoll.evolve(model, 2000, record=2000).states[-1]
    assert np.abs(settled - far).max() < 1e-11
    assert np.abs(settled[3]).max() == 0
