"""What a collision is: operators, ancillas, models, the paper's two examples, and model files."""

from .collision import Ancilla, CollisionModel
from .files import load_model, save_model
from .library import example_1, example_2

__all__ = ["Ancilla", "CollisionModel", "example_1", "example_2", "load_model", "save_model"]
