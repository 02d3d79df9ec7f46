"""From models to exact trajectories: thermal states, channels, steady states and thermodynamics.

The second-order master equation and its pieces are here too, with how far it may be trusted, and sweeps over many
models at once. Nothing here knows about circuits; :mod:`qcoll.compile` knows nothing of this. That makes each a check
of the other.
"""

from .channel import collision_channel, collision_matrix, spectral_gap, steady_state, steady_state_and_error
from .decomposition import Decomposition, decompose
from .distance import (
    DiamondBounds,
    SecondOrderQuality,
    diamond_distance,
    second_order_quality,
    smallest_choi_eigenvalue,
)
from .dynamics import evolve
from .energetics import second_order_operators
from .gibbs import gibbs_state
from .information import EntropyBalance, entropy_balance, mutual_information, relative_entropy
from .maps import DynamicalMaps, NonMarkovianity, dynamical_maps, non_markovianity
from .second_order import MasterEquation, master_equation
from .sweep import ModelStack, SteadyStates, steady_states
from .thermodynamics import PulledBackOperators, pulled_back_operators

__all__ = [
    "Decomposition",
    "DiamondBounds",
    "DynamicalMaps",
    "EntropyBalance",
    "MasterEquation",
    "ModelStack",
    "NonMarkovianity",
    "PulledBackOperators",
    "SecondOrderQuality",
    "SteadyStates",
    "collision_channel",
    "collision_matrix",
    "decompose",
    "diamond_distance",
    "dynamical_maps",
    "entropy_balance",
    "evolve",
    "gibbs_state",
    "master_equation",
    "mutual_information",
    "non_markovianity",
    "pulled_back_operators",
    "relative_entropy",
    "second_order_operators",
    "second_order_quality",
    "smallest_choi_eigenvalue",
    "spectral_gap",
    "steady_state",
    "steady_state_and_error",
    "steady_states",
]
