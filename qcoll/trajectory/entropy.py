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

from ..model.ancilla import SUPPORT_TOLERANCE, Ancilla
from ..model.collision import CollisionModel
from ..model.operators import embedded
from .pauli import Real

#: Heat below this, relative to the ancilla's energies, does not count at beta = inf.
NO_HEAT = 1e-13


def flow_observables(model: CollisionModel) -> list[SparsePauliOp]:
    """Observables of system and ancilla whose changes make the entropy flow.

    They are K and, if the support is not everything, the projector onto the rest; none for a thermal ancilla, whose
    entropy flow is beta times the heat.
    """
    qubits = range(model.num_system_qubits, model.num_qubits)
    return [embedded(operator, qubits, model.num_qubits) for operator in flows_of_ancilla(model)]


def flows_of_ancilla(model: CollisionModel) -> list[SparsePauliOp]:
    """The same on the ancilla alone."""
    if model.ancilla.state is None:
        return []
    modular, outside = model.ancilla.modular_hamiltonian
    return [modular] if outside is None else [modular, outside]


def thermal_flow(ancilla: Ancilla, heat: Real) -> Real:
    """Beta times the heat (m,) from thermal ancillas; infinite at beta = inf where heat flows."""
    assert ancilla.beta is not None
    if not np.isinf(ancilla.beta):
        return np.asarray(ancilla.beta * heat)
    flows = np.abs(heat) > NO_HEAT * float(np.abs(ancilla.hamiltonian.coeffs).sum())
    return np.where(flows, np.copysign(np.inf, np.sign(ancilla.beta) * heat), 0.0)


def entropy_flow(changes: Real) -> Real | None:
    """The entropy (m,) that flows into the system, from the changes (m, k) of :func:`flow_observables`."""
    if changes.shape[-1] == 0:
        return None
    if changes.shape[-1] == 1:
        return -changes[:, 0]
    leaves = changes[:, 1] > SUPPORT_TOLERANCE
    return np.where(leaves, -np.inf, -changes[:, 0])
