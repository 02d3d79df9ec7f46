r"""Heat, work and energy change of one collision as operators on the system alone.

Since the ancilla is always fresh, every mean of a collision is linear in the system's state before it: with the dual
map :math:`\mathcal J^\dagger` of the joint collision,

.. math::

    \hat Q  &= -\mathrm{Tr}_A\!\left[(\mathcal J^\dagger(H_A) - H_A)\,\eta\right],\\
    \hat W_{sw} &= \mathrm{Tr}_A\!\left[(H_{SA} - \mathcal J^\dagger(H_{SA}))\,\eta\right],\\
    \widehat{\Delta U} &= \mathrm{Tr}_A\!\left[(\mathcal J^\dagger(H_S) - H_S)\,\eta\right],

and :math:`\widehat{\Delta U} = \hat Q + \hat W_{sw}`, exactly and to second order, because both maps conserve
:math:`H_S + H_A + H_{SA}`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..model.collision import CollisionModel
from ..model.cycle import FreeEvolution
from ..model.operators import dense
from ..trajectory.entropy import flow_observables
from ..trajectory.pauli import Complex
from .joint import JointCollision, Method


@dataclass(frozen=True, eq=False)
class PulledBackOperators:
    """Operators on the system, each (d, d), whose means before a collision are what the collision will do.

    Args:
        energy_change: of the system.
        heat: absorbed by the system.
        work: switching work.
        entropy_flow: changes of the observables of :func:`qcoll.trajectory.entropy.flow_observables`, for ancillas that
            are not thermal.
    """

    energy_change: Complex
    heat: Complex
    work: Complex
    entropy_flow: tuple[Complex, ...] = ()


def pulled_back_operators(model: CollisionModel, method: Method = "exact") -> PulledBackOperators:
    """Heat, work and energy change of the next collision as observables of the system.

    >>> import numpy as np
    >>> import qcoll
    >>> from qcoll.exact import pulled_back_operators
    >>> operators = pulled_back_operators(qcoll.example_2())
    >>> bool(np.allclose(operators.energy_change, operators.heat + operators.work))
    True
    """
    return operators_of(JointCollision.of(model, method))


def operators_of(joint: JointCollision) -> PulledBackOperators:
    """The same for a joint collision that is already there."""
    model = joint.model
    if isinstance(model, FreeEvolution):  # which conserves its energy
        nothing = np.zeros(2 * (joint.system_dimension,), dtype=complex)
        return PulledBackOperators(energy_change=nothing, heat=nothing, work=nothing)

    def change(observable: SparsePauliOp) -> Complex:
        matrix = dense(observable)
        difference = joint.pulled_back(joint.dual(matrix) - matrix)
        return (difference + difference.conj().T) / 2

    return PulledBackOperators(
        energy_change=change(model.joint_system),
        heat=-change(model.joint_ancilla),
        work=-change(model.interaction),
        entropy_flow=tuple(change(observable) for observable in flow_observables(model)),
    )
