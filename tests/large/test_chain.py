"""Matrix products against density matrices and free fermions, with the error that is said against the true one."""

import dataclasses
import warnings

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import expm

import qcoll
from qcoll.large.block_algebra import blocks, how_many, orthogonal, truncated
from qcoll.large.chain_state import ChainState, Truncation, distance
from qcoll.large.layout import Layout
from qcoll.large.splitting import STAGES, Splitting, conjugation
from qcoll.model.operators import exchange, zeeman

from .chains import chain_between_pairs, current, occupation


def tensor(model, n, initial=None, **options):
    return qcoll.evolve(model, n, initial, method="tensor_network", **options)


@pytest.mark.parametrize(
    ("model", "initial"),
    [
        (qcoll.models.boundary_driven_chain(sites=2, anisotropy=0.5, dt=0.3), "0+"),
        (chain_between_pairs(4, anisotropy=0.7)[0], None),
        (qcoll.models.boundary_driven_chain(sites=4, anisotropy=1.0, dt=0.3), "r01-"),
    ],
    ids=["XXZ dimer", "XXZ chain of four", "two temperatures"],
)
def test_against_density_matrices(model, initial):
    exact = qcoll.evolve(model, 3, initial, method="dense")
    found = tensor(model, 3, initial, tolerance=2e-6)
    assert found.kind.startswith("tensor network, bond dimension ")
    assert np.abs(found.states - exact.states).max() < 1e-8
    for name in ("heat", "work", "energy"):
        assert np.abs(getattr(found, name) - getattr(exact, name)).max() < 1e-8, name
    if exact.entropy_flow is not None:
        assert np.abs(found.entropy_flow - exact.entropy_flow).max() < 1e-8
    assert np.all(np.diff(found.error_bound) >= 0)
    assert found.error_bound[-1] < 1e-5


@pytest.mark.parametrize("options", [{}, {"tolerance": 0.05}, {"cutoff": 1e-5}, {"tolerance": 0.02, "record": 3}])
def test_errors_against_free_fermions(options):
    """The error that is said is not below the true one, whatever is asked for; heat at each end."""
    model, fermions = chain_between_pairs(6)
    exact, found = fermions.evolve(4), tensor(model, 4, **options)
    states = [exact.states[k] for k in found.collisions]
    occupations = np.array([found.expectation(occupation(k, 6)) for k in range(6)]).T
    currents = np.array([found.expectation(current(k, 6)) for k in range(5)]).T
    expected = np.array([[2 * state.correlations[k, k + 1].imag for k in range(5)] for state in states])
    errors = np.abs(occupations - [state.occupations for state in states]).max(axis=1)
    assert np.all(errors <= found.error_bound + 1e-14)
    assert np.all(np.minimum(np.abs(currents - expected), np.abs(currents + expected)).max(axis=1) <= found.error_bound)
    assert errors.max() < 1e-3
    moments = qcoll.evolve(model, 4, method="gaussian", record=options.get("record", 1))
    assert np.abs(found.heat_of_parts - moments.heat_of_parts).max() < 1e-3
    assert np.abs(found.first_law_residual).max() < 1e-3


@pytest.mark.parametrize("options", [{"tolerance": 0.1}, {"tolerance": 1e-3}, {"bond_dimension": 16}, {"cutoff": 1e-4}])
@pytest.mark.filterwarnings("ignore::qcoll.AccuracyWarning")
def test_the_estimate_is_above_the_true_error_and_closer_than_the_bound(options):
    """Of every Pauli string on one site or two neighbours, against free fermions and density matrices."""
    for model, initial, method in (
        (chain_between_pairs(5)[0], None, "gaussian"),
        (qcoll.models.boundary_driven_chain(sites=4, anisotropy=1.0, dt=0.3), "0+1r", "dense"),
    ):
        exact, found = qcoll.evolve(model, 3, initial, method=method), tensor(model, 3, initial, **options)
        errors = np.zeros(4)
        for k in range(model.num_system_qubits - 1):
            strings = [
                SparsePauliOp.from_sparse_list([(a + b, [k, k + 1], 1.0)], num_qubits=model.num_system_qubits)
                for a in "IXYZ"
                for b in "IXYZ"
            ]
            difference = [np.abs(found.expectation(one) - exact.expectation(one)) for one in strings]
            errors = np.maximum(errors, np.max(difference, axis=0))
        assert np.all(errors <= found.error_estimate + 1e-14)
        assert np.all(found.error_estimate <= found.error_bound)
        assert found.error_estimate[-1] < 300 * errors[-1]
        assert f"on one or two sites about {found.error_estimate[-1]:.1e}" in repr(found)


def test_more_is_better():
    """Convergence in bond dimension and in cutoff."""
    model, fermions = chain_between_pairs(6)
    expected = fermions.evolve(4).occupations[-1]

    def error(**options):
        found = tensor(model, 4, record=4, **options)
        return np.abs([found.expectation(occupation(k, 6))[-1] - expected[k] for k in range(6)]).max()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qcoll.AccuracyWarning)
        by_dimension = [error(bond_dimension=size) for size in (4, 10, 30)]
    by_cutoff = [error(cutoff=size) for size in (1e-2, 1e-4, 1e-6)]
    for errors in (by_dimension, by_cutoff):
        assert errors[1] < 0.5 * errors[0]
        assert errors[2] < 0.1 * errors[1] or errors[2] < 1e-7


def test_too_small_a_bond_dimension_is_said_with_the_number():
    with pytest.warns(qcoll.AccuracyWarning, match=r"bond dimension 3 drops up to .*e.* but the tolerance is 0.001"):
        found = tensor(chain_between_pairs(6)[0], 3, bond_dimension=3)
    assert found.bond_dimensions[-1] == 3
    assert found.truncation_error[-1] > 1e-3


def test_a_chain_whose_qubits_are_in_no_order_and_an_ancilla_in_the_middle():
    """Sites follow the couplings, and an ancilla may meet any of them."""
    system = zeeman(4, [1.0, 0.8, 1.2, 0.9]) + exchange(4, 0.7, raising=[2], lowering=[0])
    system += exchange(4, 0.9j, raising=[0], lowering=[3]) + exchange(4, 0.5, raising=[3], lowering=[1])
    model = qcoll.CollisionModel(
        system=system,
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(2, [1.0, 1.3]) + SparsePauliOp("XX", 0.4), beta=0.5),
        interaction=SparsePauliOp.from_sparse_list([("XX", [3, 4], 0.6), ("ZY", [3, 5], 0.4)], num_qubits=6),
        dt=0.4,
    )
    assert Layout.of(model).order == (1, 3, 0, 2)
    exact, found = qcoll.evolve(model, 3, "01+r"), tensor(model, 3, "01+r", tolerance=1e-5)
    assert np.abs(found.states - exact.states).max() < 1e-7
    assert np.abs(found.heat - exact.heat).max() < 1e-7


@pytest.mark.parametrize("order", [2, 4])
def test_orders_of_the_splittings(order):
    """The error of one collision falls as dt**(order + 1)."""
    assert np.isclose(sum(STAGES[order][::2]), 1)
    assert np.isclose(sum(STAGES[order][1::2]), 1)
    rng = np.random.default_rng(2)
    a, b = (matrix + matrix.T for matrix in rng.normal(size=(2, 4, 4)))

    def error(dt):
        product = np.eye(16)
        for parity, fraction in Splitting(order, 1).layers:
            product = conjugation((a, b)[parity], fraction * dt) @ product
        return np.abs(product - conjugation(a + b, dt)).max()

    times = np.array([0.1, 0.05]) if order == 4 else np.array([0.02, 0.01])
    slope = np.log2(error(times[0]) / error(times[1]))
    assert slope == pytest.approx(order + 1, abs=0.15)


def test_what_truncations_drop_is_the_distance():
    """A layer's drops are orthogonal: their norm is the distance to the state without truncation."""
    rng = np.random.default_rng(5)
    whole = ChainState([rng.normal(size=shape) for shape in ((1, 4, 6), (6, 4, 9), (9, 4, 7), (7, 4, 5), (5, 4, 1))])
    whole.canonicalise(0)
    gates = {k: np.linalg.qr(rng.normal(size=(16, 16)))[0] for k in (0, 2)}
    exact, cut = whole.copy(), whole.copy()
    assert exact.apply_layer(gates, Truncation(0.0, 1000)) < 1e-12 * exact.norm()
    dropped = cut.apply_layer(gates, Truncation(0.0, 5))
    assert dropped == pytest.approx(distance(exact, cut), rel=1e-10)
    assert how_many(np.array([3.0, 1.0, 1e-3, 1e-4]), 0.01, 10) == (2, pytest.approx(np.hypot(1e-3, 1e-4)))


def exchanges(size, pairs, coupling):
    return sum((exchange(size, coupling, raising=[a], lowering=[b]) for a, b in pairs), 0 * zeeman(size, [1.0]))


def small(pairs, meets, name):
    return qcoll.CollisionModel(
        system=zeeman(3, [1.0] * 3) + exchanges(3, pairs, 1.0),
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=1.0),
        interaction=exchanges(4, [(qubit, 3) for qubit in meets], 0.4).simplify(atol=0),
        dt=0.3,
        name=name,
    )


def ring():
    return small([(0, 1), (1, 2), (2, 0)], [0], "ring")


def spread():
    return small([(0, 1), (1, 2)], [0, 2], "spread")


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (ring(), {}, r"qubit 0 of 'ring' is coupled to \[1, 2\] in a ring, but .* takes chains .* use \"matrix_free\""),
        (chain_between_pairs(2)[0], {}, r"neighbours of .* have 6 qubits with their ancillas, but"),
        (spread(), {}, r"an ancilla of 'spread' meets qubits \[0, 2\], but"),
        (chain_between_pairs(3)[0], {"initial": "01"}, "has one of 0, 1, .* for each of 3 qubits"),
        (chain_between_pairs(3)[0], {"initial": 3}, "must be a label, a list of 3 states of one qubit, or None"),
        (chain_between_pairs(3)[0], {"bond_dimension": 0}, "bond_dimension must be a positive integer"),
        (chain_between_pairs(3)[0], {"cutoff": -1.0}, "cutoff is -1.0, but must not be negative"),
        (chain_between_pairs(3)[0], {"tolerance": -1.0}, "tolerance is -1.0, but must be positive"),
        (chain_between_pairs(40)[0], {"bond_dimension": 4000, "n": 10**4}, "keep fewer states with record="),
    ],
)  # fmt: skip
def test_bad_input(model, options, message):
    n = options.pop("n", 3)
    with pytest.raises(qcoll.InputError, match=message):
        tensor(model, n, **options)


def test_collisions_too_long_for_the_finest_splitting_are_said():
    """At 100 times the inverse coupling the result is far from exact: the bound says so, and so does a warning."""
    model = qcoll.CollisionModel(
        system=zeeman(3, [1.0, 0.8, 1.2]) + SparsePauliOp(["IXX", "XXI"], [0.9, 0.7]),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0),
        interaction=SparsePauliOp(["XXII"], [0.8]),
        dt=100.0,
    )
    exact = qcoll.evolve(model, n=1, method="dense")
    with pytest.warns(qcoll.AccuracyWarning, match=r"finest splitting .* by up to .* but the tolerance is 1e-08"):
        found = qcoll.evolve(model, n=1, method="tensor_network", tolerance=1e-8)
    wrong = np.abs(np.linalg.eigvalsh(found.states[-1] - exact.states[-1])).sum()
    assert 1e-8 < wrong <= found.error_bound[-1]


def test_decompositions_keep_blocks_apart():
    rng = np.random.default_rng(5)
    rows, columns = rng.permutation(9), rng.permutation(7)
    matrix = np.zeros((9, 7))
    for start, stop, first, last in ((0, 3, 0, 2), (3, 4, 2, 5), (4, 6, 5, 6), (6, 8, 6, 7)):
        matrix[np.ix_(rows[start:stop], columns[first:last])] = rng.normal(size=(stop - start, last - first))
    found = list(blocks(matrix))
    assert sorted((len(r), len(c)) for r, c in found) == [(1, 3), (2, 1), (2, 1), (3, 2)]
    for r, c in found:
        assert np.all(np.delete(matrix[r], c, axis=1) == 0)
    expected = np.linalg.svd(matrix, compute_uv=False)
    for whole in (matrix, rng.normal(size=(5, 8)), np.zeros((3, 4))):
        q, r = orthogonal(whole)
        u, s, v, lost = truncated(whole, 1e-13, 99)
        assert np.abs(q @ r - whole).max() < 1e-14
        assert np.abs((u * s) @ v - whole).max() < 1e-13
        assert lost < 1e-13
    u, s, v, lost = truncated(matrix, 0.0, 3)
    assert np.allclose(s, expected[:3])
    assert lost == pytest.approx(np.linalg.norm(expected[3:]))
    assert np.linalg.norm((u * s) @ v - matrix) == pytest.approx(lost)


def test_strings_with_an_even_and_an_odd_number_of_x_and_y_stay_apart():
    """In chains of exchange and fields along z, not in a field along x."""
    chain = qcoll.models.boundary_driven_chain(sites=4, dt=0.3)
    field = SparsePauliOp.from_sparse_list([("X", [1], 0.4)], num_qubits=4)
    turned = dataclasses.replace(chain, system=(chain.system + field).simplify(atol=0))
    for model, expected in ((chain, 2), (turned, 1)):
        middle = tensor(model, 2, record=2).chains[-1].tensors[1]
        assert len(list(blocks(middle.reshape(-1, middle.shape[2])))) == expected


def test_the_shorter_formula_of_fourth_order():
    rng = np.random.default_rng(0)
    parts = [matrix + matrix.T for matrix in rng.normal(size=(2, 5, 5))]
    errors = []
    for time in (0.1, 0.05):
        product = np.eye(5)
        for parity, fraction in Splitting(4, 1, lean=True).layers:
            product = expm(-1j * time * fraction * parts[parity]) @ product
        errors.append(np.linalg.norm(product - expm(-1j * time * (parts[0] + parts[1]))))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(5, abs=0.2)
    assert Splitting(4, 1).coarser == Splitting(4, 1, lean=True)
    assert Splitting(4, 1, lean=True).finer == Splitting(4, 2)
    assert [Splitting(2, 1).coarser, Splitting(2, 4).coarser] == [Splitting(1, 1), Splitting(2, 2)]
