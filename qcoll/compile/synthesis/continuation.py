r"""Circuits carried along from a model whose circuit is known to another one of the same family.

The unitaries :math:`U_s = e^{-i((1-s)G_0 + sG_1)}` join two collisions of one family, :math:`G = \delta t\,H`. If one
skeleton holds the whole family, its angles follow along :math:`s` from 0 to 1 with a few Newton steps at each, and the
residual at the end is the certificate. Steps grow where that is easy and shrink where it is not.
"""

from __future__ import annotations

import numpy as np

from .dense import Complex, Real
from .fit import fit_unitary
from .skeleton import Skeleton

_FIRST_STEP, _SMALLEST_STEP, _GROWTH = 0.25, 2e-3, 1.7
_ON_PATH, _NEWTON_STEPS = 1e-8, 7


def follow(skeleton: Skeleton, known: Complex, angles: Real, wanted: Complex) -> tuple[Real, float] | None:
    """Angles at the generator ``wanted`` and the error there, or None if the path from ``known`` breaks off.

    Args:
        skeleton: where the CZ gates are.
        known: generator G_0 whose unitary the circuit with ``angles`` is.
        angles: of the circuit at ``known``.
        wanted: generator G_1.
    """
    position, step = 0.0, _FIRST_STEP
    while position < 1.0:
        ahead = min(1.0, position + step)
        trial, error = fit_unitary(
            skeleton, _unitary((1 - ahead) * known + ahead * wanted), angles, _NEWTON_STEPS, damping=1e-15
        )
        if error < _ON_PATH:
            angles, position, step = trial, ahead, step * _GROWTH
        else:
            step /= 2
            if step < _SMALLEST_STEP:
                return None
    return fit_unitary(skeleton, _unitary(wanted), angles, _NEWTON_STEPS, damping=1e-15)


def _unitary(generator: Complex) -> Complex:
    energies, vectors = np.linalg.eigh(generator)
    return np.asarray((vectors * np.exp(-1j * energies)) @ vectors.conj().T)
