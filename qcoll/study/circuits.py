"""What is computed of circuits: runs with and without noise and shots, and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from ..compile import CompileOptions, compile_collisions
from ..device.cost import circuit_cost
from ..exact import evolve
from ..limits import natural_numbers
from ..run import CircuitTrajectory, simulate
from ..run.comparison import fidelity, trace_distance
from ..run.noisy import prepare_run
from ..run.simulation import sampled_runs
from .computations import Values, keeps_last, recorded
from .quantities import COSTS, ESTIMATED, MEAN, of_trajectory

#: How collisions are compiled; the seed of a point is that of its shots.
COMPILED = tuple(each.name for each in fields(CompileOptions) if each.name != "seed")
_DISTANCES = {"trace_distance": trace_distance, "fidelity": fidelity}


def circuit_values(
    model: Any,
    options: Mapping[str, Any],
    repeats: Sequence[tuple[int | None, int]],
    quantities: Sequence[str],
    *,
    sampled: bool,
) -> list[Values]:
    """The values of points that differ in shots and seed alone: compiled, mapped and run once.

    Args:
        model: of the points.
        options: of the computation, with defaults.
        repeats: shots (``None`` for exact states) and seed of every point.
        quantities: what to keep.
        sampled: whether some point of the study has shots, so that all have standard errors, zero where there are none.
    """
    compiled = CompileOptions(**{name: options[name] for name in COMPILED})
    circuit = compile_collisions(model, options["n"], options["initial"], options=compiled)
    noise = None if options["noise"] == "none" else options["noise"]
    mapping = {name: options[name] for name in ("schedule", "optimization_level")}
    mapping["seeds"] = natural_numbers(options["transpiler_seeds"], "transpiler_seeds")
    if set(quantities) <= set(COSTS):
        mapped, _, _ = prepare_run(circuit, noise, **mapping)
        return [_costs(mapped, quantities)] * len(repeats)
    how = {"method": options["run"], "record": recorded(options), **mapping}
    wanted = [(shots, seed) for shots, seed in repeats if shots is not None]
    drawn = list(sampled_runs(circuit, noise, wanted, **how)) if wanted else []
    without = simulate(circuit, noise, **how) if len(wanted) < len(repeats) else None
    exact = None
    if set(quantities) & set(_DISTANCES):
        exact = evolve(model, options["n"], options["initial"], record=recorded(options))
    found = []
    for shots, _ in repeats:
        run = drawn.pop(0) if shots is not None else without
        assert run is not None
        values = _values(run, exact, quantities, last=keeps_last(options))
        if sampled and shots is None:
            names = [name for name in quantities if name in ESTIMATED or MEAN.fullmatch(name)]
            values |= {f"{name}_error": np.zeros_like(values[name]) for name in names}
        order = [part for name in quantities for part in (name, f"{name}_error") if part in values]
        found.append({name: values[name] for name in order})
    return found


def _values(run: CircuitTrajectory, exact: Any, quantities: Sequence[str], *, last: bool) -> Values:
    """The values of one run."""
    found = _costs(run.mapped, [name for name in quantities if name in COSTS])
    for name in quantities:
        if name in _DISTANCES:
            values = _DISTANCES[name](run.states, exact.states)
            found[name] = values[-1] if last else values
        elif name not in COSTS:
            found |= of_trajectory(run, name, last=last)
    return found


def _costs(mapped: Any, quantities: Sequence[str]) -> Values:
    """What a circuit costs; nan where the target does not know durations."""
    if not quantities:
        return {}
    cost = circuit_cost(mapped)
    values = {name: getattr(cost, name) for name in quantities}
    return {name: np.array(np.nan if value is None else float(value)) for name, value in values.items()}
