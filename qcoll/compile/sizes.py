"""Which sizes fit which level: what needs dense matrices is refused before any work, with what would fit.

Product formulas and free fermions need no matrix that grows with two to the number of qubits.
"""

from __future__ import annotations

from ..errors import InputError
from ..model.collision import CollisionModel
from ..synthesis.free_fermions import free_collision

#: Qubits of system and ancilla of which general synthesis makes a circuit: 30,000 CX for a unitary of eight.
LARGEST_UNITARY = 8
#: The same for the channel of one system qubit, which needs the matrix, but no circuit of it.
LARGEST_MATRIX = 11
#: Ancilla qubits with a circuit for each eigenstate; whose eigenbasis is kept as a matrix; in a generic state.
LARGEST_DRAWN, LARGEST_FRAME, LARGEST_GENERIC = 8, 10, 7


def require_size(model: CollisionModel, synthesis: str, preparation: str) -> None:
    """Refuse a model that is too large for a level or a preparation.

    Raises:
        InputError: if it is; the message says what fits.

    >>> import qcoll
    >>> from qiskit.quantum_info import SparsePauliOp
    >>> from qcoll.model.operators import zeeman
    >>> ancilla = qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=1.0)
    >>> model = qcoll.CollisionModel(
    ...     system=zeeman(20, [1.0] * 20), ancilla=ancilla, interaction=SparsePauliOp("Z" + 19 * "I" + "X"), dt=0.1
    ... )
    >>> require_size(model, "trotter", "purified")
    """
    ancillas = model.num_ancilla_qubits
    for name, most in (("sampled", LARGEST_DRAWN), ("absorbed", LARGEST_FRAME), ("state_preparation", LARGEST_GENERIC)):
        if preparation == name and ancillas > most:
            raise InputError(
                f"preparation={name!r} takes ancillas of at most {most} qubits, but this one has {ancillas}: use "
                'preparation="purified", or a smaller ancilla'
            )
    if synthesis not in ("exact", "purified_channel", "channel", "sampled"):
        return
    one_qubit = model.num_system_qubits == 1 and synthesis in ("channel", "sampled")
    most = LARGEST_MATRIX if one_qubit else LARGEST_UNITARY
    if model.num_qubits <= most or (synthesis != "sampled" and free_collision(model) is not None):
        return
    free = "" if synthesis == "sampled" else " (free-fermionic ones of any number)"
    raise InputError(
        f"synthesis={synthesis!r} takes general models of at most {most} qubits in all{free}, but this one has "
        f'{model.num_system_qubits} + {ancillas}: use synthesis="trotter", which takes any number, or a smaller model'
    )
