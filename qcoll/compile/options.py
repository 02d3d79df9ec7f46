"""How collisions are compiled: everything that is chosen besides the model, as one object."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TypedDict, get_args

from ..errors import InputError
from ..limits import natural_number, positive_integer, real_number
from ..synthesis import Correction
from .branches import Keeps
from .levels import TROTTER_ORDER, TROTTER_STEPS, Level, Preparation, level_of
from .sequence import Ancillas


class CompileKeywords(TypedDict, total=False):
    """The fields of :class:`CompileOptions` as keywords of :func:`qcoll.compile_collisions`."""

    trotter_order: int
    trotter_steps: int
    preparation: Preparation
    keep: Keeps | None
    correction: Correction
    ancillas: Ancillas
    sets: int
    feedforward: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class CompileOptions:
    """How collisions are compiled; the same names in Python, in study files and, with dashes, on the command line.

    What one collision is:

    Args:
        synthesis: the level by its name, or as an object with its options, such as ``Trotter(order=4)``; from left to
            right fewer two-qubit gates:

            * ``"trotter"``: a product formula in blocks. Keeps system and ancilla.
            * ``"exact"``: the joint unitary without splitting, up to a local unitary commuting with H_A, which
              leaves a thermal ancilla as it is. Keeps system and ancilla.
            * ``"purified_channel"``: preparation and collision together, right for the system.
            * ``"channel"``: the system's channel with two ancilla qubits in |0>. Keeps the system.
            * ``"sampled"``: the same channel as the mean of circuits of which each collision samples one. Keeps the
              system; of several qubits by eigenstates of the ancilla, or of its modes.

        trotter_order: 1, 2, 4 or 6; for ``"trotter"`` alone.
        trotter_steps: steps of the product formula per collision; for ``"trotter"`` alone.
        preparation: of the ancilla, where it is kept. ``"purified"``: the thermal state in Schmidt form;
            ``"state_preparation"``: Qiskit's generic state preparation of the same purification; ``"sampled"``: each
            collision samples an eigenstate of the ancilla with its thermal population, and there is no purifier;
            ``"absorbed"``, with ``synthesis="exact"``: the ancilla's populations in the computational basis, its
            eigenvectors in the collision.
        keep: ``"system"``: nobody reads the ancilla, so that gates on nothing but discarded qubits are left out, at
            the levels that would keep it; ``None`` or ``"joint state"``: whatever the level keeps.
        correction: for ``"sampled"`` alone; how a sampled circuit with an ancilla ends:

            * ``"coherent"``: with a gate that the ancilla controls. Two CX, and a reset before the ancilla's next use.
            * ``"measured"``: the ancilla is measured, and where the outcome is 1 system and ancilla are flipped. One
              CX and no reset, but a wrong outcome flips both wrongly. Runs where ``measure`` and ``if_test`` do.

        ancillas: what the next collision takes. ``"reset"``: one set of ancilla qubits, reset before they are used
            again, by all strokes of a cycle; ``"alternating"``: several sets in turn (of a cycle, one for each stroke),
            so that one is reset and prepared while the system meets the others; ``"fresh"``: new qubits for each
            collision. Ancillas that meet each other are two sets in turn in the first two cases.
        sets: how many sets of ancilla qubits alternate, at least two.
        feedforward: seconds from the end of a measurement to its flips, while system and ancilla wait. Targets do not
            say how long their control electronics take, so that schedules count nothing unless it is stated here.
        seed: of the draws of :attr:`CollisionCircuit.circuit`, with ``synthesis="sampled"`` or
            ``preparation="sampled"``; not negative.

    Raises:
        InputError: for a value that nothing can be compiled with, or options that do not go together.

    >>> import qcoll
    >>> cheapest = qcoll.CompileOptions(synthesis="sampled", ancillas="alternating", sets=3)
    >>> qcoll.compile_collisions(qcoll.example_2(), n=3, options=cheapest)
    CollisionCircuit of 'example 2': 3 collisions on 5 qubits, sampled channel of the system, alternating ancillas
    """

    synthesis: str | Level = "trotter"
    trotter_order: int = TROTTER_ORDER
    trotter_steps: int = TROTTER_STEPS
    preparation: Preparation = "purified"
    keep: Keeps | None = None
    correction: Correction = "coherent"
    ancillas: Ancillas = "reset"
    sets: int = 2
    feedforward: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        correction = self.level.options()["correction"]
        if self.ancillas not in get_args(Ancillas):
            known = ", ".join(map(repr, get_args(Ancillas)))
            raise InputError(f"ancillas is {self.ancillas!r}, but must be one of {known}")
        natural_number(self.seed, "seed")
        if not 0 <= real_number(self.feedforward, "feedforward") < math.inf:
            raise InputError(
                f"feedforward is {self.feedforward!r}, but must be a number of seconds that is not negative"
            )
        if self.feedforward > 0 and correction != "measured":
            raise InputError(
                f"feedforward is {self.feedforward!r}, but nothing is fed forward with correction={correction!r}: "
                'leave it out, or use correction="measured"'
            )
        if positive_integer(self.sets, "sets") < 2:
            raise InputError(f'sets is {self.sets}, but at least two alternate: use ancillas="reset" for one')
        if self.sets != 2 and self.ancillas != "alternating":
            raise InputError(
                f'sets is {self.sets}, but with ancillas="{self.ancillas}" no sets take turns: use '
                'ancillas="alternating", or leave sets out'
            )

    @functools.cached_property
    def level(self) -> Level:
        """The level of synthesis, with its options."""
        return level_of(
            self.synthesis,
            preparation=self.preparation,
            trotter_order=self.trotter_order,
            trotter_steps=self.trotter_steps,
            keep=self.keep,
            correction=self.correction,
        )
