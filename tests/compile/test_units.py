"""Physics does not depend on units: H times u, beta and dt over u, give the same circuits of the same channel."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.model.operators import exchange, zeeman

#: Joules are 1e-23 of the usual units.
UNITS = [1e-30, 3e-24, 1e-12, 1e12, 1e30]
ANCILLAS = {
    "exchange": zeeman(2, [0.6, 1.4]) + exchange(2, 0.3, raising=[0], lowering=[1]),
    "pair creation": zeeman(2, [0.4, 1.0]) + exchange(2, 0.3 - 0.4j, raising=[0, 1]),
    "a zero mode": SparsePauliOp(["XX"], [0.5]),
    "Heisenberg": SparsePauliOp(["XX", "YY", "ZZ", "ZI"], [0.3, 0.3, 0.3, 0.1]),
    "degenerate": SparsePauliOp(["ZI"], [1.0]),
}


def in_units(model, unit):
    ancilla = qcoll.Ancilla(hamiltonian=model.ancilla.hamiltonian * unit, beta=model.ancilla.beta / unit)
    return dataclasses.replace(
        model, system=model.system * unit, ancilla=ancilla, interaction=model.interaction * unit, dt=model.dt / unit
    )


def dense_channel(model):
    """The superoperator, columns stacked, from dense matrices alone."""
    energies, vectors = np.linalg.eigh(model.hamiltonian.to_matrix())
    unitary = (vectors * np.exp(-1j * model.dt * energies)) @ vectors.conj().T
    levels, states = np.linalg.eigh(model.ancilla.hamiltonian.to_matrix())
    cold = np.isinf(model.ancilla.beta)
    weights = levels - levels[0] < 1e-9 if cold else np.exp(-model.ancilla.beta * (levels - levels[0]))
    a, s = len(levels), len(unitary) // len(levels)
    blocks = np.einsum("aibj,bk->akij", unitary.reshape(a, s, a, s), states * np.sqrt(weights / np.sum(weights)))
    return sum(np.kron(k.conj(), k) for k in blocks.reshape(-1, s, s))


@pytest.mark.parametrize("beta", [1.0, np.inf])
@pytest.mark.parametrize("name", ANCILLAS)
def test_thermal_states_and_exact_collisions(name, beta):
    model = qcoll.CollisionModel(
        system=SparsePauliOp("Z", 0.5),
        ancilla=qcoll.Ancilla(hamiltonian=ANCILLAS[name], beta=beta),
        interaction=SparsePauliOp(["IXX", "IYY"], [0.4, 0.4]),
        dt=0.5,
    )
    expected = dense_channel(model)
    once = qcoll.compile_collisions(model, n=1, initial="0", synthesis="trotter")
    for unit in UNITS:
        scaled = in_units(model, unit)
        product = qcoll.compile_collisions(scaled, n=1, initial="0", synthesis="trotter")
        assert np.abs(product.channel().data - once.channel().data).max() < 1e-12
        assert product.circuit.num_nonlocal_gates() == once.circuit.num_nonlocal_gates()
    compiled = qcoll.compile_collisions(in_units(model, UNITS[1]), n=1, initial="0", synthesis="exact")
    assert np.abs(compiled.channel().data - expected).max() < 1e-11


@pytest.mark.parametrize(
    ("synthesis", "preparation"),
    [
        ("exact", "purified"),
        ("exact", "absorbed"),
        ("exact", "sampled"),
        ("purified_channel", "purified"),
        ("channel", "purified"),
        ("sampled", "purified"),
    ],
)
@pytest.mark.parametrize("unit", UNITS)
def test_every_level(synthesis, preparation, unit):
    model = qcoll.example_2(alpha=0.5, kappa=0.8, beta=1.5, dt=0.5)
    compiled = qcoll.compile_collisions(
        in_units(model, unit), n=1, initial="0", synthesis=synthesis, preparation=preparation
    )
    assert np.abs(compiled.channel().data - dense_channel(model)).max() < 1e-11
