"""Ancillas in states that are not thermal, inverted ones, and their files."""

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, random_density_matrix

import qcoll
from qcoll import Ancilla, Boson, CollisionModel, Modes, Qubit
from qcoll.model.random import random_model

PAIR = SparsePauliOp(["IZ", "ZI", "XX"], [0.5, 0.7, 0.2])


def test_a_state_may_come_in_any_form():
    for state in ("+0", [1, 1, 0, 0] / np.sqrt(2), DensityMatrix.from_label("0+"), np.eye(4) / 4):
        ancilla = Ancilla(hamiltonian=PAIR, state=state)
        expected = DensityMatrix.from_label(state) if isinstance(state, str) else DensityMatrix(state)
        np.testing.assert_allclose(qcoll.exact.gibbs_state(ancilla), expected.data, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({}, "neither of them"),
        ({"beta": 1.0, "state": "00"}, "both"),
        ({"state": "0"}, "dimension 2"),
        ({"state": "0q"}, "label"),
        ({"state": np.eye(4)}, "trace 4"),
        ({"state": np.diag([1.5, -0.5, 0, 0])}, "negative eigenvalue"),
        ({"state": object()}, "DensityMatrix takes"),
        ({"beta": 1.0, "modes": 3}, "qcoll.Modes"),
    ],
)
def test_bad_states_are_refused(keywords, message):
    with pytest.raises(qcoll.InputError, match=message):
        Ancilla(hamiltonian=PAIR, **keywords)


def test_states_beyond_the_levels_are_refused():
    modes = Modes(a=Boson(levels=3))
    with pytest.raises(qcoll.InputError, match="beyond the levels"):
        Ancilla(hamiltonian=modes.number("a"), state="11", modes=modes)
    with pytest.raises(qcoll.InputError, match="beyond the levels"):
        qcoll.evolve(oscillator(), n=1, initial="11")


def oscillator():
    """A three-level oscillator that meets qubits."""
    system, ancilla = Modes(s=Boson(levels=3)), Modes(a=Qubit())
    joint = system.joined(ancilla)
    hop = joint.raising("s") @ joint.lowering("a")
    return CollisionModel(
        system=1.1 * system.number("s"),
        ancilla=Ancilla(hamiltonian=ancilla.number("a"), beta=0.8, modes=ancilla),
        interaction=0.4 * (hop + hop.adjoint()),
        dt=0.7,
        system_modes=system,
    )


@pytest.mark.parametrize(
    "model", [random_model(1, rank=4), random_model(2, rank=1), oscillator(), random_model(5, beta=-0.4)]
)
def test_model_files_take_them(model, tmp_path):
    qcoll.save_model(model, tmp_path / "model.toml")
    again = qcoll.load_model(tmp_path / "model.toml")
    assert again.fingerprint() == model.fingerprint()
    assert again.ancilla == model.ancilla
    assert again.system_modes == model.system_modes
    assert again.ancilla.modes == model.ancilla.modes


def test_files_with_both_or_neither_or_unknown_modes_are_refused(tmp_path):
    text = qcoll.model.files.model_to_toml(oscillator())
    for old, new, message in [
        ("beta = 0.8", "", "beta is missing"),
        ("[ancilla.hamiltonian]", "[ancilla.state]\nI = 0.5\n\n[ancilla.hamiltonian]", "both were given"),
        ('kind = "qubit"', 'kind = "spin"', "mode 'a'"),
        ('kind = "boson"', 'kind = "fermion"', "mode 's'"),
    ]:
        (tmp_path / "model.toml").write_text(text.replace(old, new))
        with pytest.raises(qcoll.InputError, match=message):
            qcoll.load_model(tmp_path / "model.toml")


def test_a_state_changes_the_fingerprint_and_thermal_ones_keep_theirs():
    thermal = random_model(1)
    assert random_model(1, rank=4).fingerprint() not in {thermal.fingerprint(), random_model(1, rank=1).fingerprint()}
    full = Modes(a=Qubit(), b=Boson(levels=4))
    hamiltonian = full.number("a") + full.number("b")
    assert Ancilla(hamiltonian=hamiltonian, beta=1.0, modes=full) == Ancilla(hamiltonian=hamiltonian, beta=1.0)
    three = Modes(a=Qubit(), b=Boson(levels=3))
    assert Ancilla(hamiltonian=three.number("a"), beta=1.0, modes=three) != Ancilla(
        hamiltonian=three.number("a"), beta=1.0
    )


def test_the_modular_hamiltonian_is_the_logarithm():
    ancilla = Ancilla(hamiltonian=PAIR, state=random_density_matrix(4, seed=4))
    modular, outside = ancilla.modular_hamiltonian
    weights, vectors = np.linalg.eigh(random_density_matrix(4, seed=4).data)
    assert outside is None
    np.testing.assert_allclose(modular.to_matrix(), (vectors * -np.log(weights)) @ vectors.conj().T, rtol=0, atol=1e-11)
    with pytest.raises(qcoll.InputError, match="thermal"):
        qcoll.example_1().ancilla.modular_hamiltonian  # noqa: B018


def test_steady_states_keep_to_the_levels_of_the_system():
    """A resonant oscillator cut off at three levels reaches the populations of detailed balance."""
    state = qcoll.steady_state(oscillator()).data
    ratio = np.exp(-0.8)
    expected = np.array([1, ratio, ratio**2, 0])
    np.testing.assert_allclose(state.diagonal().real, expected / expected.sum(), rtol=0, atol=1e-13)
    assert 0 < qcoll.spectral_gap(oscillator()) < 1
    trajectory = qcoll.evolve(oscillator(), n=50)
    assert np.abs(trajectory.states[:, 3]).max() < 1e-13
    np.testing.assert_allclose(qcoll.evolve(oscillator(), n=4000, record=4000).states[-1], state, rtol=0, atol=1e-12)
