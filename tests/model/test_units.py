"""Physics does not depend on units, and small coefficients are kept, however they are given."""

import numpy as np
import pytest
import qutip
from qiskit.quantum_info import DensityMatrix, Operator, SparsePauliOp

import qcoll
from qcoll.exact import gibbs_state
from qcoll.model.random import random_model


def in_units(model, unit):
    """The same physics with energies times ``unit``, inverse temperature and time divided by it."""
    beta = model.ancilla.beta / unit  # infinity stays what it is
    return qcoll.CollisionModel(
        system=model.system * unit,
        ancilla=qcoll.Ancilla(hamiltonian=model.ancilla.hamiltonian * unit, beta=beta),
        interaction=model.interaction * unit,
        dt=model.dt / unit,
    )


MODELS = [
    qcoll.example_2(alpha=0.5, dt=0.5, kappa=1.0, beta=1.0),
    qcoll.example_2(alpha=0.5, dt=0.5, kappa=1.0, beta=np.inf),
    qcoll.example_1(alpha=0.5, dt=0.5),
    random_model(5),
]


@pytest.mark.parametrize("unit", [1e-30, 3e-24, 1e-12, 1e-5, 1e6, 1e30])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: repr(model)[15:40])
class TestUnits:
    def test_exact_dynamics(self, model, unit):
        here, there = (qcoll.evolve(each, n=4, initial="+") for each in (model, in_units(model, unit)))
        np.testing.assert_allclose(there.states, here.states, atol=1e-13)
        np.testing.assert_allclose(there.heat / unit, here.heat, atol=1e-13)
        np.testing.assert_allclose(there.work / unit, here.work, atol=1e-13)
        np.testing.assert_allclose(there.entropy_production, here.entropy_production, atol=1e-11)
        other = in_units(model, unit)
        np.testing.assert_allclose(qcoll.steady_state(other).data, qcoll.steady_state(model).data, atol=1e-12)
        assert qcoll.spectral_gap(other) == pytest.approx(qcoll.spectral_gap(model), rel=1e-9)

    @pytest.mark.parametrize("synthesis", ["trotter", "exact", "channel"])
    def test_circuits(self, model, unit, synthesis):
        compiled = qcoll.compile_collisions(in_units(model, unit), n=1, initial="+", synthesis=synthesis)
        here = qcoll.compile_collisions(model, n=1, initial="+", synthesis=synthesis)
        np.testing.assert_allclose(compiled.channel().data, here.channel().data, atol=1e-11)


WEAK = SparsePauliOp(["XXI", "YYI", "ZIZ"], [1.0, 1e-7, 1e-12])


@pytest.mark.parametrize(
    "given",
    [
        WEAK.to_matrix(),
        WEAK.to_matrix().tolist(),
        Operator(WEAK.to_matrix()),
        [("XXI", 1.0), ("YYI", 1e-7), ("ZIZ", 1e-12)],
        qutip.Qobj(WEAK.to_matrix(), dims=[[2, 2, 2], [2, 2, 2]]),
    ],
    ids=["array", "list", "Operator", "strings", "QuTiP"],
)
def test_operators_are_taken_exactly(given):
    ancilla = qcoll.Ancilla(hamiltonian=np.diag([1.0, 0.0, 0.0, -1.0]), beta=1.0)
    model = qcoll.CollisionModel(system=np.diag([0.5, -0.5]), ancilla=ancilla, interaction=given, dt=0.1)
    assert dict(model.interaction.to_list()) == pytest.approx(dict(WEAK.to_list()), rel=1e-3)


def test_weak_couplings_are_measured():
    """Rotated observables keep the smallest couplings, and so the switching work of a weak collision."""
    model = qcoll.example_2(alpha=1e-6, kappa=0.8, beta=2.0, dt=0.5)
    exact = qcoll.evolve(model, n=3, initial="+")
    for preparation in ("purified", "absorbed", "sampled"):
        compiled = qcoll.compile_collisions(model, n=3, initial="+", synthesis="exact", preparation=preparation)
        before = compiled.pieces.before(model.interaction)
        assert np.abs(before.coeffs).sum() > 1e-7
        np.testing.assert_allclose(qcoll.simulate(compiled).switching_work, exact.switching_work, atol=1e-14)


@pytest.mark.parametrize(
    "state",
    [
        np.array([1, 1], np.complex64) / np.sqrt(2).astype(np.complex64),
        np.array([[1], [1]]) / np.sqrt(2),
        qutip.ket2dm((qutip.basis(2, 0) + qutip.basis(2, 1)).unit()),
        (qutip.basis(2, 0) + qutip.basis(2, 1)).unit(),
        DensityMatrix.from_label("+"),
    ],
    ids=["single precision", "column", "QuTiP matrix", "QuTiP ket", "Qiskit"],
)
def test_initial_states_of_all_kinds(state):
    model = qcoll.example_2()
    np.testing.assert_allclose(qcoll.evolve(model, n=1, initial=state).states[0], np.full((2, 2), 0.5), atol=1e-7)


def test_labels_that_do_not_exist_are_named():
    with pytest.raises(qcoll.InputError, match=r"'z', but a label has one of 0, 1, \+, -, r, l for each qubit"):
        qcoll.evolve(qcoll.example_2(), n=1, initial="z")


def test_ground_states_of_small_hamiltonians():
    ancilla = qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 1e-25), beta=np.inf)
    np.testing.assert_allclose(gibbs_state(ancilla), np.diag([0.0, 1.0]))


class TestInteractionsThatCoupleNothing:
    def model(self, interaction):
        ancilla = qcoll.Ancilla(hamiltonian=SparsePauliOp(["IZ", "ZI"], [0.5, 0.5]), beta=1.0)
        return qcoll.CollisionModel(
            system=SparsePauliOp(["IZ", "ZI"], [0.5, 0.5]), ancilla=ancilla, interaction=interaction, dt=0.1
        )

    def test_strings_in_the_other_order(self):
        ancilla = qcoll.Ancilla(hamiltonian=SparsePauliOp(["IIZ"], [0.5]), beta=1.0)
        with pytest.warns(qcoll.ModelWarning, match="never meet: for XXII perhaps IIXX was meant"):
            qcoll.CollisionModel(
                system=SparsePauliOp("Z"), ancilla=ancilla, interaction=SparsePauliOp("XXII", 0.1), dt=0.1
            )

    def test_nothing_couples_in_any_order(self):
        with pytest.warns(qcoll.ModelWarning, match="does not couple system and ancilla, so that they never meet; the"):
            self.model(SparsePauliOp("IIXX", 0.1))

    def test_no_interaction_at_all_is_meant(self):
        assert self.model(SparsePauliOp("XXXX", 0.0)).num_qubits == 4
