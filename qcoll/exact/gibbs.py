r"""Thermal states as dense matrices, :math:`\eta = e^{-\beta H}/Z`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.collision import Ancilla
from ..model.operators import dense

#: Levels closer to the ground energy than this, relative to the largest, are degenerate with it at beta = inf.
DEGENERACY_TOLERANCE = 1e-12


def gibbs_state(ancilla: Ancilla) -> NDArray[np.complex128]:
    r"""The ancilla's thermal state (Eq. 41), shape (d, d), in Qiskit's order.

    At :math:`\beta = \infty` it is the equal mixture of the ground states.

    >>> import qcoll
    >>> from qcoll.exact import gibbs_state
    >>> gibbs_state(qcoll.example_2(kappa=0.0, beta=0.0).ancilla).real.diagonal()
    array([0.25, 0.25, 0.25, 0.25])
    """
    energies, vectors = np.linalg.eigh(dense(ancilla.hamiltonian))
    shifted = energies - energies[0]
    if np.isinf(ancilla.beta):
        weights = (shifted <= DEGENERACY_TOLERANCE * np.abs(energies).max()).astype(float)
    else:
        weights = np.exp(-ancilla.beta * shifted)
    return np.asarray((vectors * (weights / weights.sum())) @ vectors.conj().T)
