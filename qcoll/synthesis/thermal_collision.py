r"""Level ``exact``: the collision up to a local unitary commuting with H_A, which leaves thermal ancillas as they are.

.. math:: U\,(\eta\otimes\rho)\,U^\dagger = C\,(\eta\otimes\rho)\,C^\dagger \quad\text{for}\quad
    U = C\,(V\otimes 1),\qquad [V, H_A] = 0

V, a phase for each eigenstate of the ancilla, is free: three parameters for a pair, which make circuits shorter than
those of U itself. Everything that can be measured on system and ancilla afterwards is that of the collision, from
any state of the system.

==========================================  =============  ========  =======================
structure                                   CX, V = 1      CX        derivation
==========================================  =============  ========  =======================
exchange (example 1), general frequencies   11             10        :mod:`.exchange_thermal`
a pair and one qubit without structure      14             13        :mod:`.generic`
all others                                  :mod:`.joint`  the same  V = 1
==========================================  =============  ========  =======================

Thirteen are the fewest of a generic collision: :math:`4m + 9` angles that matter are to be at least 63 - 3. Very short
collisions of that kind may still take fourteen. For example 2, seven CX seem not to be enough with V free either: a
search of all 1,344 placements of seven ends at least 0.02 (Frobenius norm) away.
"""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from .conserved import conserved_circuit
from .dense import Complex, collision_unitary, on_ancilla, thermal_spectrum
from .evolution import Evolution
from .exchange import symmetric_circuit
from .exchange_family import is_exchange
from .exchange_thermal import thermal_exchange
from .free_fermions import free_fermion_circuit
from .generic import GENERIC, three_qubit_circuit
from .joint import first_circuit, joint_unitary_circuit, product_circuit
from .parity import parity_circuit

#: Models of at most so many qubits have circuits of their own, which may be shorter than those of free fermions.
SMALL = 3
#: Models whose exact circuits are kept.
REMEMBERED = 64
_KNOWN: dict[str, list[tuple[QuantumCircuit, Complex | None]]] = {}


def thermal_collision_circuit(model: Evolution) -> tuple[QuantumCircuit, Complex | None]:
    r"""A circuit C that is the collision from a thermal ancilla, and the V of the ancilla that commutes with H_A.

    .. math:: e^{-i\,\delta t\,(H_S + H_A + H_{SA})} = C\,(V\otimes 1),\qquad [V, H_A] = 0

    Args:
        model: any collision model small enough for dense matrices.

    Returns:
        A circuit on the system's qubits followed by the ancilla's, and V (d, d), or None where V is the identity.

    Raises:
        InputError: if the model is too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.synthesis import joint_unitary_circuit, thermal_collision_circuit
    >>> model = qcoll.example_1(omega_s=1.3)
    >>> thermal_collision_circuit(model)[0].num_nonlocal_gates(), joint_unitary_circuit(model).num_nonlocal_gates()
    (10, 11)
    """
    if (known := first_circuit(model, (product_circuit, parity_circuit, symmetric_circuit))) is not None:
        return known, None
    if (found := _shorter(model)) is None:
        return joint_unitary_circuit(model), None
    vectors, circuit = found
    # C+ U = V x 1 with V diagonal in the eigenvectors.
    size = len(vectors)
    ratio = Operator(circuit).data.conj().T @ collision_unitary(model)
    blocks = np.einsum("aibi->ab", ratio.reshape(2 * (size, 2**model.num_system_qubits)))
    phases = np.exp(1j * np.angle(np.einsum("ak,ab,bk->k", vectors.conj(), blocks, vectors)))
    return circuit, np.asarray((vectors * phases) @ vectors.conj().T)


def exact_collisions(model: Evolution) -> list[tuple[QuantumCircuit, Complex | None]]:
    """Circuits of the collision and what each leaves out, as :func:`thermal_collision_circuit` has them.

    Free fermions; of more than three qubits, where these are none, conserved Pauli strings and general synthesis. The
    last few models' circuits are remembered: several levels ask for the same.
    """
    known = _KNOWN.pop(model.fingerprint(), None)
    if known is None:
        known = _made(model)
    _KNOWN[model.fingerprint()] = known
    while len(_KNOWN) > REMEMBERED:
        _KNOWN.pop(next(iter(_KNOWN)))
    return known


def _made(model: Evolution) -> list[tuple[QuantumCircuit, Complex | None]]:
    free = free_fermion_circuit(model)
    ways: list[tuple[QuantumCircuit, Complex | None]] = [] if free is None else [(free, None)]
    if ways and model.num_qubits > SMALL:
        return ways
    if model.num_qubits <= SMALL:
        return [thermal_collision_circuit(model), *ways]
    product = product_circuit(model)
    conserved = None if product is not None else conserved_circuit(model)
    return [(conserved, None) if conserved is not None else thermal_collision_circuit(model)]


def _shorter(model: Evolution) -> tuple[Complex, QuantumCircuit] | None:
    """The ancilla's eigenvectors and the circuit, where phases of theirs make it shorter than that of the unitary."""
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return None
    if is_exchange(model) and model.ancilla.state is None:
        return thermal_exchange(model, absorb=False)
    vectors = thermal_spectrum(model.ancilla)[1]
    first = on_ancilla(vectors, 1)
    circuit = three_qubit_circuit(
        collision_unitary(model), first=first, after=first, levels=len(vectors), below=GENERIC
    )
    return None if circuit is None else (vectors, circuit)
