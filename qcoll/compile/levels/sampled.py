"""The level ``sampled``: the system's channel as the mean of circuits of which each collision samples one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...model.collision import CollisionModel
from ...synthesis import Correction
from ..branches import CollisionPieces
from ..ways import sampled_way
from .level import Level, register_level


@register_level
@dataclass(frozen=True, kw_only=True)
class Sampled(Level):
    """The system's channel as a mean of circuits: with one ancilla qubit at most, of several with sampled eigenstates.

    Args:
        correction: how a sampled circuit with an ancilla ends: "coherent", with a gate that the ancilla controls, or
            "measured", with a measurement of the ancilla whose outcome flips both (one system qubit).

    >>> import qcoll
    >>> from qcoll.compile.levels import Sampled
    >>> len(Sampled().pieces(qcoll.example_2()).branches) > 1
    True
    """

    name: ClassVar[str] = "sampled"
    correction: Correction = "coherent"

    def __str__(self) -> str:
        return "sampled channel of the system" + " with measured correction" * (self.correction == "measured")

    def ways(self, model: CollisionModel) -> CollisionPieces:
        """All circuits with their probabilities."""
        return sampled_way(model, self.correction)
