"""What each level of synthesis costs and keeps on a noisy device: ``python benchmarks/levels.py [DEVICE]``.

The model is that of ``qcoll run``: example 2 with strong collisions, 50 of them, on the scheduled noise of a fake
device (FakeKingston unless another is named); every level with one set of ancilla qubits and with two in turn,
and the shortest sampled ones with three.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import qcoll
from qcoll.device import circuit_cost
from qcoll.device.catalog import DEFAULT_DEVICE

COLLISIONS = 50


def main() -> None:
    """Print a Markdown table."""
    device = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_DEVICE
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    exact = qcoll.evolve(model, n=COLLISIONS)
    print("| `synthesis=` | keeps | sets | two-qubit gates | us | distance | coherence |")
    print("|---|---|---|---:|---:|---:|---:|")
    for options in ways():
        print(row(model, exact, options, device))


def ways() -> Iterator[dict[str, Any]]:
    """What is compiled: in the order of what it keeps, and of what it costs."""
    for synthesis in ("trotter", "exact"):
        for keep in (None, "system"):
            for ancillas in ("reset", "alternating"):
                yield {"synthesis": synthesis, "keep": keep, "ancillas": ancillas}
    for keep in (None, "system"):
        yield {"synthesis": "exact", "preparation": "sampled", "keep": keep}
    for synthesis in ("purified_channel", "channel"):
        for ancillas in ("reset", "alternating"):
            yield {"synthesis": synthesis, "ancillas": ancillas}
    yield {"synthesis": "sampled"}
    for sets in (2, 3):
        yield {"synthesis": "sampled", "ancillas": "alternating", "sets": sets}


def row(model: qcoll.CollisionModel, exact: qcoll.Trajectory, options: dict[str, Any], device: str) -> str:
    """One way to compile, per collision where it is a cost."""
    start = time.perf_counter()
    compiled = qcoll.compile_collisions(model, n=COLLISIONS, **options)
    print(f"compiled in {time.perf_counter() - start:.2f} s", file=sys.stderr)
    noisy = qcoll.simulate(compiled, noise=device)
    cost = circuit_cost(noisy.mapped)
    assert cost.duration is not None
    numbers = (
        f"{cost.two_qubit_gates / COLLISIONS:.1f}",
        f"{cost.duration / COLLISIONS * 1e6:.2f}",
        f"{qcoll.compare(noisy, exact).trace_distance[-1]:.3f}",
        f"{noisy.coherence[-1]:.3f}",
    )
    level = f'`"{options["synthesis"]}"`'
    if "preparation" in options:
        level += f', `preparation="{options["preparation"]}"`'
    turns = 1 if compiled.ancillas == "reset" else compiled.sets
    return f"| {level} | {compiled.keeps} | {turns} | {' | '.join(numbers)} |"


if __name__ == "__main__":
    main()
