r"""Quantum homogenisation: partial swaps with a reservoir of equal qubits.

Source: M. Ziman, P. Stelmachovic, V. Buzek, M. Hillery, V. Scarani and N. Gisin, "Diluting quantum information: an
analysis of information transfer in system-reservoir interactions", Phys. Rev. A 65, 042105 (2002).
"""

from __future__ import annotations

from typing import Any

from qiskit.quantum_info import SparsePauliOp

from ..model.collision import Ancilla, CollisionModel
from ..model.operators import zeeman
from .parameters import finite


def homogenisation(
    *, state: Any = None, beta: float | None = None, omega: float = 1.0, coupling: float = 0.2, dt: float = 1.0
) -> CollisionModel:
    r"""A qubit swapped in part with one fresh qubit of the reservoir after the other.

    .. math:: H_{SA} = g\,\mathrm{SWAP} = \tfrac g2\,(1 + X X + Y Y + Z Z)

    With :math:`c = \cos g\,\delta t`, :math:`s = \sin g\,\delta t` and the free rotation u of both qubits,

    .. math:: \rho' = u\left(c^2\rho + s^2\xi - i\,c\,s\,[\xi, \rho]\right)u^\dagger,

    so that the system becomes what the reservoir is, and populations go there as :math:`c^{2n}`.

    Args:
        state: state xi of the reservoir's qubits, anything that ``DensityMatrix`` takes.
        beta: or their inverse temperature; 1 where neither is given.
        omega: frequency of all qubits.
        coupling: g.
        dt: duration of a collision.

    Raises:
        InputError: if a parameter is not a number of its kind, or both state and beta are given.

    >>> import qcoll
    >>> model = qcoll.models.homogenisation(state="+", omega=0.0)
    >>> qcoll.steady_state(model).data.real.round(6)
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    energy = zeeman(1, [finite(omega, "omega")])
    g = finite(coupling, "coupling")
    return CollisionModel(
        system=energy,
        ancilla=Ancilla(hamiltonian=energy, beta=1.0 if state is None and beta is None else beta, state=state),
        interaction=SparsePauliOp(["II", "XX", "YY", "ZZ"], [g / 2] * 4),
        dt=dt,
        name="homogenisation",
    )
