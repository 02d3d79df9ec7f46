"""Valid models whose unitaries, states or isometries common decompositions round or fail at, at any level."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.model.operators import exchange, zeeman

CHAIN = SparsePauliOp(["IXX", "XXI", "ZII", "IZI", "IIZ"], [0.4, 0.4, 0.5, 0.5, 0.5])
TRIMER = SparsePauliOp(["IXX", "IYY", "IZZ", "XXI", "YYI", "ZZI", "IIZ", "IZI", "ZII"], [0.3] * 6 + [0.5] * 3)
PAIRS = [zeeman(2, [1.0, 1.0]) + exchange(2, kappa, raising=[0], lowering=[1]) for kappa in (0.2, 0.3)]
PAIRWISE = exchange(4, 0.4, raising=[0], lowering=[2]) + exchange(4, 0.4, raising=[1], lowering=[3])
HALF_Z = SparsePauliOp("Z", 0.5)
MODELS = {
    "chain": (HALF_Z, CHAIN, SparsePauliOp("IIXX", 0.3), 0.01),
    "trimer": (HALF_Z, TRIMER, SparsePauliOp(["IIXX", "IIYY"], [0.2, 0.2]), 0.1),
    "two pairs": (*PAIRS, PAIRWISE, 0.02),
    "two pairs, short": (*PAIRS, PAIRWISE, 1e-4),
    "XXZ pair, short": (
        HALF_Z,
        SparsePauliOp(["XX", "YY", "ZZ", "IZ", "ZI"], [0.2, 0.2, 0.4, 0.5, 0.6]),
        exchange(3, 0.3, raising=[0], lowering=[1]),
        1e-4,
    ),
    "no structure, short": (
        SparsePauliOp("X", 0.5),
        SparsePauliOp(["IX", "IY", "ZY"], [1.0, 3.0, 3.0]),
        SparsePauliOp(["IYX", "XYZ"], [1.0, 0.5]),
        1e-5,
    ),
    "a weak string of three": (
        SparsePauliOp(["X", "Y"], [-0.5, np.pi / 3]),
        SparsePauliOp(["IZ", "XX", "ZX"], [-np.pi / 2, -1 / 3, -1 / 3]),
        SparsePauliOp(["YIY", "ZXZ"], [-np.pi, 1e-6]),
        0.1,
    ),
}


def dense_channel(model):
    """The superoperator, columns stacked, from dense matrices alone."""
    energies, vectors = np.linalg.eigh(model.hamiltonian.to_matrix())
    unitary = (vectors * np.exp(-1j * model.dt * energies)) @ vectors.conj().T
    levels, states = np.linalg.eigh(model.ancilla.hamiltonian.to_matrix())
    weights = np.exp(-model.ancilla.beta * (levels - levels[0]))
    a, s = len(levels), len(unitary) // len(levels)
    blocks = np.einsum("aibj,bk->akij", unitary.reshape(a, s, a, s), states * np.sqrt(weights / weights.sum()))
    return sum(np.kron(k.conj(), k) for k in blocks.reshape(-1, s, s))


@pytest.mark.parametrize("synthesis", ["exact", "purified_channel", "channel"])
@pytest.mark.parametrize("name", MODELS)
def test_levels_without_splitting_give_the_channel(name, synthesis):
    system, ancilla, interaction, dt = MODELS[name]
    model = qcoll.CollisionModel(
        system=system, ancilla=qcoll.Ancilla(hamiltonian=ancilla, beta=1.0), interaction=interaction, dt=dt
    )
    compiled = qcoll.compile_collisions(model, n=1, initial="0" * model.num_system_qubits, synthesis=synthesis)
    assert np.abs(compiled.channel().data - dense_channel(model)).max() < 1e-10


@pytest.mark.parametrize("name", MODELS)
def test_product_formulas_of_short_steps_lose_no_digits(name):
    """In steps of a thousandth the formula of fourth order is exact to rounding, and so must its circuits be."""
    system, ancilla, interaction, _ = MODELS[name]
    model = qcoll.CollisionModel(
        system=system, ancilla=qcoll.Ancilla(hamiltonian=ancilla, beta=1.0), interaction=interaction, dt=1e-3
    )
    compiled = qcoll.compile_collisions(model, n=1, initial="0" * model.num_system_qubits, trotter_order=4)
    assert np.abs(compiled.channel().data - dense_channel(model)).max() < 1e-12


def test_long_collisions():
    """Phases of thousands of turns: the series of a matrix exponential is no unitary to rounding there."""
    model = qcoll.CollisionModel(
        system=SparsePauliOp(["XX", "YI", "IZ"], [0.5, 0.3, 0.2]),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0),
        interaction=SparsePauliOp(["IXX"], [0.0]),
        dt=1e7,
    )
    compiled = qcoll.compile_collisions(model, n=1, initial="00")
    assert np.abs(compiled.channel().data - dense_channel(model)).max() < 1e-7
