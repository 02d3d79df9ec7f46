r"""One experiment measured: what n collisions cost, as offset plus slope times n, and how far they are from exact.

Costs are linear in n from the third collision on, because every period is the same piece of circuit; so the slope is
the cost of one collision, and the offset is what is paid once. Distances are halves of diamond norms,

.. math:: D(\mathcal E, \mathcal F) = \tfrac12\|\mathcal E - \mathcal F\|_\diamond,

the largest trace distance that any initial state of the system, entangled or not, can show; they are rigorous upper
bounds (:func:`qcoll.exact.diamond_distance`).
"""

from __future__ import annotations

import dataclasses
import math
import time
from typing import Any

import numpy as np
from qiskit.quantum_info import SuperOp

from ..compile import CircuitCost, MappedCollisions, circuit_cost, map_collisions
from ..errors import InputError
from ..exact import collision_channel, diamond_distance, steady_state
from ..run.channel import CircuitChannel, extract_channel
from ..trajectory.pauli import to_superop
from .compilers import COMPILERS
from .experiment import Experiment, load_model
from .foreign import map_by
from .targets import is_all_to_all, load_target

#: What a collision costs; each gets a slope and an offset.
METRICS = ("two_qubit_gates", "two_qubit_depth", "depth", "resets", "duration")

Row = dict[str, Any]


def measure(experiment: Experiment) -> Row:
    """Measure one experiment.

    Returns:
        A row: the experiment's settings and hash; ``slope`` and ``offset`` of every metric, one number per seed;
        ``qubits``, ``reported_error`` and ``seconds`` per seed; the seed with the smallest reported error, and for it
        ``distance``: of one ideal collision (``channel``), of the steady states, and of ``collisions`` noisy ones.
        A combination that does not exist gets ``refused``, with the reason.
    """
    row: Row = {"kind": "row", "hash": experiment.hash(), **dataclasses.asdict(experiment), "label": experiment.label}
    try:
        return row | (_fresh(experiment) if experiment.ancillas == "fresh" else _periodic(experiment))
    except InputError as error:
        return row | {"refused": str(error)}


def line(three: CircuitCost, four: CircuitCost, between: int = 1) -> dict[str, tuple[float | None, float | None]]:
    """Slope and offset of every metric from the costs of 4 and of 4 - ``between`` collisions.

    >>> cost = dict(qubits=3, two_qubit_depth=1, depth=1, resets=0, duration=None)
    >>> line(CircuitCost(two_qubit_gates=17, **cost), CircuitCost(two_qubit_gates=22, **cost))["two_qubit_gates"]
    (5.0, 2.0)
    """
    result: dict[str, tuple[float | None, float | None]] = {}
    for metric in METRICS:
        before, after = getattr(three, metric), getattr(four, metric)
        if before is None or after is None:
            result[metric] = (None, None)
        else:
            slope = (after - before) / between
            result[metric] = (slope, after - 4 * slope)
    return result


def _periodic(experiment: Experiment) -> Row:
    mappings, seconds = zip(*(_mapped(experiment, seed) for seed in experiment.seeds), strict=True)
    lines = [line(_cost(mapped, 3), _cost(mapped, 4)) for mapped in mappings]
    errors = [_reported_error(mapped) for mapped in mappings]
    gates = [fit["two_qubit_gates"][0] for fit in lines]
    kept = min(range(len(mappings)), key=lambda index: (errors[index], gates[index], index))
    return _columns(lines) | {
        "qubits": [len(mapped.qubits) for mapped in mappings],
        "reported_error": errors,
        "seconds": [round(value, 6) for value in seconds],
        "kept_seed": experiment.seeds[kept],
        "distance": _distances(experiment, mappings[kept]),
    }


def _mapped(experiment: Experiment, seed: int) -> tuple[MappedCollisions, float]:
    """The experiment's circuit on its target by its compiler, and the seconds that took."""
    source = load_target(experiment.target)
    compiler = COMPILERS.find(experiment.compiler)
    compiled = experiment.compiled(4)
    assert source.target is not None
    start = time.perf_counter()
    mapped = map_collisions(
        compiled,
        source.target,
        layout=range(compiled.num_qubits) if is_all_to_all(experiment.target) else None,
        optimization_level=experiment.optimization if compiler.native else 3,
        seeds=(seed,),
    )
    seconds = time.perf_counter() - start
    if compiler.native:
        return mapped, seconds
    return map_by(compiler, compiled, source.target, mapped.qubits, experiment.optimization, seed)


def _fresh(experiment: Experiment) -> Row:
    """New qubits for each collision: two lengths are mapped, and no single channel can be iterated under noise."""
    if not COMPILERS.find(experiment.compiler).native:
        raise InputError("other compilers are given one collision, which fresh ancillas do not repeat")
    source = load_target(experiment.target)
    assert source.target is not None
    lines, qubits, seconds = [], [], []
    for seed in experiment.seeds:
        costs = []
        for n in (2, 4):
            start = time.perf_counter()
            mapped = map_collisions(
                experiment.compiled(n), source.target, optimization_level=experiment.optimization, seeds=(seed,)
            )
            elapsed = time.perf_counter() - start
            costs.append(circuit_cost(mapped))
        lines.append(line(costs[0], costs[1], between=2))
        qubits.append(len(mapped.qubits))
        seconds.append(round(elapsed, 6))
    ideal = experiment.compiled().channel()
    model = load_model(experiment.model)
    return _columns(lines) | {
        "qubits": qubits,
        "reported_error": None,
        "seconds": seconds,
        "kept_seed": None,
        "distance": {
            "channel": diamond_distance(ideal, collision_channel(model)).upper / 2,
            "steady_state": None,
            "noisy": None,
        },
    }


def _columns(lines: list[dict[str, tuple[float | None, float | None]]]) -> Row:
    return {
        name: {metric: [fit[metric][index] for fit in lines] for metric in METRICS}
        for index, name in enumerate(("slope", "offset"))
    }


def _cost(mapped: MappedCollisions, n: int) -> CircuitCost:
    return circuit_cost(dataclasses.replace(mapped, compiled=dataclasses.replace(mapped.compiled, n=n)))


def _reported_error(mapped: MappedCollisions) -> float:
    """Minus the logarithm of a collision's success, in the mean, by the errors that the target reports."""
    assert mapped.target is not None
    total = 0.0
    for branch in mapped.branches:
        for item in branch.period.data:
            if item.operation.name not in ("barrier", "delay"):
                qubits = tuple(branch.period.find_bit(qubit).index for qubit in item.qubits)
                properties = mapped.target[item.operation.name].get(qubits)
                if properties is not None and properties.error is not None:
                    total -= branch.probability * math.log1p(-min(properties.error, 0.999))
    return round(total, 12)


def _distances(experiment: Experiment, mapped: MappedCollisions) -> dict[str, float]:
    """Distances of the mapped circuit's collision, steady state, and noisy sequence from the exact ones."""
    model, source = load_model(experiment.model), load_target(experiment.target)
    exact, ideal = collision_channel(model), extract_channel(mapped)
    assert mapped.target is not None
    noisy = extract_channel(mapped, source.build(mapped.target, mapped.qubits))
    many = SuperOp(np.linalg.matrix_power(exact.data, experiment.collisions))
    fixed = ideal.steady_state().data - steady_state(model).data
    return {
        "channel": diamond_distance(ideal.superop, exact).upper / 2,
        "steady_state": float(np.abs(np.linalg.eigvalsh(fixed)).sum() / 2),
        "noisy": diamond_distance(_repeated(noisy, experiment.collisions), many).upper / 2,
    }


def _repeated(channel: CircuitChannel, n: int) -> SuperOp:
    """The channel of ``n`` collisions, of which the first has no reset before it."""
    return to_superop(np.linalg.matrix_power(channel.period.matrix, n - 1) @ channel.first.matrix)
