"""What n collisions give: trajectories, and the linear algebra of iterating one map."""

from .large import LargeTrajectory
from .trajectory import Trajectory, von_neumann_entropy

__all__ = ["LargeTrajectory", "Trajectory", "von_neumann_entropy"]
