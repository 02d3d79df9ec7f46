"""What n collisions give: trajectories, and the linear algebra of iterating one map."""

from .trajectory import Trajectory, von_neumann_entropy

__all__ = ["Trajectory", "von_neumann_entropy"]
