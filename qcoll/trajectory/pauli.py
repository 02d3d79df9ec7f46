r"""Density matrices as real Pauli vectors, and linear maps between them as real matrices.

A state of :math:`m` qubits is the vector :math:`r_P = \mathrm{Tr}[P\rho]` over the :math:`4^m` Pauli strings in
lexicographic order (identity first), :math:`\rho = 2^{-m}\sum_P r_P P`. A Hermiticity-preserving map is a real matrix,
and it preserves the trace if its first row is :math:`(1, 0, \dots, 0)`. In this form trace and Hermiticity survive any
number of multiplications to the last bit.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SuperOp

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

_SINGLE = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)


@functools.lru_cache(maxsize=8)
def pauli_matrices(num_qubits: int) -> Complex:
    """All Pauli strings as matrices, shape (4**m, 2**m, 2**m); the last letter acts on qubit 0."""
    matrices = np.ones((1, 1, 1), dtype=complex)
    for _ in range(num_qubits):
        size = 2 * matrices.shape[1]
        matrices = np.einsum("aij,bkl->abikjl", matrices, _SINGLE).reshape(-1, size, size)
    matrices.setflags(write=False)
    return matrices


def to_pauli_vector(states: Complex) -> Real:
    """Density matrices (..., d, d) to Pauli vectors (..., d**2)."""
    dimension = states.shape[-1]
    basis = pauli_matrices(dimension.bit_length() - 1).reshape(dimension**2, -1)
    flat = states.reshape(*states.shape[:-2], dimension**2)
    return np.ascontiguousarray((flat @ basis.conj().T).real)


def from_pauli_vector(vectors: Real) -> Complex:
    """Pauli vectors (..., d**2) to density matrices (..., d, d)."""
    dimension = int(np.sqrt(vectors.shape[-1]))
    basis = pauli_matrices(dimension.bit_length() - 1).reshape(dimension**2, -1)
    # real and imaginary parts next to each other: one real product whose result is the complex array
    parts = np.ascontiguousarray(basis / dimension).view(np.float64)
    return (vectors @ parts).view(np.complex128).reshape(*vectors.shape[:-1], dimension, dimension)


def l1_coherence(states: Complex) -> Real:
    r"""l1 norm of coherence :math:`\sum_{i\ne j}|\rho_{ij}|` (Eq. 57) of density matrices (..., d, d)."""
    magnitudes = np.abs(states)
    return np.asarray(magnitudes.sum(axis=(-2, -1)) - np.einsum("...ii->...", magnitudes))


def functional(operator: Complex) -> Real:
    """The row vector f with f . r = Tr[operator rho], shape (d**2,)."""
    return np.asarray(to_pauli_vector(operator) / operator.shape[-1])


def transfer_matrix(channel: SuperOp) -> Real:
    r"""Pauli transfer matrix :math:`R_{PQ} = 2^{-m}\,\mathrm{Tr}[P\,\mathcal E(Q)]` of a trace-preserving map."""
    dimension = int(channel.input_dims()[0] if len(channel.input_dims()) == 1 else np.prod(channel.input_dims()))
    basis = pauli_matrices(dimension.bit_length() - 1)
    columns = basis.transpose(0, 2, 1).reshape(dimension**2, -1)  # column-stacked, as SuperOp has it
    matrix = (columns.conj() @ channel.data @ columns.T).real / dimension
    return trace_preserving(matrix)


def trace_preserving(matrix: Real) -> Real:
    """The same matrices (..., d**2, d**2) with their first row exactly (1, 0, ..., 0), which rounding has blurred."""
    matrix = np.array(matrix)
    matrix[..., 0, :] = 0.0
    matrix[..., 0, 0] = 1.0
    return matrix


def to_superop(matrix: Real) -> SuperOp:
    """The ``SuperOp`` of a Pauli transfer matrix."""
    dimension = int(np.sqrt(matrix.shape[0]))
    columns = pauli_matrices(dimension.bit_length() - 1).transpose(0, 2, 1).reshape(dimension**2, -1)
    return SuperOp(columns.T @ matrix @ columns.conj() / dimension)
