"""From circuits to trajectories: Aer, noise, shots, and the check against the exact dynamics."""

from ..device.noise import NoiseFigures
from ..device.options import MappingOptions
from .channel import CircuitChannel
from .circuit_trajectory import CircuitTrajectory
from .comparison import Comparison, compare
from .pure import PureOptions
from .simulation import circuit_channel, simulate

__all__ = [
    "CircuitChannel",
    "CircuitTrajectory",
    "Comparison",
    "MappingOptions",
    "NoiseFigures",
    "PureOptions",
    "circuit_channel",
    "compare",
    "simulate",
]
