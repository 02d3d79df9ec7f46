"""Whether the error budget chooses best, on random models: ``python benchmarks/budget.py [MODELS] [DEVICE]``.

Random collision models of one qubit and a pair like example 2 (seeded); every choice of the budget, and further ones
that it leaves out by default (two and three sets in turn at every level that fits), simulated by itself for twenty
collisions from |+>.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np

import qcoll
from qcoll.device.catalog import DEFAULT_DEVICE
from qcoll.errors import InputError
from qcoll.hardware import error_budget

COLLISIONS = 20
SEEDS = (0, 1)


def main() -> None:
    """Print a Markdown table; fails if a choice is more than 10 % worse than the best."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    device = sys.argv[2] if len(sys.argv) > 2 else DEFAULT_DEVICE
    rng, worst = np.random.default_rng(2026), 0.0
    print("| model | chosen | error | best of all | error |")
    print("|---|---|---:|---|---:|")
    for number in range(count):
        alpha, kappa, beta, dt = (
            round(float(value), 2) for value in rng.uniform([0.3, 0.1, 0.5, 0.2], [1.2, 1, 3, 0.8])
        )
        model = qcoll.example_2(alpha=alpha, kappa=kappa, beta=beta, dt=dt)
        budget = error_budget(
            model, device, COLLISIONS, "+", trotter_orders=[2], trotter_steps=[1], seeds=SEEDS, tolerance=1.0
        )
        error = float(budget.best.error[COLLISIONS])
        name, least = min(simulated(model, device), key=lambda item: item[1])
        worst = max(worst, error / least - 1)
        print(f"| {number} | {budget.best.choice} | {error:.4f} | {name} | {least:.4f} |", flush=True)
    if worst > 0.1:
        sys.exit(f"a choice is {100 * worst:.0f} % worse than the best")


def simulated(model: qcoll.CollisionModel, device: str) -> list[tuple[str, float]]:
    """Names and errors of all ways to compile, each simulated by itself."""
    exact, found = qcoll.evolve(model, COLLISIONS, "+"), []
    levels = [
        {"synthesis": "trotter"},
        {"synthesis": "exact"},
        {"synthesis": "exact", "preparation": "absorbed"},
        {"synthesis": "exact", "preparation": "sampled"},
        {"synthesis": "exact", "preparation": "sampled", "keep": "system"},
        {"synthesis": "purified_channel"},
        {"synthesis": "channel"},
        {"synthesis": "sampled"},
    ]
    turns = [{"ancillas": "reset"}, {"ancillas": "alternating", "sets": 2}, {"ancillas": "alternating", "sets": 3}]
    for level, turn in itertools.product(levels, turns):
        compiled = qcoll.compile_collisions(model, COLLISIONS, "+", **level, **turn)
        drawn = len(compiled.pieces.branches) > 1
        if compiled.num_qubits > 9 and not drawn:
            continue
        try:
            run = qcoll.simulate(compiled, noise=device, seeds=SEEDS)
        except InputError:  # sets that do not fit beside the system
            continue
        found.append(
            (
                f"{' '.join(map(str, level.values()))} {compiled.sets if turn['ancillas'] != 'reset' else 1}",
                float(qcoll.compare(run, exact).trace_distance[-1]),
            )
        )
    return found


if __name__ == "__main__":
    main()
