"""From models to exact trajectories: thermal states, channels, steady states and thermodynamics.

Nothing here knows about circuits; :mod:`qcoll.compile` knows nothing of this. That makes each a check of the other.
"""

from .channel import collision_channel, collision_matrix, spectral_gap, steady_state
from .dynamics import evolve
from .gibbs import gibbs_state
from .thermodynamics import PulledBackOperators, pulled_back_operators

__all__ = [
    "PulledBackOperators",
    "collision_channel",
    "collision_matrix",
    "evolve",
    "gibbs_state",
    "pulled_back_operators",
    "spectral_gap",
    "steady_state",
]
