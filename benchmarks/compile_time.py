"""How long one collision takes to compile at every level, and in how many two-qubit gates.

``python benchmarks/compile_time.py [MODELS [LEVEL ...]]``: random models of each family (40 by default), one row of a
Markdown table for each family and level (all by default), in seconds of processor time, which other programs do not
change. The error is the largest entry of the difference from the exact reduced channel.

``python benchmarks/compile_time.py --sequence``: one thousand collisions, with circuit and mapping, at every level.
"""

from __future__ import annotations

import collections
import statistics
import sys
import time
from typing import Any

import numpy as np

import qcoll
from qcoll.compile.levels import collision_pieces
from qcoll.compile.thermal import cx_count
from qcoll.device import map_collisions
from qcoll.model.random import random_model

SEED = 2026
COLLISIONS = 1000
LEVELS: dict[str, dict[str, str]] = {
    "trotter": {"synthesis": "trotter"},
    "exact": {"synthesis": "exact"},
    "exact, absorbed": {"synthesis": "exact", "preparation": "absorbed"},
    "exact, sampled": {"synthesis": "exact", "preparation": "sampled"},
    "purified_channel": {"synthesis": "purified_channel"},
    "channel": {"synthesis": "channel"},
    "sampled": {"synthesis": "sampled"},
}


def families(count: int) -> dict[str, list[qcoll.CollisionModel]]:
    """Random models like the two examples, without structure, weak, of any strength, with cold and hot ancillas."""
    rng = np.random.default_rng(SEED)

    def parameters() -> dict[str, Any]:
        return {
            "omega_s": rng.uniform(0.3, 2.5),
            "omega_1": rng.uniform(0.2, 2.5),
            "omega_2": rng.uniform(0.2, 2.5),
            "kappa": rng.uniform(-1.5, 1.5),
            "alpha": rng.uniform(0.05, 1) * np.exp(1j * rng.uniform(0, 2 * np.pi)),
            "beta": float(rng.choice([0.3, 1.0, 3.0])),
            "dt": rng.uniform(0.05, 2),
        }

    def any_strength() -> dict[str, float]:
        return {"alpha": 10 ** rng.uniform(-3, 1), "dt": 10 ** rng.uniform(-3, 1.5)}

    return {
        "example 1": [qcoll.example_1(**parameters()) for _ in range(count)],
        "example 2": [qcoll.example_2(levels=("resonant", "as_printed")[k % 2], **parameters()) for k in range(count)],
        "unstructured": [random_model(k, dt=(0.1, 0.5, 1.0, 2.0)[k % 4]) for k in range(count)],
        "example 1, weak": [
            qcoll.example_1(**parameters() | {"dt": 10 ** rng.uniform(-3, -1), "alpha": 0.1}) for _ in range(count)
        ],
        "example 2, weak": [
            qcoll.example_2(**parameters() | {"dt": 10 ** rng.uniform(-3, -1), "alpha": 0.1}) for _ in range(count)
        ],
        "example 2, cold": [qcoll.example_2(**parameters() | {"beta": rng.uniform(4, 8)}) for _ in range(count)],
        "example 1, any strength": [qcoll.example_1(**parameters() | any_strength()) for _ in range(count)],
        "example 2, any strength": [qcoll.example_2(**parameters() | any_strength()) for _ in range(count)],
        "example 1, hot": [qcoll.example_1(**parameters() | {"beta": 10 ** rng.uniform(-6, -1)}) for _ in range(count)],
        "example 2, hot": [qcoll.example_2(**parameters() | {"beta": 10 ** rng.uniform(-6, -1)}) for _ in range(count)],
    }


def gates(model: qcoll.CollisionModel, options: dict[str, str]) -> float:
    """Two-qubit gates of preparation and collision, in the mean over what is sampled."""
    pieces = collision_pieces(model, **options)
    return sum(
        branch.probability * (cx_count(branch.preparation.circuit) + cx_count(branch.collision))
        for branch in pieces.branches
    )


def report(name: str, models: list[qcoll.CollisionModel], level: str, options: dict[str, str]) -> None:
    times, counts, error = [], collections.Counter(), 0.0
    for model in models:
        start = time.process_time()
        pieces = collision_pieces(model, **options)
        times.append(time.process_time() - start)
        counts[round(gates(model, options), 1)] += 1
        if level != "trotter":
            exact = qcoll.collision_channel(model).data
            error = max(error, float(np.abs(pieces.channel().data - exact).max()))
    drawn = "sampled" in level
    mean = sum(count * number for count, number in counts.items()) / len(models)
    spread = f"{min(counts)} to {max(counts)}" if drawn else ", ".join(f"{c:g}: {counts[c]}" for c in sorted(counts))
    print(
        f"| {name} | {level} | {mean:.2f} | {spread} | {statistics.median(times):.3f} | {max(times):.3f} "
        f"| {'' if level == 'trotter' else f'{error:.0e}'} |",
        flush=True,
    )


def sequences() -> None:
    """A thousand collisions at every level."""
    print("| model | level | seconds for 1,000 collisions: compile, circuit, map |\n|---|---|---|")
    for name, model in (("example 1", qcoll.example_1()), ("example 2", qcoll.example_2())):
        for level, options in LEVELS.items():
            times = []
            start = time.process_time()
            compiled = qcoll.compile_collisions(model, n=COLLISIONS, **options)
            times.append(time.process_time() - start)
            _ = compiled.circuit
            times.append(time.process_time() - start - sum(times))
            map_collisions(compiled, basis_gates=["cz", "sx", "rz", "x"])
            times.append(time.process_time() - start - sum(times))
            print(f"| {name} | {level} | {', '.join(f'{seconds:.2f}' for seconds in times)} |", flush=True)


def main() -> None:
    """Print the tables."""
    if "--sequence" in sys.argv:
        sequences()
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    levels = {name: options for name, options in LEVELS.items() if name in (sys.argv[2:] or LEVELS)}
    if unknown := set(sys.argv[2:]) - set(LEVELS):
        sys.exit(f"there is no level {', '.join(sorted(unknown))}; there are: {'; '.join(LEVELS)}")
    for options in LEVELS.values():
        collision_pieces(qcoll.example_1(alpha=0.3, omega_s=1.3), **options)  # imports are warm
    print("| models | level | two-qubit gates | how often | median s | largest s | error |")
    print("|---|---|---|---|---|---|---|")
    for name, models in families(count).items():
        for level, options in levels.items():
            report(name, models, level, options)


if __name__ == "__main__":
    main()
