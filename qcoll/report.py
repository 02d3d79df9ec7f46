"""A checked run: one model, exact, as an ideal circuit and as a noisy circuit, side by side, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .compile import CollisionCircuit, CompileOptions, compile_collisions
from .device import CircuitCost, circuit_cost, map_collisions
from .device.noise import resolve_noise
from .errors import InputError
from .exact import evolve
from .large.ways import LARGEST_DENSITY_MATRIX
from .limits import positive_integer
from .model import Model, save_model
from .run import Comparison, compare, simulate
from .storage import writable_folder, write_atomically
from .trajectory import Trajectory
from .trajectory.files import save_csv, save_npz
from .trajectory.iterate import Record

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class CheckedRun:
    """The trajectories of one model by several ways, compared with the exact one.

    Args:
        compiled: the circuit.
        trajectories: by name: "exact", "ideal circuit" and, with noise or shots, "noisy circuit" or "shots".
        comparisons: every trajectory but the exact one, against it.
        costs: of the circuit with all qubits connected, and of the one that ran with noise.
    """

    compiled: CollisionCircuit
    trajectories: Mapping[str, Trajectory]
    comparisons: Mapping[str, Comparison]
    costs: Mapping[str, CircuitCost]

    @property
    def model(self) -> Model:
        """The collision model, or cycle."""
        return self.compiled.model

    def save(self, folder: Path) -> list[Path]:
        """Write plot, data, model, circuit and summary into a folder, each file whole or not at all.

        Raises:
            InputError: if the folder cannot be written.
        """
        from .plots import plot_run, save_figure

        folder = writable_folder(folder)
        paths = [folder / name for name in ("run.png", "run.csv", "run.npz", "model.toml", "summary.txt")]
        save_figure(plot_run(self.trajectories), paths[0])
        save_csv(self.trajectories, paths[1])
        save_npz(self.trajectories, paths[2])
        save_model(self.model, paths[3])
        summary = "\n\n".join(str(comparison) for comparison in self.comparisons.values())
        write_atomically(paths[4], f"{self.compiled!r}\n\n{summary}\n".encode())
        return paths


def checked_run(
    model: Model,
    n: int,
    *,
    initial: Any = None,
    noise: Any = None,
    shots: int | None = None,
    seed: int | None = None,
    record: Record = 1,
    compile_options: CompileOptions | None = None,
    progress: Progress = lambda _: None,
) -> CheckedRun:
    """Run a model exactly, as an ideal circuit and, if asked for, with noise and shots, and compare.

    Args:
        model: the collision model, or a cycle.
        n: number of collisions, or cycles.
        initial: initial state, as for :func:`qcoll.evolve`.
        noise: as for :func:`qcoll.simulate`.
        shots: likewise.
        seed: of the shots.
        record: which collisions to keep.
        compile_options: how collisions are compiled.
        progress: called with a short text before every step.

    Raises:
        InputError: for a bad argument, before any work starts where that can be known.

    >>> import qcoll
    >>> from qcoll.report import checked_run
    >>> run = checked_run(qcoll.example_2(), n=10)
    >>> list(run.trajectories)
    ['exact', 'ideal circuit']
    """
    if model.num_system_qubits > LARGEST_DENSITY_MATRIX:
        raise InputError(
            f"{model.name!r} has {model.num_system_qubits} system qubits, but density matrices, which are compared "
            f"here, end at {LARGEST_DENSITY_MATRIX}: larger systems run in Python, exactly by qcoll.evolve, as "
            'circuits by qcoll.simulate with method "trajectories"'
        )
    compiled = compile_collisions(model, n, initial, options=compile_options)
    if shots is not None:
        positive_integer(shots, "shots")
    source = None if noise is None else resolve_noise(noise, compiled.num_qubits)
    trajectories: dict[str, Trajectory] = {}
    progress("exact dynamics")
    trajectories["exact"] = evolve(model, n, compiled.initial_state, record=record)
    progress("ideal circuit")
    trajectories["ideal circuit"] = simulate(compiled, record=record)
    costs = {}
    if compiled.ancillas != "fresh":
        progress("cost")
        in_cx = map_collisions(compiled, basis_gates=["cx", "u"], optimization_level=1, seeds=[0], schedule=False)
        costs["all qubits connected"] = circuit_cost(in_cx)
    if source is not None or shots is not None:
        progress("shots" if source is None else "noisy circuit")
        run = simulate(compiled, source, shots, record=record, seed=seed)
        if source is not None:
            trajectories["noisy circuit"] = run.expected or run
            costs[source.name] = circuit_cost(run.mapped)
        if shots is not None:
            trajectories["shots"] = run
    progress("comparison")
    exact = trajectories["exact"]
    comparisons = {name: compare(item, exact) for name, item in trajectories.items() if name != "exact"}
    return CheckedRun(compiled, trajectories, comparisons, costs)
