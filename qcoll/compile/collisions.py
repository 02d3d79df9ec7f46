"""``compile_collisions``: a model and what is asked for, checked, to a sequence of collisions."""

from __future__ import annotations

import math
from typing import Any, get_args

from ..errors import InputError
from ..limits import natural_number, positive_integer, real_number
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model, require_model
from ..synthesis import Correction
from .branches import Keeps
from .cycle import cycle_layout
from .initial import prepared_initial
from .levels import TROTTER_ORDER, TROTTER_STEPS, Level, Preparation, level_of
from .memory import memory_layout
from .sequence import Ancillas, CollisionCircuit


def compile_collisions(
    model: Model,
    n: int,
    initial: Any = None,
    synthesis: str | Level = "trotter",
    trotter_order: int = TROTTER_ORDER,
    trotter_steps: int = TROTTER_STEPS,
    ancillas: Ancillas = "reset",
    preparation: Preparation = "purified",
    keep: Keeps | None = None,
    seed: int = 0,
    correction: Correction = "coherent",
    feedforward: float = 0.0,
    sets: int = 2,
) -> CollisionCircuit:
    r"""Compile ``n`` collisions, or cycles, into one circuit.

    Args:
        model: the collision model, or a cycle.
        n: number of collisions, or cycles, positive.
        initial: anything that ``DensityMatrix`` takes; ``None`` is the thermal state of H_S at inverse temperature 1.
            A mixed initial state is purified with a reference register. Of more than ten system qubits a label, one
            letter for each of them, or a circuit that makes it from |0...0>.
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
        ancillas: ``"reset"``: one set of ancilla qubits, reset before they are used again, by all strokes of a cycle;
            ``"alternating"``: several sets in turn (of a cycle, one for each stroke), so that one is reset and prepared
            while the system meets the others; ``"fresh"``: new qubits for each collision. Ancillas that meet each other
            are two sets in turn in the first two cases.
        preparation: of the ancilla, where it is kept. ``"purified"``: the thermal state in Schmidt form;
            ``"state_preparation"``: Qiskit's generic state preparation of the same purification; ``"sampled"``: each
            collision samples an eigenstate of the ancilla with its thermal population, and there is no purifier;
            ``"absorbed"``, with ``synthesis="exact"``: the ancilla's populations in the computational basis, its
            eigenvectors in the collision.
        keep: ``"system"``: nobody reads the ancilla, so that gates on nothing but discarded qubits are left out, at
            the levels that would keep it; ``None`` or ``"joint state"``: whatever the level keeps.
        seed: of the draws of :attr:`CollisionCircuit.circuit`, with ``synthesis="sampled"`` or
            ``preparation="sampled"``; not negative.
        correction: for ``"sampled"`` alone; how a sampled circuit with an ancilla ends:

            * ``"coherent"``: with a gate that the ancilla controls. Two CX, and a reset before the ancilla's next use.
            * ``"measured"``: the ancilla is measured, and where the outcome is 1 system and ancilla are flipped. One
              CX and no reset, but a wrong outcome flips both wrongly. Runs where ``measure`` and ``if_test`` do.

        feedforward: seconds from the end of a measurement to its flips, while system and ancilla wait. Targets do not
            say how long their control electronics take, so that schedules count nothing unless it is stated here.
        sets: how many sets of ancilla qubits alternate, at least two.

    Raises:
        InputError: for a bad argument; the message says which and what to do.

    >>> import qcoll
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=3)
    >>> compiled
    CollisionCircuit of 'example 2': 3 collisions on 6 qubits, product formula of order 2, 1 step(s), reset ancillas
    >>> compiled.circuit.count_ops()["reset"]
    8
    >>> qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=3, synthesis="channel").keeps
    'system'
    >>> drawn = qcoll.compile_collisions(qcoll.example_1(), 9, "0", synthesis="sampled", correction="measured")
    >>> [drawn.circuit.count_ops()[name] for name in ("cz", "measure", "if_else")]
    [3, 3, 3]
    """
    require_model(model)
    level = level_of(
        synthesis,
        preparation=preparation,
        trotter_order=trotter_order,
        trotter_steps=trotter_steps,
        keep=keep,
        correction=correction,
    )
    count = positive_integer(n, "n, the number of collisions,")
    if ancillas not in get_args(Ancillas):
        raise InputError(f"ancillas is {ancillas!r}, but must be one of {', '.join(map(repr, get_args(Ancillas)))}")
    natural_number(seed, "seed")
    if isinstance(model, CollisionModel):
        level.check_size(model)
    state, purified = prepared_initial(model, initial)
    layout = memory = None
    if isinstance(model, CollisionModel) and model.memory is not None:
        memory = memory_layout(model, level)
        pieces = memory.pieces
    elif isinstance(model, Cycle):
        layout = cycle_layout(model, own_qubits=ancillas != "reset", level=level)
        pieces = layout.whole
    else:
        pieces = level.ways(model)
    _check_feedforward(feedforward, level.options()["correction"])
    if ancillas == "alternating" and pieces.measured:
        raise InputError(
            'ancillas is "alternating", but with correction="measured" there is no reset to wait for: use '
            'ancillas="reset"'
        )
    if positive_integer(sets, "sets") < 2:
        raise InputError(f'sets is {sets}, but at least two alternate: use ancillas="reset" for one')
    if sets != 2 and ancillas != "alternating":
        raise InputError(
            f'sets is {sets}, but with ancillas="{ancillas}" no sets take turns: use ancillas="alternating", or leave '
            "sets out"
        )
    if sets != 2 and (layout is not None or memory is not None):
        raise InputError(
            f"sets is {sets}, but strokes of a cycle have one each, and ancillas that meet have two: leave it out"
        )
    return CollisionCircuit(
        model=model,
        n=count,
        given_state=state,
        initial=purified,
        pieces=pieces,
        level=level,
        ancillas=ancillas,
        seed=int(seed),
        feedforward=float(feedforward),
        cycle=layout,
        memory=memory,
        sets=int(sets),
    )


def _check_feedforward(seconds: float, correction: Correction) -> None:
    if not 0 <= real_number(seconds, "feedforward") < math.inf:
        raise InputError(f"feedforward is {seconds!r}, but must be a number of seconds that is not negative")
    if seconds > 0 and correction != "measured":
        raise InputError(
            f"feedforward is {seconds!r}, but nothing is fed forward with correction={correction!r}: leave it out, or "
            'use correction="measured"'
        )
