r"""One ancilla that meets several system qubits in turn, or one of them again, within one collision.

The passes have unitaries :math:`U_j = e^{-i\,\delta t_j(H_S + H_A + H_j)}`. One collision is their product, and so is
that of the model with the interaction

.. math:: H_{SA} = \frac{i}{\delta t}\ln(U_K\cdots U_1) - H_S - H_A,\qquad \delta t = \sum_j\delta t_j .

State, heat and energies are those of the passes one after the other. The switching work is the sum of what they take,
since every pass conserves its total energy: :math:`W_{sw} = \Delta\langle H_S + H_A\rangle`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import schur

from ..errors import InputError
from ..limits import COMPLEX_BYTES, real_number, require_memory
from .ancilla import Ancilla
from .collision import CollisionModel
from .modes import Modes
from .operators import checked_hermitian, dense, embedded, from_matrix

#: Pauli coefficients of the interaction below this, relative to the largest, are the rounding of a logarithm.
ROUNDING = 1e-14


def cascaded_collision(
    *,
    system: SparsePauliOp,
    ancilla: Ancilla,
    passes: Sequence[tuple[SparsePauliOp, float]],
    name: str = "cascade",
    system_modes: Modes | None = None,
) -> CollisionModel:
    """One collision in which the ancilla meets parts of the system in turn (a cascade), or one part again.

    Args:
        system: H_S on the system's qubits, which acts in every pass.
        ancilla: the ancilla, whose Hamiltonian acts in every pass.
        passes: for each an interaction on system and ancilla qubits, as for :class:`CollisionModel`, and its duration.
        name: of the model.
        system_modes: as for :class:`CollisionModel`.

    Returns:
        A model whose one interaction does all passes, exactly; its Pauli strings are many. What they do together has a
        circuit at level ``"exact"`` and all that keep only the system; a product formula would split it anew.

    Raises:
        InputError: if there is no pass, an interaction has the wrong size, a duration is not positive, or the joint
            matrices do not fit into memory; the message names the pass.

    An excitation that the first qubit gives to the ancilla is taken up by the second, never the other way round:

    >>> from qiskit.quantum_info import SparsePauliOp
    >>> import qcoll
    >>> swap = [SparsePauliOp([f"X{a}", f"Y{b}"], [0.25, 0.25]) for a, b in (("IX", "IY"), ("XI", "YI"))]
    >>> ground = qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=float("inf"))
    >>> cascade = qcoll.cascaded_collision(
    ...     system=SparsePauliOp(["IZ", "ZI"], [0.5, 0.5]), ancilla=ground, passes=[(swap[0], 1.0), (swap[1], 1.0)]
    ... )
    >>> [round(float(qcoll.evolve(cascade, 1, start).expectation(SparsePauliOp(probe))[-1]), 3)
    ...  for start, probe in (("10", "ZI"), ("01", "IZ"))]
    [-0.894, -1.0]
    """
    if not passes:
        raise InputError("a cascade needs at least one pass: give (interaction, dt) for each")
    own = checked_hermitian(system, "the system's Hamiltonian")
    if not isinstance(ancilla, Ancilla):
        raise InputError(f"ancilla must be a qcoll.Ancilla, but a {type(ancilla).__name__} was given")
    num_system = int(own.num_qubits)
    size = num_system + ancilla.num_qubits
    require_memory(8 * COMPLEX_BYTES * 4**size, f"the joint unitary of {size} qubits", "use a smaller model")
    joint = embedded(own, range(num_system), size) + embedded(ancilla.hamiltonian, range(num_system, size), size)
    free = dense(joint.simplify(atol=0))
    unitary, total = np.eye(2**size, dtype=complex), 0.0
    for number, one in enumerate(passes):
        if not isinstance(one, tuple | list) or len(one) != 2:
            raise InputError(f"pass {number} is {one!r}, but must be an interaction and its duration")
        interaction = checked_hermitian(one[0], f"the interaction of pass {number}", size)
        dt = real_number(one[1], f"dt of pass {number}")
        if not (math.isfinite(dt) and dt > 0):
            raise InputError(f"dt of pass {number} is {dt}, but a duration is positive and finite")
        energies, vectors = np.linalg.eigh(free + dense(interaction))
        unitary = (vectors * np.exp(-1j * dt * energies)) @ vectors.conj().T @ unitary
        total += dt
    triangular, basis = schur(unitary, output="complex")
    effective = (basis * (-np.angle(np.diagonal(triangular)) / total)) @ basis.conj().T
    return CollisionModel(
        system=own,
        ancilla=ancilla,
        interaction=from_matrix((effective + effective.conj().T) / 2 - free, ROUNDING),
        dt=total,
        name=name,
        system_modes=system_modes,
    )
