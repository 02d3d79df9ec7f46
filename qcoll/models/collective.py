r"""A collective bath: two qubits that meet every ancilla together.

Source: R. H. Dicke, "Coherence in spontaneous radiation processes", Phys. Rev. 93, 99 (1954); as a collision model,
M. Cattaneo, G. De Chiara, S. Maniscalco, R. Zambrini and G. L. Giorgi, "Collision models can efficiently simulate any
multipartite Markovian quantum dynamics", Phys. Rev. Lett. 126, 130403 (2021).
"""

from __future__ import annotations

from ..model.collision import Ancilla, CollisionModel
from ..model.operators import exchange, zeeman
from .parameters import finite


def collective_bath(
    *, beta: float = float("inf"), omega: float = 1.0, coupling: float = 0.2, dt: float = 1.0
) -> CollisionModel:
    r"""Two qubits that exchange excitations with one ancilla qubit through their total spin.

    .. math:: H_{SA} = g\left[(\sigma_1^+ + \sigma_2^+)\,\sigma_A^- + \mathrm{h.c.}\right]

    The singlet never decays, and the triplet decays at twice the rate of one qubit: with ancillas in their ground state
    a collision takes an excitation with probability :math:`\sin^2(\sqrt2\,g\,\delta t)`. One excitation on one of the
    qubits ends as the mixture of singlet and ground state in equal parts, of concurrence 1/2.

    Args:
        beta: inverse temperature of the ancillas.
        omega: frequency of all qubits.
        coupling: g.
        dt: duration of a collision.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import qcoll
    >>> from qiskit.quantum_info import DensityMatrix, concurrence
    >>> settled = qcoll.evolve(qcoll.models.collective_bath(), n=500, initial="01", record=500).states[-1]
    >>> round(float(concurrence(DensityMatrix(settled))), 6)
    0.5
    """
    frequency, g = finite(omega, "omega"), finite(coupling, "coupling")
    interaction = exchange(3, g, raising=[0], lowering=[2]) + exchange(3, g, raising=[1], lowering=[2])
    return CollisionModel(
        system=zeeman(2, [frequency, frequency]),
        ancilla=Ancilla(hamiltonian=zeeman(1, [frequency]), beta=beta),
        interaction=interaction,
        dt=dt,
        name="collective bath",
    )
