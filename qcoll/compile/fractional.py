"""Compiled collisions in fractional gates, where that takes fewer two-qubit gates (:mod:`..synthesis.fractional`)."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from ..synthesis.dense import on_ancilla
from ..synthesis.fractional import fractional_circuit
from .branches import CollisionPieces
from .sequence import CollisionCircuit
from .thermal import cx_count

#: Collisions of this size have fractional circuits.
QUBITS = 3


def with_fractional_gates(compiled: CollisionCircuit) -> CollisionCircuit:
    """The same collisions in RZZ gates with angles between 0 and pi / 2, where that takes fewer; else as they are.

    For collisions of one system qubit with a pair that keep the joint state (product formulas and the exact collision),
    not for sampled ones. The preparation stays as it is. The collision may differ by a local unitary that
    leaves the ancilla's prepared state as it is.

    >>> import qcoll
    >>> from qcoll.compile.fractional import with_fractional_gates
    >>> strong = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    >>> compiled = qcoll.compile_collisions(strong, 1, "0", synthesis="exact")
    >>> compiled.collision.num_nonlocal_gates(), with_fractional_gates(compiled).collision.num_nonlocal_gates()
    (8, 6)
    """
    pieces = compiled.pieces
    plain = (
        len(pieces.branches) == 1 and pieces.keeps == "joint state" and pieces.frame is None and not pieces.selective
    )
    if not plain or compiled.cycle is not None or compiled.memory is not None:
        return compiled
    if (pieces.num_system, pieces.num_ancilla) != (1, 2) or pieces.only.collision.num_qubits != QUBITS:
        return compiled
    found = _shorter(pieces)
    return compiled if found is None else replace(compiled, pieces=found)


def _shorter(pieces: CollisionPieces) -> CollisionPieces | None:
    """The pieces with a fractional collision of fewer two-qubit gates, or None."""
    collision = pieces.only.collision
    unitary = np.asarray(Operator(collision).data)
    state = np.asarray(pieces.prepared_state().data)
    vectors = np.linalg.eigh(state)[1]
    circuit = _found(unitary.tobytes(), vectors.tobytes(), cx_count(collision))
    if circuit is None:
        return None
    # C+ W = V x 1 with V diagonal in the eigenvectors: what the circuit leaves out, before what was left out already.
    ratio = np.asarray(Operator(circuit).data).conj().T @ unitary
    blocks = np.einsum("aibi->ab", ratio.reshape(4, 2, 4, 2))
    phases = np.exp(1j * np.angle(np.einsum("ak,ab,bk->k", vectors.conj(), blocks, vectors)))
    left_out = (vectors * phases) @ vectors.conj().T
    if pieces.commuting is not None:
        left_out = left_out @ pieces.commuting
    return replace(pieces, branches=(replace(pieces.only, collision=circuit),), commuting=left_out)


@functools.lru_cache(maxsize=64)
def _found(unitary: bytes, vectors: bytes, below: int) -> QuantumCircuit | None:
    """The circuit for the bytes of two matrices: the same collision is asked for again and again."""

    def matrix(content: bytes) -> NDArray[np.complex128]:
        flat = np.frombuffer(content, dtype=complex)
        return flat.reshape(2 * (round(np.sqrt(flat.size)),))

    first = on_ancilla(matrix(vectors), 1)
    found = fractional_circuit(matrix(unitary), after=first, levels=4, below=below)
    return fractional_circuit(matrix(unitary), below=below) if found is None else found
