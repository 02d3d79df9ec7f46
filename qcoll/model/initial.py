"""The system's initial state: what the user gave, checked, as a density matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from .cycle import Model
from .modes import COUPLING_TOLERANCE
from .operators import dense
from .states import checked_state


def initial_density_matrix(model: Model, initial: Any = None) -> NDArray[np.complex128]:
    r"""The initial state of the system as a d x d array.

    Args:
        model: gives the size and, for the default, the Hamiltonian (of a cycle, its first stroke's).
        initial: anything that ``DensityMatrix`` takes, a label such as ``"+"``, or ``None`` for the thermal state
            :math:`e^{-H_S}/Z` of the system at inverse temperature 1.

    Raises:
        InputError: if it has the wrong size or is not a state.

    >>> import qcoll
    >>> from qcoll.model.initial import initial_density_matrix
    >>> initial_density_matrix(qcoll.example_2(), "+").real
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    require_memory(
        6 * COMPLEX_BYTES * 4**model.num_system_qubits,
        f"the density matrix of {model.num_system_qubits} system qubits",
        "use a smaller system; circuits of long systems begin in a state given by a label or a circuit",
    )
    physical = model.physical
    if initial is None:
        energies, vectors = np.linalg.eigh(dense(model.system)[np.ix_(physical, physical)])
        state = np.zeros(2 * (len(physical),), dtype=complex)
        state[np.ix_(physical, physical)] = (vectors * softmax(-energies)) @ vectors.conj().T
        return state
    state = checked_state(initial, model.num_system_qubits, "the initial state", "system")
    outside = float(np.abs(state).diagonal() @ ~physical)
    if outside > COUPLING_TOLERANCE:
        raise InputError(
            f"the initial state has {outside:.3g} of its population beyond the levels of the system's modes: see "
            "Modes.basis_state"
        )
    return state
