r"""Level ``channel``: the system's channel alone, deterministic, with fresh ancilla qubits in |0>.

Every one-qubit channel that a collision model gives has a circuit of three CX between the system and two ancilla
qubits, placed ``S1 S2 S1``. One with two Kraus operators takes two (:mod:`.extremal`), pure dephasing one, a unitary
none.

With :math:`|a\rangle` the first state of ancilla 1, :math:`A` its gate between the CX, and a phase flip of probability
:math:`p` by ancilla 2 between the system's gates :math:`S_1` and :math:`S_2`, the Kraus operators are the entrywise
products

.. math::

    (K_{ef})_{ji} = \langle e|X^j A X^i|a\rangle\;(S_2 D_f S_1)_{ji},\qquad
    D_0 = \sqrt{1-p}\,1,\quad D_1 = \sqrt p\,Z .

The circuit has 13 parameters that matter, a channel has 12. The search starts from the closed form for weak channels
(:mod:`.weak_channel`), which leaves one angle free, and Newton's method ends it. Its residual compares Choi matrices
relative to the target, :math:`J^{-1/2} J(\theta) J^{-1/2} - 1`, so that a jump of weight :math:`10^{-9}` counts as
much as the unitary part; a relative residual at rounding is the certificate.

Where no start ends there, a population of circuits (:mod:`.population`) is carried from a channel whose small weights
are more alike, as for cold ancillas, whose fourth Kraus operator hardly counts, and weak collisions, which have one or
two rare jumps. Not all channels have three CX: for some, whatever the start, all placements of three end some
:math:`10^{-4}` away. Four hold those that were met; the last resort is an isometry. It is always the same channel, with
the count it takes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import random_unitary
from qiskit.quantum_info.operators.channel.quantum_channel import QuantumChannel

from ..limits import COMPLEX_BYTES, require_memory
from .dense import (
    Complex,
    Real,
    canonical_kraus,
    choi_matrix,
    hermitian_coordinates,
    kraus_operators,
)
from .evolution import Evolution
from .extremal import extremal_circuit
from .fit import Residual, descend, levenberg_marquardt
from .isometry import completed, synthesized_isometry
from .one_qubit import PAULI
from .population import POPULATION, carry_population, solved
from .shannon import shannon_circuit
from .skeleton import Skeleton
from .weak_channel import weak_gates

THREE_CX = Skeleton(3, ((0, 1), (0, 2), (0, 1)))
#: In the order of trying: what is native on heavy-hex before the others.
FOUR_CX = (
    Skeleton(3, ((0, 1), (0, 2), (0, 1), (0, 2))),
    Skeleton(3, ((0, 1), (0, 2), (0, 2), (0, 1))),
    Skeleton(3, ((0, 1), (1, 2), (0, 2), (0, 1))),
    Skeleton(3, ((0, 2), (1, 2), (0, 1), (0, 2))),
)
#: Largest entry by which the Choi matrix of a circuit may differ from the channel's.
CERTIFICATE = 1e-12
#: The identity and the Pauli matrices.
SIGMA = np.array([np.eye(2), *PAULI])
#: The matrix sum_e conj(K_e) K_e of a channel whose map of Bloch vectors has t_aj = 1 and all others zero, (12, 4, 4).
SHAPES = np.einsum("aki,jlm->ajilkm", PAULI, SIGMA).reshape(12, 4, 4) / 2
#: Weights below this, relative to the largest, are not scaled up any further in the residual.
_SMALLEST_SCALED_WEIGHT = 1e-14
_RANDOM_STARTS, _ITERATIONS, _SEED = 24, 80, 2026
#: Where a population begins: no small weight of the channel is less than this times the second one.
_LEAST, _NOTHING = 0.03, 1e-16
# How many random starts that arrive are enough, at which residual; iterations from the closed form or to a solution;
# how many of a population that arrive are looked at.
_ENOUGH, _KEPT, _CLOSING, _CHECKED = 6, 1e-4, 40, 3
# How much the residual of a population is relative. Less of it passes weights that vanish on the way.
_RELATIVE = (1.0, 0.5, 0.25)
# The same where a search ends: where the first does not converge the second may.
_ENDING = (1.0, 0.5)


def channel_circuit(channel: Evolution | QuantumChannel) -> QuantumCircuit:
    r"""A circuit that gives the system's state after a collision, with ancillas that start in |0> and are discarded.

    .. math:: \mathcal E(\rho) = \mathrm{Tr}_A[V\,(|0\rangle\langle 0|\otimes\rho)\,V^\dagger]

    Args:
        channel: a collision model, or any channel of ``qiskit.quantum_info`` from n qubits to n qubits.

    Returns:
        A circuit on the system's qubits followed by the ancillas: two for one system qubit (at most three CX),
        otherwise as many as the Kraus rank needs. Only the system's state survives.

    Raises:
        InputError: for a map that is not a channel, or a model too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.synthesis.channel import channel_circuit
    >>> channel_circuit(qcoll.example_2()).num_nonlocal_gates()
    3
    """
    kraus = kraus_operators(channel)
    if kraus.shape[1] > 2:
        return _isometry_circuit(kraus)
    if len(kraus) <= 2:
        circuit = QuantumCircuit(3)
        return circuit.compose(extremal_circuit(kraus), [0, 1])
    for skeleton, start, power in _starts(kraus):
        angles = _search(skeleton, kraus, start, power)
        if angles is not None:
            return skeleton.circuit(angles, empty=(1, 2), discarded=(1, 2))
    return _isometry_circuit(kraus)


def _starts(kraus: Complex) -> Iterator[tuple[Skeleton, Real, float]]:
    """Skeletons, first angles, and how much the residual is relative (1) rather than absolute (0)."""
    yield THREE_CX, THREE_CX.parameters(weak_gates(kraus, 0.0)), 1.0
    weak = _closed_form(kraus)
    for power in (1.0, 0.5):
        for start in solved(_residual(THREE_CX, kraus, power), weak, _CLOSING)[:_CHECKED]:
            yield THREE_CX, start, 1.0
    rng = np.random.default_rng(_SEED)
    even = _evened(kraus, 0.0)
    for relative in _RELATIVE:
        close = solved(_residual(THREE_CX, even, relative), _closed_form(even), _CLOSING)
        for start, power in itertools.product(_carried(THREE_CX, kraus, close, relative, rng), _ENDING):
            yield THREE_CX, start, power
    for skeleton in (THREE_CX, *FOUR_CX):
        starts = rng.uniform(-np.pi, np.pi, (_RANDOM_STARTS, skeleton.num_parameters))
        residual = _residual(skeleton, even, 0.5)
        found, norms = descend(residual, starts, tolerance=1e-9, iterations=_ITERATIONS, damping=1.0, enough=_ENOUGH)
        close = solved(_residual(skeleton, even, 1.0), found[norms < _KEPT], _CLOSING)[:POPULATION]
        # Four have angles to spare where a weight is zero, and a residual that is relative to it is singular there.
        relative = 1.0 if skeleton is THREE_CX else 0.5
        for start, power in itertools.product(_carried(skeleton, kraus, close, relative, rng), _ENDING):
            yield skeleton, start, power


def _closed_form(kraus: Complex) -> Real:
    """Angles of weak channels (B, P), for all values of the one that they leave free."""
    free = np.arange(POPULATION) * np.pi / POPULATION
    return np.array([THREE_CX.parameters(weak_gates(kraus, angle)) for angle in free])


def _carried(skeleton: Skeleton, kraus: Complex, angles: Real, power: float, rng: np.random.Generator) -> Real:
    """Some of the angles that arrive at a channel from one whose small weights are more alike."""

    def path(position: float) -> Residual:
        return _residual(skeleton, _evened(kraus, position), power)

    return carry_population(path, angles, len(SHAPES), rng)[:_CHECKED]


def _evened(kraus: Complex, position: float) -> Complex:
    r"""Kraus operators of a channel whose small weights are more alike (position 0), or of the channel itself (1).

    Each small weight :math:`w_e` becomes :math:`w_e^s\max(w_e, c\,w_1)^{1-s}`, also those that are zero (to rounding),
    and the whole is made trace-preserving.
    """
    _, scales, rows = np.linalg.svd(kraus.reshape(-1, 4))
    weights = np.maximum(np.pad(scales, (0, 4 - len(scales))) ** 2, _NOTHING)
    evened = weights**position * np.maximum(weights, _LEAST * weights[1]) ** (1 - position)
    operators = (np.sqrt(evened)[:, None] * rows).reshape(-1, 2, 2)
    values, vectors = np.linalg.eigh(np.einsum("eji,ejk->ik", operators.conj(), operators))
    return canonical_kraus(operators @ ((vectors / np.sqrt(values)) @ vectors.conj().T))


def _search(skeleton: Skeleton, kraus: Complex, start: Real, power: float) -> Real | None:
    """Angles whose circuit has the channel's Choi matrix, or None if the search from ``start`` ends elsewhere."""
    # Rounding limits the relative residual to about 1e-16 over the smallest weight; the loop ends where it stalls.
    angles, _ = levenberg_marquardt(_residual(skeleton, kraus, power), start, tolerance=1e-13, iterations=40)
    found = skeleton.unitary(angles)[:, :2].reshape(-1, 2, 2)
    close = np.abs(choi_matrix(found) - choi_matrix(kraus)).max() < CERTIFICATE
    return angles if close else None


def _residual(skeleton: Skeleton, kraus: Complex, power: float) -> Residual:
    """The residual of :math:`J^{-s/2} J(θ) J^{-s/2} - J^{1-s}` and its Jacobian, s the power."""
    scale, target = whitening(kraus, power)
    inputs = np.eye(2**skeleton.num_qubits, 2, dtype=complex)
    # All circuits preserve the trace: of the sixteen coordinates twelve combinations differ.
    differing = np.linalg.qr(hermitian_coordinates(scale.conj().T @ SHAPES @ scale).T).Q

    def residual(angles: Real) -> tuple[Real, Real]:
        images, slopes = skeleton.derivatives(angles, inputs)
        amplitudes = images.reshape(*images.shape[:-2], -1, 4) @ scale
        adjoint = amplitudes.conj().swapaxes(-1, -2)
        products = adjoint[..., None, :, :] @ (slopes.reshape(*slopes.shape[:-2], -1, 4) @ scale)
        return (
            hermitian_coordinates(adjoint @ amplitudes - target) @ differing,
            (hermitian_coordinates(products + products.conj().swapaxes(-1, -2)) @ differing).swapaxes(-1, -2),
        )

    return residual


def whitening(kraus: Complex, power: float, *, smallest: float = _SMALLEST_SCALED_WEIGHT) -> tuple[Complex, Real]:
    r"""The matrices :math:`J^{-s/2}` and :math:`J^{1-s}` of a one-qubit channel in its Kraus basis, s the power.

    Weights below ``smallest``, relative to the largest, count as that.
    """
    _, scales, rows = np.linalg.svd(kraus.reshape(-1, 4))
    weights = np.zeros(4)
    weights[: len(scales)] = scales**2
    weights = np.maximum(weights, smallest * weights[0])
    return rows.conj().T * weights ** (-power / 2), np.diag(weights ** (1 - power))


def _isometry_circuit(kraus: Complex) -> QuantumCircuit:
    """Stinespring's isometry, a column of Kraus operators."""
    rank, dimension = len(kraus), kraus.shape[1]
    num_ancillas = max(1, (rank - 1).bit_length())
    require_memory(
        8 * COMPLEX_BYTES * (2**num_ancillas * dimension) ** 2,
        f"the isometry of a channel of {dimension.bit_length() - 1} qubits and Kraus rank {rank}",
        'use synthesis="trotter" or "exact"',
    )
    columns = np.zeros((2**num_ancillas * dimension, dimension), dtype=complex)
    columns[: rank * dimension] = kraus.reshape(-1, dimension)
    # The basis of the ancillas is free. In a random one no entry is small, of which the synthesis would lose digits.
    basis = random_unitary(2**num_ancillas, seed=_SEED).data
    found = synthesized_isometry(np.kron(basis, np.eye(dimension)) @ columns)
    return shannon_circuit(completed(columns)) if found is None else found
