"""The level ``exact``: the collision without splitting; system and ancilla are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...model.collision import CollisionModel
from ..branches import CollisionPieces, Keeps
from ..ways import exact_ways, shortest, without_ancilla
from .level import Level, Preparation, register_level


@register_level
@dataclass(frozen=True, kw_only=True)
class Exact(Level):
    """The joint unitary without splitting, up to a local unitary that commutes with the ancilla's Hamiltonian.

    Args:
        preparation: of the ancilla: "purified", "state_preparation", "sampled" (an eigenstate sampled for each
            collision), or "absorbed" (populations alone, with the eigenvectors in the collision).
        keep: "system" to give up the ancilla, ``None`` to keep it.

    >>> import qcoll
    >>> from qcoll.compile.levels import Exact
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(), 2, "0", synthesis=Exact(preparation="absorbed"))
    >>> compiled.collision.num_nonlocal_gates()
    8
    """

    name: ClassVar[str] = "exact"
    keeps_joint: ClassVar[bool] = True
    preparation: Preparation = "purified"
    keep: Keeps | None = None

    def __str__(self) -> str:
        return "exact collision" + " of which the system is kept" * (self.keep == "system")

    def ways(self, model: CollisionModel) -> CollisionPieces:
        """The shortest of all ways to make the collision."""
        found = exact_ways(model, self.preparation)
        return shortest([without_ancilla(model, each) for each in found] if self.keep == "system" else found)
