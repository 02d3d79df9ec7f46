"""Quadratic modes, bosons or fermions, exactly and without a cutoff: by their first and second moments.

Nothing here knows about qubits but :meth:`GaussianModel.to_collision_model`, and nothing about :mod:`qcoll.exact`: that
makes each a check of the other.
"""

from .model import GaussianCycle, GaussianModel
from .state import GaussianState
from .trajectory import GaussianTrajectory

__all__ = ["GaussianCycle", "GaussianModel", "GaussianState", "GaussianTrajectory"]
