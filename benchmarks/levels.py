"""What each level of synthesis costs and keeps on a noisy device: ``python benchmarks/levels.py``.

The model is that of ``qcoll run``: example 2 with strong collisions, 50 of them, on FakeTorino's scheduled noise; every
level with one set of ancilla qubits, and with two in turn where its collisions are not drawn.
"""

from __future__ import annotations

import sys
import time
from typing import Any, get_args

import qcoll
from qcoll.compile import circuit_cost
from qcoll.compile.levels import Synthesis

COLLISIONS = 50
DEVICE = "FakeTorino"


def main() -> None:
    """Print a Markdown table."""
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    exact = qcoll.evolve(model, n=COLLISIONS)
    print("| `synthesis=` | keeps | ancillas | two-qubit gates | us | distance | coherence |")
    print("|---|---|---|---:|---:|---:|---:|")
    for synthesis in get_args(Synthesis):
        if synthesis == "purified_channel":  # after the levels that keep the joint state, purified
            for kept in (None, "system"):
                print(row(model, exact, {"synthesis": "exact", "preparation": "sampled", "keep": kept}))
        for keep in (None, "system") if synthesis in ("trotter", "exact") else (None,):
            for ancillas in ("reset",) if synthesis == "sampled" else ("reset", "alternating"):
                print(row(model, exact, {"synthesis": synthesis, "keep": keep, "ancillas": ancillas}))


def row(model: qcoll.CollisionModel, exact: qcoll.Trajectory, options: dict[str, Any]) -> str:
    """One way to compile, per collision where it is a cost."""
    start = time.perf_counter()
    compiled = qcoll.compile_collisions(model, n=COLLISIONS, **options)
    print(f"compiled in {time.perf_counter() - start:.2f} s", file=sys.stderr)
    noisy = qcoll.simulate(compiled, noise=DEVICE)
    cost = circuit_cost(noisy.mapped)
    assert cost.duration is not None
    numbers = (
        f"{cost.two_qubit_gates / COLLISIONS:.1f}",
        f"{cost.duration / COLLISIONS * 1e6:.2f}",
        f"{qcoll.compare(noisy, exact).trace_distance[-1]:.3f}",
        f"{noisy.coherence[-1]:.3f}",
    )
    level = f'`"{options["synthesis"]}"`' + (", eigenstates drawn" if "preparation" in options else "")
    return f"| {level} | {compiled.keeps} | {compiled.ancillas} | {' | '.join(numbers)} |"


if __name__ == "__main__":
    main()
