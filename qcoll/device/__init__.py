"""Compiled collisions on a device: its target, the choice of qubits, mapping, what that costs, and its noise."""

from .cost import CircuitCost, circuit_cost
from .mapped import MappedBranch, MappedCollisions
from .mapping import map_collisions
from .noise import NoiseFigures
from .options import MappingOptions

__all__ = [
    "CircuitCost",
    "MappedBranch",
    "MappedCollisions",
    "MappingOptions",
    "NoiseFigures",
    "circuit_cost",
    "map_collisions",
]
