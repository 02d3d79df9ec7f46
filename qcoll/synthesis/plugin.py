"""Circuits of few gates for anybody's ``transpile``: a plugin of Qiskit's unitary synthesis.

``transpile(circuit, ..., unitary_synthesis_method="qcoll")`` makes unitaries of three qubits in at most fourteen
two-qubit gates (:mod:`.generic`), where Qiskit's own Shannon decomposition takes nineteen, and those of four qubits
in 95, without the rounding of that decomposition near the identity (:mod:`.shannon`). Where Qiskit's circuit is
shorter and as exact, as of a product, it is taken. One, two, five and more qubits are left to Qiskit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.converters import circuit_to_dag
from qiskit.dagcircuit import DAGCircuit
from qiskit.quantum_info import Operator
from qiskit.synthesis import qs_decomposition
from qiskit.transpiler.passes.synthesis.plugin import UnitarySynthesisPlugin

from .dense import Complex
from .fit import largest_difference
from .joint import LARGEST_ERROR, in_one_and_two_qubit_gates, unitary_circuit


class QcollUnitarySynthesis(UnitarySynthesisPlugin):  # type: ignore[misc]  # Qiskit has no types
    """Unitaries of three and four qubits in few two-qubit gates; the entry point ``qcoll`` of Qiskit's synthesis.

    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit.library import UnitaryGate
    >>> from qiskit.quantum_info import random_unitary
    >>> from qcoll.synthesis.plugin import QcollUnitarySynthesis
    >>> dag = QcollUnitarySynthesis().run(random_unitary(8, seed=1).data)
    >>> len(dag.two_qubit_ops())
    14
    """

    min_qubits = 3
    max_qubits = 4
    supported_bases = None
    supports_basis_gates = False
    supports_coupling_map = False
    supports_gate_errors = False
    supports_gate_lengths = False
    supports_natural_direction = False
    supports_pulse_optimize = False
    supports_target = False

    def run(self, unitary: Complex, **options: Any) -> DAGCircuit:
        """The circuit of a unitary (d, d), its phase included, in U, CX and CZ.

        Args:
            unitary: of three or four qubits.
            options: what Qiskit passes to every plugin; none of it matters here.
        """
        matrix = np.asarray(unitary, dtype=complex)
        return circuit_to_dag(with_phase(_shortest(matrix), matrix))


def with_phase(circuit: QuantumCircuit, unitary: Complex) -> QuantumCircuit:
    """The circuit with the global phase that makes it the unitary."""
    overlap = np.trace(np.asarray(Operator(circuit).data).conj().T @ unitary)
    circuit.global_phase += float(np.angle(overlap))
    return circuit


def _shortest(unitary: Complex) -> QuantumCircuit:
    """Our circuit, or Qiskit's where it takes fewer gates and is as exact."""
    own = unitary_circuit(unitary)
    theirs = in_one_and_two_qubit_gates(qs_decomposition(unitary))
    shorter = theirs.num_nonlocal_gates() < own.num_nonlocal_gates()
    return theirs if shorter and largest_difference(Operator(theirs).data, unitary) < LARGEST_ERROR else own
