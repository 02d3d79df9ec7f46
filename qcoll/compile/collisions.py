"""``compile_collisions``: a model and what is asked for, checked, to a sequence of collisions."""

from __future__ import annotations

from typing import Any, Unpack

from ..errors import InputError
from ..keywords import with_changes
from ..limits import positive_integer
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model, require_model
from .cycle import cycle_layout
from .initial import prepared_initial
from .levels import Level
from .memory import memory_layout
from .options import CompileKeywords, CompileOptions
from .sequence import CollisionCircuit


def compile_collisions(
    model: Model,
    n: int,
    initial: Any = None,
    synthesis: str | Level | None = None,
    *,
    options: CompileOptions | None = None,
    **changes: Unpack[CompileKeywords],
) -> CollisionCircuit:
    r"""Compile ``n`` collisions, or cycles, into one circuit.

    Args:
        model: the collision model, or a cycle.
        n: number of collisions, or cycles, positive.
        initial: anything that ``DensityMatrix`` takes; ``None`` is the thermal state of H_S at inverse temperature 1.
            A mixed initial state is purified with a reference register. Of more than ten system qubits a label, one
            letter for each of them, or a circuit that makes it from |0...0>.
        synthesis: the level by its name (``"trotter"`` unless another is given, ``"exact"``, ``"purified_channel"``,
            ``"channel"``, ``"sampled"``: from left to right fewer two-qubit gates), or as an object with its options,
            such as ``Trotter(order=4)``.
        options: how collisions are compiled, as one object.
        changes: single options, as keywords: ``trotter_order``, ``trotter_steps``, ``preparation``, ``keep`` and
            ``correction`` of the level; ``ancillas``, ``sets``, ``feedforward`` and ``seed`` of the sequence. What each
            means, and its default, says :class:`CompileOptions`.

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
    given = {"synthesis": synthesis} if synthesis is not None else {}
    asked = with_changes(options, CompileOptions, {**changes, **given}, compile_collisions, "options")
    level, count = asked.level, positive_integer(n, "n, the number of collisions,")
    if isinstance(model, CollisionModel):
        level.check_size(model)
    state, purified = prepared_initial(model, initial)
    layout = memory = None
    if isinstance(model, CollisionModel) and model.memory is not None:
        memory = memory_layout(model, level)
        pieces = memory.pieces
    elif isinstance(model, Cycle):
        layout = cycle_layout(model, own_qubits=asked.ancillas != "reset", level=level)
        pieces = layout.whole
    else:
        pieces = level.ways(model)
    if asked.ancillas == "alternating" and pieces.measured:
        raise InputError(
            'ancillas is "alternating", but with correction="measured" there is no reset to wait for: use '
            'ancillas="reset"'
        )
    if asked.sets != 2 and (layout is not None or memory is not None):
        raise InputError(
            f"sets is {asked.sets}, but strokes of a cycle have one each, and ancillas that meet have two: leave it out"
        )
    return CollisionCircuit(
        model=model,
        n=count,
        given_state=state,
        initial=purified,
        pieces=pieces,
        level=level,
        ancillas=asked.ancillas,
        seed=int(asked.seed),
        feedforward=float(asked.feedforward),
        cycle=layout,
        memory=memory,
        sets=int(asked.sets),
    )
