r"""Orthogonal and singular value decompositions that keep blocks apart.

Where every term of a Hamiltonian has an even number of letters X and Y, as exchange, pairing, ZZ and fields along z
have, Pauli strings with an even and an odd number of them do not mix. Every matrix between two halves of a chain then
falls into blocks, whose decompositions take a quarter of the time. The blocks are those of the entries that are exactly
zero, whatever their reason; blocks that were missed would cost time and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr, svd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..trajectory.pauli import Real

#: Entries below this share of the largest one are rounding.
NOISE = 2e-15
#: So many blocks are found by following their rows and columns, which is faster than a graph where there are no more.
FEW_BLOCKS = 3


def without_noise(values: Real) -> Real:
    """Entries of the size of rounding as zeros."""
    return np.where(np.abs(values) > NOISE * np.abs(values).max(initial=0.0), values, 0.0)


def blocks(matrix: Real) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows and columns of the blocks of a matrix, those without entries left out.

    >>> import numpy as np
    >>> from qcoll.large.block_algebra import blocks
    >>> [(rows.tolist(), columns.tolist()) for rows, columns in blocks(np.array([[1.0, 0, 2], [0, 0, 0], [0, 3, 0]]))]
    [([0], [0, 2]), ([2], [1])]
    """
    present = matrix != 0
    left = present.any(axis=1)
    for _ in range(FEW_BLOCKS):
        if not left.any():
            return
        rows = np.zeros_like(left)
        rows[np.argmax(left)] = True
        while True:
            columns = present[rows].any(axis=0)
            wider = present[:, columns].any(axis=1)
            if wider.sum() == rows.sum():
                break
            rows = wider
        left &= ~rows
        yield np.flatnonzero(rows), np.flatnonzero(columns)
    height, width = matrix.shape
    rows, columns = np.nonzero(present & left[:, None])
    graph = coo_array((np.ones(len(rows), dtype=bool), (rows, height + columns)), shape=(height + width,) * 2)
    number, label = connected_components(graph, directed=False)
    for block in range(number):
        own = np.flatnonzero(label == block)
        split = int(np.searchsorted(own, height))
        if 0 < split < len(own):
            yield own[:split], own[split:] - height


def orthogonal(matrix: Real) -> tuple[Real, Real]:
    """Q with orthonormal columns and R with Q R the matrix, neither with fewer than one column or row."""
    parts = []
    for rows, columns in blocks(matrix):
        q, r = qr(matrix[np.ix_(rows, columns)], mode="economic", check_finite=False)
        parts.append((rows, columns, q, r))
    size = sum(q.shape[1] for _, _, q, _ in parts)
    left, right = np.zeros((matrix.shape[0], max(1, size))), np.zeros((max(1, size), matrix.shape[1]))
    start = 0
    for rows, columns, q, r in parts:
        stop = start + q.shape[1]
        left[rows, start:stop] = q
        right[start:stop, columns] = r
        start = stop
    return left, right


def truncated(matrix: Real, allowed: float, largest: int) -> tuple[Real, Real, Real, float]:
    """The singular value decomposition without the smallest values.

    Args:
        matrix: any.
        allowed: norm of the values that may be left out.
        largest: number of values that are kept at most, whatever is left out then.

    Returns:
        ``(u, s, v, lost)``, with the norm of what was left out.
    """
    parts = [(rows, columns, *_singular_values(matrix[np.ix_(rows, columns)])) for rows, columns in blocks(matrix)]
    if not parts:
        return np.zeros((len(matrix), 1)), np.zeros(1), np.zeros((1, matrix.shape[1])), 0.0
    every = np.concatenate([s for _, _, _, s, _ in parts])
    order = np.argsort(-every, kind="stable")
    kept, lost = how_many(every[order], allowed, largest)
    place = np.full(len(every), -1)
    place[order[:kept]] = np.arange(kept)
    u, v = np.zeros((matrix.shape[0], kept)), np.zeros((kept, matrix.shape[1]))
    start = 0
    for rows, columns, left, s, right in parts:
        places = place[start : start + len(s)]
        count = int(np.count_nonzero(places >= 0))  # values of a block fall: the first ones are kept
        u[rows[:, None], places[:count]] = left[:, :count]
        v[places[:count, None], columns] = right[:count]
        start += len(s)
    return u, every[order[:kept]], v, lost


def _singular_values(matrix: Real) -> tuple[Real, Real, Real]:
    """The singular value decomposition, by the slower driver where the faster one does not converge."""
    try:
        u, s, v = svd(matrix, full_matrices=False, check_finite=False)
    except np.linalg.LinAlgError:
        u, s, v = svd(matrix, full_matrices=False, check_finite=False, lapack_driver="gesvd")
    return u, s, v


def how_many(values: Real, allowed: float, largest: int) -> tuple[int, float]:
    """How many of falling singular values are kept, and the norm of the others."""
    tails = np.sqrt(np.cumsum(values[::-1] ** 2))[::-1]  # norm of this and all that follow
    kept = max(1, min(int(np.count_nonzero(tails > allowed)), largest))
    return kept, float(tails[kept]) if kept < len(values) else 0.0
