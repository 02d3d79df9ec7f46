"""Steady states without the superoperator, against those with it and against free fermions."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.exact.krylov import krylov_steady_state
from qcoll.model.operators import exchange, zeeman
from qcoll.model.random import random_model


@pytest.mark.parametrize(
    "model",
    [
        qcoll.example_2(alpha=1.0, dt=0.5),
        random_model(4, num_system_qubits=2, num_ancilla_qubits=2),
        qcoll.models.boundary_driven_chain(sites=3, anisotropy=0.7, dt=0.4),
    ],
    ids=lambda model: model.name,
)
def test_against_the_superoperator(model):
    state, residual = krylov_steady_state(model)
    assert np.abs(state.data - qcoll.steady_state(model).data).max() < 1e-9
    assert residual < 1e-10


def test_a_chain_against_free_fermions(monkeypatch):
    monkeypatch.setattr("qcoll.exact.channel.LARGEST_DENSE", 3)
    model = qcoll.models.boundary_driven_chain(sites=4, dt=0.5)
    state = qcoll.steady_state(model)
    long = qcoll.evolve(model, 2000, method="gaussian", record=[2000])
    for pauli, qubits in (("Z", [2]), ("XY", [2, 3]), ("ZZ", [0, 3])):
        operator = SparsePauliOp.from_sparse_list([(pauli, qubits, 1.0)], num_qubits=4)
        assert state.expectation_value(operator).real == pytest.approx(long.expectation(operator)[-1], abs=1e-8)


def test_something_conserved():
    model = qcoll.CollisionModel(
        system=zeeman(2, [1.0, 1.3]),
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=1.0),
        interaction=exchange(3, 0.8, raising=[0], lowering=[2]),
        dt=1.0,
        name="half alone",
    )
    with pytest.raises(qcoll.InputError, match=r"'half alone' (is not unique|was not found)"):
        krylov_steady_state(model)
