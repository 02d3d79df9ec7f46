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
much as the unitary part; a relative residual at rounding is the certificate. Where no start ends there, a fourth CX is
placed (``S1 S2 S1 S2``), and after that Qiskit's isometry: always the same channel, with the count it takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import Isometry
from qiskit.compiler import transpile
from qiskit.quantum_info.operators.channel.quantum_channel import QuantumChannel

from ...limits import COMPLEX_BYTES, require_memory
from ...model.collision import CollisionModel
from .dense import Complex, Real, choi_matrix, hermitian_coordinates, kraus_operators
from .extremal import extremal_circuit
from .fit import Residual, levenberg_marquardt, search
from .skeleton import Skeleton
from .weak_channel import weak_gates

THREE_CX = Skeleton(3, ((0, 1), (0, 2), (0, 1)))
FOUR_CX = Skeleton(3, ((0, 1), (0, 2), (0, 1), (0, 2)))
#: Largest entry by which the Choi matrix of a circuit may differ from the channel's.
CERTIFICATE = 1e-12
#: Weights below this, relative to the largest, are not scaled up any further in the residual.
_SMALLEST_SCALED_WEIGHT = 1e-14
_ANGLES, _RANDOM_STARTS, _ITERATIONS, _SEED = 8, 24, 80, 2026


def channel_circuit(channel: CollisionModel | QuantumChannel) -> QuantumCircuit:
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
    >>> from qcoll.compile.synthesis.channel import channel_circuit
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
    rng = np.random.default_rng(_SEED)
    even, odd = np.arange(0, 2 * _ANGLES, 2), np.arange(1, 2 * _ANGLES, 2)
    for steps, power in ((even, 1.0), (even, 0.5), (odd, 1.0)):
        for angle in steps * np.pi / (2 * _ANGLES):
            yield THREE_CX, THREE_CX.parameters(weak_gates(kraus, angle)), power
    for skeleton in (THREE_CX, THREE_CX, FOUR_CX, FOUR_CX):
        starts = rng.uniform(-np.pi, np.pi, (_RANDOM_STARTS, skeleton.num_parameters))
        residual = _residual(skeleton, kraus, 0.5)
        yield skeleton, search(residual, starts, tolerance=1e-11, iterations=_ITERATIONS)[0], 1.0


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

    def residual(angles: Real) -> tuple[Real, Real]:
        images, slopes = skeleton.derivatives(angles, inputs)
        amplitudes = images.reshape(*images.shape[:-2], -1, 4) @ scale
        adjoint = amplitudes.conj().swapaxes(-1, -2)
        products = adjoint[..., None, :, :] @ (slopes.reshape(*slopes.shape[:-2], -1, 4) @ scale)
        return (
            hermitian_coordinates(adjoint @ amplitudes - target),
            hermitian_coordinates(products + products.conj().swapaxes(-1, -2)).swapaxes(-1, -2),
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
    """Stinespring's isometry, a column of Kraus operators, by Qiskit's synthesis of isometries."""
    rank, dimension = len(kraus), kraus.shape[1]
    num_ancillas = max(1, (rank - 1).bit_length())
    require_memory(
        8 * COMPLEX_BYTES * (2**num_ancillas * dimension) ** 2,
        f"the isometry of a channel of {dimension.bit_length() - 1} qubits and Kraus rank {rank}",
        'use synthesis="trotter" or "exact"',
    )
    columns = np.zeros((2**num_ancillas * dimension, dimension), dtype=complex)
    columns[: rank * dimension] = kraus.reshape(-1, dimension)
    circuit = QuantumCircuit(dimension.bit_length() - 1 + num_ancillas)
    circuit.append(Isometry(columns, 0, 0), circuit.qubits)
    return transpile(circuit, basis_gates=["u", "cx"], optimization_level=1)
