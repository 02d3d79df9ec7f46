"""From circuits to trajectories: Aer, noise, shots, and the check against the exact dynamics."""

from .channel import CircuitChannel
from .circuit_trajectory import CircuitTrajectory
from .compare import Comparison, compare
from .noise import NoiseFigures
from .simulate import circuit_channel, simulate

__all__ = [
    "CircuitChannel",
    "CircuitTrajectory",
    "Comparison",
    "NoiseFigures",
    "circuit_channel",
    "compare",
    "simulate",
]
