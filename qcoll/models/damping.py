r"""Generalised amplitude damping: a qubit and thermal qubits of its own frequency.

Source of the channel: M. A. Nielsen and I. L. Chuang, "Quantum Computation and Quantum Information", Sec. 8.3.5; as a
collision model, V. Scarani et al., "Thermalizing quantum machines", Phys. Rev. Lett. 88, 097905 (2002).
"""

from __future__ import annotations

from ..model.collision import Ancilla, CollisionModel
from ..model.operators import exchange, zeeman
from .parameters import finite


def generalised_amplitude_damping(
    *, beta: float = 1.0, omega: float = 1.0, coupling: float = 0.2, dt: float = 1.0
) -> CollisionModel:
    r"""A qubit that exchanges its excitation with a resonant thermal qubit.

    .. math:: H_{SA} = g\,(\sigma_S^+\sigma_A^- + \sigma_S^-\sigma_A^+)

    One collision is generalised amplitude damping with :math:`\gamma = \sin^2 g\,\delta t` towards the population
    :math:`p = 1/(e^{\beta\omega} + 1)` of the upper state, and the free rotation.

    Args:
        beta: inverse temperature of the ancillas; infinite is amplitude damping.
        omega: frequency of both qubits.
        coupling: g.
        dt: duration of a collision.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import numpy as np
    >>> import qcoll
    >>> model = qcoll.models.generalised_amplitude_damping(beta=1.0)
    >>> bool(np.isclose(qcoll.steady_state(model).data[0, 0], 1 / (np.e + 1)))
    True
    """
    energy = zeeman(1, [finite(omega, "omega")])
    return CollisionModel(
        system=energy,
        ancilla=Ancilla(hamiltonian=energy, beta=beta),
        interaction=exchange(2, finite(coupling, "coupling"), raising=[0], lowering=[1]),
        dt=dt,
        name="generalised amplitude damping",
    )
