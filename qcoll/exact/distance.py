r"""How far a map is from completely positive, and how far two maps are from each other.

The second-order map is no channel: its Choi matrix can have negative eigenvalues, and it misses the exact collision at
third order in dt. Both are numbers here, so that one sees where the map may be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qiskit.quantum_info import Choi, SuperOp

from ..errors import InputError
from ..model.collision import CollisionModel
from ..trajectory.pauli import Complex
from .channel import collision_channel

#: The bounds are tightened until they agree to this, relative to the upper one, or the iterations are used up.
RELATIVE_GAP = 1e-9
LARGEST_ITERATION = 300


@dataclass(frozen=True)
class DiamondBounds:
    """Rigorous bounds on a diamond norm; they part where the best input state has no full rank."""

    lower: float
    upper: float


@dataclass(frozen=True)
class SecondOrderQuality:
    """What the second-order map of one collision lacks.

    Args:
        smallest_choi_eigenvalue: negative where the map is not completely positive; the Choi matrix has trace d.
        distance: bounds on its diamond-norm distance from the exact channel, between 0 and about 2.
    """

    smallest_choi_eigenvalue: float
    distance: DiamondBounds


def smallest_choi_eigenvalue(channel: SuperOp) -> float:
    """Smallest eigenvalue of the Choi matrix (trace d for trace-preserving maps): negative if the map is not CP.

    >>> import qcoll
    >>> from qcoll.exact import smallest_choi_eigenvalue
    >>> smallest_choi_eigenvalue(qcoll.collision_channel(qcoll.example_2(dt=1.0), "second_order")) < -0.1
    True
    """
    matrix = np.asarray(Choi(channel).data)
    return float(np.linalg.eigvalsh((matrix + matrix.conj().T) / 2)[0])


def diamond_distance(first: SuperOp, second: SuperOp) -> DiamondBounds:
    r"""Bounds on :math:`\|\mathcal E - \mathcal F\|_\diamond` of two maps that preserve Hermiticity.

    With the Choi matrix J of the difference and any state :math:`\sigma > 0` of the input,
    :math:`M = (\sqrt\sigma\otimes 1)J(\sqrt\sigma\otimes 1)` gives

    .. math:: \|M\|_1 \;\le\; \|\mathcal E-\mathcal F\|_\diamond \;\le\;
        \lambda_{max}\!\left(\sigma^{-1/2}\,\mathrm{Tr}_{out}|M|\,\sigma^{-1/2}\right),

    the first because sigma is the input of some entangled state, the second from the positive and negative parts of J.
    They meet at the optimal sigma, which the iteration :math:`\sigma\to\mathrm{Tr}_{out}|M|` approaches; both
    bounds hold wherever it stops.

    Raises:
        InputError: if the maps act on different spaces.

    >>> from qiskit.quantum_info import Operator, SuperOp
    >>> from qcoll.exact import diamond_distance
    >>> bounds = diamond_distance(SuperOp(Operator.from_label("I")), SuperOp(Operator.from_label("Z")))
    >>> round(bounds.lower, 9), round(bounds.upper, 9)
    (2.0, 2.0)
    """
    if first.dim != second.dim:
        raise InputError(
            f"the maps have input and output dimensions {first.dim} and {second.dim}, but must act on the same system"
        )
    dimension = first.dim[0]
    difference = SuperOp(first.data - second.data, first.input_dims(), first.output_dims())
    choi = np.asarray(Choi(difference).data)
    return _bounds((choi + choi.conj().T) / 2, dimension)


def second_order_quality(model: CollisionModel) -> SecondOrderQuality:
    """Whether the second-order map of ``model`` can be trusted: its complete positivity and its error.

    >>> import qcoll
    >>> from qcoll.exact import second_order_quality
    >>> quality = second_order_quality(qcoll.example_2())
    >>> round(quality.distance.upper, 6), round(quality.smallest_choi_eigenvalue, 5)
    (0.000169, -1e-05)
    """
    approximate = collision_channel(model, "second_order")
    return SecondOrderQuality(
        smallest_choi_eigenvalue(approximate), diamond_distance(approximate, collision_channel(model))
    )


def _bounds(choi: Complex, dimension: int) -> DiamondBounds:
    """Iterate the input state until both bounds meet; input is the first tensor factor of the Choi matrix."""
    output = len(choi) // dimension
    sigma = np.eye(dimension, dtype=complex) / dimension
    lower, upper = 0.0, np.inf
    for _ in range(LARGEST_ITERATION):
        weights, vectors = np.linalg.eigh(sigma)
        root = (vectors * np.sqrt(weights)) @ vectors.conj().T
        inverse = (vectors / np.sqrt(weights)) @ vectors.conj().T
        scaled = np.kron(root, np.eye(output))
        absolute = _absolute(scaled @ choi @ scaled)
        reduced = np.einsum("iaja->ij", absolute.reshape(dimension, output, dimension, output))
        norm = float(np.trace(reduced).real)
        if norm == 0.0:
            return DiamondBounds(0.0, 0.0)
        lower = max(lower, norm)
        upper = min(upper, float(np.linalg.eigvalsh(inverse @ reduced @ inverse)[-1]))
        if upper - lower <= RELATIVE_GAP * upper:
            break
        sigma = reduced / norm
        sigma = (1 - 1e-12) * (sigma + sigma.conj().T) / 2 + 1e-12 * np.eye(dimension) / dimension  # stays invertible
    return DiamondBounds(min(lower, upper), upper)


def _absolute(matrix: Complex) -> Complex:
    values, vectors = np.linalg.eigh((matrix + matrix.conj().T) / 2)
    return np.asarray((vectors * np.abs(values)) @ vectors.conj().T)
