"""Collisions of factors of the state, block by block, against dense joint states; which blocks there are."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, random_density_matrix

import qcoll
from qcoll.exact import matrix_free
from qcoll.exact.expansion import sparse_matrix
from qcoll.exact.factored import FactoredCollision, cholesky, without_noise
from qcoll.exact.gibbs import gibbs_state
from qcoll.exact.joint import JointCollision
from qcoll.exact.sectors import Sectors
from qcoll.model.initial import initial_density_matrix
from qcoll.model.operators import exchange, zeeman
from qcoll.model.random import random_model


def factored(model, state):
    collision = matrix_free.SparseCollision.of(model, 1, 1e-13)
    observables = tuple(item.T.tocsr() for item in collision.observables)
    return FactoredCollision.of(collision.expansion, observables, collision.thermal, state)


def field(letter, *, sites=4, **options):
    """A chain in a field along x or y, so that no excitation number is conserved."""
    chain = qcoll.models.boundary_driven_chain(sites=sites, **options)
    system = chain.system + SparsePauliOp.from_sparse_list([(letter, [1], 0.3)], num_qubits=sites)
    return qcoll.CollisionModel(system=system, ancilla=chain.ancilla, interaction=chain.interaction, dt=chain.dt)


def pairing(sites=4):
    """A parity is conserved, and no number."""
    system = zeeman(sites, [1.0, 0.8, 1.1, 0.7])
    for k in range(sites - 1):
        pair = [("XX", [k, k + 1], 0.7), ("XY", [k, k + 1], 0.2)]
        system += SparsePauliOp.from_sparse_list(pair, num_qubits=sites)
    return qcoll.CollisionModel(
        system=system,
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(2, [1.0, 1.3]) + SparsePauliOp("XX", 0.4), beta=0.5),
        interaction=exchange(sites + 2, 0.6j, raising=[1], lowering=[sites]),
        dt=0.4,
        name="pairing",
    )


def coherent_ancilla():
    return qcoll.CollisionModel(
        system=zeeman(3, [1.0, 1.2, 0.9]) + exchange(3, 0.5, raising=[0], lowering=[1]),
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), state=[[0.5, 0.3j], [-0.3j, 0.5]]),
        interaction=exchange(4, 0.8, raising=[0], lowering=[3]),
        dt=0.5,
        name="coherent ancilla",
    )


CASES = [
    (qcoll.models.boundary_driven_chain(sites=5, anisotropy=0.5, dt=0.3), None, [1, 5, 10, 10, 5, 1]),
    (qcoll.models.boundary_driven_chain(sites=4, dt=0.3), "0110", [1, 4, 6, 4, 1]),
    (qcoll.models.boundary_driven_chain(sites=4, dt=0.3), "01+0", [16]),
    (pairing(), "0110", [8, 8]),
    (field("X"), "0110", [16]),
    (field("Y", betas=(np.inf, 1.0)), None, [16]),
    (coherent_ancilla(), "000", [4, 4]),
    (random_model(5, num_system_qubits=1, num_ancilla_qubits=3), None, [2]),
    (random_model(6, num_system_qubits=3, num_ancilla_qubits=2, beta=np.inf), "01r", [8]),
]


@pytest.mark.parametrize(("model", "initial", "sizes"), CASES)
def test_against_dense_joint_states(model, initial, sizes):
    state = initial_density_matrix(model, initial)
    found, joint = factored(model, state), JointCollision.of(model)
    assert sorted(len(block) for block in found.sectors.blocks) == sorted(sizes)
    for _ in range(3):
        factors, left_out = found.factors(state, 1e-13)
        after, means = found.step(factors, len(state))
        dense = joint.apply(joint.fresh(state))
        expected = joint.trace_ancilla(dense)
        assert left_out < 2e-13
        assert np.abs(after - expected).max() < 1e-12
        observables = [operator.to_matrix() for operator in matrix_free.ledger_observables(model)]
        assert np.allclose(means, [np.trace(matrix @ dense).real for matrix in observables], atol=1e-11)
        state = expected


def test_levels_that_meet_nothing_are_blocks_of_their_own():
    """A thermal qubit that dephases sixteen levels; more blocks than there may be are one."""
    for sites, blocks in ((4, 16), (7, 1)):
        model = qcoll.CollisionModel(
            system=zeeman(sites, [1.0] * sites),
            ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("X"), beta=0.5),
            interaction=SparsePauliOp("Z" + "I" * (sites - 1) + "Z", 0.4),
            dt=0.3,
        )
        state = initial_density_matrix(model)
        found, joint = factored(model, state), JointCollision.of(model)
        assert len(found.sectors.blocks) == blocks
        after, _ = found.step(found.factors(state, 1e-13)[0], len(state))
        assert np.abs(after - joint.trace_ancilla(joint.apply(joint.fresh(state)))).max() < 1e-12


def test_the_rank_grows_from_one():
    chain = qcoll.models.boundary_driven_chain(sites=6)
    state = initial_density_matrix(chain, "010101")
    found = factored(chain, state)
    ranks = []
    for _ in range(3):
        factors, _ = found.factors(state, 1e-13)
        ranks.append(sum(factor.shape[1] for factor in factors))
        state, _ = found.step(factors, len(state))
    assert ranks[:2] == [1, 16]
    assert 16 < ranks[2] <= 64


def test_the_whole_state_is_moved_where_that_is_less_work(monkeypatch):
    """As for a state of full rank without blocks, once it is large: the sum of outer products takes longest there."""
    model = field("X", betas=(1.0, 0.5))
    by_factors = qcoll.evolve(model, 3, "0110", method="matrix_free")
    step = matrix_free.SparseCollision.step
    steps = []
    monkeypatch.setattr(FactoredCollision, "work", lambda self, ranks: np.inf)
    monkeypatch.setattr(matrix_free.SparseCollision, "step", lambda self, state: steps.append(1) or step(self, state))
    whole = qcoll.evolve(model, 3, "0110", method="matrix_free")
    assert len(steps) == 3
    for name in ("states", "heat", "work", "entropy_flow"):
        assert np.abs(getattr(whole, name) - getattr(by_factors, name)).max() < 1e-10, name


@pytest.mark.parametrize("tolerance", [1e-2, 1e-5])
@pytest.mark.parametrize("model", [field("X", sites=6, dt=0.1), qcoll.models.boundary_driven_chain(sites=6)])
def test_what_factors_leave_out_is_in_the_bound(model, tolerance):
    exact = qcoll.evolve(model, 8, "010101", method="dense")
    found = qcoll.evolve(model, 8, "010101", method="matrix_free", tolerance=tolerance)
    errors = np.abs(np.linalg.eigvalsh(found.states - exact.states)).sum(axis=1)
    assert np.all(errors <= found.error_bound + 1e-14)
    assert found.error_bound[-1] <= tolerance
    assert errors[-1] > 1e-4 * tolerance, "something is left out"
    assert np.abs(found.heat - exact.heat).max() < 20 * tolerance


def test_any_tolerance_is_met():
    """Also one that would let a factor leave out everything."""
    chain = qcoll.models.boundary_driven_chain(sites=4)
    exact = qcoll.evolve(chain, 3, "0101", method="dense")
    found = qcoll.evolve(chain, 3, "0101", method="matrix_free", tolerance=1e6)
    assert np.abs(np.linalg.eigvalsh(found.states - exact.states)).sum(axis=1).max() <= found.error_bound[-1] < 0.1


def test_decompositions_of_states_of_any_rank():
    for rank in (1, 3, 8):
        state = np.asarray(random_density_matrix(8, rank=rank, seed=rank).data)
        factor, lost = cholesky(state, 1e-12)
        assert factor.shape == (8, rank)
        assert np.abs(factor @ factor.conj().T - state).max() < 1e-14
        assert lost < 1e-12
        coarse, lost = cholesky(state, 0.3)
        difference = np.linalg.eigvalsh(state - coarse @ coarse.conj().T)
        assert np.abs(difference).sum() <= lost <= 0.3
    assert cholesky(np.zeros((3, 3), dtype=complex), 1e-12)[0].shape == (3, 0)


def test_rounding_connects_nothing():
    state = np.diag([0.5, 0.5]).astype(complex)
    state[0, 1] = state[1, 0] = 1e-17
    cleaned, noise = without_noise(state)
    assert np.array_equal(cleaned, np.diag([0.5, 0.5]))
    assert 1e-17 < noise < 3e-17
    chain = qcoll.models.boundary_driven_chain(sites=3)
    whole = sparse_matrix(chain.hamiltonian)
    factor, _ = cholesky(without_noise(gibbs_state(chain.ancilla))[0], 1e-16)
    assert len(Sectors.of(whole, factor, np.eye(8)).blocks) == 4
