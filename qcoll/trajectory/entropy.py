r"""Entropy production where the ancilla's state was given and is not thermal.

For every unitary collision mutual information plus relative entropy (Eqs. 70 and 71) is

.. math:: \Sigma = I(S{:}A) + D(\eta^{out}\|\eta) = \Delta S + \mathrm{Tr}[(\eta^{out} - \eta)K],\qquad K = -\ln\eta,

which for a thermal state is :math:`\Delta S - \beta Q`. So what an inverse temperature times the heat is there, is here
the change of a modular Hamiltonian, a mean like the heat: linear in the state. It is infinite where the ancilla leaves
the support of its fresh state.
"""

from __future__ import annotations

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..model.ancilla import SUPPORT_TOLERANCE
from ..model.collision import CollisionModel
from ..model.operators import embedded
from .pauli import Real


def flow_observables(model: CollisionModel) -> list[SparsePauliOp]:
    """Observables of system and ancilla whose changes make the entropy flow.

    They are K and, if the support is not everything, the projector onto the rest; none for a thermal ancilla, whose
    entropy flow is beta times the heat.
    """
    if model.ancilla.state is None:
        return []
    modular, outside = model.ancilla.modular_hamiltonian
    qubits = range(model.num_system_qubits, model.num_qubits)
    operators = [modular] if outside is None else [modular, outside]
    return [embedded(operator, qubits, model.num_qubits) for operator in operators]


def entropy_flow(changes: Real) -> Real | None:
    """The entropy (m,) that flows into the system, from the changes (m, k) of :func:`flow_observables`."""
    if changes.shape[-1] == 0:
        return None
    if changes.shape[-1] == 1:
        return -changes[:, 0]
    leaves = changes[:, 1] > SUPPORT_TOLERANCE
    return np.where(leaves, -np.inf, -changes[:, 0])
