"""What each level of synthesis costs and keeps on a noisy device: ``python benchmarks/levels.py``.

The model is that of ``qcoll run``: example 2 with strong collisions, 50 of them, on FakeTorino's scheduled noise.
"""

from __future__ import annotations

import sys
import time
from typing import get_args

import qcoll
from qcoll.compile import circuit_cost
from qcoll.compile.levels import Synthesis
from qcoll.run.simulate import prepare_run

COLLISIONS = 50
DEVICE = "FakeTorino"


def main() -> None:
    """Print one row of a Markdown table for each level."""
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    exact = qcoll.evolve(model, n=COLLISIONS)
    for synthesis in get_args(Synthesis):
        start = time.perf_counter()
        compiled = qcoll.compile_collisions(model, n=COLLISIONS, synthesis=synthesis)
        seconds = time.perf_counter() - start
        noisy = qcoll.simulate(compiled, noise=DEVICE, method="iterated")
        mapped, _, _ = prepare_run(compiled, DEVICE)
        gates = circuit_cost(mapped).two_qubit_gates / COLLISIONS
        distance = qcoll.compare(noisy, exact).trace_distance[-1]
        print(f'| `"{synthesis}"` | {compiled.keeps} | {gates:.1f} | {distance:.3f} | {noisy.coherence[-1]:.3f} |')
        print(f"compiled in {seconds:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
