r"""The ledger of ancillas that meet each other, from the states of both before and after.

The columns are those of :func:`~qcoll.run.system_ledger.trajectory_fields`, then the energy that two ancillas gain when
they meet, and what that is of their entropy flow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import APART, JOINED, ReadPoint
from ..model.collision import CollisionModel
from ..model.operators import dense, embedded
from ..trajectory.entropy import entropy_flow, flow_observables, flows_of_ancilla, thermal_flow
from ..trajectory.pauli import Complex, Real
from .system_ledger import HEAT, SWITCHING, WORK


def meeting_observables(model: CollisionModel) -> list[SparsePauliOp]:
    """What is read of two ancillas before and after they meet: the energy of both, and their entropy flow."""
    size = model.num_ancilla_qubits
    return [
        embedded(own, range(size), 2 * size) + embedded(own, range(size, 2 * size), 2 * size)
        for own in (model.ancilla.hamiltonian, *flows_of_ancilla(model))
    ]


def meeting_columns(model: CollisionModel, saved: dict[ReadPoint, Complex], n: int) -> Real:
    """The energy that the ancillas of every collision gain from the one before, and their flows, (n, 1 or more)."""
    both = [dense(operator) for operator in meeting_observables(model)]
    columns = np.zeros((n, len(both)))
    for number in range(2, n + 1):
        change = saved[ReadPoint.at(JOINED, number)] - saved[ReadPoint.at(APART, number)]
        columns[number - 1] = [np.sum(matrix * change.T).real for matrix in both]
    return columns


def fields_with_memory(
    model: CollisionModel, collisions: NDArray[np.int64], states: Complex, ledger: Real
) -> dict[str, Any]:
    """What a trajectory takes of recorded collisions, states, and the ledger's columns (m, k)."""
    flows = len(flow_observables(model))
    heat, memory_work = ledger[:, HEAT], ledger[:, SWITCHING + 1 + flows]
    flow = entropy_flow(ledger[:, SWITCHING + 1 : SWITCHING + 1 + flows] + ledger[:, SWITCHING + 2 + flows :])
    return {
        "collisions": collisions,
        "states": states,
        "heat": heat,
        "work": ledger[:, WORK],
        "switching_work": ledger[:, SWITCHING],
        "memory_work": memory_work,
        "entropy_flow": thermal_flow(model.ancilla, heat - memory_work) if flow is None else flow,
    }
