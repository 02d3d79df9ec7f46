"""The level ``channel``: the system's channel with ancilla qubits in |0>."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...model.collision import CollisionModel
from ..branches import CollisionPieces
from ..ways import channel_way
from .level import Level, register_level


@register_level
@dataclass(frozen=True, kw_only=True)
class Channel(Level):
    """The system's channel as a circuit on the system and qubits in |0>, two of them for one system qubit.

    >>> import qcoll
    >>> from qcoll.compile.levels import Channel
    >>> qcoll.compile_collisions(qcoll.example_2(), 2, "0", synthesis=Channel())
    CollisionCircuit of 'example 2': 2 collisions on 3 qubits, channel of the system, reset ancillas
    """

    name: ClassVar[str] = "channel"

    def __str__(self) -> str:
        return "channel of the system"

    def ways(self, model: CollisionModel) -> CollisionPieces:
        """The channel; of several system qubits by the exact collision, if that takes fewer gates."""
        return channel_way(model)
