"""From models to circuits: thermal preparation, the collision, the sequence.

Nothing here knows about the exact dynamics of :mod:`qcoll.exact`; that makes each a check of the other.
"""

from .branches import Branch, CollisionPieces
from .collision import collision_circuit
from .collisions import compile_collisions
from .levels import (
    Channel,
    Exact,
    Level,
    PurifiedChannel,
    Sampled,
    Trotter,
    register_level,
)
from .options import CompileOptions
from .sequence import CollisionCircuit
from .thermal import Purification, state_purification, thermal_purification

__all__ = [
    "Branch",
    "Channel",
    "CollisionCircuit",
    "CollisionPieces",
    "CompileOptions",
    "Exact",
    "Level",
    "Purification",
    "PurifiedChannel",
    "Sampled",
    "Trotter",
    "collision_circuit",
    "compile_collisions",
    "register_level",
    "state_purification",
    "thermal_purification",
]
