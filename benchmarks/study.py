"""Studies against loops: steady states from a file, a map with its models, noisy points in two processes.

Run with ``python benchmarks/study.py``; it prints times and ratios measured side by side. Libraries are imported
before; reading the file, making the models, keeping the rows and writing NetCDF all count. ``--noisy N`` sets the side
of the grid of noisy points (0 leaves them out).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5netcdf  # noqa: F401  imported before anything is timed
import numpy as np
import xarray

import qcoll
from qcoll.exact import steady_states
from qcoll.study import Study, load_study

FILE = Path(__file__).parents[1] / "studies" / "figure_5.toml"
SIDE = np.linspace(0.05, 2.0, 50)


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of a call, and what it returned."""
    start = time.perf_counter()
    answer = run()
    return time.perf_counter() - start, answer


def best(run: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    """The shortest of several times."""
    times = [timed(run) for _ in range(repeats)]
    return min(times, key=lambda item: item[0])


def _line(what: str, fast: float, against: str, slow: float) -> str:
    return f"{what:<34}{fast:8.3f} s   {against:<24}{slow:8.3f} s   {slow / fast:6.2f} x"


def steady_states_from_a_file() -> None:
    def study() -> np.ndarray:
        with tempfile.TemporaryDirectory() as out:
            return load_study(FILE).run(out).coherence.values

    def loop() -> np.ndarray:
        found = []
        for kappa in data.kappa.values:
            for beta in data.beta.values:
                state = qcoll.steady_state(qcoll.example_2(kappa=kappa, beta=beta, alpha=0.2)).data
                found.append(2 * abs(state[0, 1]))
        return np.array(found).reshape(len(data.kappa), len(data.beta))

    data = load_study(FILE).run()
    fast, values = best(study)
    slow, expected = timed(loop)
    print(_line("1,000 steady states from a file", fast, "a loop of steady_state", slow))
    print(f"  largest difference {np.abs(values - expected).max():.1e}")


def a_map_with_its_models() -> None:
    def study() -> np.ndarray:
        return Study("example_2", {"kappa": SIDE, "alpha": SIDE}, "steady_state", "coherence").run().coherence.values

    def objects() -> np.ndarray:
        models = [qcoll.example_2(kappa=kappa, alpha=alpha) for kappa in SIDE for alpha in SIDE]
        return steady_states(models).coherence.reshape(len(SIDE), len(SIDE))

    fast, values = best(study)
    slow, expected = timed(objects)
    print(_line("a map of 50 x 50 by a study", fast, "model objects, stacked", slow))
    print(f"  largest difference {np.abs(values - expected).max():.1e}")


def noisy_points(side: int) -> None:
    axes = {"alpha": np.linspace(0.2, 1.0, side), "kappa": np.linspace(0.2, 1.0, side)}
    compute = {"kind": "circuit", "n": 10, "noise": "FakeTorino", "record": "last"}
    study = Study("example_2", axes, compute, ["coherence", "heat", "trace_distance"], {"beta": 2.0, "dt": 0.5})
    with tempfile.TemporaryDirectory() as folder:
        one, alone = timed(lambda: study.run(Path(folder) / "one", workers=1).load())
        two, shared = timed(lambda: study.run(Path(folder) / "two", workers=2).load())
    same = "identical" if xarray.Dataset.identical(alone, shared) else "DIFFERENT"
    print(_line(f"{side**2} noisy points, two processes", two, "one process", one))
    print(f"  numbers are {same}; starting the processes counts")


def main() -> None:
    """Measure all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noisy", type=int, default=32, help="side of the grid of noisy points; 32 are 1,024")
    side = parser.parse_args().noisy
    steady_states_from_a_file()
    a_map_with_its_models()
    if side:
        noisy_points(side)


if __name__ == "__main__":
    main()
