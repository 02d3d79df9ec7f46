r"""Exponentials of sparse Hamiltonians by Chebyshev polynomials, with an error that is known before the work.

With :math:`H = c + R\,\tilde H` and the spectrum of :math:`\tilde H` in [-1, 1] (H. Tal-Ezer and R. Kosloff, J. Chem.
Phys. 81, 3967, 1984)

.. math::

    e^{-iHt} = e^{-ict}\sum_{k\ge 0}(2-\delta_{k0})(-i)^k J_k(Rt)\,T_k(\tilde H),\qquad
    e^{-\tau H} = e^{-\tau c}\sum_{k\ge 0}(2-\delta_{k0})(-1)^k I_k(R\tau)\,T_k(\tilde H) .

Since :math:`\|T_k\| \le 1`, what is left out is at most the sum of the coefficients that are left out, which falls
faster than exponentially once k is larger than Rt. Nothing is split, so that nothing depends on which terms commute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from qiskit.quantum_info import SparsePauliOp
from scipy.sparse.linalg import ArpackError, eigsh
from scipy.special import ive, jv

from ..limits import COMPLEX_BYTES
from ..trajectory.pauli import Complex, Real
from .recurrence import fused_step

#: Below this dimension the bound of Gershgorin's circles is good enough.
SMALLEST_LANCZOS = 64
#: The interval of a Lanczos estimate is widened by this share of its length.
MARGIN = 0.005
#: Arrays below this size are not worth the second that a compiled step takes to be made.
SMALLEST_FUSED = 2**14
#: Rounding of one step of the recurrence.
ROUNDING = 2.3e-16


def sparse_matrix(operator: SparsePauliOp) -> sparse.csr_array:
    """An operator as a sparse matrix, real where it can be."""
    matrix = sparse.csr_array(operator.to_matrix(sparse=True))
    if not matrix.data.imag.any():
        matrix = matrix.real.tocsr()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def sparse_bytes(operator: SparsePauliOp) -> int:
    """Memory that :func:`sparse_matrix` takes at most: an entry for each row and each pattern of flipped qubits."""
    patterns = len(np.unique(np.asarray(operator.paulis.x), axis=0))
    return int(2 * (COMPLEX_BYTES + 8) * patterns * 2**operator.num_qubits)


@dataclass(frozen=True, eq=False)
class Expansion:
    """A function of a sparse Hermitian matrix as a Chebyshev series.

    Args:
        doubled: 2 (H - c) / R.
        even: coefficients of the even terms, with their signs.
        odd: coefficients of the odd terms, with their signs.
        odd_phase: what multiplies the odd terms, -i or 1.
        phase: what multiplies everything.
        error: bound of the terms that are left out and of rounding, in operator norm.
    """

    doubled: sparse.csr_array
    even: Real
    odd: Real
    odd_phase: complex
    phase: complex
    error: float

    @classmethod
    def unitary(cls, hamiltonian: sparse.csr_array, time: float, tolerance: float) -> Expansion:
        """The series of exp(-i H t), exact to ``tolerance`` in operator norm.

        >>> import numpy as np
        >>> import scipy.sparse as sparse
        >>> from qcoll.exact.expansion import Expansion
        >>> flip = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
        >>> turn = Expansion.unitary(flip, np.pi / 4, 1e-14)
        >>> bool(np.allclose(turn(np.eye(2, dtype=complex)), [[0.5**0.5, -1j * 0.5**0.5], [-1j * 0.5**0.5, 0.5**0.5]]))
        True
        """
        centre, radius = spectral_interval(hamiltonian)
        sizes, error = _enough(lambda k: 2 * jv(k, radius * time), radius * time, tolerance)
        signs = np.array([1.0, 1.0, -1.0, -1.0])[np.arange(len(sizes)) % 4]  # (-i)^k without its i
        return cls._of(hamiltonian, centre, radius, sizes * signs, -1j, np.exp(-1j * centre * time), error)

    @classmethod
    def decay(cls, hamiltonian: sparse.csr_array, time: float, tolerance: float) -> Expansion:
        """The series of exp(-H t), scaled to a largest eigenvalue of one."""
        centre, radius = spectral_interval(hamiltonian)
        sizes, error = _enough(lambda k: 2 * ive(k, radius * time), radius * time, tolerance)
        signs = np.array([1.0, -1.0])[np.arange(len(sizes)) % 2]
        return cls._of(hamiltonian, centre, radius, sizes * signs, 1.0, 1.0, error)

    @classmethod
    def _of(
        cls,
        hamiltonian: sparse.csr_array,
        centre: float,
        radius: float,
        coefficients: Real,
        odd_phase: complex,
        phase: complex,
        error: float,
    ) -> Expansion:
        identity = sparse.eye_array(hamiltonian.shape[0], format="csr")
        doubled = sparse.csr_array((hamiltonian - centre * identity) * (2 / radius if radius else 0.0))
        return cls(doubled, coefficients[::2], coefficients[1::2], odd_phase, phase, error)

    @property
    def order(self) -> int:
        """Products with H that one application takes."""
        return len(self.even) + len(self.odd) - 1

    def __call__(self, columns: Complex) -> Complex:
        """The function times columns (D, w), complex and contiguous."""
        real = self.doubled.dtype.kind == "f"
        before = columns.view(np.float64) if real else columns
        even = before * self.even[0]
        if self.order == 0:
            return np.asarray(self.phase * even.view(complex))
        current = self.doubled @ before
        current *= 0.5
        odd = current * self.odd[0]
        previous = before.copy()
        if before.size >= SMALLEST_FUSED and (step := fused_step()) is not None:
            matrix = self.doubled
            for k in range(2, self.order + 1):
                target, coefficient = (odd, self.odd[k // 2]) if k % 2 else (even, self.even[k // 2])
                step(matrix.indptr, matrix.indices, matrix.data, current, previous, target, coefficient)
                previous, current = current, previous
            return self._joined(even, odd)
        scratch = np.empty_like(before)
        for k in range(2, self.order + 1):
            following = self.doubled @ current
            following -= previous
            target, coefficient = (odd, self.odd[k // 2]) if k % 2 else (even, self.even[k // 2])
            np.multiply(following, coefficient, out=scratch)
            target += scratch
            previous, current = current, following
        return self._joined(even, odd)

    def _joined(self, even: Real | Complex, odd: Real | Complex) -> Complex:
        """The sum of the even and the odd terms with their phases."""
        whole, rest = even.view(complex), odd.view(complex)
        rest *= self.odd_phase * self.phase
        whole *= self.phase
        whole += rest
        return np.asarray(whole)


def spectral_interval(matrix: sparse.csr_array) -> tuple[float, float]:
    """Centre and half-width of an interval that holds all eigenvalues of a Hermitian matrix.

    Gershgorin's circles; for larger matrices the outermost eigenvalues by Lanczos, with a margin, which is narrower.
    """
    diagonal = matrix.diagonal().real
    circles = np.asarray(abs(matrix).sum(axis=1)).ravel() - np.abs(diagonal)
    low, high = float((diagonal - circles).min()), float((diagonal + circles).max())
    if matrix.shape[0] >= SMALLEST_LANCZOS and high > low:
        start = np.random.default_rng(0).normal(size=matrix.shape[0]).astype(matrix.dtype)
        try:
            ends = [
                float(eigsh(matrix, k=1, which=which, v0=start, tol=1e-5, return_eigenvectors=False)[0])
                for which in ("SA", "LA")
            ]
        except ArpackError:  # no convergence: the circles hold in any case
            return (low + high) / 2, (high - low) / 2
        margin = MARGIN * (ends[1] - ends[0])
        low, high = max(low, ends[0] - margin), min(high, ends[1] + margin)
    return (low + high) / 2, (high - low) / 2


def _enough(coefficient: object, size: float, tolerance: float) -> tuple[Real, float]:
    """The coefficients whose tail is below ``tolerance``, the first one halved, and the error of tail and rounding."""
    assert callable(coefficient)
    orders = np.arange(int(np.ceil(1.5 * abs(size) + 10 * abs(size) ** (1 / 3))) + 60)
    values = np.asarray(coefficient(orders), dtype=float)
    values[0] /= 2
    tails = np.concatenate([np.cumsum(np.abs(values[::-1]))[::-1][1:], [0.0]])
    last = int(np.argmax(tails <= max(tolerance, ROUNDING)))
    return values[: last + 1], float(tails[last] + ROUNDING * np.sqrt(last + 1) * 4)
