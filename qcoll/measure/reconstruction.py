r"""From estimated Pauli means to physical states and temperatures.

A linear inversion is unbiased but may have negative eigenvalues. The nearest state in the Frobenius norm is its
maximum-likelihood state for Gaussian noise of equal size on all Pauli strings (Smolin, Gambetta, Smith, Phys. Rev.
Lett. 108, 070502): physical, but biased towards mixed states wherever the linear estimate was not physical.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax

from ..model.collision import Ancilla
from ..trajectory.pauli import Complex, Real

#: Inverse temperatures beyond this, in units of the inverse spectral width, count as infinite.
LARGEST_BETA = 200.0


def nearest_state(matrices: Complex) -> Complex:
    r"""The density matrices nearest to Hermitian matrices of trace one in the Frobenius norm.

    The eigenvalues are projected onto the simplex :math:`\lambda_i \ge 0,\ \sum_i\lambda_i = 1`.

    Args:
        matrices: shape (..., d, d).

    >>> import numpy as np
    >>> from qcoll.hardware import nearest_state
    >>> nearest_state(np.diag([1.1, -0.1])).diagonal().real
    array([1., 0.])
    """
    values, vectors = np.linalg.eigh(matrices)
    descending = values[..., ::-1]
    excess = (np.cumsum(descending, axis=-1) - 1.0) / np.arange(1, values.shape[-1] + 1)
    kept = np.count_nonzero(descending > excess, axis=-1)
    threshold = np.take_along_axis(excess, kept[..., None] - 1, axis=-1)
    projected = np.clip(values - threshold, 0.0, None)
    return np.asarray((vectors * projected[..., None, :]) @ np.conj(np.swapaxes(vectors, -1, -2)))


def effective_beta(ancilla: Ancilla, energy: float, error: float = 0.0) -> tuple[float, float]:
    r"""The inverse temperature at which the ancilla has a measured mean energy, and its standard error.

    .. math:: \mathrm{Tr}[H_A\,\eta_\beta] = E,\qquad
              \sigma_\beta = \frac{\sigma_E}{|\partial E/\partial\beta|} = \frac{\sigma_E}{\mathrm{Var}_\beta(H_A)}.

    For independent Gaussian errors of the energy this is also the most likely value.

    Args:
        ancilla: its Hamiltonian; its own beta does not matter.
        energy: the measured mean energy.
        error: its standard error.

    Returns:
        ``(beta, standard error)``; beta is infinite (and the error with it) for energies at or beyond the ends of the
        spectrum, and negative for a population inversion.

    >>> import qcoll
    >>> from qcoll.hardware import effective_beta
    >>> from qcoll.exact import gibbs_state
    >>> ancilla = qcoll.example_2(beta=1.3).ancilla
    >>> energy = (gibbs_state(ancilla) @ ancilla.hamiltonian.to_matrix()).trace().real
    >>> round(effective_beta(ancilla, energy)[0], 9)
    1.3
    """
    levels = np.linalg.eigvalsh(ancilla.hamiltonian.to_matrix()[np.ix_(ancilla.physical, ancilla.physical)])
    width = levels[-1] - levels[0]
    if width == 0.0:
        return np.nan, np.nan  # every temperature gives the same state
    reduced = (levels - levels[0]) / width
    target = (energy - levels[0]) / width

    def mean(beta: float) -> float:
        return float(softmax(-beta * reduced) @ reduced)

    if target <= mean(LARGEST_BETA):
        return np.inf, np.inf
    if target >= mean(-LARGEST_BETA):
        return -np.inf, np.inf
    beta = brentq(lambda value: mean(value) - target, -LARGEST_BETA, LARGEST_BETA, xtol=1e-14)
    weights: Real = softmax(-beta * reduced)
    variance = float(weights @ reduced**2 - mean(beta) ** 2)
    return float(beta / width), float(error / (variance * width**2))
