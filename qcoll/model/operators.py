r"""Operators of a collision model as :class:`~qiskit.quantum_info.SparsePauliOp`.

Conventions: :math:`|\uparrow\rangle` is Qiskit's :math:`|0\rangle`, so that :math:`\sigma^z = \mathrm{diag}(1, -1)` and
:math:`\sigma^\pm = (X \pm iY)/2` with :math:`\sigma^+ = |\uparrow\rangle\langle\downarrow|`. Qubit 0 is the rightmost
character of a Pauli string and the least significant bit of a matrix index.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Operator, Pauli, SparsePauliOp

from ..errors import InputError

#: Anything that is taken where an operator is: see :func:`pauli_operator`.
OperatorLike = Any

#: Of coefficients, relative to the largest.
HERMITICITY_TOLERANCE = 1e-10
#: Coefficients of a matrix's Pauli strings below this, relative to the largest, are rounding.
ROUNDING = 1e-15

#: Matrices of at most this many qubits are built on one thread.
LARGEST_SERIAL = 6


def ladder(num_qubits: int, *, raising: Iterable[int] = (), lowering: Iterable[int] = ()) -> SparsePauliOp:
    r"""Product of :math:`\sigma^+` on some qubits and :math:`\sigma^-` on others.

    Args:
        num_qubits: size of the register.
        raising: qubits with :math:`\sigma^+ = (X + iY)/2`.
        lowering: qubits with :math:`\sigma^- = (X - iY)/2`.

    Returns:
        The (generally not Hermitian) operator.

    >>> from qcoll.model.operators import ladder
    >>> ladder(1, raising=[0]).to_matrix().real
    array([[0., 1.],
           [0., 0.]])
    """
    signs = dict.fromkeys(raising, 1) | dict.fromkeys(lowering, -1)
    qubits = sorted(signs)
    terms = []
    for letters in itertools.product("XY", repeat=len(qubits)):
        coefficient = np.prod([0.5 if p == "X" else 0.5j * signs[q] for p, q in zip(letters, qubits, strict=True)])
        terms.append(("".join(letters), qubits, coefficient))
    return SparsePauliOp.from_sparse_list(terms, num_qubits=num_qubits)


def exchange(
    num_qubits: int, coefficient: complex, *, raising: Iterable[int] = (), lowering: Iterable[int] = ()
) -> SparsePauliOp:
    r"""Hermitian exchange term :math:`c\,\prod\sigma^+\prod\sigma^- + \mathrm{h.c.}`.

    Args:
        num_qubits: size of the register.
        coefficient: the complex amplitude :math:`c`.
        raising: qubits with :math:`\sigma^+` in the first term.
        lowering: qubits with :math:`\sigma^-` in the first term.

    >>> from qcoll.model.operators import exchange
    >>> exchange(2, 0.3, raising=[0], lowering=[1])
    SparsePauliOp(['XX', 'YY'],
                  coeffs=[0.15+0.j, 0.15+0.j])
    """
    term = complex(coefficient) * ladder(num_qubits, raising=raising, lowering=lowering)
    return (term + term.adjoint()).simplify(atol=0)


def zeeman(num_qubits: int, frequencies: Iterable[float]) -> SparsePauliOp:
    r"""Two-level systems without interaction, :math:`\sum_k \frac{\omega_k}{2}\sigma_k^z`.

    Args:
        num_qubits: size of the register.
        frequencies: :math:`\omega_k` for qubits 0, 1, ...

    >>> from qcoll.model.operators import zeeman
    >>> zeeman(1, [1.0])
    SparsePauliOp(['Z'],
                  coeffs=[0.5+0.j])
    """
    terms = [("Z", [qubit], 0.5 * omega) for qubit, omega in enumerate(frequencies)]
    return SparsePauliOp.from_sparse_list(terms, num_qubits=num_qubits)


def checked_hermitian(operator: OperatorLike, name: str, num_qubits: int | None = None) -> SparsePauliOp:
    """Return ``operator`` as a ``SparsePauliOp`` simplified with real coefficients, or say what is wrong with it.

    Args:
        operator: what the user gave; anything that :func:`pauli_operator` takes.
        name: how the message calls it.
        num_qubits: the size it must have, if that is known.

    Raises:
        InputError: if it is not Hermitian, has coefficients that are not finite numbers, or another size.
    """
    operator = pauli_operator(operator, name)
    if operator.num_qubits == 0:
        raise InputError(f"{name} acts on no qubit: at least one is needed")
    if num_qubits is not None and operator.num_qubits != num_qubits:
        raise InputError(
            f"{name} acts on {operator.num_qubits} qubits, but {num_qubits} were expected "
            "(an interaction acts on the system's qubits followed by the ancilla's)"
        )
    if operator.coeffs.dtype == object:
        raise InputError(f"{name} has symbolic coefficients: bind its parameters to numbers first")
    if not np.all(np.isfinite(operator.coeffs)):
        raise InputError(f"{name} has a coefficient that is not a finite number: {operator.coeffs.tolist()}")
    simplified = operator.simplify(atol=0)
    largest = np.abs(simplified.coeffs).max()
    imaginary = np.abs(simplified.coeffs.imag).max()
    if imaginary > HERMITICITY_TOLERANCE * largest:
        label = simplified.paulis[int(np.abs(simplified.coeffs.imag).argmax())].to_label()
        raise InputError(
            f"{name} is not Hermitian: the coefficient of {label} has imaginary part {imaginary:.3g}; "
            "add its Hermitian conjugate"
        )
    real = SparsePauliOp(simplified.paulis, simplified.coeffs.real)
    return without_rounding(real).sort()


def pauli_operator(operator: OperatorLike, name: str = "the operator") -> SparsePauliOp:
    """What a user gives as an operator, as a ``SparsePauliOp``, however small its coefficients are.

    Args:
        operator: a ``SparsePauliOp``; a ``Pauli`` or a Pauli string; a list of (Pauli string, coefficient); an
            ``Operator``, a NumPy array or a QuTiP object of shape (2**n, 2**n). Matrices are in Qiskit's order: those
            of system and ancilla are ``np.kron(ancilla, system)``, in QuTiP ``tensor(ancilla, system)``.
        name: how a message calls it.

    Raises:
        InputError: if it is none of these.

    >>> import numpy as np
    >>> from qcoll.model.operators import pauli_operator
    >>> pauli_operator(np.array([[0, 1e-9], [1e-9, 0]]))
    SparsePauliOp(['X'],
                  coeffs=[1.e-09+0.j])
    >>> pauli_operator([("ZI", 0.5), ("IZ", 0.25)]).num_qubits
    2
    """
    if isinstance(operator, SparsePauliOp):
        return operator
    try:
        if isinstance(operator, Pauli | str):
            return SparsePauliOp(operator)
        if _is_list_of_strings(operator):
            return SparsePauliOp.from_list([(label, complex(value)) for label, value in operator])
        matrix = _matrix_of(operator)
    except (QiskitError, TypeError, ValueError) as error:
        raise InputError(f"{name} cannot be read as an operator of qubits: {error}") from error
    if matrix is None:
        raise InputError(
            f"{name} must be a qiskit.quantum_info.SparsePauliOp, but a {type(operator).__name__} was given: give "
            "that, a list of (Pauli string, coefficient), an Operator, a matrix, or a QuTiP object"
        )
    size = matrix.shape[0] if matrix.ndim == 2 else 0
    if matrix.ndim != 2 or matrix.shape[1] != size or size < 2 or size & (size - 1):
        raise InputError(
            f"{name} is a matrix of shape {matrix.shape}, but qubits have square matrices of size 2, 4, 8, ...: put "
            "other dimensions into as many levels of qubits"
        )
    if not np.all(np.isfinite(matrix)):
        raise InputError(f"{name} is a matrix with entries that are not finite numbers")
    return from_matrix(matrix)


def from_matrix(matrix: NDArray[np.complex128], rounding: float = ROUNDING) -> SparsePauliOp:
    """The Pauli strings of a matrix (2**n, 2**n), exactly but for what is rounding.

    Qiskit's ``SparsePauliOp.from_operator`` keeps nothing below 1e-5, whatever the largest coefficient is.

    Args:
        matrix: Hermitian or not.
        rounding: coefficients below this, relative to the largest, are left out.
    """
    return without_rounding(SparsePauliOp.from_operator(Operator(matrix), atol=0, rtol=0), rounding)


def without_rounding(operator: SparsePauliOp, rounding: float = ROUNDING) -> SparsePauliOp:
    """The operator without coefficients that are rounding beside its largest one."""
    sizes = np.abs(operator.coeffs)
    kept = sizes > rounding * sizes.max(initial=0.0)
    return operator[kept] if kept.any() else operator[:1]


def _is_list_of_strings(operator: object) -> bool:
    """Whether it is a list of (string, coefficient)."""
    return (
        isinstance(operator, Sequence)
        and len(operator) > 0
        and all(isinstance(item, Sequence) and len(item) == 2 and isinstance(item[0], str) for item in operator)
    )


def _matrix_of(operator: Any) -> NDArray[np.complex128] | None:
    """The matrix of what has one; ``None`` otherwise."""
    if isinstance(operator, np.ndarray | list | tuple):
        return np.asarray(operator, dtype=complex)
    for method in ("to_matrix", "full"):  # Qiskit's operators; QuTiP's
        if hasattr(operator, method):
            return np.asarray(getattr(operator, method)(), dtype=complex)
    return np.asarray(operator.data, dtype=complex) if isinstance(operator, Operator) else None


def embedded(operator: SparsePauliOp, qubits: Iterable[int], num_qubits: int) -> SparsePauliOp:
    """The operator acting on chosen ``qubits`` of a register of ``num_qubits``."""
    return operator.apply_layout(list(qubits), num_qubits=num_qubits)


def dense(operator: SparsePauliOp) -> np.ndarray:
    """The matrix of an operator; small ones without the threads that take longer to start than the work."""
    return np.asarray(operator.to_matrix(force_serial=operator.num_qubits <= LARGEST_SERIAL))
