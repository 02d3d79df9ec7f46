"""The level ``purified_channel``: preparation and collision together, right for the system alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...model.collision import CollisionModel
from ..branches import CollisionPieces
from ..ways import purified_channel_way
from .level import Level, register_level


@register_level
@dataclass(frozen=True, kw_only=True)
class PurifiedChannel(Level):
    """A purified ancilla and a collision that are right for the system's state alone.

    >>> import qcoll
    >>> from qcoll.compile.levels import PurifiedChannel
    >>> PurifiedChannel().pieces(qcoll.example_2()).keeps
    'system'
    """

    name: ClassVar[str] = "purified_channel"

    def __str__(self) -> str:
        return "purified channel of the system"

    def ways(self, model: CollisionModel) -> CollisionPieces:
        """The short collision, or the exact one without the ancilla if that takes fewer gates."""
        return purified_channel_way(model)
