r"""Exact circuits of at most three CX for two-qubit unitaries, and of two where a diagonal does not matter.

A unitary is :math:`K_1\,e^{i(aXX + bYY + cZZ)}\,K_2` with local :math:`K_i` (Cartan decomposition). Qiskit finds the
angles; the circuits are written out here, because its own synthesis rounds unitaries within 1e-9 of a simpler class to
that class, which loses whole Trotter steps of short duration.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import UGate
from qiskit.synthesis import OneQubitEulerDecomposer, TwoQubitWeylDecomposition
from scipy.optimize import brentq

Complex = NDArray[np.complex128]

ANGLE_TOLERANCE = 1e-13
# Around an angle that is only close to a zero: where the sign is looked for, and how close to go.
_WIDTHS, _ROUNDING = (1e-6, 1e-4, 1e-2, 0.1, 0.2), 1e-15
_ZZ = np.array([1.0, -1.0, -1.0, 1.0])
_YY = np.fliplr(np.diag([-1.0, 1.0, 1.0, -1.0]))
_EULER = OneQubitEulerDecomposer("U")


def two_qubit_circuit(unitary: Complex) -> QuantumCircuit:
    """The circuit of a 4 x 4 unitary, exact up to a global phase, with 0 to 3 CX.

    >>> import numpy as np
    >>> two_qubit_circuit(np.diag([1, 1, 1, 1j])).count_ops()["cx"]
    2
    """
    weyl = TwoQubitWeylDecomposition(np.asarray(unitary, dtype=complex), fidelity=None)
    circuit = QuantumCircuit(2)
    append_one_qubit(circuit, weyl.K2r, 0)
    append_one_qubit(circuit, weyl.K2l, 1)
    _append_canonical(circuit, weyl.a, weyl.b, weyl.c)
    append_one_qubit(circuit, weyl.K1r, 0)
    append_one_qubit(circuit, weyl.K1l, 1)
    return circuit


def circuit_up_to_diagonal(unitary: Complex) -> QuantumCircuit:
    r"""A circuit of at most two CX that equals the unitary times some diagonal unitary applied before it.

    With :math:`M = (YY) U^T (YY) U` the unitary :math:`U e^{i\psi ZZ}` needs two CX where
    :math:`\mathrm{Im}\,\mathrm{Tr}[M e^{2i\psi ZZ}] = 0` (Shende, Bullock and Markov 2004).
    """
    special = np.asarray(unitary, dtype=complex)
    special = special / np.linalg.det(special) ** 0.25
    gamma = _YY @ special.T @ _YY @ special
    psi = 0.5 * math.atan2(-np.trace(gamma).imag, np.trace(gamma * _ZZ).real)

    def third(angle: float) -> float:
        return float(TwoQubitWeylDecomposition(special * np.exp(1j * angle * _ZZ), fidelity=None).c)

    # The trace is a product of three sines. Where two are small it is known to rounding, but the third angle is not.
    if abs(third(psi)) > ANGLE_TOLERANCE:
        for width in _WIDTHS:
            if third(psi - width) * third(psi + width) < 0:
                psi = float(brentq(third, psi - width, psi + width, xtol=_ROUNDING, rtol=_ROUNDING))
                break
    return two_qubit_circuit(special * np.exp(1j * psi * _ZZ))


def append_one_qubit(circuit: QuantumCircuit, unitary: Complex, qubit: int) -> None:
    """Append a one-qubit unitary up to its phase, or nothing if it is the identity."""
    theta, phi, lam = _EULER.angles(unitary)
    if abs(math.sin(theta / 2)) > ANGLE_TOLERANCE:
        circuit.append(UGate(theta, phi, lam), [qubit])
    elif abs(math.sin((phi + lam) / 2)) > ANGLE_TOLERANCE:
        circuit.rz(math.remainder(phi + lam, 2 * math.pi), qubit)


def _append_canonical(circuit: QuantumCircuit, a: float, b: float, c: float) -> None:
    """Append exp(i (a XX + b YY + c ZZ)) with pi/4 >= a >= b >= |c|."""
    if abs(c) > ANGLE_TOLERANCE:  # three CX (Vatan and Williams 2004)
        circuit.rz(math.pi / 2, 1)
        circuit.cx(1, 0)
        circuit.rz(math.pi / 2 - 2 * c, 0)
        circuit.ry(math.pi / 2 - 2 * a, 1)
        circuit.cx(0, 1)
        circuit.ry(2 * b - math.pi / 2, 1)
        circuit.cx(1, 0)
        circuit.rz(-math.pi / 2, 0)
    elif abs(b) > ANGLE_TOLERANCE or ANGLE_TOLERANCE < abs(a) < math.pi / 4 - ANGLE_TOLERANCE:
        circuit.rx(math.pi / 2, [0, 1])  # Y to Z, so that both terms commute through one pair of CX
        circuit.cx(0, 1)
        circuit.rx(-2 * a, 0)
        circuit.rz(-2 * b, 1)
        circuit.cx(0, 1)
        circuit.rx(-math.pi / 2, [0, 1])
    elif abs(a) > ANGLE_TOLERANCE:  # exp(i pi/4 XX) is a CX up to local gates
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.rz(-math.pi / 2, 0)
        circuit.rx(-math.pi / 2, 1)
        circuit.h(0)
