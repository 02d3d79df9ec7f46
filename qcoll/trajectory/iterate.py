r"""Apply one linear map any number of times: trajectories and fixed points.

States are Pauli vectors and maps real transfer matrices (:mod:`qcoll.trajectory.pauli`). The powers come from repeated
squaring, never from eigenvectors, so that maps that cannot be diagonalised lose no accuracy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..errors import InputError
from ..limits import positive_integer, require_memory
from .pauli import Real

Record = int | Sequence[int]

#: States per matrix product: more would wake BLAS threads, which cost more than they save on such thin matrices.
BLOCK = 2048

#: A second eigenvalue closer to one than this leaves no unique fixed point.
FIXED_POINT_TOLERANCE = 1e-13


def recorded_collisions(n: int, record: Record) -> np.ndarray:
    """Which collisions a trajectory keeps, always with 0 (the initial state).

    Args:
        n: number of collisions, positive.
        record: a stride, or the chosen collisions themselves.

    Raises:
        InputError: if n or the stride is not a positive integer, or a chosen collision is not in 0..n.

    >>> from qcoll.trajectory.iterate import recorded_collisions
    >>> recorded_collisions(10, 4)
    array([ 0,  4,  8, 10])
    """
    count = positive_integer(n, "n, the number of collisions,")
    if isinstance(record, int | np.integer):
        stride = positive_integer(record, "record, the stride,")
        require_memory(
            8 * (count // stride + 2),
            f"a list of {count // stride + 1} collisions",
            "keep fewer states with record=, a stride or the chosen collisions",
        )
        chosen = np.arange(0, count + 1, stride)
        return chosen if chosen[-1] == count else np.append(chosen, count)
    if isinstance(record, str) or not isinstance(record, Iterable):
        raise InputError(f"record is {record!r}, but must be a stride, or a list of the collisions to keep")
    for item in record:
        if isinstance(item, bool) or not isinstance(item, int | np.integer) or not 0 <= item <= count:
            raise InputError(f"record contains {item!r}, but collisions are integers from 0 to n = {count}")
    return np.unique(np.array([0, *record], dtype=np.int64))


def iterate(matrix: Real, initial: Real, collisions: np.ndarray, functionals: Real) -> tuple[Real, Real]:
    r"""States after chosen collisions, and linear functionals summed over the collisions between them.

    Args:
        matrix: transfer matrix :math:`T`, shape (D, D); or a stack of them, where all shapes begin with that of the
            stack.
        initial: Pauli vector :math:`r_0`, shape (D,).
        collisions: increasing numbers of collisions, starting with 0, shape (m + 1,).
        functionals: row vectors :math:`f`, shape (k, D).

    Returns:
        ``(vectors, sums)``: :math:`T^{c_i} r_0` with shape (m + 1, D), and
        :math:`\sum_{c_i \le j < c_{i+1}} f\,T^j r_0` with shape (m, k).
    """
    powers = _Powers(matrix, functionals)
    gaps = np.diff(collisions)
    lead = matrix.shape[:-2]
    vectors = np.empty((*lead, len(collisions), initial.shape[-1]))
    vectors[..., 0, :] = initial
    sums = np.empty((*lead, len(gaps), functionals.shape[-2]))
    if not len(gaps):
        return vectors, sums
    # a trajectory is mostly one stride, which doubling covers; the rest is stepped
    uniform = int(np.argmax(gaps != gaps[0])) or len(gaps)
    power, row = powers(int(gaps[0]))
    vectors[..., : uniform + 1, :] = _doubling(power, initial, uniform + 1)
    np.matmul(vectors[..., :uniform, :], row.swapaxes(-1, -2), out=sums[..., :uniform, :])
    for index in range(uniform, len(gaps)):
        power, row = powers(int(gaps[index]))
        sums[..., index, :] = (row @ vectors[..., index, :, None])[..., 0]
        vectors[..., index + 1, :] = (power @ vectors[..., index, :, None])[..., 0]
    return vectors, sums


def iterate_after_first(
    first: tuple[Real, Real], period: tuple[Real, Real], initial: Real, collisions: np.ndarray
) -> tuple[Real, Real]:
    """The same where the first collision differs from all later ones.

    Args:
        first: transfer matrix (D, D) and functionals (k, D) of the first collision.
        period: those of every later one.
        initial: Pauli vector, shape (D,).
        collisions: as for :func:`iterate`.

    Returns:
        Vectors (m + 1, D) and sums (m, k), as :func:`iterate`.
    """
    matrix, functionals = first
    after_first, happened = matrix @ initial, functionals @ initial
    if len(collisions) == 1:
        return initial[None], np.empty((0, len(functionals)))
    later = np.unique(np.concatenate([[0], collisions[collisions > 0] - 1]))
    vectors, sums = iterate(period[0], after_first, later, period[1])
    if len(later) == len(collisions):  # the first recorded collision is a later one
        vectors, sums = vectors[1:], np.vstack([happened + sums[0], sums[1:]])
    else:
        sums = np.vstack([happened, sums])
    return np.vstack([initial, vectors]), sums


def fixed_point(matrix: Real) -> Real:
    """The Pauli vector that the map leaves unchanged.

    Raises:
        InputError: if it is not unique.
    """
    distance = np.abs(np.linalg.eigvals(matrix[1:, 1:]) - 1.0).min()
    if distance < FIXED_POINT_TOLERANCE:
        raise InputError(
            "the steady state is not unique to the digits there are: a second eigenvalue of the channel is within "
            f"{distance:.1e} of one, so that something is conserved, or nearly; evolve from an initial state instead"
        )
    size = len(matrix)
    vector = np.zeros(size)
    vector[0] = 1.0
    vector[1:] = np.linalg.solve(np.eye(size - 1) - matrix[1:, 1:], matrix[1:, 0])
    return vector


def spectral_gap(matrix: Real) -> float:
    """One minus the second-largest modulus of the map's eigenvalues: the asymptotic rate per collision."""
    return float(1.0 - np.abs(np.linalg.eigvals(matrix[1:, 1:])).max())


def _doubling(matrix: Real, initial: Real, count: int) -> Real:
    """The vectors T^k r for k < count: doubling up to one block, then block after block."""
    vectors = np.empty((*matrix.shape[:-2], count, initial.shape[-1]))
    vectors[..., 0, :] = initial
    filled, power = 1, matrix
    while filled < count:
        size = min(filled, BLOCK)
        take = min(size, count - filled)
        before = vectors[..., filled - size : filled - size + take, :]
        np.matmul(before, power.swapaxes(-1, -2), out=vectors[..., filled : filled + take, :])
        filled += take
        if size < BLOCK and filled < count:
            power = power @ power
    return vectors


class _Powers:
    """T^k together with the row vectors f (1 + T + ... + T^(k-1)), by repeated squaring, remembered."""

    def __init__(self, matrix: Real, functionals: Real) -> None:
        self._squares = [(matrix, functionals)]
        self._known: dict[int, tuple[Real, Real]] = {}

    def __call__(self, exponent: int) -> tuple[Real, Real]:
        if exponent not in self._known:
            self._known[exponent] = self._compute(exponent)
        return self._known[exponent]

    def _compute(self, exponent: int) -> tuple[Real, Real]:
        matrix, functionals = self._squares[0]
        power, sums = np.eye(matrix.shape[-1]), np.zeros_like(functionals)
        for bit in range(exponent.bit_length()):
            if bit == len(self._squares):
                square, partial = self._squares[-1]
                self._squares.append((square @ square, partial + partial @ square))
            if exponent >> bit & 1:
                square, partial = self._squares[bit]
                sums = sums + partial @ power
                power = square @ power
        return power, sums
