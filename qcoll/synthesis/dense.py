r"""One collision as dense matrices, built from the model alone.

Joint matrices are ``np.kron(ancilla, system)``: the system's qubits are the least significant ones. A channel is kept
as its canonical Kraus operators: the orthogonal ones, :math:`\mathrm{Tr}[K_e^\dagger K_f] = w_e\,\delta_{ef}`. They
come from a singular value decomposition of the stacked amplitudes :math:`\sqrt{p_j}\,\langle i|U|j\rangle`, which
resolves a weight :math:`w` to :math:`10^{-32}`, where an eigendecomposition of the Choi matrix stops at
:math:`10^{-16}`: weak collisions live on that difference.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import Choi
from qiskit.quantum_info.operators.channel.quantum_channel import QuantumChannel

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from .evolution import Environment, Evolution

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

#: Kraus operators of a smaller weight change no channel by more than a rounding error.
WEIGHT_CUTOFF = 1e-16
#: The same for Kraus operators from a Choi matrix, whose eigenvalues are only known to rounding.
CHOI_CUTOFF = 1e-14
#: Levels closer than this, relative to the largest, are degenerate with the ground state at beta = inf.
DEGENERACY_TOLERANCE = 1e-12
#: How far from completely positive and trace-preserving a channel may be.
CPTP_TOLERANCE = 1e-8


def collision_unitary(model: Evolution) -> Complex:
    r"""The joint unitary :math:`e^{-i\,\delta t\,(H_S + H_A + H_{SA})}` (Eq. 14), shape (2**n, 2**n).

    Raises:
        InputError: if the model is too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.synthesis.dense import collision_unitary
    >>> collision_unitary(qcoll.example_1()).shape
    (8, 8)
    """
    require_memory(
        6 * COMPLEX_BYTES * 4**model.num_qubits,
        f"the dense joint unitary of {model.num_qubits} qubits",
        'use a smaller model, or synthesis="trotter", which needs no dense matrix',
    )
    energies, vectors = np.linalg.eigh(model.hamiltonian.to_matrix())
    return np.asarray((vectors * np.exp(-1j * model.dt * energies)) @ vectors.conj().T)


def thermal_spectrum(ancilla: Environment) -> tuple[Real, Complex]:
    r"""Populations (d,) and eigenvectors (d, d), as columns, of the thermal state (Eq. 41), by rising energy.

    At :math:`\beta = \infty` the ground states share the population equally. States beyond the levels of the ancilla's
    modes come last and are empty. Where the ancilla's state was given, its own, by falling population.

    >>> import qcoll
    >>> from qcoll.synthesis.dense import thermal_spectrum
    >>> populations, _ = thermal_spectrum(qcoll.example_1(beta=0.0).ancilla)
    >>> populations
    array([0.25, 0.25, 0.25, 0.25])
    """
    if ancilla.beta is None:
        populations, vectors = np.linalg.eigh(ancilla.state.to_matrix())
        populations = np.clip(populations[::-1], 0.0, None)
        return populations / populations.sum(), vectors[:, ::-1]
    return thermal_levels(ancilla.hamiltonian.to_matrix(), ancilla.beta, ancilla.physical)


def thermal_levels(
    hamiltonian: Complex, beta: float, physical: NDArray[np.bool_], scale: float | None = None
) -> tuple[Real, Complex]:
    """Populations and eigenvectors of a thermal state on the computational states that are ``physical``, (d,)."""
    levels = np.flatnonzero(physical)
    energies, own = np.linalg.eigh(hamiltonian[np.ix_(levels, levels)])
    if len(levels) == len(physical):
        return thermal_populations(energies, beta, scale), own
    size, count = len(physical), len(levels)
    vectors = np.zeros((size, size), dtype=complex)
    vectors[levels, :count] = own
    vectors[np.flatnonzero(~physical), np.arange(count, size)] = 1.0
    return np.append(thermal_populations(energies, beta, scale), np.zeros(size - count)), vectors


def thermal_populations(energies: Real, beta: float, scale: float | None = None) -> Real:
    """Populations (d,) of levels (d,) that rise, at an inverse temperature.

    Args:
        energies: the levels.
        beta: the inverse temperature.
        scale: the largest energy of all, where these levels are those of a part.
    """
    shifted = energies - (energies[0] if beta >= 0 else energies[-1])
    if np.isinf(beta):
        largest = np.abs(energies).max() if scale is None else scale
        weights = (np.abs(shifted) <= DEGENERACY_TOLERANCE * largest).astype(float)
    else:
        weights = np.exp(-beta * shifted)
    return np.asarray(weights / weights.sum())


def collision_kraus(unitary: Complex, populations: Real, vectors: Complex) -> Complex:
    r"""Canonical Kraus operators of :math:`\sqrt{p_j}\,\langle i|U|j\rangle`: U (a s, a s), p (a,), columns \|j>."""
    a, s = len(populations), len(unitary) // len(populations)
    blocks = unitary.reshape(a, s, a, s)
    return canonical_kraus(np.einsum("xiaj,ak->xkij", blocks, vectors * np.sqrt(populations)).reshape(-1, s, s))


def canonical_kraus(operators: Complex) -> Complex:
    """The orthogonal Kraus operators (r, d, d) of the same channel, largest first, r its Kraus rank."""
    dimension = operators.shape[-1]
    _, scales, rows = np.linalg.svd(operators.reshape(-1, dimension * dimension), full_matrices=False)
    kept = scales**2 > WEIGHT_CUTOFF * dimension
    return np.asarray((scales[kept, None] * rows[kept]).reshape(-1, dimension, dimension))


def on_ancilla(matrix: Complex, num_system: int) -> Complex:
    """A matrix of the ancilla times the identity of the system's qubits."""
    return np.asarray(np.kron(matrix, np.eye(2**num_system)), dtype=np.complex128)


def kraus_operators(channel: Evolution | QuantumChannel) -> Complex:
    r"""Canonical Kraus operators of a model's collision or of a given channel, shape (r, d, d).

    For a model, :math:`K_{ij} = \sqrt{p_j}\,\langle i|U|j\rangle` with the ancilla's populations and eigenstates.

    Raises:
        InputError: if a channel is not completely positive and trace-preserving, or not on qubits.

    >>> import qcoll
    >>> from qcoll.synthesis.dense import kraus_operators
    >>> kraus_operators(qcoll.example_2()).shape
    (4, 2, 2)
    """
    if not isinstance(channel, QuantumChannel):
        if not hasattr(channel, "ancilla"):
            raise InputError(
                f"a CollisionModel or a qiskit.quantum_info channel is needed, but a {type(channel).__name__} was given"
            )
        return collision_kraus(collision_unitary(channel), *thermal_spectrum(channel.ancilla))
    choi = Choi(channel)
    if choi.num_qubits is None:
        raise InputError(f"a channel from qubits to as many qubits is needed, but this one maps {choi.dim}")
    if not choi.is_cptp(atol=CPTP_TOLERANCE, rtol=0):
        raise InputError(
            "only a completely positive, trace-preserving map has a circuit, but this one is not; the second-order "
            'map of a model is an example: use method="exact"'
        )
    dimension = 2**choi.num_qubits
    weights, vectors = np.linalg.eigh(choi.data)
    weights = np.where(weights > CHOI_CUTOFF * dimension, weights, 0.0)
    columns = (vectors * np.sqrt(weights)).T.reshape(-1, dimension, dimension)
    return canonical_kraus(np.ascontiguousarray(columns.transpose(0, 2, 1)))


def choi_matrix(operators: Complex) -> Complex:
    r"""The Choi matrix :math:`\sum_e |K_e\rangle\rangle\langle\langle K_e|`, rows stacked, of trace d."""
    flat = operators.reshape(len(operators), -1)
    return np.asarray(flat.T @ flat.conj())


def hermitian_coordinates(matrices: Complex) -> Real:
    """Real coordinates (..., d**2) of Hermitian matrices (..., d, d), diagonal first, with the Frobenius norm."""
    rows, columns = _above_diagonal(matrices.shape[-1])
    upper = np.sqrt(2) * matrices[..., rows, columns]
    return np.concatenate([np.diagonal(matrices, axis1=-2, axis2=-1).real, upper.real, upper.imag], axis=-1)


@functools.cache
def _above_diagonal(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the entries above the diagonal; searches ask for them in every step."""
    rows, columns = np.triu_indices(size, 1)
    return rows, columns
