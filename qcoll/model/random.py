"""Random collision models with stated seeds, for property tests and benchmarks."""

from __future__ import annotations

import itertools

import numpy as np
from qiskit.quantum_info import SparsePauliOp, random_density_matrix

from .collision import Ancilla, CollisionModel


def random_hamiltonian(num_qubits: int, rng: np.random.Generator, strength: float = 1.0) -> SparsePauliOp:
    """A Hamiltonian with a Gaussian coefficient on every Pauli string, of spectral norm about ``strength``."""
    labels = ["".join(letters) for letters in itertools.product("IXYZ", repeat=num_qubits)][1:]
    coefficients = rng.normal(size=len(labels)) * strength / np.sqrt(2 * len(labels))
    return SparsePauliOp(labels, coefficients)


def random_model(
    seed: int,
    *,
    num_system_qubits: int = 1,
    num_ancilla_qubits: int = 2,
    beta: float = 1.0,
    dt: float = 0.3,
    rank: int | None = None,
) -> CollisionModel:
    """A model without any structure: all Pauli strings in all three Hamiltonians.

    With a ``rank`` the ancilla is not thermal, but in a random state of that rank.

    >>> from qcoll.model.random import random_model
    >>> random_model(7) == random_model(7)
    True
    """
    rng = np.random.default_rng(seed)
    size = num_system_qubits + num_ancilla_qubits
    system, hamiltonian = random_hamiltonian(num_system_qubits, rng), random_hamiltonian(num_ancilla_qubits, rng)
    if rank is None:
        ancilla = Ancilla(hamiltonian=hamiltonian, beta=beta)
    else:
        ancilla = Ancilla(hamiltonian=hamiltonian, state=random_density_matrix(2**num_ancilla_qubits, rank, seed=seed))
    return CollisionModel(
        system=system,
        ancilla=ancilla,
        interaction=random_hamiltonian(size, rng),
        dt=dt,
        name=f"random {seed}",
    )


def random_models(count: int, seed: int = 0, largest: int = 3) -> list[CollisionModel]:
    """Models of 1 to ``largest`` system and ancilla qubits each, with random temperature and duration."""
    rng = np.random.default_rng(seed)
    return [
        random_model(
            int(rng.integers(2**32)),
            num_system_qubits=int(rng.integers(1, largest + 1)),
            num_ancilla_qubits=int(rng.integers(1, largest + 1)),
            beta=float(rng.choice([0.0, 0.3, 1.0, 3.0, np.inf])),
            dt=float(rng.uniform(0.05, 1.5)),
        )
        for _ in range(count)
    ]
