"""qcoll: structured quantum collision models on quantum circuits.

A system meets a stream of fresh, composite ancillas in their thermal state. qcoll gives the exact reduced dynamics,
compiles each collision into a circuit with thermal ancillas prepared by purification, runs it with and without noise,
and says how far each run is from the exact dynamics and why.

>>> import qcoll
>>> model = qcoll.example_2(beta=1.0, kappa=0.3, alpha=0.2, dt=0.1)
>>> exact = qcoll.evolve(model, n=200)
>>> exact.coherence.shape
(201,)

Units: hbar = k_B = 1. The system's qubits are the least significant ones, then come the ancilla's.
"""

from .compile import CollisionCircuit, compile_collisions
from .errors import InputError, MissingExtraError
from .exact import collision_channel, evolve, spectral_gap, steady_state
from .model import Ancilla, CollisionModel, example_1, example_2, load_model, save_model
from .run import CircuitChannel, Comparison, NoiseFigures, circuit_channel, compare, simulate
from .trajectory import Trajectory

__version__ = "0.1.0"

__all__ = [
    "Ancilla",
    "CircuitChannel",
    "CollisionCircuit",
    "CollisionModel",
    "Comparison",
    "InputError",
    "MissingExtraError",
    "NoiseFigures",
    "Trajectory",
    "circuit_channel",
    "collision_channel",
    "compare",
    "compile_collisions",
    "evolve",
    "example_1",
    "example_2",
    "load_model",
    "save_model",
    "simulate",
    "spectral_gap",
    "steady_state",
]
