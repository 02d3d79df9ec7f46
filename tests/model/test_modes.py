"""Ladder operators of qubits, bosons and fermions against their algebra and dense matrices written here."""

import functools
import itertools

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll import Boson, Fermion, Modes, Qubit

PAULI = {"Z": np.diag([1.0, -1.0]), "I": np.eye(2), "a": np.array([[0.0, 1.0], [0.0, 0.0]])}


def adjoint(matrix):
    return matrix.conj().T


@pytest.mark.parametrize("encoding", ["binary", "gray"])
@pytest.mark.parametrize("levels", [2, 3, 4, 5, 8, 11])
def test_bosons_below_the_cutoff(levels, encoding):
    modes = Modes(a=Boson(levels=levels, encoding=encoding))
    states = np.array(modes["a"].states)
    lower = modes.lowering("a").to_matrix()
    oscillator = np.diag(np.sqrt(np.arange(1, levels)), 1)
    np.testing.assert_allclose(lower[np.ix_(states, states)], oscillator, rtol=0, atol=1e-14)
    commutator = (lower @ adjoint(lower) - adjoint(lower) @ lower)[np.ix_(states, states)]
    np.testing.assert_allclose(commutator[:-1, :-1], np.eye(levels - 1), rtol=0, atol=1e-14)
    assert commutator[-1, -1] == pytest.approx(1 - levels, abs=1e-13)
    np.testing.assert_allclose(modes.number("a").to_matrix(), adjoint(lower) @ lower, rtol=0, atol=4e-15 * levels)
    np.testing.assert_allclose(modes.physical.to_matrix().diagonal().real, modes.physical_mask(), rtol=0, atol=1e-15)
    beyond = ~modes.physical_mask()
    np.testing.assert_allclose(lower[beyond], 0, rtol=0, atol=1e-15)
    np.testing.assert_allclose(lower[:, beyond], 0, rtol=0, atol=1e-15)


def test_neighbouring_levels_differ_in_one_qubit_of_the_gray_code():
    states = Boson(levels=11, encoding="gray").states
    assert all((a ^ b).bit_count() == 1 for a, b in itertools.pairwise(states))
    assert len(set(states)) == 11


def test_jordan_wigner_strings_run_over_the_fermions_between():
    modes = Modes(a=Fermion(), b=Boson(levels=3), c=Fermion(), d=Qubit(), e=Fermion())
    single = {"a": "IIIIIa", "c": "IIaIIZ", "e": "aIZIIZ"}  # the first mode is the rightmost letter
    for name, letters in single.items():
        expected = functools.reduce(np.kron, [PAULI[letter] for letter in letters])
        np.testing.assert_allclose(modes.lowering(name).to_matrix(), expected, rtol=0, atol=1e-15)


def test_operators_of_different_modes_commute_or_anticommute():
    modes = Modes(a=Fermion(), b=Qubit(), c=Fermion(), d=Boson(levels=3, encoding="gray"), e=Fermion())
    lower = {name: modes.lowering(name).to_matrix() for name in modes}
    for j, k in itertools.combinations_with_replacement(modes, 2):
        fermionic = j in "ace" and k in "ace"
        if j == k and not fermionic:
            continue
        sign = 1 if fermionic else -1
        for second in (lower[k], adjoint(lower[k])):
            bracket = lower[j] @ second + sign * second @ lower[j]
            expected = np.eye(64) if j == k and second is not lower[k] else np.zeros((64, 64))
            np.testing.assert_allclose(bracket, expected, rtol=0, atol=1e-14)


def test_qubits_are_spins():
    modes = Modes(a=Qubit(), b=Qubit())
    assert modes.lowering("b").equiv(SparsePauliOp(["XI", "YI"], [0.5, -0.5j]))
    assert modes.number("a").equiv(SparsePauliOp(["II", "IZ"], [0.5, 0.5]))
    assert modes.raising("a").equiv(modes.lowering("a").adjoint())


def test_basis_states_have_their_excitations():
    modes = Modes(a=Boson(levels=5, encoding="gray"), b=Qubit(), c=Fermion())
    state = modes.basis_state(a=3, c=1)
    for name, count in {"a": 3, "b": 0, "c": 1}.items():
        assert np.vdot(state, modes.number(name).to_matrix() @ state).real == pytest.approx(count, abs=1e-14)


def test_joined_registers_are_a_system_and_its_ancilla():
    joint = Modes(s=Fermion()).joined(Modes(a=Fermion(), b=Boson(levels=3)))
    assert joint.names == ("s", "a", "b")
    assert joint.qubits("b") == (2, 3)
    assert len(joint) == 3
    assert joint == Modes(s=Fermion(), a=Fermion(), b=Boson(levels=3))
    assert hash(joint) == hash(Modes(s=Fermion(), a=Fermion(), b=Boson(levels=3)))
    with pytest.raises(qcoll.InputError, match="'a'"):
        joint.joined(Modes(a=Qubit()))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Modes(), "at least one"),
        (lambda: Modes(a=3), "'a'"),
        (lambda: Boson(levels=1), "at least two"),
        (lambda: Boson(levels=2.5), "levels"),
        (lambda: Boson(encoding="unary"), "unary"),
        (lambda: Modes(a=Qubit()).lowering("b"), "no mode 'b'"),
        (lambda: Modes(a=Boson(levels=3)).basis_state(a=3), "3 levels"),
    ],
)
def test_bad_modes_are_refused(make, message):
    with pytest.raises(qcoll.InputError, match=message):
        make()


def test_odd_fermion_operators_are_refused_in_hamiltonians():
    modes = Modes(a=Fermion(), b=Boson(levels=2))
    odd = modes.lowering("a") @ modes.raising("b")
    with pytest.raises(qcoll.InputError, match=r"odd in the fermions, in 'a'"):
        qcoll.Ancilla(hamiltonian=modes.number("b") + odd + odd.adjoint(), beta=1.0, modes=modes)
    ancilla = qcoll.Ancilla(hamiltonian=modes.number("a"), beta=1.0, modes=modes)
    joint = Modes(s=Qubit()).joined(modes)
    hop = joint.lowering("s") @ joint.raising("a")
    with pytest.raises(qcoll.InputError, match="the interaction has a term that is odd in the fermions"):
        qcoll.CollisionModel(system=SparsePauliOp("Z"), ancilla=ancilla, interaction=hop + hop.adjoint(), dt=0.1)


def test_hamiltonians_that_leave_the_levels_are_refused():
    modes = Modes(a=Boson(levels=3))
    with pytest.raises(qcoll.InputError, match="couples the 3 levels of mode 'a'"):
        qcoll.Ancilla(hamiltonian=SparsePauliOp("XI"), beta=1.0, modes=modes)
    with pytest.raises(qcoll.InputError, match="acts on 3 qubits, but its modes have 2"):
        qcoll.Ancilla(hamiltonian=SparsePauliOp("XII"), beta=1.0, modes=Modes(a=Boson(levels=4)))
