"""Whether the error bars of pure-state runs say what they should: runs with many seeds against density matrices.

``python benchmarks/trajectories.py [SEEDS RUNS QUBITS...]``: a chain of 5 to 8 qubits, of which one end meets thermal
qubits, as circuits, ideal and with noise. Counted are the deviations of <Z> of every qubit, of the energy, of heat and
of work from the density matrix that are smaller than one and than two standard errors; expected are 0.68 and 0.95. What
no run changes is exact, and is not counted.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.model.operators import exchange, zeeman
from qcoll.run.pure import pure_trajectory
from qcoll.run.simulation import prepare_run

NOISE = {"ideal": None, "noisy": {"one_qubit": 2e-3, "two_qubit": 3e-2}}
#: Values that move by less than this from run to run are rounding.
ROUNDING = 1e-10


def chain(sites: int, dt: float = 0.5) -> qcoll.CollisionModel:
    """A chain of which one end meets a thermal qubit."""
    system = zeeman(sites, np.linspace(0.8, 1.2, sites))
    for k in range(sites - 1):
        system += exchange(sites, 1.0, raising=[k], lowering=[k + 1])
    ends = exchange(sites + 1, 1.2, raising=[0], lowering=[sites])
    return qcoll.CollisionModel(
        system=system, ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=0.7), interaction=ends, dt=dt
    )


def deviations(sites: int, noise: str, seeds: int, runs: int, n: int = 2) -> np.ndarray:
    """Deviations in units of the standard error, (seeds, quantities); NaN where no run differs from another."""
    compiled = qcoll.compile_collisions(chain(sites), n=n, initial=("01" * sites)[:sites])
    exact = qcoll.simulate(compiled, noise=NOISE[noise])
    mapped, noise_model, kind = prepare_run(compiled, NOISE[noise])
    operators = [SparsePauliOp.from_sparse_list([("Z", [k], 1.0)], num_qubits=sites) for k in range(sites)]
    operators.append(compiled.model.system)
    found = []
    for seed in range(seeds):
        drawn = pure_trajectory(mapped, noise_model, kind, "trajectories", np.array([0, n]), runs=runs, seed=seed)
        differences = [drawn.expectation(one)[-1] - exact.expectation(one)[-1] for one in operators]
        pairs = [(value, drawn.standard_error(one)[-1]) for value, one in zip(differences, operators, strict=True)]
        pairs.append((drawn.heat[0] - exact.heat.sum(), drawn.heat_error[0]))
        pairs.append((drawn.work[0] - exact.work.sum(), drawn.work_error[0]))
        found.append([difference / error if error > ROUNDING else np.nan for difference, error in pairs])
    return np.array(found)


def main(seeds: int = 50, runs: int = 100, *sites: int) -> None:
    """The table."""
    print(f"{seeds} seeds, {runs} runs each; where the rate is right, its spread is {np.sqrt(0.68 * 0.32 / seeds):.2f}")
    print("| qubits | circuit | below one error | fewest | below two errors | fewest | mean | spread | seconds |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    for size in sites or (5, 6, 7, 8):
        for noise in NOISE:
            begin = time.process_time()
            found = deviations(size, noise, seeds, runs)
            counted = ~np.isnan(found).all(axis=0)
            within = [np.nanmean(np.abs(found[:, counted]) < limit, axis=0) for limit in (1, 2)]
            rates = " | ".join(f"{rate.mean():.2f} | {rate.min():.2f}" for rate in within)
            print(
                f"| {size} | {noise} | {rates} | {np.nanmean(found):.2f} | {np.nanstd(found):.2f} | "
                f"{time.process_time() - begin:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
