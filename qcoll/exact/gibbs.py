r"""Thermal states as dense matrices, :math:`\eta = e^{-\beta H}/Z`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.collision import Ancilla
from ..model.operators import dense

#: Levels closer to the ground energy than this, relative to the largest, are degenerate with it at beta = inf.
DEGENERACY_TOLERANCE = 1e-12


def gibbs_state(ancilla: Ancilla) -> NDArray[np.complex128]:
    r"""The ancilla's thermal state (Eq. 41), shape (d, d), in Qiskit's order, or the state that it was given.

    At :math:`\beta = \infty` it is the equal mixture of the ground states, at :math:`-\infty` of the highest ones.
    States beyond the levels of the ancilla's modes are empty.

    >>> import qcoll
    >>> from qcoll.exact import gibbs_state
    >>> gibbs_state(qcoll.example_2(kappa=0.0, beta=0.0).ancilla).real.diagonal()
    array([0.25, 0.25, 0.25, 0.25])
    """
    if ancilla.beta is None:
        return dense(ancilla.state)
    hamiltonian = dense(ancilla.hamiltonian)
    if ancilla.physical.all():
        return _thermal(hamiltonian, ancilla.beta)
    levels = np.ix_(ancilla.physical, ancilla.physical)
    state = np.zeros_like(hamiltonian, dtype=complex)
    state[levels] = _thermal(hamiltonian[levels], ancilla.beta)
    return state


def _thermal(hamiltonian: NDArray[np.complex128], beta: float) -> NDArray[np.complex128]:
    """The thermal state of a matrix."""
    energies, vectors = np.linalg.eigh(hamiltonian)
    above = energies - energies[0] if beta >= 0 else energies - energies[-1]
    if np.isinf(beta):
        weights = (np.abs(above) <= DEGENERACY_TOLERANCE * np.abs(energies).max()).astype(float)
    else:
        weights = np.exp(-beta * above)
    return np.asarray((vectors * (weights / weights.sum())) @ vectors.conj().T)
