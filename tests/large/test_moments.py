"""Free fermions by their moments: against density matrices, against qcoll.gaussian, and what is none."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.large.fermions import Fermions, pfaffians
from qcoll.large.moments import evolve_moments
from qcoll.model.operators import exchange, zeeman

from .chains import chain_between_pairs, current, occupation


def pairing_model(state=None):
    """Pairing, complex hopping and fermions with strings through the register: quadratic in the order of the qubits."""
    modes = qcoll.Modes(a=qcoll.Fermion(), b=qcoll.Fermion(), c=qcoll.Fermion(), e=qcoll.Fermion(), f=qcoll.Fermion())
    lower = {name: modes.lowering(name) for name in modes}

    def bilinear(value, left, right):
        term = value * (left @ right)
        return term + term.adjoint()

    # the system is c, a, b in this order of qubits 0, 1, 2: terms are cut out of the joint register
    joint = bilinear(0.7 + 0.3j, lower["a"].adjoint(), lower["b"]) + bilinear(0.4j, lower["a"], lower["c"])
    joint += bilinear(0.5, lower["b"].adjoint(), lower["c"]) + 1.3 * modes.number("a")
    system = SparsePauliOp([label[2:] for label in joint.paulis.to_labels()], joint.coeffs).simplify(atol=0)
    own = bilinear(0.6, lower["e"], lower["f"]) + 0.8 * modes.number("e") - 0.3 * modes.number("f")
    ancilla = SparsePauliOp([label[:2] for label in own.paulis.to_labels()], own.coeffs).simplify(atol=0)
    ends = bilinear(0.9, lower["a"].adjoint(), lower["e"]) + bilinear(0.5j, lower["c"], lower["f"])
    given = {"beta": 0.8} if state is None else {"state": state}
    return qcoll.CollisionModel(
        system=system,
        ancilla=qcoll.Ancilla(hamiltonian=ancilla, **given),
        interaction=ends.simplify(atol=0),
        dt=0.4,
        name="pairing",
    )


MODELS = [
    pytest.param(chain_between_pairs(4)[0], None, id="chain between pairs"),
    pytest.param(chain_between_pairs(3)[0], "011", id="from a product state"),
    pytest.param(qcoll.models.boundary_driven_chain(sites=4), None, id="two temperatures"),
    pytest.param(pairing_model(), "101", id="pairing"),
    pytest.param(pairing_model(np.diag([0.42, 0.28, 0.18, 0.12])), None, id="a given state"),
]


@pytest.mark.parametrize(("model", "initial"), MODELS)
def test_against_density_matrices(model, initial):
    exact = qcoll.evolve(model, 6, initial, method="dense")
    found = qcoll.evolve(model, 6, initial, method="gaussian")
    assert found.kind == "exact, Gaussian"
    for name in ("states", "heat", "work", "energy", "entropy", "entropy_production", "coherence"):
        assert np.abs(getattr(found, name) - getattr(exact, name)).max() < 1e-12, name


def test_forty_sites_against_the_moments_of_qcoll_gaussian():
    model, fermions = chain_between_pairs(40)
    found, other = qcoll.evolve(model, 100, record=20), fermions.evolve(100, record=20)
    occupations = np.array([found.expectation(occupation(k, 40)) for k in range(40)]).T
    assert np.abs(occupations - other.occupations).max() < 1e-12
    currents = np.array([found.expectation(current(k, 40)) for k in range(39)]).T
    expected = [[2 * state.correlations[k, k + 1].imag for k in range(39)] for state in other.states]
    assert np.abs(np.abs(currents) - np.abs(expected)).max() < 1e-12
    assert np.abs(currents[-1]).max() > 0.01
    for name in ("heat", "work", "entropy"):
        assert np.abs(getattr(found, name) - getattr(other, name)).max() < 1e-11, name


def test_heat_of_both_ends():
    found = qcoll.evolve(chain_between_pairs(20)[0], 10)
    assert found.heat_of_parts.shape == (10, 2)
    assert np.allclose(found.heat_of_parts.sum(axis=1), found.heat)
    assert not np.allclose(found.heat_of_parts[:, 0], found.heat_of_parts[:, 1])


def test_what_large_trajectories_say():
    found = qcoll.evolve(chain_between_pairs(20)[0], 2)
    assert isinstance(found, qcoll.Trajectory)
    pair = found.reduced_states([3, 4])
    assert np.abs(np.trace(pair, axis1=1, axis2=2) - 1).max() < 1e-14
    assert np.allclose(found.coherence_of([3, 4]), 2 * np.abs(pair[:, 1, 2]))
    assert "20 qubits, 3 states" in repr(found)
    assert repr(found).endswith("exact to rounding")
    for name in ("states", "coherence"):
        with pytest.raises(qcoll.InputError, match=r"20 qubits would not fit into memory .* reduced_states\(qubits\)"):
            getattr(found, name)
    with pytest.raises(qcoll.InputError, match="a state of 7 qubits was asked for, but reduced states are kept to 6"):
        found.reduced_states(range(7))
    with pytest.raises(qcoll.InputError, match="different ones from 0 to 19"):
        found.coherence_of([3, 20])
    with pytest.raises(qcoll.InputError, match="acts on 2 qubits, but the system has 20"):
        found.expectation(SparsePauliOp("ZZ"))
    with pytest.raises(qcoll.InputError, match="not Hermitian"):
        found.expectation(1j * occupation(3, 20))
    with pytest.raises(qcoll.InputError, match="give a SparsePauliOp"):
        found.expectation(np.eye(4))


def test_pfaffians_are_square_roots_of_determinants():
    rng = np.random.default_rng(1)
    for size in (2, 4, 8):
        matrices = rng.normal(size=(3, size, size))
        matrices -= matrices.transpose(0, 2, 1)
        assert np.allclose(pfaffians(matrices) ** 2, np.linalg.det(matrices))
    block = np.array([[0, 2.0], [-2.0, 0]])
    assert np.allclose(pfaffians(np.kron(np.eye(3), block)[None]), 8.0), "and this is their sign"


def not_quadratic():
    return qcoll.CollisionModel(
        system=zeeman(2, [1.0, 1.0]) + SparsePauliOp("ZZ", 0.3),
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=1.0),
        interaction=exchange(3, 0.4, raising=[1], lowering=[2]),
        dt=0.3,
    )


@pytest.mark.parametrize(
    ("model", "initial", "message"),
    [
        (not_quadratic(), None, r"'custom' is not quadratic in fermions: its term ZZ on qubits \[0, 1\] is not"),
        (chain_between_pairs(3)[0], "0+1", "a label of 3 letters 0 and 1"),
        (chain_between_pairs(3)[0], ["0", "+", "1"], "one of them has coherence"),
        (chain_between_pairs(3)[0], 7, "but a int was given"),
        (pairing_model(np.diag([0.5, 0, 0, 0.5])), None, "given state is not Gaussian: its mean of ZZ"),
    ],
)
def test_what_is_not_gaussian(model, initial, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.evolve(model, 3, initial, method="gaussian")


def test_rows_that_are_not_in_the_order_of_the_qubits():
    model = chain_between_pairs(3)[0]
    fermions = Fermions.of(model)
    assert fermions.order in ((4, 3, 0, 1, 2, 5, 6), (6, 5, 2, 1, 0, 3, 4))
    assert evolve_moments(model, np.array([0, 1]), fermions=fermions).n == 1
