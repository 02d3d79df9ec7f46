"""From models to circuits: thermal preparation, the collision, the sequence.

Nothing here knows about the exact dynamics of :mod:`qcoll.exact`; that makes each a check of the other.
"""

from .collision import collision_circuit
from .cost import CircuitCost, circuit_cost
from .mapped import MappedBranch, MappedCollisions
from .mapping import map_collisions
from .pieces import Branch, CollisionPieces
from .sequence import CollisionCircuit, compile_collisions
from .thermal import Purification, state_purification, thermal_purification

__all__ = [
    "Branch",
    "CircuitCost",
    "CollisionCircuit",
    "CollisionPieces",
    "MappedBranch",
    "MappedCollisions",
    "Purification",
    "circuit_cost",
    "collision_circuit",
    "compile_collisions",
    "map_collisions",
    "state_purification",
    "thermal_purification",
]
