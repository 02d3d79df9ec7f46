"""Large systems: time and memory of the ways past dense joint states, each measured in a process of its own.

``python benchmarks/large.py matrix-free``: a chain of ten qubits between two baths, two collisions, by dense joint
states and matrix-free, one after the other, and their ratios (the dense ones take minutes); matrix-free also from a
thermal state, and in a field that leaves nothing conserved.
``python benchmarks/large.py twelve``: ten collisions of a chain of twelve, matrix-free, with the memory at its peak.
``python benchmarks/large.py chain [SITES COLLISIONS TOLERANCE BOND_DIMENSION]``: an XX chain between two structured
pairs as a matrix product, beside the moments of free fermions: errors of occupations and currents, and what was said.
``python benchmarks/large.py growth``: time of a collision against length at a fixed bond dimension.
``python benchmarks/large.py aer [SITES COLLISIONS]``: the time of such a chain, and of Aer's matrix product states to a
standard error of 1e-2 in one occupation, from their time for each run and its spread.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import subprocess
import sys
import time

import numpy as np
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.large.chain_state import Truncation
from qcoll.large.collision import ChainCollision
from qcoll.large.initial import initial_chain
from qcoll.large.layout import Layout
from qcoll.large.splitting import Splitting
from qcoll.model.operators import exchange, zeeman


def run(sites: int, n: int, method: str, start: str = "pure") -> None:
    """One run, and what it took as a line of JSON."""
    chain = qcoll.models.boundary_driven_chain
    model, small = chain(sites=sites), chain(sites=8)
    qcoll.evolve(small, 1, "00000000", method=method)  # what is loaded and made once
    if start == "no blocks":
        field = SparsePauliOp.from_sparse_list([("X", [sites // 2], 0.3)], num_qubits=sites)
        model = dataclasses.replace(model, system=(model.system + field).simplify(atol=0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, processor = time.perf_counter(), time.process_time()
    found = qcoll.evolve(model, n, "01" * (sites // 2) if start == "pure" else None, method=method, record=[n])
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
    """Ten qubits, two collisions, both ways; a thermal state, and one that falls into no blocks, take longer."""
    dense = measured(10, 2, "dense")
    print("| way | seconds | processor seconds | memory (MB) | heat | error bound | ratios to dense |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    took = f"{dense['seconds']:.3g} | {dense['processor']:.3g} | {dense['megabytes']:.0f}"
    print(f"| dense | {took} | {dense['heat']} | | |")
    for start in ("pure", "thermal", "no blocks"):
        row = measured(10, 2, "matrix_free", start)
        ratios = ", ".join(f"{dense[key] / row[key]:.3g}" for key in ("seconds", "processor", "megabytes"))
        print(
            f"| matrix-free, {start} | {row['seconds']:.3g} | {row['processor']:.3g} | {row['megabytes']:.0f} | "
            f"{row['heat']} | {row['error_bound']:.0e} | {ratios} |",
            flush=True,
        )


def twelve() -> None:
    """Twelve qubits, ten collisions."""
    row = measured(12, 10, "matrix_free")
    print("| seconds | memory (MB) | first law | error bound |")
    print("|---:|---:|---:|---:|")
    print(f"| {row['seconds']:.0f} | {row['megabytes']:.0f} | {row['first_law']:.0e} | {row['error_bound']:.0e} |")


def pairs(sites: int, dt: float = 0.2) -> tuple[qcoll.CollisionModel, qcoll.GaussianModel]:
    """An XX chain whose ends meet a structured pair each, as qubits and as fermions."""
    frequencies, kappa = (-0.5, 1.5, 1.0, 3.0), 0.6
    system = zeeman(sites, [1.0] * sites)
    for k in range(sites - 1):
        system += exchange(sites, 1.0, raising=[k], lowering=[k + 1])
    ancilla = zeeman(4, frequencies)
    ancilla += exchange(4, kappa, raising=[0], lowering=[1]) + exchange(4, kappa, raising=[2], lowering=[3])
    ends = exchange(sites + 4, 1.0, raising=[0], lowering=[sites])
    ends += exchange(sites + 4, 1.0, raising=[sites - 1], lowering=[sites + 2])
    qubits = qcoll.CollisionModel(
        system=system.simplify(atol=0),
        ancilla=qcoll.Ancilla(hamiltonian=ancilla, beta=1.0),
        interaction=ends,
        dt=dt,
        name="chain between pairs",
    )
    own = np.diag(frequencies)
    own[[0, 1, 2, 3], [1, 0, 3, 2]] = kappa
    between = np.zeros((sites, 4))
    between[0, 0] = between[-1, 2] = 1.0
    hopping = np.eye(sites) + np.eye(sites, k=1) + np.eye(sites, k=-1)
    fermions = qcoll.GaussianModel(
        statistics="fermions", system=hopping, ancilla=own, interaction=between, beta=1.0, dt=dt
    )
    return qubits, fermions


def occupation(site: int, sites: int) -> SparsePauliOp:
    """|0><0| of a site."""
    return SparsePauliOp.from_sparse_list([("", [], 0.5), ("Z", [site], 0.5)], num_qubits=sites)


def chain(sites: int = 40, n: int = 100, tolerance: float = 0.1, bond_dimension: int = 128) -> None:
    """A long chain against free fermions."""
    model, fermions = pairs(sites)
    begin = time.process_time()
    found = qcoll.evolve(
        model,
        n,
        method="tensor_network",
        tolerance=float(tolerance),
        bond_dimension=bond_dimension,
        record=[n // 4, n // 2, n],
    )
    took = time.process_time() - begin
    exact = fermions.evolve(n, record=found.collisions)
    print(f"{found.kind}: {took:.0f} processor seconds for {n} collisions of {sites} sites, tolerance {tolerance:g}")
    print("| collision | error of occupations | of currents | largest current | estimate | bound | bond dimension |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for index, state in enumerate(exact.states):
        values = [found.expectation(occupation(k, sites))[index] for k in range(sites)]
        flows = [
            SparsePauliOp.from_sparse_list([("XY", [k, k + 1], 0.5), ("YX", [k, k + 1], -0.5)], num_qubits=sites)
            for k in range(sites - 1)
        ]
        currents = np.array([found.expectation(flow)[index] for flow in flows])
        expected = np.array([-2 * state.correlations[k, k + 1].imag for k in range(sites - 1)])
        error = min(np.abs(currents - expected).max(), np.abs(currents + expected).max())
        print(
            f"| {found.collisions[index]} | {np.abs(values - state.occupations).max():.1e} | {error:.1e} | "
            f"{np.abs(expected).max():.2g} | {found.error_estimate[index]:.1e} | "
            f"{found.error_bound[index]:.1e} | {found.bond_dimensions[index]} |"
        )


def growth(bond_dimension: int = 16) -> None:
    """Time of a collision against length."""
    print("| sites | processor seconds for a collision | for a site |")
    print("|---:|---:|---:|")
    for sites in (10, 20, 40, 80):
        model, _ = pairs(sites)
        layout = Layout.of(model)
        state, _, _ = initial_chain(layout, "01" * (sites // 2), bond_dimension, 1.0)
        collision, truncation = ChainCollision(layout), Truncation(0.0, bond_dimension)
        for _ in range(6):  # until every bond is full
            collision.collide(state, Splitting(2, 1), truncation)
        begin = time.process_time()
        for _ in range(3):
            collision.collide(state, Splitting(2, 1), truncation)
        took = (time.process_time() - begin) / 3
        print(f"| {sites} | {took:.3g} | {took / sites:.3g} |")


def aer(sites: int = 20, n: int = 20, runs: int = 4, bond_dimension: int = 64) -> None:
    """A chain by its density operator, and by drawn pure states to a standard error of 1e-2."""
    model, fermions = pairs(sites)
    label = "1" * sites  # empty: excitations come in from the ends
    begin = time.process_time()
    found = qcoll.evolve(model, n, label, method="tensor_network", tolerance=0.1, bond_dimension=128, record=[n])
    own = time.process_time() - begin
    filled = [float(letter == "0") for letter in reversed(label)]
    exact = fermions.evolve(n, qcoll.GaussianState.occupied("fermions", filled), record=[n])
    site = 1
    error = abs(found.expectation(occupation(site, sites))[-1] - exact.occupations[-1, site])
    compiled = qcoll.compile_collisions(model, n=n, initial=label)
    begin = time.process_time()
    drawn = qcoll.simulate(
        compiled, method="matrix_product_state", shots=runs, bond_dimension=bond_dimension, record=[n], seed=1
    )
    each = (time.process_time() - begin) / runs
    value = exact.occupations[-1, site]
    shots = value * (1 - value) / 1e-4  # of measured bits; a run that keeps the mean needs fewer
    spread = drawn.standard_error(occupation(site, sites))[-1] * np.sqrt(runs)
    kept = max(2.0, (spread / 1e-2) ** 2)
    print("| way | processor seconds | error of one occupation |")
    print("|---|---:|---:|")
    print(f"| density operator, bond dimension {found.bond_dimensions[-1]} | {own:.3g} | {error:.1e} |")
    print(f"| Aer, {shots:.0f} shots of {each:.3g} s | {shots * each:.3g} | 1.0e-02 |")
    print(f"| Aer, {kept:.0f} runs whose means are kept | {kept * each:.3g} | 1.0e-02 |")
    print(f"| ratio, shots | {shots * each / own:.0f} | |")


if __name__ == "__main__":
    what = sys.argv[1:] or ["matrix-free"]
    if what[0] == "run":
        run(int(what[1]), int(what[2]), *what[3:])
    else:
        ways = {"matrix-free": matrix_free, "twelve": twelve, "chain": chain, "growth": growth, "aer": aer}
        numbers = [float(item) if "." in item or "e" in item else int(item) for item in what[1:]]
        ways[what[0]](*numbers)
