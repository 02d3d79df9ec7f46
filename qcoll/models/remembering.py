r"""A bath that remembers: ancilla qubits that are swapped in part, one with the next.

Source: F. Ciccarello, G. M. Palma and V. Giovannetti, "Collision-model-based approach to non-Markovian quantum
dynamics", Phys. Rev. A 87, 040103 (2013); R. McCloskey and M. Paternostro, "Non-Markovianity and system-environment
correlations in a microscopic collision model", Phys. Rev. A 89, 052120 (2014).
"""

from __future__ import annotations

import math

from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..model.collision import Ancilla, CollisionModel
from ..model.memory import Memory
from ..model.operators import exchange, zeeman
from .parameters import finite


def remembering_bath(
    *, swap: float = 0.9, coupling: float = 0.3, beta: float = float("inf"), omega: float = 1.0, dt: float = 1.0
) -> CollisionModel:
    r"""A qubit that exchanges excitations with ancilla qubits, each of which is swapped in part with the next.

    .. math::

        H_{SA} = g\,(\sigma_S^+\sigma_A^- + \mathrm{h.c.}),\qquad
        U_{AA} = \sqrt{1 - p}\;1 - i\sqrt p\;\mathrm{SWAP}

    With ``swap`` p = 0 the bath forgets at once. At p = 1 the system meets the state of one and the same ancilla again
    and again, and an excitation oscillates between both for ever: at zero temperature, from the upper state, its
    population after n collisions is :math:`\cos^2 n\,g\,\delta t`.

    Args:
        swap: the probability p with which an ancilla leaves its state to the next, 0 to 1.
        coupling: g.
        beta: inverse temperature of the ancillas.
        omega: frequency of all qubits.
        dt: duration of a collision.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import numpy as np
    >>> import qcoll
    >>> run = qcoll.evolve(qcoll.models.remembering_bath(swap=1.0), n=10, initial="0")
    >>> bool(abs(run.states[:, 0, 0].real - np.cos(0.3 * run.collisions) ** 2).max() < 1e-12)
    True
    """
    probability, frequency = finite(swap, "swap"), finite(omega, "omega")
    if not 0 <= probability <= 1:
        raise InputError(f"swap is {probability}, but a probability is from 0 to 1")
    angle = math.asin(math.sqrt(probability))
    swapping = SparsePauliOp(["II", "XX", "YY", "ZZ"], [angle / 2] * 4)
    energy = zeeman(1, [frequency])
    return CollisionModel(
        system=energy,
        ancilla=Ancilla(hamiltonian=energy, beta=beta),
        interaction=exchange(2, finite(coupling, "coupling"), raising=[0], lowering=[1]),
        dt=dt,
        name="remembering bath",
        memory=Memory(interaction=swapping, dt=1.0, evolves="none") if angle else None,
    )
