"""States that a user gives, in any form that Qiskit, NumPy and QuTiP have for them, checked, as density matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import DensityMatrix, SparsePauliOp

from ..errors import InputError
from .operators import dense

STATE_TOLERANCE = 1e-8
#: Of states that come in single precision.
SINGLE_TOLERANCE = 1e-5
#: Letters of a state's label, one per qubit.
LABELS = "01+-rl"


def checked_state(given: Any, num_qubits: int, name: str, owner: str = "ancilla") -> NDArray[np.complex128]:
    """A state as a density matrix (d, d).

    Args:
        given: anything that ``DensityMatrix`` takes, a label such as ``"+"``, a QuTiP object, or the ``SparsePauliOp``
            of a density matrix.
        num_qubits: the size it must have.
        name: how a message calls it.
        owner: whose state it is, in a message.

    Raises:
        InputError: if it has the wrong size or is not a state.

    >>> checked_state("+", 1, "the ancilla's state").real
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    if isinstance(given, str) and not (given and set(given) <= set(LABELS)):
        raise InputError(
            f"{name} is {given!r}, but a label has one of {', '.join(LABELS)} for each qubit of the {owner}"
        )
    plain = dense(given) if isinstance(given, SparsePauliOp) else _plain(given)
    try:
        state = DensityMatrix.from_label(plain) if isinstance(plain, str) else DensityMatrix(plain)
    except (QiskitError, TypeError, ValueError) as error:
        raise InputError(f"{name} is nothing that qiskit.quantum_info.DensityMatrix takes: {error}") from error
    matrix = np.array(state.data, dtype=complex)
    dimension = 2**num_qubits
    if matrix.shape != (dimension, dimension):
        raise InputError(
            f"{name} has dimension {matrix.shape[0]}, but the {owner} has {num_qubits} qubit(s): give a state of "
            f"dimension {dimension}"
        )
    _check_state(matrix, _tolerance(plain), name)
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


def _check_state(matrix: NDArray[np.complex128], tolerance: float, name: str) -> None:
    if not np.all(np.isfinite(matrix)):
        raise InputError(f"{name} contains entries that are not finite numbers")
    asymmetry = np.abs(matrix - matrix.conj().T).max()
    if asymmetry > tolerance:
        raise InputError(f"{name} is not Hermitian: entries differ from their conjugates by {asymmetry:.3g}")
    trace = np.trace(matrix).real
    if abs(trace - 1) > tolerance:
        raise InputError(f"{name} has trace {trace:.10g}, but a state has trace 1: normalise it")
    smallest = np.linalg.eigvalsh(matrix)[0]
    if smallest < -tolerance:
        raise InputError(f"{name} has the negative eigenvalue {smallest:.3g}: it is not positive")
