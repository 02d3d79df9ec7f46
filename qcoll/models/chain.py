r"""The boundary-driven spin chain: XX and XXZ between two baths, by repeated interactions at its ends.

Sources: D. Karevski and T. Platini, "Quantum nonequilibrium steady states induced by repeated interactions", Phys. Rev.
Lett. 102, 207207 (2009), for the XX chain; T. Prosen, "Exact nonequilibrium steady state of a strongly driven open XXZ
chain", Phys. Rev. Lett. 107, 137201 (2011), for the XXZ chain between a full and an empty end.
"""

from __future__ import annotations

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..limits import positive_integer, real_number
from ..model.collision import Ancilla, CollisionModel
from ..model.operators import exchange, zeeman
from .parameters import finite, positive


def boundary_driven_chain(
    *,
    sites: int = 4,
    hopping: float = 1.0,
    anisotropy: float = 0.0,
    omega: float = 1.0,
    betas: tuple[float, float] = (0.5, 2.0),
    rate: float = 1.0,
    dt: float = 0.1,
) -> CollisionModel:
    r"""A chain of qubits of which both ends meet a fresh qubit of their own bath in every collision.

    .. math::

        H_S &= \tfrac J2\sum_k (X_kX_{k+1} + Y_kY_{k+1} + \Delta\,Z_kZ_{k+1}) + \tfrac\omega2\sum_k Z_k\\
        H_{SA} &= \sqrt{\Gamma/\delta t}\,\left(\sigma_1^+\sigma_L^- + \sigma_N^+\sigma_R^- + \mathrm{h.c.}\right)

    For :math:`\delta t \to 0` this is a Lindblad equation with the rate :math:`\Gamma` at both ends. The XX chain
    (:math:`\Delta = 0`) then carries the current

    .. math:: I = (f_L - f_R)\,\frac{2\,\Gamma J^2}{4J^2 + \Gamma^2},\qquad f = \frac1{e^{\beta\omega} + 1},

    whatever its length, with a flat profile between the ends.

    Args:
        sites: length of the chain, at least 2.
        hopping: J.
        anisotropy: Delta; 0 is the XX chain.
        omega: frequency of all qubits.
        betas: inverse temperatures of the left and the right bath; :math:`\mp\infty` is full and empty.
        rate: Gamma.
        dt: duration of a collision.

    Returns:
        A model whose ancilla are the two fresh qubits. Unless the temperatures are the same it is not thermal, and its
        state is given.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import qcoll
    >>> qcoll.models.boundary_driven_chain(sites=3)
    CollisionModel 'boundary-driven XX chain': 3 system qubits, 2 ancilla qubits, a given state, dt = 0.1
    """
    length = positive_integer(sites, "sites")
    if length < 2:
        raise InputError("a chain has at least 2 sites, but 1 was given: see generalised_amplitude_damping")
    frequency, j, delta = finite(omega, "omega"), finite(hopping, "hopping"), finite(anisotropy, "anisotropy")
    step = positive(dt, "dt")
    coupling = np.sqrt(positive(rate, "rate") / step)
    system = zeeman(length, [frequency] * length)
    for k in range(length - 1):
        system += exchange(length, j, raising=[k], lowering=[k + 1])
        if delta:
            system += SparsePauliOp.from_sparse_list([("ZZ", [k, k + 1], j * delta / 2)], num_qubits=length)
    ends = exchange(length + 2, coupling, raising=[0], lowering=[length])
    ends += exchange(length + 2, coupling, raising=[length - 1], lowering=[length + 1])
    return CollisionModel(
        system=system,
        ancilla=_two_baths(frequency, betas),
        interaction=ends,
        dt=step,
        name=f"boundary-driven {'XXZ' if delta else 'XX'} chain",
    )


def _two_baths(omega: float, betas: tuple[float, float]) -> Ancilla:
    """One qubit of each bath."""
    if not isinstance(betas, tuple | list) or len(betas) != 2:
        raise InputError(f"betas is {betas!r}, but must be the inverse temperatures of the left and the right bath")
    left, right = (real_number(beta, "an inverse temperature") for beta in betas)
    hamiltonian = zeeman(2, [omega, omega])
    if left == right:
        return Ancilla(hamiltonian=hamiltonian, beta=left)
    filled = [_population(omega, beta) for beta in (left, right)]
    states = [np.diag([population, 1 - population]) for population in filled]
    return Ancilla(hamiltonian=hamiltonian, state=np.kron(states[1], states[0]))


def _population(omega: float, beta: float) -> float:
    """Of the upper level."""
    polarization = 0.0 if omega == 0 else np.tanh(beta * omega / 2)
    return float((1 - polarization) / 2)
