"""The system's initial state: what the user gave, checked, as a density matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import DensityMatrix
from scipy.special import softmax

from ..errors import InputError
from .collision import CollisionModel
from .operators import dense

STATE_TOLERANCE = 1e-8
#: Of states that come in single precision.
SINGLE_TOLERANCE = 1e-5
#: Letters of a state's label, one per qubit.
LABELS = "01+-rl"


def initial_density_matrix(model: CollisionModel, initial: Any = None) -> NDArray[np.complex128]:
    r"""The initial state of the system as a d x d array.

    Args:
        model: gives the size and, for the default, the Hamiltonian.
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
    if initial is None:
        energies, vectors = np.linalg.eigh(dense(model.system))
        return np.asarray((vectors * softmax(-energies)) @ vectors.conj().T)
    if isinstance(initial, str) and not (initial and set(initial) <= set(LABELS)):
        raise InputError(
            f"the initial state is {initial!r}, but a label has one of {', '.join(LABELS)} for each qubit of the system"
        )
    given = _plain(initial)
    try:
        state = DensityMatrix.from_label(given) if isinstance(given, str) else DensityMatrix(given)
    except (QiskitError, TypeError, ValueError) as error:
        raise InputError(
            f"the initial state is nothing that qiskit.quantum_info.DensityMatrix takes: {error}"
        ) from error
    matrix = np.array(state.data, dtype=complex)
    dimension = 2**model.num_system_qubits
    if matrix.shape != (dimension, dimension):
        raise InputError(
            f"the initial state has dimension {matrix.shape[0]}, but the system has {model.num_system_qubits} "
            f"qubit(s): give a state of dimension {dimension}"
        )
    _check_state(matrix, _tolerance(given))
    matrix = (matrix + matrix.conj().T) / 2
    return np.asarray(matrix / np.trace(matrix).real)


def _plain(initial: Any) -> Any:
    """Kets that are columns, as QuTiP has them, as vectors; QuTiP's objects as arrays."""
    if not isinstance(initial, str) and hasattr(initial, "full"):
        initial = initial.full()
    if isinstance(initial, np.ndarray | list | tuple):
        array = np.asarray(initial)
        if array.ndim == 2 and array.shape[1] == 1 and array.shape[0] > 1:
            return array[:, 0]
        return array
    return initial


def _tolerance(initial: Any) -> float:
    """What rounding may do to a state, by the precision that it is given in."""
    array = initial if isinstance(initial, np.ndarray) else getattr(initial, "data", None)
    kind = getattr(array, "dtype", np.dtype(complex))
    single = kind in (np.dtype(np.complex64), np.dtype(np.float32), np.dtype(np.float16))
    return SINGLE_TOLERANCE if single else STATE_TOLERANCE


def _check_state(matrix: NDArray[np.complex128], tolerance: float) -> None:
    if not np.all(np.isfinite(matrix)):
        raise InputError("the initial state contains entries that are not finite numbers")
    asymmetry = np.abs(matrix - matrix.conj().T).max()
    if asymmetry > tolerance:
        raise InputError(f"the initial state is not Hermitian: entries differ from their conjugates by {asymmetry:.3g}")
    trace = np.trace(matrix).real
    if abs(trace - 1) > tolerance:
        raise InputError(f"the initial state has trace {trace:.10g}, but a state has trace 1: normalise it")
    smallest = np.linalg.eigvalsh(matrix)[0]
    if smallest < -tolerance:
        raise InputError(f"the initial state has the negative eigenvalue {smallest:.3g}: it is not positive")
