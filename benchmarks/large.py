"""Large systems: time and memory of the ways past dense joint states, each measured in a process of its own.

``python benchmarks/large.py matrix-free``: a chain of ten qubits between two baths, two collisions, by dense joint
states and matrix-free, one after the other, and their ratios (the dense ones take minutes).
``python benchmarks/large.py twelve``: ten collisions of a chain of twelve, matrix-free, with the memory at its peak.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time


def run(sites: int, n: int, method: str) -> None:
    """One run, and what it took as a line of JSON."""
    import qcoll

    model = qcoll.models.boundary_driven_chain(sites=sites)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, processor = time.perf_counter(), time.process_time()
    found = qcoll.evolve(model, n, "01" * (sites // 2), method=method, record=[n])
    row = {
        "seconds": time.perf_counter() - begin,
        "processor": time.process_time() - processor,
        "megabytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "heat": float(found.heat[0]),
        "first_law": float(found.first_law_residual[0]),
        "error_bound": None if found.error_bound is None else float(found.error_bound[-1]),
    }
    print(json.dumps(row))


def measured(*arguments: object) -> dict[str, float]:
    """What a run in a process of its own took."""
    command = [sys.executable, __file__, "run", *map(str, arguments)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def matrix_free() -> None:
    """Ten qubits, two collisions, both ways."""
    dense, free = (measured(10, 2, method) for method in ("dense", "matrix_free"))
    print("| way | seconds | processor seconds | memory (MB) | heat | error bound |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, row in (("dense", dense), ("matrix-free", free)):
        bound = "" if row["error_bound"] is None else f"{row['error_bound']:.0e}"
        print(
            f"| {name} | {row['seconds']:.3g} | {row['processor']:.3g} | {row['megabytes']:.0f} | {row['heat']:.12f} | "
            f"{bound} |"
        )
    ratios = (f"{dense[key] / free[key]:.0f}" for key in ("seconds", "processor", "megabytes"))
    print("| ratio | {} | {} | {} | | |".format(*ratios))


def twelve() -> None:
    """Twelve qubits, ten collisions."""
    row = measured(12, 10, "matrix_free")
    print("| seconds | memory (MB) | first law | error bound |")
    print("|---:|---:|---:|---:|")
    print(f"| {row['seconds']:.0f} | {row['megabytes']:.0f} | {row['first_law']:.0e} | {row['error_bound']:.0e} |")


if __name__ == "__main__":
    what = sys.argv[1:] or ["matrix-free"]
    if what[0] == "run":
        run(int(what[1]), int(what[2]), what[3])
    else:
        {"matrix-free": matrix_free, "twelve": twelve}[what[0]]()
