"""The level ``trotter``: preparation and a product formula in blocks; system and ancilla are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...errors import InputError
from ...model.collision import CollisionModel
from ..branches import CollisionPieces, Keeps
from ..product_formula import check_formula
from ..ways import split_way, without_ancilla
from .level import TROTTER_ORDER, TROTTER_STEPS, Level, Preparation, register_level


@register_level
@dataclass(frozen=True, kw_only=True)
class Trotter(Level):
    """A product formula over the blocks of the Hamiltonian, after the ancilla's preparation.

    Args:
        order: 1, 2, 4 or 6.
        steps: per collision.
        preparation: of the ancilla, "purified", "state_preparation" or "sampled".
        keep: "system" to give up the ancilla, ``None`` to keep it.

    Raises:
        InputError: for an order that there is not, steps that are none, or a preparation of another level.

    >>> import qcoll
    >>> from qcoll.compile.levels import Trotter
    >>> qcoll.compile_collisions(qcoll.example_2(), 2, "0", synthesis=Trotter(order=1))
    CollisionCircuit of 'example 2': 2 collisions on 5 qubits, product formula of order 1, 1 step(s), reset ancillas
    """

    name: ClassVar[str] = "trotter"
    keeps_joint: ClassVar[bool] = True
    order: int = TROTTER_ORDER
    steps: int = TROTTER_STEPS
    preparation: Preparation = "purified"
    keep: Keeps | None = None

    def __post_init__(self) -> None:
        """Refuse a formula that there is not, and a preparation of another level."""
        super().__post_init__()
        check_formula(self.order, self.steps)
        if self.preparation == "absorbed":
            raise InputError(f'preparation="absorbed" goes with synthesis="exact", but synthesis is {self.name!r}')

    def __str__(self) -> str:
        how = f"product formula of order {self.order}, {self.steps} step(s)"
        return how + " of which the system is kept" * (self.keep == "system")

    @property
    def splitting(self) -> tuple[int, int]:
        """Order and steps of the product formula."""
        return self.order, self.steps

    def ways(self, model: CollisionModel) -> CollisionPieces:
        """Preparation and product formula."""
        assert self.preparation != "absorbed"
        pieces = split_way(model, self.preparation, self.order, self.steps)
        return without_ancilla(model, pieces) if self.keep == "system" else pieces
