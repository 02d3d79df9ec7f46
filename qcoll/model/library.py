r"""The two examples of Cusumano and De Chiara, Sec. III.

The paper: "Structured quantum collision models: generating coherence with thermal resources".

A qubit with :math:`H_S = \frac{\omega_S}{2}\sigma_S^z` (Eq. 39) meets pairs of interacting two-level systems (Eq. 28)

.. math::

    H_A = \tfrac{\omega_1}{2}\sigma_1^z + \tfrac{\omega_2}{2}\sigma_2^z
        + \kappa\,(\sigma_1^+\sigma_2^- + \sigma_1^-\sigma_2^+)

in their thermal state. Joint register: the system is qubit 0, the pair are qubits 1 and 2. The defaults are those of
the paper's figure 3.
"""

from __future__ import annotations

import cmath
import math
from numbers import Complex, Real
from typing import Literal

from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from .collision import Ancilla, CollisionModel
from .operators import exchange, zeeman


def example_1(
    *,
    omega_s: float = 1.0,
    omega_1: float = 0.5,
    omega_2: float = 1.5,
    kappa: float = 0.3,
    alpha: complex = 0.1,
    alpha_1: complex | None = None,
    alpha_2: complex | None = None,
    beta: float = 1.0,
    dt: float = 0.1,
) -> CollisionModel:
    r"""The qubit exchanges excitations with each half of the pair (Eq. 40): no steady-state coherence.

    .. math:: H_{SA} = \sum_{k=1,2} \alpha_k\,\sigma_S^+\sigma_k^- + \alpha_k^*\,\sigma_S^-\sigma_k^+

    Args:
        omega_s: frequency of the system.
        omega_1: frequency of the first half of the pair.
        omega_2: frequency of the second half.
        kappa: exchange between the halves.
        alpha: coupling of the system to both halves, unless one is given separately.
        alpha_1: coupling to the first half.
        alpha_2: coupling to the second half.
        beta: inverse temperature of the pair.
        dt: duration of a collision.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import qcoll
    >>> qcoll.example_1(beta=0.5)
    CollisionModel 'example 1': 1 system qubit, 2 ancilla qubits, beta = 0.5, dt = 0.1
    """
    both = _coupling(alpha, "alpha")
    first = both if alpha_1 is None else _coupling(alpha_1, "alpha_1")
    second = both if alpha_2 is None else _coupling(alpha_2, "alpha_2")
    interaction = exchange(3, first, raising=[0], lowering=[1]) + exchange(3, second, raising=[0], lowering=[2])
    return CollisionModel(
        system=zeeman(1, [_frequency(omega_s, "omega_s")]),
        ancilla=Ancilla(hamiltonian=_pair(omega_1, omega_2, kappa), beta=beta),
        interaction=interaction,
        dt=dt,
        name="example 1",
    )


def example_2(
    *,
    omega_s: float = 1.0,
    omega_1: float = 0.5,
    omega_2: float = 1.5,
    kappa: float = 0.3,
    alpha: complex = 0.1,
    beta: float = 1.0,
    dt: float = 0.1,
    levels: Literal["resonant", "as_printed"] = "resonant",
) -> CollisionModel:
    r"""The qubit couples to the coherence inside the pair (Eq. 52) and gains steady-state coherence.

    .. math:: H_{SA} = \alpha\,\sigma_S^+\sigma_A^- + \alpha^*\,\sigma_S^-\sigma_A^+

    with :math:`\sigma_A^+ = \sigma_1^-\sigma_2^+` (``levels="resonant"``), the operator that raises the pair by
    :math:`\omega_2 - \omega_1` and that the paper's figures use, or :math:`\sigma_A^+ = \sigma_1^+\sigma_2^-`
    (``levels="as_printed"``), which Eqs. (A1) and (53) define.

    Args:
        omega_s: frequency of the system.
        omega_1: frequency of the first half of the pair.
        omega_2: frequency of the second half.
        kappa: exchange between the halves.
        alpha: coupling of the system to the pair.
        beta: inverse temperature of the pair.
        dt: duration of a collision.
        levels: which product state of the pair is called the upper one.

    Raises:
        InputError: if a parameter is not a number of its kind, or ``levels`` is neither of the two.

    >>> import qcoll
    >>> qcoll.example_2(beta=1.0, kappa=0.3, alpha=0.2, dt=0.1)
    CollisionModel 'example 2': 1 system qubit, 2 ancilla qubits, beta = 1, dt = 0.1
    """
    if levels == "resonant":
        raised, lowered = [0, 1], [2]
    elif levels == "as_printed":
        raised, lowered = [0, 2], [1]
    else:
        raise InputError(f'levels is {levels!r}, but must be "resonant" or "as_printed"')
    return CollisionModel(
        system=zeeman(1, [_frequency(omega_s, "omega_s")]),
        ancilla=Ancilla(hamiltonian=_pair(omega_1, omega_2, kappa), beta=beta),
        interaction=exchange(3, _coupling(alpha, "alpha"), raising=raised, lowering=lowered),
        dt=dt,
        name="example 2" if levels == "resonant" else "example 2 as printed",
    )


def _pair(omega_1: float, omega_2: float, kappa: float) -> SparsePauliOp:
    """The pair of interacting two-level systems, Eq. 28."""
    frequencies = [_frequency(omega_1, "omega_1"), _frequency(omega_2, "omega_2")]
    return zeeman(2, frequencies) + exchange(2, _frequency(kappa, "kappa"), raising=[0], lowering=[1])


def _frequency(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"{name} must be a finite real number, but {value!r} was given")
    return float(value)


def _coupling(value: object, name: str) -> complex:
    if isinstance(value, bool) or not isinstance(value, Complex) or not cmath.isfinite(complex(value)):
        raise InputError(f"{name} must be a finite real or complex number, but {value!r} was given")
    return complex(value)
