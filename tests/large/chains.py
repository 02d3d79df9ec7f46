"""Models that the tests of large systems share."""

import numpy as np
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.model.operators import exchange, zeeman


def chain_between_pairs(sites, *, anisotropy=0.0, dt=0.2, kappa=0.6, coupling=1.0, beta=1.0):
    """A chain whose ends meet a structured pair each, and the same as fermions where it is an XX chain."""
    left, right = (-0.5, 1.5), (1.0, 3.0)
    system = zeeman(sites, [1.0] * sites)
    for k in range(sites - 1):
        system += exchange(sites, 1.0, raising=[k], lowering=[k + 1])
        system += SparsePauliOp.from_sparse_list([("ZZ", [k, k + 1], anisotropy / 2)], num_qubits=sites)
    ancilla = zeeman(4, [*left, *right])
    ancilla += exchange(4, kappa, raising=[0], lowering=[1]) + exchange(4, kappa, raising=[2], lowering=[3])
    size = sites + 4
    ends = exchange(size, coupling, raising=[0], lowering=[sites])
    ends += exchange(size, coupling, raising=[sites - 1], lowering=[sites + 2])
    model = qcoll.CollisionModel(
        system=system.simplify(atol=0),
        ancilla=qcoll.Ancilla(hamiltonian=ancilla, beta=beta),
        interaction=ends,
        dt=dt,
        name="chain between pairs",
    )
    hopping = np.eye(sites) + np.eye(sites, k=1) + np.eye(sites, k=-1)
    pairs = np.diag([*left, *right]) + kappa * np.array(
        [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], dtype=float
    )
    between = np.zeros((sites, 4))
    between[0, 0] = between[sites - 1, 2] = coupling
    fermions = qcoll.GaussianModel(
        statistics="fermions", system=hopping, ancilla=pairs, interaction=between, beta=beta, dt=dt
    )
    return model, fermions


def occupation(site, sites):
    """|0><0| of a site: in these models the upper level is the occupied one."""
    return SparsePauliOp.from_sparse_list([("", [], 0.5), ("Z", [site], 0.5)], num_qubits=sites)


def current(site, sites):
    """The current over a bond, 2 Im <c_k^dagger c_(k+1)>."""
    terms = [("XY", [site, site + 1], 0.5), ("YX", [site, site + 1], -0.5)]
    return SparsePauliOp.from_sparse_list(terms, num_qubits=sites)
