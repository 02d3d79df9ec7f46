r"""One case measured: what n collisions cost, as offset plus slope times n, and how far they are from exact.

Costs are linear in n from the third collision on, because every period is the same piece of circuit; so the slope is
the cost of one collision, and the offset is what is paid once. Distances are halves of diamond norms,

.. math:: D(\mathcal E, \mathcal F) = \tfrac12\|\mathcal E - \mathcal F\|_\diamond,

the largest trace distance that any initial state of the system, entangled or not, can show; they are rigorous upper
bounds (:func:`qcoll.exact.diamond_distance`). They are those of mapped circuits. Where collisions do not stand alone,
the error of one is its share of a sequence's,

.. math:: D(\mathcal E_n, \mathcal E^n) / n .
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np
from qiskit.quantum_info import SuperOp

from ..device import CircuitCost, MappedCollisions, circuit_cost, map_collisions
from ..device.placement import LayoutScore
from ..errors import InputError
from ..exact import collision_channel, diamond_distance, steady_state
from ..run.channel import CircuitChannel, extract_channel, whole_channel
from ..trajectory.pauli import to_superop
from .baseline import NAIVE
from .case import Case, load_model
from .compilers import COMPILERS
from .foreign import map_by
from .targets import is_all_to_all, load_target

#: What a collision costs; each gets a slope and an offset.
METRICS = ("two_qubit_gates", "two_qubit_depth", "depth", "resets", "duration")

#: Numbers of collisions between which the cost of a sequence without a period is taken to be linear.
WHOLE_LENGTHS = {"fresh": (2, 4), "alternating": (2, 6)}

Row = dict[str, Any]


def measure(case: Case) -> Row:
    """Measure one case.

    Returns:
        A row: the case's settings and hash; ``slope`` and ``offset`` of every metric, one number per seed;
        ``qubits``, ``levels`` (of optimisation, lower than asked for where that rounds), ``reported_error`` and
        ``seconds`` per seed; the seed with the smallest reported error, and for it ``distance``: of one ideal
        collision (``channel``), of the steady states, and of ``collisions`` noisy ones. Where the ideal one cannot be
        had, ``not_compared`` says why. A combination that does not exist gets ``refused``, with the reason.
    """
    row: Row = {"kind": "row", "hash": case.hash(), **dataclasses.asdict(case), "label": case.label}
    try:
        return row | (_periodic(case) if case.ancillas == "reset" else _whole(case))
    except InputError as error:
        return row | {"refused": str(error)}


def line(
    fewer: CircuitCost, more: CircuitCost, counts: tuple[int, int] = (3, 4)
) -> dict[str, tuple[float | None, float | None]]:
    """Slope and offset of every metric from the costs of two numbers of collisions.

    >>> cost = dict(qubits=3, two_qubit_depth=1, depth=1, resets=0, duration=None)
    >>> line(CircuitCost(two_qubit_gates=17, **cost), CircuitCost(two_qubit_gates=22, **cost))["two_qubit_gates"]
    (5.0, 2.0)
    """
    result: dict[str, tuple[float | None, float | None]] = {}
    for metric in METRICS:
        before, after = getattr(fewer, metric), getattr(more, metric)
        if before is None or after is None:
            result[metric] = (None, None)
        else:
            slope = (after - before) / (counts[1] - counts[0])
            result[metric] = (slope, after - counts[1] * slope)
    return result


def _periodic(case: Case) -> Row:
    mappings, seconds = zip(*(_mapped(case, seed) for seed in case.seeds), strict=True)
    lines = [line(_cost(mapped, 3), _cost(mapped, 4)) for mapped in mappings]
    errors = [_reported_error(mapped) for mapped in mappings]
    gates = [fit["two_qubit_gates"][0] for fit in lines]
    kept = min(range(len(mappings)), key=lambda index: (errors[index], gates[index], index))
    return _columns(lines) | {
        "qubits": [len(mapped.qubits) for mapped in mappings],
        "levels": [mapped.optimization_level for mapped in mappings],
        "reported_error": errors,
        "seconds": [round(value, 6) for value in seconds],
        "kept_seed": case.seeds[kept],
        "distance": _distances(case, mappings[kept]),
    }


def _mapped(case: Case, seed: int) -> tuple[MappedCollisions, float]:
    """The case's circuit on its target by its compiler, and the seconds that took."""
    compiler = COMPILERS.find(case.compiler)
    if compiler.native:
        return _mapped_by_qiskit(case, 4, seed, case.optimization)
    around, _ = _mapped_by_qiskit(case, 4, seed, 3)
    target = load_target(case.target).target
    assert target is not None
    return map_by(compiler, around.compiled, target, around.qubits, case.optimization, seed)


def _mapped_by_qiskit(case: Case, n: int, seed: int, effort: int) -> tuple[MappedCollisions, float]:
    """The circuit of ``n`` collisions on the target, and the seconds that took.

    The naive circuit is to show what Qiskit makes of it, rounding and all: it stays at the level asked for.
    """
    source = load_target(case.target)
    compiled = case.compiled(n)
    assert source.target is not None
    start = time.perf_counter()
    mapped = map_collisions(
        compiled,
        source.target,
        layout=range(compiled.num_qubits) if is_all_to_all(case.target) else None,
        optimization_level=effort,
        seeds=(seed,),
        verify=case.synthesis != NAIVE,
    )
    return mapped, time.perf_counter() - start


def _whole(case: Case) -> Row:
    """Sequences without a period: two lengths are mapped, and alternating ancillas run as a whole under noise."""
    if not COMPILERS.find(case.compiler).native:
        raise InputError(f"other compilers are given one collision, which {case.ancillas} ancillas do not repeat")
    lengths = WHOLE_LENGTHS[case.ancillas]
    lines, mappings, seconds = [], [], []
    for seed in case.seeds:
        fewer, _ = _mapped_by_qiskit(case, lengths[0], seed, case.optimization)
        more, elapsed = _mapped_by_qiskit(case, lengths[1], seed, case.optimization)
        lines.append(line(circuit_cost(fewer), circuit_cost(more), lengths))
        mappings.append((fewer, more))
        seconds.append(round(elapsed, 6))
    errors = [_reported_error(more) for _, more in mappings]
    kept = min(range(len(errors)), key=lambda index: (errors[index], index))
    noisy = _whole_noisy(case, case.seeds[kept]) if case.ancillas == "alternating" else None
    share, why_not = _share(case, *mappings[kept])
    row = {
        "qubits": [len(more.qubits) for _, more in mappings],
        "levels": [min(mapped.optimization_level for mapped in pair) for pair in mappings],
        "reported_error": errors,
        "seconds": seconds,
        "kept_seed": case.seeds[kept],
        "distance": {"channel": share, "steady_state": None, "noisy": noisy},
    }
    return _columns(lines) | row | ({} if why_not is None else {"not_compared": why_not})


def _share(case: Case, fewer: MappedCollisions, more: MappedCollisions) -> tuple[float | None, str | None]:
    """The distance of a mapped sequence from the exact one over its number of collisions, or why there is none.

    It is that of the longer sequence, or of the shorter where the longer does not fit into memory.
    """
    if len(more.compiled.pieces.branches) > 1:
        return None, "its collisions are sampled: a mapped sequence is one draw, of which only the mean is the channel"
    reason = None
    for mapped in (more, fewer):
        n = mapped.compiled.n
        try:
            ideal = whole_channel(mapped)
        except InputError as error:
            reason = str(error)
            continue
        return diamond_distance(ideal, _exact(case.model, n)).upper / 2 / n, None
    return None, reason


def _whole_noisy(case: Case, seed: int) -> float:
    """The distance of all collisions in one run under noise from the exact ones."""
    mapped, _ = _mapped_by_qiskit(case, case.collisions, seed, case.optimization)
    assert mapped.target is not None
    noise_model = load_target(case.target).build(mapped.target, mapped.qubits)
    exact = _exact(case.model, case.collisions)
    return diamond_distance(whole_channel(mapped, noise_model), exact).upper / 2


def _columns(lines: list[dict[str, tuple[float | None, float | None]]]) -> Row:
    return {
        name: {metric: [fit[metric][index] for fit in lines] for metric in METRICS}
        for index, name in enumerate(("slope", "offset"))
    }


def _cost(mapped: MappedCollisions, n: int) -> CircuitCost:
    return circuit_cost(dataclasses.replace(mapped, compiled=dataclasses.replace(mapped.compiled, n=n)))


def _reported_error(mapped: MappedCollisions) -> float:
    """Minus the logarithm of the success of a collision or sequence, in the mean, by the gate errors reported."""
    assert mapped.target is not None
    pieces = [(branch.probability, branch.period) for branch in mapped.branches] or [(1.0, mapped.initial)]
    return round(LayoutScore(pieces, mapped.target, mapped.system_at_tick or ()).error(), 12)


def _distances(case: Case, mapped: MappedCollisions) -> dict[str, float]:
    """Distances of the mapped circuit's collision, steady state, and noisy sequence from the exact ones."""
    model, source, n = load_model(case.model), load_target(case.target), case.collisions
    ideal = extract_channel(mapped)
    assert mapped.target is not None
    noisy = extract_channel(mapped, source.build(mapped.target, mapped.qubits))
    fixed = ideal.steady_state().data - steady_state(model).data
    return {
        "channel": diamond_distance(ideal.superop, _exact(case.model, 1)).upper / 2,
        "steady_state": float(np.abs(np.linalg.eigvalsh(fixed)).sum() / 2),
        "noisy": diamond_distance(_repeated(noisy, n), _exact(case.model, n)).upper / 2,
    }


def _exact(model: str, n: int) -> SuperOp:
    """The exact channel of ``n`` collisions."""
    return SuperOp(np.linalg.matrix_power(collision_channel(load_model(model)).data, n))


def _repeated(channel: CircuitChannel, n: int) -> SuperOp:
    """The channel of ``n`` collisions, of which the first has no reset before it."""
    return to_superop(np.linalg.matrix_power(channel.period.matrix, n - 1) @ channel.first.matrix)
