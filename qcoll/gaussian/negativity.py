r"""Logarithmic negativity between the first modes of a Gaussian state and the others, in nats.

Bosons: :math:`\sum_k\max(0, -\ln 2\tilde\nu_k)` of the symplectic eigenvalues after the momenta of one side are
reversed (Vidal and Werner, Phys. Rev. A 65, 032314).

Fermions: :math:`\ln\mathrm{Tr}\sqrt{R^\dagger R}` of the partially time-reversed state R, which multiplies each
Majorana operator of one side by i (Shapourian, Shiozaki and Ryu, Phys. Rev. B 95, 165101). With the moments
:math:`T = \langle\gamma\gamma^T\rangle - 1` in blocks and

.. math::

    T_\pm = \begin{pmatrix} -T_{11} & \pm iT_{12}\\ \pm iT_{21} & T_{22}\end{pmatrix},\qquad
    \Xi = \tfrac12\left[1 - (1 + T_+T_-)^{-1}(T_+ + T_-)\right]

the negativity is half of :math:`\sum_\xi\ln(\sqrt\xi + \sqrt{1-\xi}) + \tfrac12\sum_\lambda\ln(\lambda^2 +
(1-\lambda)^2)` over the eigenvalues :math:`\xi` of :math:`\Xi` and :math:`\lambda` of :math:`(1 + T)/2`, for the
Majorana operators count every mode twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .quadratic import symplectic_form

Real = NDArray[np.float64]


def boson_negativity(covariance: Real, first: int) -> float:
    """Of a covariance matrix (2n, 2n) between the first modes and the rest."""
    n = len(covariance) // 2
    signs = np.ones(2 * n)
    signs[n : n + first] = -1
    values = np.linalg.eigvals(1j * symplectic_form(n) @ (signs[:, None] * covariance * signs)).real
    widths = np.sort(np.abs(values))[::2]
    return float(np.sum(np.clip(-np.log(2 * widths), 0.0, None)))


def fermion_negativity(covariance: Real, first: int) -> float:
    """Of a Majorana covariance matrix (2n, 2n) between the first modes and the rest."""
    n = len(covariance) // 2
    reversed_ = np.arange(2 * n) % n < first
    own = -1j * covariance  # T
    sides = np.where(reversed_[:, None] & reversed_, -1.0, 1.0).astype(complex)
    across = reversed_[:, None] ^ reversed_
    plus, minus = (np.where(across, sign * 1j, sides) * own for sign in (1, -1))
    composite = np.linalg.solve(np.eye(2 * n) + plus @ minus, plus + minus)
    shares = np.clip((1 - np.linalg.eigvals(composite).real) / 2, 0.0, 1.0)
    filled = np.clip((1 + np.linalg.eigvalsh(own)) / 2, 0.0, 1.0)
    total = np.sum(np.log(np.sqrt(shares) + np.sqrt(1 - shares)))
    total += np.sum(np.log(filled**2 + (1 - filled) ** 2)) / 2
    return float(total / 2)
