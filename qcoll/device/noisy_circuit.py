"""Noise written into a circuit as channels, so that it stays where it belongs when qubits are renamed.

An Aer noise model knows its errors by the qubit that an operation acts on. A simulation that takes one simulated qubit
for several physical ones, one after the other (:mod:`.lightcone`), therefore needs the errors in the circuit itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiskit import QuantumCircuit

from ..circuits.steps import steps

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel


def with_noise_inside(circuit: QuantumCircuit, model: NoiseModel) -> QuantumCircuit:
    """The circuit with every error of a noise model but those of readout after the operation that causes it.

    Args:
        circuit: in the noise model's gates, on its qubits, delays included.
        model: Aer's noise model for these qubits.

    >>> from qiskit_aer.noise import NoiseModel, depolarizing_error
    >>> model = NoiseModel()
    >>> model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), "x")
    >>> circuit = QuantumCircuit(1)
    >>> _ = circuit.x(0)
    >>> [item.operation.name for item in with_noise_inside(circuit, model).data]
    ['x', 'quantum_channel']
    """
    if model._custom_noise_passes:  # relaxation while waiting, which depends on the length of each delay
        for each in model._custom_noise_passes:
            circuit = each(circuit)
    noisy = circuit.copy_empty_like()
    instructions = {id(error): error.to_instruction() for error in model._default_quantum_errors.values()}
    for table in model._local_quantum_errors.values():
        instructions |= {id(error): error.to_instruction() for error in table.values()}
    for operation, qubits, clbits in steps(circuit):
        noisy.append(operation, qubits, clbits, copy=False)
        name = operation.name
        error = model._local_quantum_errors.get(name, {}).get(qubits) or model._default_quantum_errors.get(name)
        if error is not None:
            noisy.append(instructions[id(error)], qubits, copy=False)
    return noisy
