"""Collisions without dense joint matrices against those with them, and the error that is said against the true one."""

import importlib.util

import numpy as np
import pytest
import scipy.sparse as sparse
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import expm

import qcoll
from qcoll.exact import dynamics, expansion, matrix_free
from qcoll.exact.expansion import Expansion, spectral_interval
from qcoll.exact.joint import JointCollision
from qcoll.model.initial import initial_density_matrix
from qcoll.model.random import random_model


def local_model(seed, num_system, num_ancilla):
    """Random strings of few letters, so that the matrices are sparse and complex, and no symmetry is left."""
    rng = np.random.default_rng(seed)

    def hamiltonian(size, acting):
        terms = []
        for _ in range(4 * size):
            qubits = sorted(rng.choice(size, min(size, 3), replace=False).tolist())
            terms.append(("".join(rng.choice(list("IXYZ"), len(qubits))), qubits, rng.normal()))
        return SparsePauliOp.from_sparse_list([*terms, acting], num_qubits=size)

    size = num_system + num_ancilla
    return qcoll.CollisionModel(
        system=hamiltonian(num_system, ("X", [0], 0.3)),
        ancilla=qcoll.Ancilla(hamiltonian=hamiltonian(num_ancilla, ("Y", [0], 0.2)), beta=0.7),
        interaction=hamiltonian(size, ("XY", [0, size - 1], 0.9)),
        dt=0.3,
        name=f"local {num_system} + {num_ancilla}",
    )


MODELS = [
    random_model(1, num_system_qubits=2, num_ancilla_qubits=2),
    random_model(2, num_system_qubits=3, num_ancilla_qubits=2, beta=np.inf),
    random_model(3, num_system_qubits=4, num_ancilla_qubits=1, rank=1),
    local_model(4, 5, 2),
    local_model(5, 6, 1),
    local_model(6, 7, 1),
    qcoll.models.boundary_driven_chain(sites=4, anisotropy=0.5),
    qcoll.models.boundary_driven_chain(sites=6, betas=(1.0, 1.0), dt=0.4),
]


@pytest.mark.parametrize("method", ["exact", "second_order"])
@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.name}, {m.num_system_qubits}+{m.num_ancilla_qubits}")
def test_against_dense_joint_states(model, method):
    state = initial_density_matrix(model)
    collisions = np.array([0, 1, 3])
    states, ledger = dynamics._stepped(model, JointCollision.of(model, method), state, collisions)
    if method == "exact":
        free, entries, bound = matrix_free.stepped(model, state, collisions)
        error = np.abs(np.linalg.eigvalsh(free - states)).sum(axis=1)
        assert np.all(error <= bound + 1e-15), "the error that is said is not below the true one"
        assert bound[-1] <= matrix_free.TOLERANCE
    else:
        free, entries, _ = matrix_free.second_order_stepped(model, state, collisions)
    scale = max(1.0, np.abs(states).max())
    assert np.abs(free - states).max() < 1e-10 * scale
    assert np.abs(entries - ledger).max() < 1e-9 * scale


def test_evolve_says_which_way_it_took():
    model = qcoll.models.boundary_driven_chain(sites=4)
    dense, free = (qcoll.evolve(model, 5, method=method) for method in ("dense", "matrix_free"))
    assert (dense.kind, free.kind) == ("exact", "exact, matrix-free")
    assert qcoll.evolve(model, 5).kind == "exact", "small systems by powers of the channel"
    for name in ("states", "heat", "work", "entropy_production"):
        assert np.abs(getattr(dense, name) - getattr(free, name)).max() < 1e-10, name
    assert dense.error_bound is None
    assert np.all(np.diff(free.error_bound) > 0)


def test_chains_past_the_dense_ones_are_matrix_free():
    model = qcoll.models.boundary_driven_chain(sites=8, dt=0.2)
    found = qcoll.evolve(model, 1, "01010101")
    assert found.kind == "exact, matrix-free"
    assert abs(found.first_law_residual[0]) < 1e-10
    occupied = SparsePauliOp.from_sparse_list([("", [], 0.5), ("Z", [2], 0.5)], num_qubits=8)
    assert found.expectation(occupied)[0] == pytest.approx(0.0, abs=1e-15), "the third letter from the right is 1"
    assert 0.01 < found.expectation(occupied)[1] < 0.2
    assert qcoll.evolve(model, 1, "01010101", method="second_order").kind == "second order, matrix-free"


def test_large_thermal_states_need_no_eigenvalues():
    model = qcoll.models.boundary_driven_chain(sites=8, anisotropy=0.7)
    assert np.abs(matrix_free.initial_state(model) - initial_density_matrix(model)).max() < 1e-15


def test_rows_of_the_ancilla_in_any_number():
    """Fewer rows at once take less memory and more time, and give the same."""
    model, state = MODELS[3], initial_density_matrix(MODELS[3])
    collision = matrix_free.SparseCollision.of(model, 1)
    found = [
        matrix_free.SparseCollision(
            collision.thermal, collision.expansion, collision.observables, collision.dimension, rows
        ).step(state)
        for rows in (1, 2, 4)
    ]
    for after, means in found[1:]:
        assert np.abs(after - found[0][0]).max() < 1e-15
        assert np.abs(means - found[0][1]).max() < 1e-14


@pytest.mark.parametrize("threads", ["1", "3"])
def test_threads_change_nothing(monkeypatch, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    monkeypatch.setattr(matrix_free, "BLOCK", 64)
    model, state = MODELS[0], initial_density_matrix(MODELS[0])
    after, _ = matrix_free.SparseCollision.of(model, 1).step(state)
    joint = JointCollision.of(model)
    assert np.abs(after - joint.trace_ancilla(joint.apply(joint.fresh(state)))).max() < 1e-13


@pytest.mark.parametrize("time", [0.05, 1.0, 40.0])
@pytest.mark.parametrize("tolerance", [1e-4, 1e-8, 1e-13])
def test_errors_of_the_expansion_are_known_before(time, tolerance):
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(20, 20)) + 1j * rng.normal(size=(20, 20))
    hamiltonian = (matrix + matrix.conj().T) / 8
    found = Expansion.unitary(sparse.csr_array(hamiltonian), time, tolerance)
    error = np.linalg.norm(found(np.eye(20, dtype=complex)) - expm(-1j * time * hamiltonian), 2)
    assert error <= found.error
    assert found.error <= 1.01 * tolerance + 1e-14
    if tolerance == 1e-13:
        assert error < 1e-12, "and it is met"


def test_the_interval_holds_all_eigenvalues():
    for model in MODELS[4:]:
        matrix = sparse.csr_array(model.hamiltonian.to_matrix(sparse=True))
        values = np.linalg.eigvalsh(matrix.toarray())
        centre, radius = spectral_interval(matrix)
        assert centre - radius <= values[0]
        assert values[-1] <= centre + radius
        assert 2 * radius < 1.02 * (values[-1] - values[0]), "and hardly more"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "sparse"}, "method is 'sparse', but must be one of 'automatic', 'exact', 'dense', 'matrix_free'"),
        ({"tolerance": 0.0}, "tolerance is 0.0, but must be positive"),
        ({"tolerance": 1e-15, "method": "matrix_free"}, "rounding alone is up to .* after 3 collisions: give a larger"),
        ({"method": "dense", "record": [1.5]}, "record contains 1.5"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.evolve(qcoll.models.boundary_driven_chain(sites=3), 3, **options)


def test_what_does_not_fit_is_said_before_the_work(monkeypatch):
    monkeypatch.setattr("qcoll.limits.available_memory", lambda: 10**9)
    with pytest.raises(qcoll.InputError, match=r"states needs .*B, but 1 GB are available"):
        qcoll.evolve(qcoll.models.boundary_driven_chain(sites=12), 2, method="matrix_free")
    cycle = qcoll.Cycle([qcoll.example_1(), qcoll.example_2()])
    with pytest.raises(qcoll.InputError, match="takes a CollisionModel without memory, not a cycle"):
        qcoll.evolve(cycle, 2, method="matrix_free")


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is an extra, qcoll[large]")
@pytest.mark.parametrize("hamiltonian", ["real", "complex"])
def test_the_compiled_step_changes_nothing(monkeypatch, hamiltonian):
    rng = np.random.default_rng(8)
    matrix = rng.normal(size=(40, 40)) + (1j * rng.normal(size=(40, 40)) if hamiltonian == "complex" else 0)
    turn = Expansion.unitary(sparse.csr_array((matrix + matrix.conj().T) / 10), 1.0, 1e-13)
    columns = rng.normal(size=(40, 8)) + 1j * rng.normal(size=(40, 8))
    plain = turn(columns)
    monkeypatch.setattr(expansion, "SMALLEST_FUSED", 0)
    assert expansion.fused_step() is not None
    assert np.abs(turn(columns) - plain).max() < 1e-13
