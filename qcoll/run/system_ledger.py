r"""The ledger of a circuit that keeps only the system's state.

Heat and work are then not read off the ancilla. What is known is what the model's collision takes from a state of the
system, as operators on the system (:mod:`qcoll.exact.thermodynamics`), and the states that the circuit made. For the
collision that follows the state :math:`\rho`

.. math:: Q = \mathrm{Tr}[\hat Q\,\rho],\qquad W = W_{sw} = \mathrm{Tr}[\hat W_{sw}\,\rho] .

The energy change comes from the states, so that the first law closes for a circuit that makes the exact channel, and
its residual shows what noise and shots do to the system.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..exact.thermodynamics import pulled_back_operators
from ..model.collision import CollisionModel
from ..trajectory.entropy import entropy_flow, flow_observables
from ..trajectory.pauli import Complex, Real, functional, to_pauli_vector

#: Rows of the ledger's functionals, followed by those of the entropy flow where the ancilla is not thermal.
HEAT, WORK, SWITCHING = range(3)


def system_ledger(model: CollisionModel) -> Real:
    """Heat, work, switching work (and entropy flow) of the next collision as rows on the system's state, (3, d**2).

    >>> import qcoll
    >>> from qcoll.run.system_ledger import system_ledger
    >>> system_ledger(qcoll.example_2()).shape
    (3, 4)
    """
    operators = pulled_back_operators(model)
    work = functional(operators.work)
    return np.stack([functional(operators.heat), work, work, *map(functional, operators.entropy_flow)])


def ledger_observables(model: CollisionModel) -> list[SparsePauliOp]:
    """Observables of system and ancilla whose changes in a collision are the rows of the ledger."""
    both = model.joint_system + model.joint_ancilla
    return [-1.0 * model.joint_ancilla, both, -1.0 * model.interaction, *flow_observables(model)]


def ledger_of_states(model: CollisionModel, states: Complex) -> Real:
    """The ledger (n, 3) of n collisions from the states (n + 1, d, d) between them."""
    return np.asarray(to_pauli_vector(states[:-1]) @ system_ledger(model).T)


def errors_of_states(model: CollisionModel, covariance: Real) -> Real:
    """Standard errors (n, 3) of the same from the covariance (n + 1, d**2, d**2) of the states' Pauli vectors."""
    rows = system_ledger(model)
    return np.asarray(np.sqrt(np.einsum("kp,npq,kq->nk", rows, covariance[:-1], rows)))


def trajectory_fields(collisions: NDArray[np.int64], states: Complex, ledger: Real) -> dict[str, Any]:
    """What a trajectory takes of recorded collisions (m + 1,), states (m + 1, d, d) and ledger (m, 3 or more)."""
    return {
        "collisions": collisions,
        "states": states,
        "heat": ledger[:, HEAT],
        "work": ledger[:, WORK],
        "switching_work": ledger[:, SWITCHING],
        "entropy_flow": entropy_flow(ledger[:, SWITCHING + 1 :]),
    }
