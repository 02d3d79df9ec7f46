r"""Memory: an ancilla that has met the system meets the next one, before that one meets the system.

Between two collisions ancilla k and the fresh ancilla k + 1 evolve for a time of their own under

.. math:: H_{A_k} + H_{A_{k+1}} + H_{AA},

and then ancilla k is gone. What the system left in it comes back with the next one: the dynamics is no semigroup any
more (F. Ciccarello, G. M. Palma and V. Giovannetti, Phys. Rev. A 87, 040103, 2013; R. McCloskey and M. Paternostro,
Phys. Rev. A 89, 052120, 2014).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..limits import real_number
from .ancilla import operator_text
from .operators import checked_hermitian

Evolves = Literal["ancillas", "all", "none"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Memory:
    """How ancilla k meets ancilla k + 1 between two collisions: ``CollisionModel(..., memory=Memory(...))``.

    Args:
        interaction: Hermitian ``SparsePauliOp`` on the qubits of ancilla k (least significant) followed by those of
            ancilla k + 1.
        dt: its duration, positive.
        evolves: which free Hamiltonians act meanwhile: those of the two ``"ancillas"``, while the system waits; of
            ``"all"``, with the system's; or of ``"none"``.

    Raises:
        InputError: if the interaction is not Hermitian or acts on an odd number of qubits, dt is not positive, or
            ``evolves`` is none of these.

    >>> from qiskit.quantum_info import SparsePauliOp
    >>> import qcoll
    >>> memory = qcoll.Memory(interaction=SparsePauliOp(["XX", "YY", "ZZ"], [0.4, 0.4, 0.4]), dt=1.0)
    >>> memory.num_ancilla_qubits
    1
    """

    interaction: SparsePauliOp
    dt: float
    evolves: Evolves = "ancillas"

    def __post_init__(self) -> None:
        checked = checked_hermitian(self.interaction, "the memory's interaction")
        object.__setattr__(self, "interaction", checked)
        if checked.num_qubits % 2:
            raise InputError(
                f"the memory's interaction acts on {checked.num_qubits} qubits, but two ancillas of one kind have an "
                "even number together"
            )
        dt = real_number(self.dt, "the memory's dt")
        if not (math.isfinite(dt) and dt > 0):
            raise InputError(f"the memory's dt is {dt}, but a duration is positive and finite")
        object.__setattr__(self, "dt", dt)
        if self.evolves not in get_args(Evolves):
            known = ", ".join(map(repr, get_args(Evolves)))
            raise InputError(f"evolves is {self.evolves!r}, but must be one of {known}")

    @property
    def num_ancilla_qubits(self) -> int:
        """Number of qubits of one ancilla."""
        return int(self.interaction.num_qubits) // 2

    def text(self) -> str:
        """What defines the physics, to the last bit."""
        return f"{operator_text(self.interaction)}|{self.dt.hex()} {self.evolves}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Memory):
            return NotImplemented
        return self.text() == other.text()

    __hash__ = None  # type: ignore[assignment]  # operators are mutable
