"""Past the density matrix: chains as matrix products, quadratic models by their moments, and which way to take."""

from .chain import ChainTrajectory
from .moments import MomentTrajectory
from .ways import evolve

__all__ = ["ChainTrajectory", "MomentTrajectory", "evolve"]
