"""Instructions of IBM's control system: how many of them a job may have on each qubit, and how many circuits take.

From IBM's page on job limits (quantum.cloud.ibm.com/docs/guides/job-limits, read in November 2026): 26.8 million on
each qubit in a job, counted by a table after decoupling and folding. What the table does not name counts as its like.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from ..circuits.steps import MARKS, steps
from .options import DeviceOptions

#: The most on each qubit in one job.
LARGEST_PER_QUBIT = 26_800_000
#: What each operation takes on each of its qubits.
INSTRUCTIONS = {"rz": 1, "delay": 1, "sx": 2, "x": 2, "cx": 5, "cz": 5, "ecr": 5, "measure": 10, "reset": 17}
#: What the preparation of a circuit takes.
INITIAL = 50
#: Of a delay with pulses in it: the pieces that are left, and the pulses.
PULSED = {"XX": 3 + 2 * 2, "XpXm": 3 + 2 * 2, "XY4": 5 + 4 * 2}


def control_instructions(circuit: QuantumCircuit, options: DeviceOptions) -> NDArray[np.int64]:
    """How many instructions a circuit takes on each qubit, (qubits,); on idle ones none.

    Args:
        circuit: as it is sent.
        options: decoupling puts pulses into delays, extrapolation repeats two-qubit gates.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.hardware import DeviceOptions
    >>> from qcoll.hardware.control import control_instructions
    >>> circuit = QuantumCircuit(3)
    >>> _ = circuit.cz(0, 1), circuit.reset(1)
    >>> control_instructions(circuit, DeviceOptions()).tolist()
    [55, 72, 0]
    """
    folded = sum(options.noise_factors) if options.zne else 1.0
    found = np.zeros(circuit.num_qubits)
    for operation, qubits, _ in steps(circuit, without=MARKS):
        usual = 5 if len(qubits) == 2 else 2
        count: float = INSTRUCTIONS.get(operation.name.removesuffix("_2"), usual)
        if operation.name == "delay" and options.dynamical_decoupling is not None:
            count = PULSED[options.dynamical_decoupling]
        if len(qubits) == 2:
            count *= folded
        found[list(qubits)] += count
    found[found > 0] += INITIAL
    return np.ceil(found).astype(np.int64)
