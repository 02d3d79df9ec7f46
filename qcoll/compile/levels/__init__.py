r"""The levels of synthesis: from a model to the circuits of one collision.

======================  ============================================  ===============  =========================
level                   one collision is                              keeps            two-qubit gates, examples
======================  ============================================  ===============  =========================
``trotter``             preparation, product formula in blocks        joint state      4 + 8 and 4 + 9
the same, system kept   likewise, without what is discarded           system           4 + 6 and 4 + 7
``exact``               preparation, collision without splitting      joint state      4 + 10 and 4 + 8
the same, absorbed      likewise, without the ancilla's eigenbasis    joint state      2 + 10 and 2 + 8
the same, sampled       a circuit for each eigenstate of the ancilla  joint state      4.4 and 1.3 in the mean
``purified_channel``    preparation and collision, ancilla purified   system           6
``channel``             a circuit with two ancilla qubits in |0>      system           3
``sampled``             one of several circuits with one ancilla      system           0.66 and 0.19 in the mean
the same, measured      likewise, and a measurement with correction   system           0.33 and 0.09 in the mean
======================  ============================================  ===============  =========================

The counts are those of the paper's two examples at their default parameters. Free-fermionic collisions of any length
are made from their one-particle matrix (:mod:`..synthesis.free_fermions`) wherever that takes fewer gates. At the level
``exact`` the collision is the joint unitary, for some models up to a local unitary commuting with H_A, which leaves a
thermal ancilla as it is (:mod:`..synthesis.thermal_collision`).

``preparation="sampled"`` samples an eigenstate of the ancilla for each collision at the levels that keep the joint
state: no purifier, and at most one two-qubit gate for a pair. At the level ``exact`` each eigenstate has a collision of
its own, right for this state alone, in at most five two-qubit gates as a rule
(:mod:`..synthesis.eigenstate_collisions`). ``preparation="absorbed"``, at the level ``exact``, prepares the ancilla's
populations in the computational basis and leaves its eigenbasis to the collision, unless that takes more gates.

With ``keep="system"`` the first three give up the ancilla too: nothing is read on it, the gates that act only on what
is discarded go, and its preparation can run beside the previous collision.

Where the joint state is kept, heat and work are read off system and ancilla. Where only the system is kept they cannot
be; a run then gives the heat and work that the model's exact collision takes from the run's own states.

Each level is a class in a file of its own, registered by its name (:mod:`.level`).
"""

from __future__ import annotations

from typing import Any

from ...model.collision import CollisionModel
from ..branches import CollisionPieces
from .level import (
    LEVELS,
    TROTTER_ORDER,
    TROTTER_STEPS,
    Level,
    Preparation,
    joint_levels,
    level_of,
    register_level,
)

from .trotter import Trotter  # isort: skip  # the order of the levels is that of their registration
from .exact import Exact  # isort: skip
from .purified_channel import PurifiedChannel  # isort: skip
from .channel import Channel  # isort: skip
from .sampled import Sampled  # isort: skip

__all__ = [
    "LEVELS",
    "TROTTER_ORDER",
    "TROTTER_STEPS",
    "Channel",
    "Exact",
    "Level",
    "Preparation",
    "PurifiedChannel",
    "Sampled",
    "Trotter",
    "collision_pieces",
    "joint_levels",
    "level_of",
    "register_level",
]


def collision_pieces(model: CollisionModel, *, synthesis: str | Level = "trotter", **options: Any) -> CollisionPieces:
    """The circuits of one collision at a level of synthesis.

    Args:
        model: the collision model.
        synthesis: the level, or its name.
        options: of the level, by the names that :func:`qcoll.compile_collisions` has for them.

    Raises:
        InputError: for an unknown level, an option that it does not have, or a model that it cannot do.

    >>> import qcoll
    >>> from qcoll.compile.levels import collision_pieces
    >>> pieces = collision_pieces(qcoll.example_2(), synthesis="channel")
    >>> pieces.keeps, pieces.num_ancilla, pieces.only.collision.num_nonlocal_gates()
    ('system', 2, 3)
    """
    return level_of(synthesis, **options).pieces(model)
