r"""Operators of a collision model as :class:`~qiskit.quantum_info.SparsePauliOp`.

Conventions: :math:`|\uparrow\rangle` is Qiskit's :math:`|0\rangle`, so that :math:`\sigma^z = \mathrm{diag}(1, -1)` and
:math:`\sigma^\pm = (X \pm iY)/2` with :math:`\sigma^+ = |\uparrow\rangle\langle\downarrow|`. Qubit 0 is the rightmost
character of a Pauli string and the least significant bit of a matrix index.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError

HERMITICITY_TOLERANCE = 1e-10

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


def checked_hermitian(operator: object, name: str, num_qubits: int | None = None) -> SparsePauliOp:
    """Return ``operator`` simplified with real coefficients, or say what is wrong with it.

    Args:
        operator: what the user gave.
        name: how the message calls it.
        num_qubits: the size it must have, if that is known.

    Raises:
        InputError: if it is not a Hermitian ``SparsePauliOp`` with finite numerical coefficients of that size.
    """
    if not isinstance(operator, SparsePauliOp):
        raise InputError(
            f"{name} must be a qiskit.quantum_info.SparsePauliOp, but a {type(operator).__name__} was given: "
            "convert it with SparsePauliOp.from_operator or SparsePauliOp.from_list"
        )
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
    if imaginary > HERMITICITY_TOLERANCE * max(1.0, largest):
        label = simplified.paulis[int(np.abs(simplified.coeffs.imag).argmax())].to_label()
        raise InputError(
            f"{name} is not Hermitian: the coefficient of {label} has imaginary part {imaginary:.3g}; "
            "add its Hermitian conjugate"
        )
    real = SparsePauliOp(simplified.paulis, simplified.coeffs.real)
    return real.simplify(atol=1e-15 * largest).sort() if largest > 0 else real


def embedded(operator: SparsePauliOp, qubits: Iterable[int], num_qubits: int) -> SparsePauliOp:
    """The operator acting on chosen ``qubits`` of a register of ``num_qubits``."""
    return operator.apply_layout(list(qubits), num_qubits=num_qubits)


def dense(operator: SparsePauliOp) -> np.ndarray:
    """The matrix of an operator; small ones without the threads that take longer to start than the work."""
    return np.asarray(operator.to_matrix(force_serial=operator.num_qubits <= LARGEST_SERIAL))
