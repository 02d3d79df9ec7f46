"""Compiled circuits as marks in the paper's figures: one collision is compiled, and its channel iterated.

The figures go up to 120,000 collisions, so the circuits are not run whole: the channel of one compiled collision (of
one scheduled period, with noise) is, which gives the same states (:mod:`qcoll.run.channel`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..compile import compile_collisions
from ..device.noise import resolve_noise
from ..model.collision import CollisionModel
from ..run.channel import CircuitChannel, extract_channel
from ..run.noisy import prepare_run
from ..run.system_ledger import trajectory_fields
from ..trajectory.trajectory import Trajectory
from .panels import Marks

#: Transpiler seeds tried for the first noisy circuit; the others, which differ in angles only, take the best of them.
SEEDS = range(5)

Progress = Callable[[str], None]


def circuit_marks(noise: Any = None, *, trotter_order: int = 2, progress: Progress = lambda _: None) -> Marks:
    """Marks of Trotter circuits, ideal or noisy.

    Args:
        noise: ``None``, or as for :func:`qcoll.simulate`.
        trotter_order: of the product formula.
        progress: called with a short text for every circuit that is compiled.

    Raises:
        InputError: for noise that does not exist.

    >>> import qcoll
    >>> from qcoll.paper.circuits import circuit_marks
    >>> marks = circuit_marks()
    >>> marks.kind
    'circuit'
    >>> marks.steady(qcoll.example_2(alpha=0.2)).coherence.round(4)
    array([0.0107, 0.0107])
    """
    source = None if noise is None else resolve_noise(noise, _size(trotter_order))
    kind = "circuit" if source is None else source.name
    channels: dict[str, CircuitChannel] = {}
    seeds = list(SEEDS)

    def channel(model: CollisionModel) -> CircuitChannel:
        key = model.fingerprint()
        if key not in channels:
            progress(f"{kind}: {model.name}, beta = {model.ancilla.beta:g}")
            compiled = compile_collisions(model, n=1, initial=_ground(model), trotter_order=trotter_order)
            mapped, noise_model, _ = prepare_run(compiled, source, seeds=seeds)
            seeds[:] = [mapped.seed or 0]
            channels[key] = extract_channel(mapped, noise_model)
        return channels[key]

    def evolve(model: CollisionModel, n: int) -> Trajectory:
        start = compile_collisions(model, n=1).initial_state
        return _trajectory(model, kind, channel(model), start, n)

    def steady(model: CollisionModel) -> Trajectory:
        maps = channel(model)
        later = CircuitChannel(maps.period, maps.period)
        return _trajectory(model, kind, later, maps.steady_state().data, 1)

    return Marks(kind=kind, evolve=evolve, steady=steady)


def _trajectory(model: CollisionModel, kind: str, channel: CircuitChannel, start: np.ndarray, n: int) -> Trajectory:
    return Trajectory(model=model, kind=kind, **trajectory_fields(*channel.iterate(start, n)))


def _ground(model: CollisionModel) -> str:
    """A pure state to compile from; the channel does not depend on it, and it needs no reference qubit."""
    return "0" * model.num_system_qubits


def _size(trotter_order: int) -> int:
    """Qubits of the circuits of the paper's examples, for noise without a size of its own."""
    from ..model.library import example_2

    model = example_2()
    return compile_collisions(model, n=1, initial=_ground(model), trotter_order=trotter_order).num_qubits
