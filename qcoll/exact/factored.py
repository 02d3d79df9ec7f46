r"""Collisions of a factor of the density matrix, block by block.

With :math:`\rho = WW^\dagger` of rank r, and :math:`\eta = CC^\dagger` of the ancilla, a collision is

.. math:: \rho' = \sum_{jl}X_{jl}X_{jl}^\dagger,\qquad X_{jl} = \langle j|U\left(C_l\otimes W\right),

r columns for every column of C, instead of twice the dimension of system and ancilla. A pure state next to an ancilla
of two qubits has rank 16 after a collision and 256 after two. W comes from a Cholesky decomposition with pivots, which
is stopped once the trace of what is left is within the tolerance; that trace is its distance in trace norm (N. J.
Higham, "Analysis of the Cholesky decomposition of a semi-definite matrix", 1990). Blocks that stay blocks
(:mod:`.sectors`) are factored and moved one by one.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from scipy.linalg.blas import zherk
from scipy.linalg.lapack import zpstrf

from ..trajectory.pauli import Complex, Real
from .expansion import ROUNDING, Expansion
from .parallel import BLOCK, in_parallel
from .sectors import Path, Sectors

#: Columns that are moved before they are added to the state; few take longer, many take memory.
COLUMNS = 256
#: Multiplications of dense matrices that take as long as one with an entry of a sparse matrix.
SPARSE_COST = 25
#: Entries of a state below this share of its largest one are rounding, and may connect what is not connected.
NOISE = 4 * ROUNDING


@dataclass(frozen=True, eq=False)
class FactoredCollision:
    """One collision by factors.

    Args:
        sectors: the blocks.
        factor: C of the ancilla's state, (a, columns).
        expansions: of the joint unitary on what each path reaches.
        observables: the ledger's, on the same.
        noise: trace norm of what was left out of the ancilla's state.
    """

    sectors: Sectors
    factor: Complex
    expansions: tuple[Expansion, ...]
    observables: tuple[tuple[sparse.csr_array, ...], ...]
    noise: float

    @classmethod
    def of(
        cls, expansion: Expansion, observables: tuple[sparse.csr_array, ...], thermal: Complex, state: Complex
    ) -> FactoredCollision:
        """The collision of states with the blocks of one state.

        Args:
            expansion: of the joint unitary.
            observables: the ledger's, on system and ancilla.
            thermal: the ancilla's state.
            state: the initial state of the system.
        """
        cleaned, noise = without_noise(thermal)
        factor, lost = cholesky(cleaned, ROUNDING)
        sectors = Sectors.of(expansion.doubled, factor, without_noise(state)[0])
        known: dict[bytes, tuple[Expansion, tuple[sparse.csr_array, ...]]] = {}
        found = []
        for path in sectors.paths:
            key = path.reached.tobytes()
            if key not in known:
                own = [_restricted(matrix, path) for matrix in (expansion.doubled, *observables)]
                known[key] = dataclasses.replace(expansion, doubled=own[0]), tuple(own[1:])
            found.append(known[key])
        return cls(sectors, factor, tuple(x for x, _ in found), tuple(x for _, x in found), noise + lost)

    def factors(self, state: Complex, allowed: float) -> tuple[list[Complex], float]:
        """W of every block, and the trace norm of what they leave out, at most about ``allowed``."""
        share = allowed / len(self.sectors.blocks)
        found = [cholesky(state[np.ix_(block, block)], share) for block in self.sectors.blocks]
        return [factor for factor, _ in found], sum(lost for _, lost in found)

    def work(self, ranks: list[int]) -> float:
        """Multiplications that a collision of factors of some ranks takes."""
        total = 0.0
        for path, expansion in zip(self.sectors.paths, self.expansions, strict=True):
            products = SPARSE_COST * expansion.doubled.nnz * (expansion.order + 2)
            added = 2 * sum(len(self.sectors.blocks[block]) ** 2 for _, block, _ in path.targets)
            total += ranks[path.block] * (products + added)
        return total

    def step(self, factors: list[Complex], size: int) -> tuple[Complex, Real]:
        """The state after a collision, (size, size), and the means of the observables there."""
        blocks = self.sectors.blocks
        # the complex conjugates, in Fortran's order: what they are in C's order is the state
        sums = [np.zeros((len(block), len(block)), dtype=complex, order="F") for block in blocks]
        means = np.zeros(len(self.observables[0]))
        for path, expansion, observables in zip(self.sectors.paths, self.expansions, self.observables, strict=True):
            factor = factors[path.block]
            for start in range(0, factor.shape[1], COLUMNS):
                moved = self._moved(path, expansion, factor[:, start : start + COLUMNS])
                means += [_mean(observable, moved) for observable in observables]
                for rows, block, places in path.targets:
                    columns = moved[rows]
                    if len(places) < len(blocks[block]):
                        columns = np.zeros((len(blocks[block]), moved.shape[1]), dtype=complex)
                        columns[places] = moved[rows]
                    zherk(1.0, columns.T, beta=1.0, c=sums[block], trans=2, lower=1, overwrite_c=1)
        after = np.zeros((size, size), dtype=complex)
        for indices, half in zip(blocks, sums, strict=True):
            upper = half.T
            after[np.ix_(indices, indices)] = upper + np.triu(upper, 1).conj().T
        return after, means

    def _moved(self, path: Path, expansion: Expansion, factor: Complex) -> Complex:
        """U times some columns of C_l x W, (reached, columns)."""
        moved = np.empty((len(path.reached), factor.shape[1]), dtype=complex)
        width = max(8, BLOCK // len(path.reached))

        def move(start: int) -> None:
            columns = np.zeros((len(path.reached), factor[:, start : start + width].shape[1]), dtype=complex)
            for i, rows in path.entries:
                columns[rows] = self.factor[i, path.column] * factor[:, start : start + width]
            moved[:, start : start + width] = expansion(columns)

        in_parallel(move, range(0, factor.shape[1], width))
        return moved


def _restricted(matrix: sparse.csr_array, path: Path) -> sparse.csr_array:
    """The rows and columns of a matrix that a path reaches."""
    if len(path.reached) == matrix.shape[0]:
        return matrix
    return sparse.csr_array(matrix[path.reached][:, path.reached])


def _mean(observable: sparse.csr_array, columns: Complex) -> float:
    """The sum of the means in some columns."""
    if observable.dtype.kind == "f":
        parts = columns.view(np.float64)
        return float(np.vdot(parts, observable @ parts))
    return float(np.vdot(columns, observable @ columns).real)


def without_noise(state: Complex) -> tuple[Complex, float]:
    """A state without entries of the size of rounding, and the trace norm of what was left out, at most."""
    small = np.abs(state) <= NOISE * np.abs(state).max()
    if not (small & (state != 0)).any():
        return state, 0.0
    left_out = np.where(small, state, 0.0)
    return np.where(small, 0.0, state), float(np.sqrt(len(state)) * np.linalg.norm(left_out))


def cholesky(state: Complex, allowed: float) -> tuple[Complex, float]:
    """W of a state W W^dagger, (d, r), and the trace norm of what it leaves out, at most about ``allowed``.

    >>> import numpy as np
    >>> from qcoll.exact.factored import cholesky
    >>> factor, lost = cholesky(np.full((3, 3), 1 / 3, dtype=complex), 1e-12)
    >>> factor.shape, lost < 1e-12
    ((3, 1), True)
    """
    size = len(state)
    if not state.any():
        return np.zeros((size, 0), dtype=complex), 0.0
    smallest = allowed / (2 * size)
    lower, pivots, rank, _ = zpstrf(np.array(state, order="F", dtype=complex), tol=smallest, lower=1, overwrite_a=1)
    weights = np.array([np.linalg.norm(lower[k:, k]) ** 2 for k in range(rank)])
    tails = np.append(np.cumsum(weights[::-1])[::-1], 0.0)
    kept = int(np.argmax(tails <= allowed / 2))
    factor = np.zeros((size, kept), dtype=complex)
    factor[pivots - 1] = np.tril(lower)[:, :kept]
    return factor, float(tails[kept] + (size - rank) * smallest)
