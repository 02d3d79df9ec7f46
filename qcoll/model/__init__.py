"""What a collision is: subsystems, operators, ancillas, models, the paper's two examples, and model files."""

from .ancilla import Ancilla
from .cascade import cascaded_collision
from .collision import CollisionModel
from .cycle import Cycle, FreeEvolution, Model, Stroke
from .files import load_model, save_model
from .library import example_1, example_2
from .memory import Memory
from .modes import Boson, Fermion, Modes, Qubit
from .structured import structured_ancilla, truncation_of
from .truncation import Truncation

__all__ = [
    "Ancilla",
    "Boson",
    "CollisionModel",
    "Cycle",
    "Fermion",
    "FreeEvolution",
    "Memory",
    "Model",
    "Modes",
    "Qubit",
    "Stroke",
    "Truncation",
    "cascaded_collision",
    "example_1",
    "example_2",
    "load_model",
    "save_model",
    "structured_ancilla",
    "truncation_of",
]
